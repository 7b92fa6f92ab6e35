"""Style sheet, language and soft links: what each run puts on the page before its content."""

import json

import streamlit as st

from lib.config import ROOT

LOOK = ROOT / "static" / "look.css"
LOGOS = ROOT / "static"

WORDS = {
    "Select all": "Tout choisir",
    "No results": "Aucun résultat",
    "Skip to main content": "Aller au contenu",
    "Open": "Ouvrir",
    "Clear all": "Tout effacer",
    "Selected values": "Valeurs choisies",
    "Collapse sidebar": "Replier les filtres",
    "Expand sidebar": "Déplier les filtres",
    "Sidebar": "Filtres",
    "App pages": "Pages",
    "Previous page": "Lignes précédentes",
    "Next page": "Lignes suivantes",
    "Page not found": "Page introuvable",
    "Navigate to home page": "Accueil",
    "Upload": "Choisir un fichier",
    "200MB per file": "200 Mo au plus",
    "Remove file": "Retirer le fichier",
}

# A link of ours keeps the session: the address is pushed as Streamlit itself would, and Streamlit reads it again.
# Without this script, or with a key held down, it stays an ordinary link.
SCRIPT = """<script>
document.documentElement.lang = "fr";
if (!window.observatoireLinks) {
  window.observatoireLinks = true;
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".stHtml a[href]");
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || link.origin !== location.origin || link.hasAttribute("download")) return;
    event.preventDefault();
    history.pushState({}, "", link.href);
    window.dispatchEvent(new PopStateEvent("popstate"));
    document.querySelector("[data-testid='stMain']")?.scrollTo(0, 0);
  });
  // Words of Streamlit that no setting translates.
  const words = WORDS;
  const translate = (root) => {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const said = words[texts.currentNode.data.trim()];
      if (said) texts.currentNode.data = said;
    }
    for (const named of root.parentElement?.querySelectorAll("[aria-label]") ?? []) {
      const said = words[named.getAttribute("aria-label")];
      if (said) named.setAttribute("aria-label", said);
    }
  };
  const isOurs = (node) => !(node instanceof SVGElement);  // figures are in French, and thousands of nodes
  const watch = (changes) => changes.forEach((change) => [...change.addedNodes].filter(isOurs).forEach(translate));
  new MutationObserver(watch).observe(document.body, { childList: true, subtree: true });
  translate(document.body);
}
</script>""".replace("WORDS", json.dumps(WORDS, ensure_ascii=False))


def apply_style() -> None:
    """Look, French language, soft links and the logo of the theme."""
    theme = st.context.theme.type or "light"
    logo, mark = LOGOS / f"logo-{theme}.svg", LOGOS / f"mark-{theme}.svg"
    st.logo(str(logo), size="large", icon_image=str(mark))
    with st.container(key="setup"):  # hidden by the style sheet, so that these leave no gap above the page
        st.html(LOOK)
        st.html(SCRIPT, unsafe_allow_javascript=True)
