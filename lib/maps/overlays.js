/* What is laid over the map: a veil over the départements that are not of the selection, the surroundings of a place. */
(function (parts) {
  "use strict";

  const VEIL_OPACITY = 0.65; // limits stay legible through it
  const RING = { weight: 2.5, dashArray: "4 6", fillOpacity: 0.08, interactive: false, pane: "perimetre" };
  const CASING = { ...RING, weight: 5, dashArray: null, opacity: 0.8, fill: false }; // dashes would be lost on a dark fill

  class Overlays {
    constructor(map, colours) {
      Object.assign(this, { map, colours, lit: null, veil: null, outlines: null, ring: null, drawn: null });
    }

    /** Outlines of the départements, and the canvas of the limits: the veil is drawn on it, after them. */
    setDepartements(outlines, options) {
      Object.assign(this, { outlines, options });
      this.dim();
    }

    /** Codes of the départements that keep their full light; null dims none. */
    light(codes) {
      if (JSON.stringify(codes) === JSON.stringify(this.lit)) return;
      this.lit = codes;
      this.dim();
    }

    dim() {
      this.veil?.remove();
      this.veil = null;
      if (!this.lit || !this.outlines) return;
      const filter = ({ properties }) => !this.lit.includes(properties.code);
      const style = { stroke: false, fillColor: this.colours.paper, fillOpacity: VEIL_OPACITY };
      this.veil = L.geoJSON(this.outlines, { ...this.options, filter, style }).addTo(this.map);
    }

    isDimmed(communeCode) {
      return Boolean(this.veil) && !this.lit.some((code) => communeCode.startsWith(code));
    }

    /** {name, outline: rings of [latitude, longitude]}, or null. */
    surround(ring) {
      if (JSON.stringify(ring) === JSON.stringify(this.ring)) return;
      this.drawn?.remove();
      this.ring = ring;
      if (!ring) return void (this.drawn = null);
      this.renderer ||= new parts.Svg({ pane: RING.pane, padding: 0.5 });
      const { accent, paper } = this.colours;
      const line = (style, color) => L.polygon(ring.outline, { ...style, renderer: this.renderer, color, fillColor: color });
      this.drawn = L.featureGroup([line(CASING, paper), line(RING, accent)]).addTo(this.map);
    }
  }

  parts.Overlays = Overlays;
})((window.carteParts = window.carteParts || {}));
