/* The map in the browser. `install` runs once; `update` carries only values. Outlines and positions are fetched once and kept. */
(function (parts) {
  "use strict";

  // From the frame of the component to the root of the site, whatever server.baseUrlPath is.
  const root = new URL("../../", location.href).href.replace(/\/$/, "");
  const [WAIT_MS, WAITS] = [100, 50];
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;

  let map, settings, symbols, polygons, overlays, labels, moves, base;
  let now = {};
  let lastTurn = 0;
  let clickCount = 0;
  let fitted = null;
  let focused = "null";
  const files = new Map();

  /** A file of ours, once per page; one that failed is asked for again at the next update. */
  function load(url) {
    if (!files.has(url)) files.set(url, fetchJson(url));
    files.get(url).catch(() => files.delete(url));
    return files.get(url);
  }

  async function fetchJson(url) {
    const reply = await fetch(root + url, { credentials: "same-origin" });
    if (!reply.ok) throw new Error(`${url} ${reply.status}`);
    return reply.json();
  }

  /** Outlines of a layer, or null where the page gave none: an empty store has no layer. */
  function layer(name) {
    const url = settings.layers[name];
    return url ? load(url) : null;
  }

  /** Said on the map: a missing file must not look like an absence of facts. */
  function sayIncomplete(error) {
    const box = document.querySelector(".panne") || L.DomUtil.create("p", "panne", map.getContainer());
    box.setAttribute("role", "alert");
    box.textContent = `Carte incomplète${parts.NBSP}: rechargez la page`;
    console.error(error);
  }

  /** A click: shown at once, then sent to the page, whose answer will come as an update. */
  function choose(level, code) {
    mark([level, code]);
    send(level, code, moves.takeBounds());
  }

  /** To the page: a choice, with the view when it is followed (two messages close together could become one), or the view alone. */
  function send(niveau, code, vue = null) {
    const message = { niveau, code, clic: ++clickCount, ...(vue && { vue }) };
    whenPageRests(() => window.Streamlit.setComponentValue(message));
  }

  /** Streamlit may build the frame of the map anew, and lose its view, when a message arrives while the whole page runs. */
  function whenPageRests(act, left = WAITS) {
    const isRunning = window.parent.document.querySelector("[data-testid='stApp']")?.dataset.testScriptState === "running";
    if (isRunning && left) setTimeout(() => whenPageRests(act, left - 1), WAIT_MS);
    else act();
  }

  function mark(selection) {
    now.selection = selection;
    polygons.setValues(now);
    symbols.select(isResidence(selection) ? selection[1] : null);
    moves.choose(selection, selection ? describe(selection) : "");
  }

  const isResidence = (selection) => Boolean(selection) && selection[0] === "residence";

  function describe([level, code]) {
    if (level === "residence") return symbols.describe(code);
    return level === polygons.level ? polygons.describe(code) : "";
  }

  function describeView() {
    const { count, sum } = symbols.inView();
    return parts.viewPhrase(count, sum);
  }

  function install(leafletMap, given) {
    map = leafletMap;
    settings = { ...given, isStill, hasTiles: Boolean(given.tiles) };
    dressFrame();
    parts.makePanes(map);
    if (settings.hasTiles) L.tileLayer(settings.tiles, { maxZoom: settings.maxZoom }).addTo(map);
    polygons = new parts.Polygons(map, settings, choose);
    symbols = new parts.Symbols(settings, (index) => choose("residence", index)).addTo(map);
    overlays = new parts.Overlays(map, settings.colours);
    labels = new parts.Labels(map, settings, { symbols, polygons, overlays });
    moves = new parts.Moves(map, { describe: describeView, tell: (bounds) => send("vue", bounds) });
    parts.shareGestures(map);
    parts.addSkipLink(map);
    addBase().catch(sayIncomplete);
    const faces = ["400", "600"].map((weight) => document.fonts.load(`${weight} 16px "IBM Plex Sans"`));
    Promise.allSettled(faces).then(() => labels.remeasure());
  }

  /** Language, names and colours: none of them is known to the component that carries us. */
  function dressFrame() {
    const box = map.getContainer();
    // Leaflet focuses its box at each press; a box not wholly on screen would scroll away from under the pointer.
    box.focus = (options) => HTMLElement.prototype.focus.call(box, { preventScroll: true, ...options });
    document.documentElement.lang = "fr";
    document.title = settings.title;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", settings.title);
    const { style } = document.documentElement;
    for (const [name, colour] of Object.entries(settings.colours)) style.setProperty(`--${name}`, colour);
    style.setProperty("--text-px", `${settings.textPx}px`);
    map.attributionControl.setPrefix(false).addAttribution(parts.plain(settings.credit).textContent);
    nameButton(box.querySelector(".leaflet-control-zoom-in"), "Agrandir");
    nameButton(box.querySelector(".leaflet-control-zoom-out"), "Réduire");
    map.on("popupopen", ({ popup }) => nameButton(popup.getElement().querySelector(".leaflet-popup-close-button"), "Fermer"));
  }

  function nameButton(button, name) {
    if (!button) return;
    button.title = name;
    button.setAttribute("aria-label", name);
  }

  async function addBase() {
    const [communes, departements, edges] = await Promise.all(["communes", "departements", "limits"].map(layer));
    base = communes && parts.addBase(map, communes, settings.colours, settings.hasTiles);
    if (base && !settings.hasTiles) labels.setCommunes(base);
    shadeBase();
    const options = parts.addLimits(map, { departements, edges }, settings.colours);
    if (departements) overlays.setDepartements(departements, options);
    labels.later();
  }

  /** Around areas with values, the ground is that of an area without residence: white is a zero there. */
  function shadeBase() {
    if (base) base.setStyle({ fillColor: settings.colours[polygons.isOfAreas() ? "sea" : "paper"] });
  }

  /** Values of the page, of which `version` is the digest: see MapValues.as_json in lib/maps/values.py. */
  async function draw(values) {
    const turn = ++lastTurn;
    const { residences, level } = values;
    const isPlaced = !residences || residences.digest === symbols.digest;
    const [positions, outlines] = await Promise.all([
      isPlaced ? null : load(residences.url),
      level !== polygons.level ? layer(level) : null,
    ]);
    if (turn !== lastTurn) return; // whatever order the files arrive in, the last update wins
    now = values;
    look(values);
    overlays.light(values.lit);
    overlays.surround(values.ring);
    if (level !== polygons.level) {
      polygons.setLevel(level, outlines);
      shadeBase();
    }
    if (positions) symbols.place(positions, residences.digest);
    if (residences) symbols.show(residences);
    mark(values.selection);
    labels.setTexts(values.labels);
    document.querySelector(".panne")?.remove();
    moves.drawn(values.tellsView);
    stampWhenDrawn(values.version);
  }

  /** The view follows the focus, else the bounds, only when they change: a filter on types keeps zoom and centre. */
  function look({ bounds, focus }) {
    const isFocusNew = focus && JSON.stringify(focus) !== focused;
    const areBoundsNew = bounds && JSON.stringify(bounds) !== fitted;
    const animate = Boolean(fitted) && !isStill;
    if (isFocusNew && animate) map.flyToBounds(focus, { padding: [40, 40], maxZoom: settings.maxZoom, duration: 0.8 });
    else if (isFocusNew) map.fitBounds(focus, { padding: [40, 40], animate: false });
    else if (areBoundsNew) map.fitBounds(bounds, { padding: [16, 16], animate });
    focused = JSON.stringify(focus);
    if (bounds) fitted = JSON.stringify(bounds);
  }

  /** For tests and measures: the version whose pixels are on screen. */
  function stampWhenDrawn(version) {
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        document.body.dataset.version = version;
        window.drawnAt = performance.timeOrigin + performance.now();
      }),
    );
  }

  window.carte = {
    install,
    update: (values) => draw(values).catch(sayIncomplete),
    get map() { return map; },
    get clusters() { return symbols.clusters; },
    get now() { return now; },
    get group() { return polygons.group; },
    get labels() { return labels; },
  };
})((window.carteParts = window.carteParts || {}));
