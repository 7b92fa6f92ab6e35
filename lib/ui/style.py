"""Style sheet, language and soft links: what each run puts on the page before its content."""

import streamlit as st

from lib.config import ROOT

LOOK = ROOT / "static" / "look.css"
LOGOS = ROOT / "static"

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
}
</script>"""


def apply_style() -> None:
    """Look, French language, soft links and the logo of the theme."""
    theme = st.context.theme.type or "light"
    logo, mark = LOGOS / f"logo-{theme}.svg", LOGOS / f"mark-{theme}.svg"
    st.logo(str(logo), size="large", icon_image=str(mark))
    with st.container(key="setup"):  # hidden by the style sheet, so that these leave no gap above the page
        st.html(LOOK)
        st.html(SCRIPT, unsafe_allow_javascript=True)
