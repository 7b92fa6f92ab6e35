/* What a move tells: its bounds to the page when it asks for them, its figures to a screen reader. */
(function (parts) {
  "use strict";

  const TOLD_AFTER_MS = 300;
  const SPOKEN_AFTER_MS = 800; // arrows pressed one after the other are one move
  const DECIMALS = 4; // of a degree, about 10 m

  function liveRegion() {
    const region = document.createElement("p");
    region.className = "dit";
    region.setAttribute("role", "status");
    region.setAttribute("aria-live", "polite");
    return document.body.appendChild(region);
  }

  class Moves {
    /** describe() says what is on screen; tell(bounds) sends [south, west, north, east] to the page. */
    constructor(map, { describe, tell }) {
      Object.assign(this, { map, describe, tell, isDrawn: false, isAsked: false, told: null, selection: "null" });
      this.view = liveRegion();
      this.choice = liveRegion();
      map.on("moveend", () => this.later());
    }

    later() {
      if (!this.isDrawn) return;
      clearTimeout(this.speaking);
      this.speaking = setTimeout(() => (this.view.textContent = this.describe()), SPOKEN_AFTER_MS);
      this.tellLater();
    }

    /** Values are drawn: from now on a move is one of the reader's. */
    drawn(isAsked) {
      const isNew = isAsked && !this.isAsked;
      Object.assign(this, { isDrawn: true, isAsked });
      if (!isNew) return;
      this.told = null;
      this.tellLater();
    }

    tellLater() {
      clearTimeout(this.telling);
      if (this.isAsked) this.telling = setTimeout(() => this.isAsked && this.tellOnce(), TOLD_AFTER_MS);
    }

    tellOnce() {
      const before = this.told;
      const bounds = this.takeBounds();
      if (bounds && JSON.stringify(bounds) !== before) this.tell(bounds);
    }

    /** The view, noted as told; null when nobody asks for it or the map has no size. */
    takeBounds() {
      const { x, y } = this.map.getSize();
      if (!this.isAsked || !x || !y) return null;
      const view = this.map.getBounds();
      const bounds = [view.getSouth(), view.getWest(), view.getNorth(), view.getEast()].map((degrees) => Number(degrees.toFixed(DECIMALS)));
      this.told = JSON.stringify(bounds);
      return bounds;
    }

    /** Says the place chosen, once. */
    choose(selection, phrase) {
      const key = JSON.stringify(selection ?? null);
      if (key === this.selection) return;
      this.selection = key;
      this.choice.textContent = phrase ? `Choisi${parts.NBSP}: ${phrase}` : "";
    }
  }

  parts.Moves = Moves;
})((window.carteParts = window.carteParts || {}));
