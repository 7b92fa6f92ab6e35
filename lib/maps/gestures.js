/* The map shares its gestures with the page that holds it: what scrolls the page never moves the map. */
(function (parts) {
  "use strict";

  const SEEN_MS = 1500;
  const FOCUSABLE = "a[href], button, [tabindex='0']";

  /** One finger and the wheel scroll the page; two fingers, and the wheel with Ctrl (or ⌘), move the map. */
  function shareGestures(map) {
    const box = map.getContainer();
    const hint = hintOver(box);
    // Decided at each press: one machine may have a mouse and a touch screen. Two fingers are Leaflet's own zoom, which also pans.
    box.addEventListener("pointerdown", ({ pointerType }) => map.dragging[pointerType === "touch" ? "disable" : "enable"](), true);
    const onTouch = ({ touches }) => touches.length === 1 && hint("Utilisez deux doigts pour déplacer la carte");
    box.addEventListener("touchmove", onTouch, { passive: true });
    const onWheel = (event) => {
      if (event.ctrlKey || event.metaKey) return;
      event.stopPropagation();
      if (!event.target.closest(".liste")) hint("Ctrl + molette pour agrandir la carte");
    };
    box.addEventListener("wheel", onWheel, { capture: true, passive: true });
  }

  function hintOver(box) {
    const shown = L.DomUtil.create("p", "geste", box);
    shown.setAttribute("aria-hidden", "true");
    let timer;
    return (text) => {
      shown.textContent = text;
      shown.classList.add("vu");
      clearTimeout(timer);
      timer = setTimeout(() => shown.classList.remove("vu"), SEEN_MS);
    };
  }

  /** First in the order of Tab: leads past the symbols, to the last control of the frame. */
  function addSkipLink(map) {
    const link = document.createElement("a");
    Object.assign(link, { className: "passer", href: "#", textContent: "Passer la carte" });
    link.addEventListener("click", (event) => {
      event.preventDefault();
      [...map.getContainer().querySelectorAll(FOCUSABLE)].pop().focus({ preventScroll: true });
    });
    document.body.prepend(link);
  }

  Object.assign(parts, { shareGestures, addSkipLink });
})((window.carteParts = window.carteParts || {}));
