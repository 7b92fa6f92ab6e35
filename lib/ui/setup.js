// Put in place once for a visit, whatever the number of runs: the words are those of lib/ui/french.py.
if (!window.observatoireIsSetUp) {
  window.observatoireIsSetUp = true;

  // A link of ours keeps the session: the address is pushed as Streamlit itself would, and Streamlit reads it again.
  // Without this script, or with a key held down, it stays an ordinary link.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".stHtml a[href]");
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || link.origin !== location.origin || link.hasAttribute("download")) return;
    event.preventDefault();
    history.pushState({}, "", link.href);
    window.dispatchEvent(new PopStateEvent("popstate"));
    document.querySelector("[data-testid='stMain']")?.scrollTo(0, 0);
  });

  // Words of Streamlit that no setting translates (decision 0028).
  const { words, drawn, hints, phrases, dates, months } = FRENCH;
  const [known, own, hinted, named] = [words, drawn, hints, months].map((table) => new Map(Object.entries(table)));
  const ruled = (rules) => rules.map(([english, french]) => [new RegExp(english), french]);
  const [said, dated] = [ruled(phrases), ruled(dates)];
  const ATTRIBUTES = ["aria-label", "aria-valuetext", "placeholder", "title"];
  const ATTRIBUTED = ATTRIBUTES.map((name) => `[${name}]`).join();
  const OURS = ".stHtml, .js-plotly-plot, svg"; // in French already, and thousands of nodes
  // Where Streamlit draws words that a person may have written as well, and where what a person wrote stands.
  const DRAWN =
    "[role='menu'], [role='tooltip'], [role='spinbutton'], button, [data-testid^='stDataFrame'], " +
    "[data-testid='stFileUploader'], [data-testid='stTooltipContent'], [data-testid='stStatusWidget']";
  const WRITTEN =
    "[role='option'], [role='row'], " +
    "[data-testid='stMarkdownContainer']:not([data-testid='stFileUploader'] *, [data-testid='stTooltipContent'] *)";
  const MOST_CHARS = 160;

  const french = (text, isDrawn) => {
    const english = text.trim().replace(/^Error: /, "");
    if (!english || english.length > MOST_CHARS) return undefined;
    if (own.has(english)) return isDrawn() ? own.get(english) : undefined;
    if (known.has(english)) return known.get(english);
    const day = dated.find(([form]) => form.test(english));
    if (day) return english.replace(...day).replace(/[A-Z][a-z]+/g, (word) => named.get(word) ?? word);
    const phrase = said.find(([form]) => form.test(english));
    return phrase && english.replace(...phrase);
  };
  const ofText = (node) => {
    const [hint, holder] = [hinted.get(node.data), node.parentElement];
    const isDrawn = () => Boolean(holder?.closest(DRAWN)) && !holder.closest(WRITTEN);
    const told = hint && holder?.closest("[role='spinbutton']") ? hint : french(node.data, isDrawn);
    if (told && told !== node.data) node.data = told;
  };
  const ofElement = (element) => {
    for (const name of ATTRIBUTES) {
      const held = element.getAttribute(name);
      const told = held && french(held, () => !element.closest(WRITTEN));
      if (told && told !== held) element.setAttribute(name, told);
    }
  };
  const beyondOurs = (node) =>
    node.nodeType === Node.ELEMENT_NODE
      ? node.matches(OURS) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP
      : NodeFilter.FILTER_ACCEPT;
  const ofTree = (node) => {
    if ((node.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest?.(OURS)) return;
    if (node.nodeType === Node.TEXT_NODE) return ofText(node);
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    [node, ...node.querySelectorAll(ATTRIBUTED)].filter((one) => !one.closest(OURS)).forEach(ofElement);
    const texts = document.createTreeWalker(node, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, beyondOurs);
    while (texts.nextNode()) ofText(texts.currentNode);
  };
  const watch = (changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "childList") addedNodes.forEach(ofTree);
      else if (type === "characterData") ofTree(target);
      else if (!target.closest(OURS)) ofElement(target);
    }
  };
  new MutationObserver(watch).observe(document.body, {
    childList: true,
    subtree: true,
    characterData: true,
    attributeFilter: ATTRIBUTES,
  });
  ofTree(document.body);
}
