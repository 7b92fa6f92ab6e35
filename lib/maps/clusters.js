/* Clusters: a fixed hierarchy over positions, and exact sums on each of its levels. Numbers only, nothing drawn. */
(function (parts) {
  "use strict";

  const SUMS = ["facts", "homes", "hidden", "missing"];
  const CELLS_PER_SIDE = 2 ** 24;

  // Pixels within which symbols merge. At the last two levels neighbours part, so that only one spot stays together.
  const radiusPx = (zoom) => (zoom < 17 ? 84 : zoom < 18 ? 40 : 12);

  // Web Mercator on a square of side 1.
  const mercatorX = (longitude) => longitude / 360 + 0.5;
  function mercatorY(latitude) {
    const sine = Math.sin((latitude * Math.PI) / 180);
    return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  }
  const latitudeOf = (y) => (360 / Math.PI) * Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) - 90;
  const longitudeOf = (x) => (x - 0.5) * 360;

  /** Positions as sent: integers of 1e-5 degree, each the difference from the one before. */
  function decode(positions) {
    const count = positions.lat.length;
    const x = new Float64Array(count);
    const y = new Float64Array(count);
    let latitude = 0;
    let longitude = 0;
    for (let i = 0; i < count; i++) {
      latitude += positions.lat[i];
      longitude += positions.lon[i];
      x[i] = mercatorX(longitude * 1e-5);
      y[i] = mercatorY(latitude * 1e-5);
    }
    return { x, y };
  }

  /** Points sorted into square cells of the merging radius, as chained lists: neighbours are in nine cells. */
  function cells(points, radius) {
    const first = new Map();
    const next = new Int32Array(points.x.length);
    const column = (i) => Math.floor(points.x[i] / radius);
    const row = (i) => Math.floor(points.y[i] / radius);
    for (let i = points.x.length - 1; i >= 0; i--) {
      const cell = column(i) * CELLS_PER_SIDE + row(i);
      next[i] = first.has(cell) ? first.get(cell) : -1;
      first.set(cell, i);
    }
    return {
      each(i, visit) {
        for (let a = column(i) - 1; a <= column(i) + 1; a++) {
          for (let b = row(i) - 1; b <= row(i) + 1; b++) {
            for (let j = first.get(a * CELLS_PER_SIDE + b) ?? -1; j >= 0; j = next[j]) visit(j);
          }
        }
      },
    };
  }

  /**
   * The level above: each point not yet taken gathers its free neighbours. `points.parent` is filled in passing;
   * `leaf` is one residence of each symbol, the only one where `count` is 1.
   */
  function gather(points, radius) {
    const near = cells(points, radius);
    const parent = new Int32Array(points.x.length).fill(-1);
    const above = { x: [], y: [], count: [], leaf: [] };
    for (let i = 0; i < parent.length; i++) {
      if (parent[i] >= 0) continue;
      let x = 0;
      let y = 0;
      let count = 0;
      near.each(i, (j) => {
        if (parent[j] >= 0 || (points.x[j] - points.x[i]) ** 2 + (points.y[j] - points.y[i]) ** 2 > radius * radius) return;
        parent[j] = above.x.length;
        x += points.x[j] * points.count[j];
        y += points.y[j] * points.count[j];
        count += points.count[j];
      });
      above.x.push(x / count);
      above.y.push(y / count);
      above.count.push(count);
      above.leaf.push(points.leaf[i]);
    }
    points.parent = parent;
    const { x, y, count, leaf } = above;
    return { x: Float64Array.from(x), y: Float64Array.from(y), count: Float64Array.from(count), leaf: Int32Array.from(leaf) };
  }

  /**
   * The levels of a set of residences: levels[zoom], and levels[maxZoom + 1], the residences themselves.
   * Positions of clusters depend on residences, not on values: a filter moves no symbol. `closeness` scales the
   * distance within which they merge.
   */
  class Clusters {
    constructor({ x, y }, minZoom, maxZoom, closeness = 1) {
      this.minZoom = minZoom;
      this.maxZoom = maxZoom;
      this.levels = [];
      this.leaves = { x, y, count: new Float64Array(x.length).fill(1), leaf: Int32Array.from(x, (_, i) => i) };
      this.levels[maxZoom + 1] = this.leaves;
      for (let zoom = maxZoom; zoom >= minZoom; zoom--) {
        this.levels[zoom] = gather(this.levels[zoom + 1], (closeness * radiusPx(zoom)) / (256 * 2 ** zoom));
      }
    }

    /** Sums of the leaves, carried upwards level by level: integers, so that every level has the same total. */
    sum(facts, homes) {
      for (const name of SUMS) this.leaves[name] = new Int32Array(facts.length);
      facts.forEach((value, k) => {
        this.leaves.homes[k] = homes[k];
        if (value >= 0) this.leaves.facts[k] = value;
        else this.leaves[value === parts.HIDDEN ? "hidden" : "missing"][k] = 1;
      });
      for (let zoom = this.maxZoom; zoom >= this.minZoom; zoom--) {
        const below = this.levels[zoom + 1];
        const level = this.levels[zoom];
        for (const name of SUMS) {
          level[name] = new Int32Array(level.x.length);
          for (let i = 0; i < below.parent.length; i++) level[name][below.parent[i]] += below[name][i];
        }
      }
    }

    /** The symbol of `zoom` that holds a leaf. */
    holder(leaf, zoom) {
      let index = leaf;
      for (let below = this.maxZoom + 1; below > zoom; below--) index = this.levels[below].parent[index];
      return index;
    }

    /** The leaves held by one symbol. */
    members(zoom, index) {
      const held = [];
      for (let leaf = 0; leaf < this.leaves.x.length; leaf++) if (this.holder(leaf, zoom) === index) held.push(leaf);
      return held;
    }

    sums(level, index) {
      const sum = { count: level.count[index] };
      for (const name of SUMS) sum[name] = level[name][index];
      return sum;
    }

    latlng(level, index) {
      return [latitudeOf(level.y[index]), longitudeOf(level.x[index])];
    }
  }

  Object.assign(parts, { Clusters, decode });
})((window.carteParts = window.carteParts || {}));
