/* Labels: one pass over boxes already occupied, so that no name lies over a symbol, a control or another name. */
(function (parts) {
  "use strict";

  // Names of communes, largest first: from which zoom, of how many inhabitants at least, how many names at most.
  const NAMED_FROM = [
    [8, 15000, 10],
    [10, 8000, 24],
    [11, 4000, Infinity],
    [12, 0, Infinity],
  ];
  const DIMMED_FROM_ZOOM = 11; // from afar, names outside the selection would be all one reads
  const AFTER_MOVE_MS = 120; // rewriting at each moveend of a drag costs a third of the frames
  const MIN_DRAWN_PX = 14; // a polygon smaller than this is a dot: its name would float in the air
  const SMALL_PX = 130; // a QPV smaller than this is named beside itself, and no name lies over it
  const LARGE_PX = 400; // a commune larger than this may have its middle off screen
  const LINE_EM = 1.3;
  const GAP_PX = 2;
  // Where a name may stand in its polygon, as shares of its size from the middle: the middle first.
  const AROUND = [[0, 1], [0, -1], [1, 0], [-1, 0], [1, 1], [-1, 1], [1, -1], [-1, -1]];
  const STEPS_INSIDE = [[0, 0], ...[0.08, 0.16, 0.24, 0.36].flatMap((share) => AROUND.map(([x, y]) => [x * share, y * share]))];

  const boxAround = (x, y, width, height) => [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
  const overlaps = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
  const longSide = ([left, top, right, bottom]) => Math.max(right - left, bottom - top);

  /** Where a text may stand beside a box: above, below, right, left, at its corners, then a line further. */
  function placesAround([left, top, right, bottom], { width, height }) {
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    const [below, above] = [bottom + height / 2 + GAP_PX, top - height / 2 - GAP_PX];
    const [after, before] = [right + width / 2 + 3 * GAP_PX, left - width / 2 - 3 * GAP_PX];
    return [[x, above], [x, below], [after, y], [before, y], [after, above], [after, below], [x, above - height], [x, below + height]];
  }

  class Labels {
    /** sources: {symbols, polygons, overlays}; settings: textPx. */
    constructor(map, settings, sources) {
      Object.assign(this, { map, settings, ...sources, texts: {}, communes: [] });
      this.layer = L.layerGroup().addTo(map);
      this.ruler = document.createElement("canvas").getContext("2d");
      this.widths = new Map();
      map.on("moveend", () => this.later());
    }

    /** The polygons of the base: their names are written largest town first, then largest polygon. */
    setCommunes(base) {
      const rows = base.getLayers().map((layer) => {
        const bounds = layer.getBounds();
        const { code, nom: name, population } = layer.feature.properties;
        return { code, name, population, layer, bounds, center: bounds.getCenter(), height: bounds.getNorth() - bounds.getSouth() };
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
      this.written = new Set(); // communes named with their value
      const shapes = this.polygons.group ? this.shapesInView() : [];
      const small = shapes.filter(({ box }) => parts.isQpv(this.polygons.level) && longSide(box) < SMALL_PX);
      this.taken = [...this.symbols.boxes(), ...this.boxesOver(), ...small.map(({ box }) => box)];
      if (this.overlays.drawn) this.writeRing();
      shapes.forEach((shape) => this.writePolygon(shape));
      this.symbols.halled().forEach((halls) => this.writeHalls(halls));
      this.symbols.named().forEach((one) => this.writeName(one));
      this.writeCommunes();
    }

    /** Under the symbol rather than over it, where its tooltip opens. */
    writeHalls({ text, box }) {
      const [above, below, ...others] = placesAround(box, this.measure(text, 400));
      this.writeAtFirstFree(text, "nom hall", [below, above, ...others], 400);
    }

    /** Against its symbol or nowhere: further, it would name another. */
    writeName({ text, box }) {
      this.writeAtFirstFree(text, "nom fort", placesAround(box, this.measure(text, 600)).slice(0, 4), 600);
    }

    /** Controls, and the notice of a failure. */
    boxesOver() {
      const frame = this.map.getContainer().getBoundingClientRect();
      return [...this.map.getContainer().querySelectorAll(".leaflet-control, .panne")].map((control) => {
        const box = control.getBoundingClientRect();
        return [box.left - frame.left - 4, box.top - frame.top - 4, box.right - frame.left + 4, box.bottom - frame.top + 4];
      });
    }

    /**
     * Polygons that have a value, each with its box on screen (that of its dot where it has one). The chosen one first,
     * then the highest classes: where room is short, they are the ones one looks for.
     */
    shapesInView() {
      const inView = this.map.getBounds();
      const isDotted = this.polygons.isDotted();
      const layers = this.polygons.group.getLayers().filter((layer) => this.polygons.valueOf(layer) && inView.intersects(layer.getBounds()));
      const shapes = layers.map((layer) => ({ layer, isDotted, rank: this.rank(layer), box: isDotted ? this.dotBox(layer) : this.boxOf(layer) }));
      return shapes.sort((a, b) => b.rank - a.rank);
    }

    rank(layer) {
      if (this.polygons.isSelected(layer.feature.properties.code)) return Infinity;
      const state = this.polygons.valueOf(layer)[0];
      if (typeof state !== "number") return 0;
      return this.polygons.scale === "diverging" ? Math.abs(state - 1.5) : state;
    }

    /** Left, top, right and bottom of a polygon, in pixels of the container. */
    boxOf(layer) {
      const { x: left, y: bottom } = this.map.latLngToContainerPoint(layer.getBounds().getSouthWest());
      const { x: right, y: top } = this.map.latLngToContainerPoint(layer.getBounds().getNorthEast());
      return [left, top, right, bottom];
    }

    dotBox(layer) {
      const { x, y } = this.map.latLngToContainerPoint(layer.getBounds().getCenter());
      return boxAround(x, y, 2 * parts.DOT_RADIUS_PX + 2, 2 * parts.DOT_RADIUS_PX + 2);
    }

    /** A dot is named only when it is the one chosen: names of forty dots would hide the map. */
    writePolygon({ layer, isDotted, rank, box }) {
      if (isDotted ? rank < Infinity : longSide(box) < MIN_DRAWN_PX) return;
      const { code, nom } = layer.feature.properties;
      const value = this.texts[code];
      const full = value === undefined ? nom : `${nom}${parts.NBSP}: ${value}`;
      if (!parts.isQpv(this.polygons.level)) {
        if (this.writeInside([full, nom], layer, box) && this.polygons.level === "communes") this.written.add(code);
      } else if (longSide(box) < SMALL_PX || !this.writeInside([full], layer, box)) {
        this.writeAtFirstFree(full, "nom fort", placesAround(box, this.measure(full, 600)), 600);
      }
    }

    /** A large polygon is named inside itself, by its name and value, or its name: a value alone would read as a sum. Says whether it was named. */
    writeInside(texts, layer, box) {
      const places = this.placesInside(layer, box);
      const fits = (text) => this.measure(text, 600).width <= (box[2] - box[0]) * 0.9;
      return texts.filter(fits).some((text) => this.writeAtFirstFree(text, "nom fort", places, 600));
    }

    /** Points of a polygon on screen, from its middle, or that of what is seen of it (private method of Leaflet: version pinned). */
    placesInside(layer, box) {
      const [left, top, right, bottom] = this.onScreen(box);
      const { x, y } = this.map.latLngToContainerPoint(layer.getCenter());
      const isSeen = x > left && x < right && y > top && y < bottom;
      const middle = isSeen ? [x, y] : [(left + right) / 2, (top + bottom) / 2];
      const places = STEPS_INSIDE.map(([across, down]) => [middle[0] + across * (right - left), middle[1] + down * (bottom - top)]);
      return places.filter((place) => layer._containsPoint(this.map.containerPointToLayerPoint(place)));
    }

    /** The surroundings of a place are named outside their outline, else inside where it leaves the screen. */
    writeRing() {
      const { name } = this.overlays.ring;
      const [left, top, right, bottom] = this.onScreen(this.boxOf(this.overlays.drawn));
      const { height } = this.measure(name, 600);
      const inside = [top + height, bottom - height].map((y) => [(left + right) / 2, y]);
      this.writeAtFirstFree(name, "nom anneau", [...placesAround([left, top, right, bottom], this.measure(name, 600)), ...inside], 600);
    }

    onScreen([left, top, right, bottom]) {
      const { x, y } = this.map.getSize();
      return [Math.max(left, 0), Math.max(top, 0), Math.min(right, x), Math.min(bottom, y)];
    }

    writeCommunes() {
      const zoom = this.map.getZoom();
      const [, least, most] = NAMED_FROM.filter(([from]) => zoom >= from).pop() ?? [0, Infinity, 0];
      const inView = this.map.getBounds();
      let count = 0;
      for (const { code, name, population, layer, bounds, center } of this.communes) {
        if (count >= most || (population ?? 0) < least) break; // largest first
        if (this.written.has(code) || !inView.intersects(bounds)) continue;
        const isDimmed = this.overlays.isDimmed(code);
        if (isDimmed && zoom < DIMMED_FROM_ZOOM) continue;
        count += this.writeAtFirstFree(name, isDimmed ? "nom pale" : "nom", this.placesOfCommune(layer, center), 400);
      }
    }

    /** Its middle, a line lower or higher; zoomed upon, whatever is seen of it. */
    placesOfCommune(layer, center) {
      const { x, y } = this.map.latLngToContainerPoint(center);
      const box = this.boxOf(layer);
      return [[x, y], [x, y + 22], [x, y - 22], ...(longSide(box) < LARGE_PX ? [] : this.placesInside(layer, box))];
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

  Object.assign(parts, { Labels, boxAround, overlaps });
})((window.carteParts = window.carteParts || {}));
