/* What the map says, in French, and the two ways of writing it that are safe: text, never HTML. */
(function (parts) {
  "use strict";

  // The states that are not numbers: see lib/maps/values.py.
  const HIDDEN = -1;
  const NO_DATA = -2;
  const ZERO = "zero";
  const FLAT = "flat";

  const NBSP = "\u00a0";
  const HALLS_CHARACTERS = 40;
  const french = new Intl.NumberFormat("fr-FR");

  // fr-FR separates thousands by U+202F, which our typeface draws so thin that «1 234» reads «1234» from afar.
  const number = (value) => french.format(value).replace(/\u202f/g, NBSP);
  const counted = (value, one, many) => number(value) + NBSP + (value > 1 ? many : one);

  /** Facts of one residence, or of several: {facts, count, hidden, missing}. */
  function factsPhrase(sum) {
    if (sum.hidden + sum.missing === sum.count) return sum.hidden ? "faits non diffusés" : "faits non renseignés";
    const known = counted(sum.facts, "fait recensé", "faits recensés");
    const left = [];
    if (sum.hidden) left.push(counted(sum.hidden, "résidence non diffusée", "résidences non diffusées"));
    if (sum.missing) left.push(counted(sum.missing, "résidence non renseignée", "résidences non renseignées"));
    return (sum.hidden ? "au moins" + NBSP : "") + known + (left.length ? ` (${left.join(", ")})` : "");
  }

  const homesPhrase = (homes) => counted(homes, "logement", "logements");

  /** What stands on a symbol: a sum, «≥» when a part is hidden, «nd», «—». */
  function symbolText(sum) {
    if (sum.hidden + sum.missing === sum.count) return sum.hidden ? "nd" : "—";
    return (sum.hidden ? "≥" : "") + number(sum.facts);
  }

  /** Hall codes as sent («, B»): spoken, and short enough to stand beside a symbol. */
  const hallsPhrase = (halls) => `${halls.includes(",") ? "halls" : "hall"} ${halls}`;
  const shortHalls = (halls) => (halls.length <= HALLS_CHARACTERS ? halls : `${halls.slice(0, HALLS_CHARACTERS).trimEnd()}…`);

  /** What a view holds, for whoever does not see it: the symbols on screen and their sum. */
  function viewPhrase(count, sum) {
    if (!count) return "Aucun symbole à l’écran";
    return `${counted(count, "symbole", "symboles")} à l’écran, ${factsPhrase(sum)}`;
  }

  /** An element of plain text: names come from imported files and Leaflet would read them as HTML. */
  function plain(text, title) {
    const box = document.createElement("div");
    if (title) box.appendChild(document.createElement("strong")).textContent = title;
    box.appendChild(document.createElement("span")).textContent = text;
    return box;
  }

  const phrases = { factsPhrase, homesPhrase, hallsPhrase, shortHalls, viewPhrase, symbolText, plain };
  Object.assign(parts, { HIDDEN, NO_DATA, ZERO, FLAT, NBSP, number, counted, ...phrases });
})((window.carteParts = window.carteParts || {}));
