/* Outlines: the vector base on canvas, the level that carries values as SVG elements, the limits of districts as edges. */
(function (parts) {
  "use strict";

  // Bottom to top. Symbols (Leaflet's 600) lie above, and let the keyboard and the pointer reach the level between them.
  const PANES = { fond: 250, aplats: 350, limites: 450, perimetre: 460, noms: 550 };

  // Police solid, gendarmerie dashed, dash-dot where the two meet: never told apart by colour alone.
  const EDGES = {
    PN: { weight: 1.8 },
    GN: { weight: 1.8, dashArray: "7 5" },
    "PN-GN": { weight: 2.4, dashArray: "13 4 2 4" },
  };
  const THIN_BELOW_ZOOM = 10; // a whole region: full lines would be all one sees
  const DOTS_BELOW_ZOOM = 11.5; // a QPV is then a few pixels wide: a dot of its class says where to look
  const DOT_RADIUS_PX = 7;
  const STROKES = { qpv: 1.5, qpv2015: 1.5, districts: 0, communes: 0.8, departements: 1.5 };
  const isQpv = (level) => level === "qpv" || level === "qpv2015";
  const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

  /** A renderer that redraws nothing while the view stays inside its padded frame (private method of Leaflet: version pinned). */
  const calm = (Renderer) =>
    Renderer.extend({
      _update() {
        const corner = this._map.containerPointToLayerPoint([0, 0]);
        const view = L.bounds(corner, corner.add(this._map.getSize()));
        const isSameScale = this._bounds && this._zoom === this._map.getZoom() && this._origin?.equals(this._map.getPixelOrigin());
        if (isSameScale && this._bounds.contains(view)) return;
        Renderer.prototype._update.call(this);
        this._origin = this._map.getPixelOrigin();
      },
    });
  const Svg = calm(L.SVG);
  const Canvas = calm(L.Canvas);

  function makePanes(map) {
    for (const [name, height] of Object.entries(PANES)) {
      const pane = map.createPane(name);
      pane.style.zIndex = height;
      if (name !== "aplats") pane.style.pointerEvents = "none";
    }
  }

  /** Communes under everything, as pixels: 1,276 elements would be redrawn at each step of a pan. */
  function addBase(map, communes, colours, hasTiles) {
    const style = { color: colours.thread, weight: 1, fillColor: colours.paper, fillOpacity: hasTiles ? 0 : 1 };
    const renderer = new Canvas({ pane: "fond", padding: 0.5 });
    return L.geoJSON(communes, { pane: "fond", renderer, interactive: false, style }).addTo(map);
  }

  /**
   * Lines over the level, on one canvas as well: as elements, their dashes would be painted again at each step of a pan.
   * Returns the options of what is drawn on that canvas.
   */
  function addLimits(map, { departements, edges }, colours) {
    const options = { pane: "limites", renderer: new Canvas({ pane: "limites", padding: 0.5 }), interactive: false };
    // A wide pale band first: one sees at once where a département ends.
    const band = { color: colours.edge, opacity: 0.4, weight: 5, fill: false };
    if (departements) L.geoJSON(departements, { ...options, style: band }).addTo(map);
    if (edges) addEdges(map, edges, colours, options);
    return options;
  }

  function addEdges(map, edges, colours, options) {
    const style = ({ properties: { force } }) => {
      const { weight, dashArray } = EDGES[force];
      return { color: colours.muted, dashArray, weight: map.getZoom() < THIN_BELOW_ZOOM ? weight * 0.6 : weight };
    };
    const lines = L.geoJSON(edges, { ...options, style }).addTo(map);
    map.on("zoomend", () => lines.setStyle(style));
  }

  /** The level that carries values: one polygon per code, its fill from its class. */
  class Polygons {
    /** settings: colours, hasTiles; choose(level, code). */
    constructor(map, settings, choose) {
      Object.assign(this, { map, settings, choose, level: null, group: null, dots: null, values: {}, scale: "sequential", selection: null });
      this.renderer = new Svg({ pane: "aplats", padding: 0.5 });
      this.ordered = [];
      this.restyle = this.restyle.bind(this);
      map.on("zoomend", () => this.showDots());
    }

    /** Another level, or none. */
    setLevel(level, outlines) {
      for (const drawn of [this.group, this.dots]) if (drawn) drawn.remove();
      Object.assign(this, { level, group: null, dots: null, ordered: [] });
      if (!outlines) return;
      const onEachFeature = (feature, layer) => layer.on("click", () => this.pick(layer));
      const options = { style: (feature) => this.style(feature), pane: "aplats", renderer: this.renderer, onEachFeature };
      this.group = L.geoJSON(outlines, options).addTo(this.map);
      this.group.bindTooltip((layer) => this.tooltip(layer), { sticky: true, className: "bulle", opacity: 1 });
      this.addPatterns();
      this.addKeys();
      if (isQpv(level)) this.addDots();
    }

    /** Whether the level covers the ground: départements, services, communes. */
    isOfAreas() {
      return Boolean(this.group) && !isQpv(this.level);
    }

    /** One dot per polygon, for the eye and the pointer alone: the keyboard and a screen reader keep the polygon. */
    addDots() {
      this.dots = L.layerGroup(this.ordered.map((layer) => this.dotOf(layer)));
    }

    dotOf(layer) {
      const options = { pane: "aplats", renderer: this.renderer, radius: DOT_RADIUS_PX };
      const dot = L.circleMarker(layer.getBounds().getCenter(), options).on("click", () => this.pick(layer));
      dot.bindTooltip(() => this.tooltip(layer), { className: "bulle", opacity: 1 });
      dot.on("add", () => dot.getElement().setAttribute("aria-hidden", "true"));
      return Object.assign(dot, { polygon: layer });
    }

    isDotted() {
      return Boolean(this.dots) && this.map.getZoom() < DOTS_BELOW_ZOOM;
    }

    showDots() {
      if (!this.dots) return;
      if (!this.isDotted()) {
        this.dots.remove();
        return;
      }
      this.dots.addTo(this.map);
      this.dots.eachLayer((dot) => {
        const style = this.style(dot.polygon.feature);
        dot.setStyle(this.valueOf(dot.polygon) ? style : { opacity: 0, fillOpacity: 0 });
        dot.getElement().style.pointerEvents = this.valueOf(dot.polygon) ? "auto" : "none";
      });
    }

    setValues({ values, scale, selection }) {
      Object.assign(this, { values: values || {}, scale, selection });
      if (!this.group) return;
      this.group.eachLayer(this.restyle);
      this.keepOneTabStop();
      this.showDots();
    }

    valueOf(layer) {
      return this.values[layer.feature.properties.code];
    }

    isSelected(code) {
      return Boolean(this.selection) && this.selection[0] === this.level && this.selection[1] === code;
    }

    pick(layer) {
      if (this.valueOf(layer)) this.choose(this.level, layer.feature.properties.code);
    }

    style(feature) {
      const { colours, hasTiles } = this.settings;
      const value = this.values[feature.properties.code];
      if (!value) return this.styleOfNothing();
      const isSelected = this.isSelected(feature.properties.code);
      return {
        fillColor: this.fill(value[0]),
        fillOpacity: hasTiles && value[0] >= 0 ? 0.75 : 1,
        color: this.level === "communes" && !isSelected ? colours.edge : colours.ink,
        weight: isSelected ? 4 : STROKES[this.level] ?? 1,
      };
    }

    /** Where the selection has no residence: a QPV keeps its outline; an area goes dim, so that it is not read as a zero. */
    styleOfNothing() {
      const { colours, hasTiles } = this.settings;
      if (isQpv(this.level)) return { fillColor: colours.paper, fillOpacity: 0, color: colours.edge, weight: 1 };
      return { fillColor: colours.sea, fillOpacity: hasTiles ? 0.5 : 1, color: colours.thread, weight: 0.8 };
    }

    fill(state) {
      const { colours } = this.settings;
      if (state === parts.ZERO) return colours.card;
      if (state === parts.HIDDEN) return "url(#hachures)";
      if (state === parts.FLAT) return colours.flat;
      if (state === parts.NO_DATA) return "url(#points)";
      return (this.scale === "diverging" ? colours.diverging : colours.ramp)[state];
    }

    restyle(layer) {
      const { code } = layer.feature.properties;
      layer.setStyle(this.style(layer.feature));
      if (this.isSelected(code)) layer.bringToFront();
      const element = layer.getElement();
      element.setAttribute("aria-label", this.spoken(layer));
      element.setAttribute("aria-pressed", String(this.isSelected(code)));
    }

    /** What is said of a polygon when it is chosen; nothing of a code without outline. */
    describe(code) {
      const chosen = this.ordered.find((layer) => layer.feature.properties.code === code);
      return chosen ? this.spoken(chosen) : "";
    }

    spoken(layer) {
      return `${layer.feature.properties.nom}${parts.NBSP}: ${this.phrase(layer)}`;
    }

    phrase(layer) {
      const value = this.valueOf(layer);
      return value ? value[1] : "sans résidence dans la sélection";
    }

    tooltip(layer) {
      return parts.plain(this.phrase(layer), layer.feature.properties.nom);
    }

    /** Hatching and dots, once in the drawing that holds the polygons; «url(#…)» then fills with them. */
    addPatterns() {
      const drawing = this.renderer._container;
      if (drawing.querySelector("#hachures")) return;
      const { card, hatch, sea } = this.settings.colours;
      drawing.insertAdjacentHTML(
        "afterbegin",
        `<defs>
          <pattern id="hachures" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="7" height="7" fill="${card}"/><rect width="2.6" height="7" fill="${hatch}"/></pattern>
          <pattern id="points" width="8" height="8" patternUnits="userSpaceOnUse">
            <rect width="8" height="8" fill="${sea}"/><circle cx="2" cy="2" r="1" fill="${hatch}"/></pattern>
        </defs>`,
      );
    }

    /** One tab stop for all polygons; arrows walk them in alphabetical order, Enter chooses. */
    addKeys() {
      const byName = (a, b) => a.feature.properties.nom.localeCompare(b.feature.properties.nom, "fr");
      this.ordered = this.group.getLayers().sort(byName);
      this.ordered.forEach((layer) => {
        const element = layer.getElement();
        element.setAttribute("role", "button");
        element.dataset.code = layer.feature.properties.code;
        element.addEventListener("keydown", (event) => this.onKey(event, layer));
        element.addEventListener("blur", () => layer.closeTooltip());
      });
    }

    onKey(event, layer) {
      if (event.key === "Enter" || event.key === " ") this.pick(layer);
      else if (event.key in STEPS) this.walk(layer, STEPS[event.key]);
      else return;
      event.preventDefault();
      event.stopPropagation();
    }

    walk(from, step) {
      const open = this.ordered.filter((layer) => this.valueOf(layer));
      if (!open.length) return;
      const to = open[(open.indexOf(from) + step + open.length) % open.length];
      from.getElement().tabIndex = -1;
      to.getElement().tabIndex = 0;
      this.map.panInside(to.getBounds().getCenter(), { padding: [60, 60] });
      to.getElement().focus({ preventScroll: true });
      to.openTooltip(to.getBounds().getCenter());
    }

    /** The polygon that has the focus, or the chosen one, or the first that has a value. */
    keepOneTabStop() {
      const open = this.ordered.filter((layer) => this.valueOf(layer));
      const focused = open.find((layer) => layer.getElement() === document.activeElement);
      const stop = focused || open.find((layer) => this.isSelected(layer.feature.properties.code)) || open[0];
      this.ordered.forEach((layer) => (layer.getElement().tabIndex = layer === stop ? 0 : -1));
    }
  }

  Object.assign(parts, { makePanes, addBase, addLimits, isQpv, DOT_RADIUS_PX, Svg, Polygons });
})((window.carteParts = window.carteParts || {}));
