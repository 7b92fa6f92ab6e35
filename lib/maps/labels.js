/* Labels: one pass over boxes already occupied, so that no name lies over a symbol, a control or another name. */
(function (parts) {
  "use strict";

  // Names of communes: who is written first, and from which zoom. Below the last threshold only large towns are named.
  const NAMED_FROM = [
    [9, 100000],
    [10, 40000],
    [11, 12000],
    [12, 0],
  ];
  const AFTER_MOVE_MS = 120; // rewriting at each moveend of a drag costs a third of the frames
  const MIN_DRAWN_PX = 14; // a polygon smaller than this is a dot: its name would float in the air
  const LINE_EM = 1.3;

  const boxAround = (x, y, width, height) => [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
  const overlaps = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

  class Labels {
    /** sources: {symbols, polygons}; settings: textPx. */
    constructor(map, settings, sources) {
      Object.assign(this, { map, settings, ...sources, texts: {}, communes: [] });
      this.layer = L.layerGroup().addTo(map);
      this.ruler = document.createElement("canvas").getContext("2d");
      this.widths = new Map();
      map.on("moveend", () => this.later());
    }

    /** The outlines of the base: their names are written largest town first, then largest polygon. */
    setCommunes(outlines) {
      const rows = outlines.features.map(({ properties, geometry }) => {
        const bounds = L.geoJSON(geometry).getBounds();
        return { name: properties.nom, population: properties.population, center: bounds.getCenter(), height: bounds.getNorth() - bounds.getSouth() };
      });
      this.communes = rows.sort((a, b) => (b.population ?? 0) - (a.population ?? 0) || b.height - a.height);
      this.later();
    }

    /** Short values written after the names of polygons, by code. */
    setTexts(texts) {
      this.texts = texts || {};
      this.later();
    }

    /** Widths change when the typeface arrives. */
    remeasure() {
      this.widths.clear();
      this.later();
    }

    later() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.write(), AFTER_MOVE_MS);
    }

    write() {
      this.layer.clearLayers();
      this.taken = [...this.symbols.boxes(), ...this.controlBoxes()];
      if (this.polygons.group) this.writePolygons();
      if (this.polygons.level !== "communes") this.writeCommunes();
    }

    controlBoxes() {
      const frame = this.map.getContainer().getBoundingClientRect();
      return [...this.map.getContainer().querySelectorAll(".leaflet-control")].map((control) => {
        const box = control.getBoundingClientRect();
        return [box.left - frame.left - 4, box.top - frame.top - 4, box.right - frame.left + 4, box.bottom - frame.top + 4];
      });
    }

    /** The chosen polygon first, then those with the highest class: where room is short, they are the ones one looks for. */
    writePolygons() {
      const rank = (layer) => (this.polygons.isSelected(layer.feature.properties.code) ? 99 : this.polygons.valueOf(layer)[0]);
      const inView = this.map.getBounds();
      const layers = this.polygons.group.getLayers().filter((layer) => this.polygons.valueOf(layer) && inView.intersects(layer.getBounds()));
      this.drawn = this.polygons.level === "qpv" ? layers.map((layer) => this.boxOf(layer)) : [];
      const asNumber = (state) => (typeof state === "number" ? state : 0);
      layers.sort((a, b) => asNumber(rank(b)) - asNumber(rank(a))).forEach((layer) => this.writePolygon(layer));
    }

    /** Left, top, right and bottom of a polygon, in pixels of the container. */
    boxOf(layer) {
      const { x: left, y: bottom } = this.map.latLngToContainerPoint(layer.getBounds().getSouthWest());
      const { x: right, y: top } = this.map.latLngToContainerPoint(layer.getBounds().getNorthEast());
      return [left, top, right, bottom];
    }

    writePolygon(layer) {
      const { code, nom } = layer.feature.properties;
      const box = this.boxOf(layer);
      if (Math.max(box[2] - box[0], box[3] - box[1]) < MIN_DRAWN_PX) return;
      const value = this.texts[code];
      const full = value === undefined ? nom : `${nom}${parts.NBSP}: ${value}`;
      if (this.polygons.level === "qpv") this.writeBeside(full, box);
      else this.writeInside([full, nom, value], box);
    }

    /** A small polygon is named beside itself: above, below, right, left, off its neighbours if there is room. */
    writeBeside(text, [left, top, right, bottom]) {
      const { width, height } = this.measure(text, 600);
      const [middleX, middleY] = [(left + right) / 2, (top + bottom) / 2];
      const places = [
        [middleX, top - height / 2 - 2],
        [middleX, bottom + height / 2 + 2],
        [right + width / 2 + 6, middleY],
        [left - width / 2 - 6, middleY],
        [middleX, top - 1.5 * height - 2],
        [middleX, bottom + 1.5 * height + 2],
      ];
      const clear = places.filter(([x, y]) => !this.drawn.some((other) => overlaps(boxAround(x, y, width, height), other)));
      this.writeAtFirstFree(text, "nom fort", [...clear, ...places], 600);
    }

    /** A large polygon is named inside itself, by as much as fits: name and value, name, value. */
    writeInside(texts, [left, top, right, bottom]) {
      const places = [0, 20, -20, 40, -40].map((shift) => [(left + right) / 2, (top + bottom) / 2 + shift]);
      const fits = (text) => text !== undefined && this.measure(text, 600).width <= (right - left) * 0.9;
      texts.filter(fits).some((text) => this.writeAtFirstFree(text, "nom fort", places, 600));
    }

    writeCommunes() {
      const zoom = this.map.getZoom();
      const threshold = NAMED_FROM.filter(([from]) => zoom >= from).pop();
      if (!threshold) return;
      const inView = this.map.getBounds();
      for (const { name, population, center } of this.communes) {
        if ((population ?? 0) < threshold[1] || !inView.contains(center)) continue;
        const { x, y } = this.map.latLngToContainerPoint(center);
        this.writeAtFirstFree(name, "nom", [[x, y], [x, y + 22], [x, y - 22]], 400);
      }
    }

    /** Writes the text at the first place whose box is free and inside the map; says whether there was one. */
    writeAtFirstFree(text, className, places, weight) {
      const { width, height } = this.measure(text, weight);
      const size = this.map.getSize();
      for (const [x, y] of places) {
        const box = boxAround(x, y, width + 6, height);
        const isInside = box[0] >= 0 && box[1] >= 0 && box[2] <= size.x && box[3] <= size.y;
        if (!isInside || this.taken.some((other) => overlaps(box, other))) continue;
        this.taken.push(box);
        this.put(text, className, [x, y], [width, height]);
        return true;
      }
      return false;
    }

    put(text, className, [x, y], iconSize) {
      const icon = L.divIcon({ className, html: parts.plain(text), iconSize });
      L.marker(this.map.containerPointToLatLng([x, y]), { pane: "noms", interactive: false, keyboard: false, icon }).addTo(this.layer);
    }

    measure(text, weight) {
      const key = weight + text;
      if (!this.widths.has(key)) {
        this.ruler.font = `${weight} ${this.settings.textPx}px "IBM Plex Sans", sans-serif`;
        this.widths.set(key, Math.ceil(this.ruler.measureText(text).width) + 2);
      }
      return { width: this.widths.get(key), height: this.settings.textPx * LINE_EM };
    }
  }

  Object.assign(parts, { Labels, boxAround });
})((window.carteParts = window.carteParts || {}));
