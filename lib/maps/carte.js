/* The map in the browser. `install` runs once; `update` carries only values. Outlines and positions are fetched once and kept. */
(function (parts) {
  "use strict";

  // From the frame of the component to the root of the site, whatever server.baseUrlPath is.
  const root = new URL("../../", location.href).href.replace(/\/$/, "");
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;

  let map, settings, symbols, polygons, labels;
  let now = {};
  let lastTurn = 0;
  let clickCount = 0;
  let fitted = null;
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
    window.Streamlit.setComponentValue({ niveau: level, code, clic: ++clickCount });
  }

  function mark(selection) {
    now.selection = selection;
    polygons.setValues(now.values, selection);
    symbols.select(selection && selection[0] === "residence" ? selection[1] : null);
  }

  function install(leafletMap, given) {
    map = leafletMap;
    settings = { ...given, isStill, hasTiles: Boolean(given.tiles) };
    dressFrame();
    parts.makePanes(map);
    if (settings.hasTiles) L.tileLayer(settings.tiles, { maxZoom: settings.maxZoom }).addTo(map);
    polygons = new parts.Polygons(map, settings, choose);
    symbols = new parts.Symbols(settings, (index) => choose("residence", index)).addTo(map);
    labels = new parts.Labels(map, settings, { symbols, polygons });
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
    for (const [name, colour] of Object.entries(settings.colours)) box.style.setProperty(`--${name}`, colour);
    box.style.setProperty("--text-px", `${settings.textPx}px`);
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
    if (communes) parts.addBase(map, communes, settings.colours, settings.hasTiles);
    if (communes && !settings.hasTiles) labels.setCommunes(communes);
    parts.addLimits(map, { departements, edges }, settings.colours);
  }

  /** Values of the page: level, values, labels, residences {url, digest, facts}, selection, bounds, version (lib/maps/values.py). */
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
    fit(values.bounds);
    if (level !== polygons.level) polygons.setLevel(level, outlines);
    if (positions) symbols.place(positions, residences.digest);
    if (residences) symbols.show(residences.facts);
    mark(values.selection);
    labels.setTexts(values.labels);
    document.querySelector(".panne")?.remove();
    stampWhenDrawn(values.version);
  }

  /** The view follows the bounds only when they change: a filter on types keeps zoom and centre. */
  function fit(bounds) {
    if (!bounds || JSON.stringify(bounds) === fitted) return;
    map.fitBounds(bounds, { padding: [16, 16], animate: Boolean(fitted) && !isStill });
    fitted = JSON.stringify(bounds);
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
