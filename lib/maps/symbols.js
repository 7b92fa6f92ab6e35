/* Symbols of residences and clusters: cards of one neutral colour, sized by the sum of facts, drawn only where one looks. */
(function (parts) {
  "use strict";

  // By class of the sum (breaks come from Python): height and text, in units of the text size. 1.5 × 16 = 24 px, the smallest target.
  const HEIGHTS = [1.5, 1.6, 1.75, 2, 2.25, 2.5];
  const TEXTS = [1, 1, 1, 1, 1.06, 1.12];
  const DIGIT_EM = 0.6;
  const PADDED_PX = 80;
  const SAME_SPOT_M = 5;
  const NAMED_CLOSENESS = 0.5; // few residences, to be named: they merge less
  const HALLS_FROM_ZOOM = 17; // streets: the codes of halls are then written beside the symbols

  const Symbols = L.Layer.extend({
    /** settings: breaks, minZoom, maxZoom, textPx, isStill; choose(index) is called with the index of a residence. */
    initialize(settings, choose) {
      Object.assign(this, { settings, choose, shown: new Map(), digest: null, selected: null, levels: [], turn: 0 });
    },

    onAdd(map) {
      this.map = map;
      map.on("moveend", this.draw, this);
    },

    onRemove(map) {
      map.off("moveend", this.draw, this);
      this.clear();
    },

    clear() {
      this.shown.forEach((marker) => marker.remove());
      this.shown.clear();
    },

    /** The residences of the scope, once per content. */
    place(positions, digest) {
      this.points = parts.decode(positions);
      const { homes, names, halls } = positions;
      Object.assign(this, { digest, homes, names, halls: halls || [], outside: null });
    },

    /** Values in the order of the positions; null is a residence outside the filter, which then has no symbol. */
    show({ facts, prominent, isNamed }) {
      if (facts.length !== this.points.x.length) throw new Error("positions et valeurs ne correspondent pas");
      Object.assign(this, { facts, isNamed, prominent: new Set(prominent) });
      if (!this.outside || facts.some((value, i) => (value === null) !== this.outside[i])) this.rebuild();
      this.turn += 1;
      this.clusters.sum(this.kept.map((i) => facts[i]), this.kept.map((i) => this.homes[i]));
      this.draw();
      if (this.refreshList) this.refreshList();
    },

    /** Another set of residences: another hierarchy, in which a list left open would name the members of another symbol. */
    rebuild() {
      const { minZoom, maxZoom } = this.settings;
      this.outside = this.facts.map((value) => value === null);
      this.kept = this.facts.flatMap((value, i) => (value === null ? [] : [i]));
      const pick = (values) => Float64Array.from(this.kept, (i) => values[i]);
      const points = { x: pick(this.points.x), y: pick(this.points.y) };
      this.clusters = new parts.Clusters(points, minZoom, maxZoom, this.isNamed ? NAMED_CLOSENESS : 1);
      this.levels = this.clusters.levels;
      this.clear();
      if (this.refreshList) this.map.closePopup();
    },

    select(index) {
      if (index === this.selected) return;
      this.turn += 1;
      this.selected = index;
      this.draw();
    },

    zoom() {
      return Math.max(this.settings.minZoom, Math.min(this.settings.maxZoom, Math.floor(this.map.getZoom())));
    },

    /** Only what is in view has an element; one that stays is rewritten in place, and only when values or choice change. */
    draw() {
      if (!this.map || !this.clusters) return;
      const zoom = this.zoom();
      const level = this.levels[zoom];
      const leaf = this.kept.indexOf(this.selected);
      const holder = leaf < 0 ? -1 : this.clusters.holder(leaf, zoom);
      const seen = new Set();
      this.eachInView(level, (index) => {
        const key = `${zoom}:${index}`;
        seen.add(key);
        if (!this.shown.has(key)) this.shown.set(key, this.marker(zoom, index));
        const marker = this.shown.get(key);
        if (marker.turn !== this.turn) this.dress(marker, this.clusters.sums(level, index), index === holder);
        if (marker.turn !== this.turn) marker.getElement().classList.toggle("fort", this.isProminent(zoom, index));
        marker.turn = this.turn;
      });
      this.shown.forEach((marker, key) => {
        if (seen.has(key)) return;
        marker.remove();
        this.shown.delete(key);
      });
    },

    /** Whether a symbol is one of those to be told apart, or holds one. */
    isProminent(zoom, index) {
      return this.prominent.size > 0 && this.clusters.members(zoom, index).some((leaf) => this.prominent.has(this.kept[leaf]));
    },

    eachInView(level, visit) {
      const frame = this.map.getPixelBounds();
      const side = 256 * 2 ** this.map.getZoom();
      const [left, right] = [(frame.min.x - PADDED_PX) / side, (frame.max.x + PADDED_PX) / side];
      const [top, bottom] = [(frame.min.y - PADDED_PX) / side, (frame.max.y + PADDED_PX) / side];
      for (let i = 0; i < level.x.length; i++) {
        if (level.x[i] >= left && level.x[i] <= right && level.y[i] >= top && level.y[i] <= bottom) visit(i);
      }
    },

    marker(zoom, index) {
      const level = this.levels[zoom];
      const icon = L.divIcon({ className: "symbole", html: "", iconSize: null });
      const marker = L.marker(this.clusters.latlng(level, index), { icon, keyboard: true, riseOnHover: true }).addTo(this.map);
      marker.residence = this.kept[level.leaf[index]]; // one of those it holds
      marker.bindTooltip(() => this.tooltip(zoom, index), { direction: "top", className: "bulle", opacity: 1 });
      marker.on("click", () => this.open(zoom, index));
      marker.getElement().addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        this.open(zoom, index);
      });
      return marker;
    },

    /** Class, size, text and spoken name of a symbol, from its sums. */
    dress(marker, sum, isSelected) {
      const element = marker.getElement();
      const { breaks, textPx } = this.settings;
      const state = sum.hidden + sum.missing === sum.count ? (sum.hidden ? "nd" : "sd") : sum.facts === 0 && !sum.hidden ? "zero" : "";
      const size = state ? 0 : breaks.filter((lower) => sum.facts >= lower).length;
      const text = parts.symbolText(sum);
      const fontPx = TEXTS[size] * textPx;
      const height = Math.max(24, Math.round(HEIGHTS[size] * textPx));
      const width = Math.max(height, Math.round(text.length * DIGIT_EM * fontPx + 0.7 * textPx));
      for (const name of ["nd", "sd", "zero"]) element.classList.toggle(name, name === state);
      element.classList.toggle("seul", sum.count === 1);
      element.classList.toggle("choisi", isSelected);
      Object.assign(element.style, {
        width: `${width}px`, height: `${height}px`, lineHeight: `${height - 3}px`, fontSize: `${fontPx}px`,
        marginLeft: `${-width / 2}px`, marginTop: `${-height / 2}px`,
      });
      element.textContent = text;
      Object.assign(element.dataset, { facts: sum.facts, homes: sum.homes, count: sum.count });
      Object.assign(marker, { sum, box: { width, height } });
      marker.getTooltip().options.offset = L.point(0, -height / 2);
      if (marker.isTooltipOpen()) marker.getTooltip().update();
      element.setAttribute("aria-label", this.spoken(marker, sum));
    },

    spoken(marker, sum) {
      const known = `${parts.factsPhrase(sum)}, ${parts.homesPhrase(sum.homes)}`;
      if (sum.count > 1) return `${parts.counted(sum.count, "résidence", "résidences")}, ${known}, ouvrir`;
      return `${[this.names[marker.residence], this.hallsOf(marker.residence), known].filter(Boolean).join(", ")}, choisir`;
    },

    tooltip(zoom, index) {
      const sum = this.clusters.sums(this.levels[zoom], index);
      const residence = this.kept[this.levels[zoom].leaf[index]];
      const lines = [parts.factsPhrase(sum), parts.homesPhrase(sum.homes)];
      if (sum.count > 1) return parts.plain(lines.join("\n"), parts.counted(sum.count, "résidence", "résidences"));
      return parts.plain([...lines, this.hallsOf(residence)].filter(Boolean).join("\n"), this.names[residence]);
    },

    hallsOf(residence) {
      return this.halls[residence] ? parts.hallsPhrase(this.halls[residence]) : "";
    },

    /** A cluster opens on its members; residences at one spot, which no zoom can part, open a list; one residence is chosen. */
    open(zoom, index) {
      const leaves = this.clusters.members(zoom, index);
      if (leaves.length === 1) return this.choose(this.kept[leaves[0]]);
      const box = L.latLngBounds(leaves.map((leaf) => this.clusters.latlng(this.clusters.leaves, leaf)));
      const isOneSpot = box.getNorthEast().distanceTo(box.getSouthWest()) <= SAME_SPOT_M;
      if (isOneSpot || this.map.getZoom() >= this.settings.maxZoom) return this.list(zoom, index, leaves);
      const view = { maxZoom: this.settings.maxZoom, padding: [40, 40], duration: 0.4, animate: !this.settings.isStill };
      this.map.flyToBounds(box, view);
    },

    /** One button per residence; texts follow the values, and the focus goes back to the symbol when the list closes. */
    list(zoom, index, leaves) {
      const list = L.DomUtil.create("ul", "liste");
      const rows = leaves.map((leaf) => {
        const residence = this.kept[leaf];
        const button = L.DomUtil.create("button", "", L.DomUtil.create("li", "", list));
        button.type = "button";
        button.onclick = () => this.choose(residence);
        return { button, residence };
      });
      const refresh = () => rows.forEach(({ button, residence }) => (button.textContent = this.row(residence)));
      this.refreshList = refresh;
      refresh();
      list.addEventListener("keydown", (event) => event.key === "Escape" && this.map.closePopup());
      const popup = L.popup({ maxWidth: 320 }).setLatLng(this.clusters.latlng(this.levels[zoom], index)).setContent(list);
      popup.on("remove", () => {
        if (this.refreshList === refresh) this.refreshList = null; // another list may have taken its place
        this.shown.get(`${zoom}:${index}`)?.getElement().focus({ preventScroll: true });
      });
      popup.openOn(this.map);
      rows[0].button.focus({ preventScroll: true });
    },

    /** What is said of a residence when it is chosen; nothing of one outside the filter. */
    describe(residence) {
      return this.facts?.[residence] == null ? "" : this.row(residence);
    },

    row(residence) {
      const value = this.facts[residence];
      const isMissing = value === null || value === parts.NO_DATA;
      const sum = { count: 1, facts: value, hidden: Number(value === parts.HIDDEN), missing: Number(isMissing) };
      const known = `${parts.factsPhrase(sum)}, ${parts.homesPhrase(this.homes[residence])}`;
      return `${this.names[residence]}${parts.NBSP}: ${known}`;
    },

    /** Box of a symbol, in pixels of the container: labels keep off it. */
    boxOf(marker) {
      const { x, y } = this.map.latLngToContainerPoint(marker.getLatLng());
      return parts.boxAround(x, y, marker.box.width, marker.box.height);
    },

    boxes() {
      return [...this.shown.values()].map((marker) => this.boxOf(marker));
    },

    /** At street zoom, the hall codes of each residence that stands alone, and the box of its symbol. */
    halled() {
      if (!this.map || this.map.getZoom() < HALLS_FROM_ZOOM) return [];
      const alone = [...this.shown.values()].filter(({ sum, residence }) => sum.count === 1 && this.halls[residence]);
      return alone.map((marker) => ({ text: parts.shortHalls(this.halls[marker.residence]), box: this.boxOf(marker) }));
    },

    /** Names of the residences that stand alone, where the page asks for them, and the boxes of their symbols. */
    named() {
      if (!this.map || !this.isNamed) return [];
      const alone = [...this.shown.values()].filter(({ sum }) => sum.count === 1);
      return alone.map((marker) => ({ text: this.names[marker.residence], box: this.boxOf(marker) }));
    },

    /** How many symbols are wholly or partly on screen, and their sum. */
    inView() {
      const { x: right, y: bottom } = this.map.getSize();
      const frame = [0, 0, right, bottom];
      const seen = [...this.shown.values()].filter((marker) => parts.overlaps(this.boxOf(marker), frame));
      const total = { facts: 0, count: 0, hidden: 0, missing: 0 };
      for (const { sum } of seen) for (const name of Object.keys(total)) total[name] += sum[name];
      return { count: seen.length, sum: total };
    },
  });

  parts.Symbols = Symbols;
})((window.carteParts = window.carteParts || {}));
