"""Writes .streamlit/config.toml and static/look.css from lib/figures/tokens.py: `python -m scripts.write_theme`."""

from pathlib import Path

from lib.figures.tokens import DARK, DIVERGING, DIVERGING10, FAMILIES_DARK, FAMILIES_LIGHT, LIGHT, RAMP, RAMP10, Tokens

ROOT = Path(__file__).parents[1]
FONT_WEIGHTS = {"Regular": 400, "Medium": 500, "SemiBold": 600}
# Unicode ranges of IBM's split files, from the CSS of the npm package @ibm/plex-sans 1.1.0.
FONT_PARTS = {
    "Latin1": "U+0000-00FF, U+0131, U+0152-0153, U+02C6, U+02DA, U+02DC, U+2013-2014, U+2018-201A, U+201C-201E, "
    "U+2020-2022, U+2026, U+2030, U+2039-203A, U+2044, U+2074, U+20AC, U+2122, U+2212",
    "Pi": "U+202F, U+2032-2033, U+2070, U+2075-2089, U+2150-215E, U+2190-2199, U+2248, U+2260, U+2264-2265, U+2713",
}
HEAD = """\
# Written by scripts/write_theme.py from lib/figures/tokens.py: change them, not this file.
[server]
port = 8501
headless = true
enableStaticServing = false  # looks beside the main script; fonts come by a Mount of app.py
maxUploadSize = 200  # MB: MAX_FILE_BYTES of lib/ingest

[browser]
gatherUsageStats = false
# Without it a headless start asks an outside host for our public address, to print it.
serverAddress = "localhost"

[client]
toolbarMode = "minimal"
showErrorDetails = "none"
showErrorLinks = false  # no «Ask Google», «Ask ChatGPT» under a traceback

[theme]
font = "IBM Plex Sans, sans-serif"
headingFont = "IBM Plex Sans, sans-serif"
codeFont = "monospace"
baseFontSize = 18
baseFontWeight = 400
headingFontSizes = ["1.9rem", "1.35rem", "1.12rem", "1rem", "1rem", "1rem"]
headingFontWeights = [600, 600, 600, 600, 600, 600]
metricValueFontSize = "2rem"
metricValueFontWeight = 600
baseRadius = "4px"
buttonRadius = "4px"
showWidgetBorder = true
showSidebarBorder = false
paddingTop = "1.2rem"
paddingBottom = "3rem"
linkUnderline = true
"""
# No stock element may bring a stray colour: warm ones are ochre, cold ones petrol.
WARM, COLD = ("red", "orange", "yellow"), ("green", "blue", "violet")


def font_faces() -> str:
    """One block of config.toml per font file, served at /fonts by app.py."""
    return "\n".join(
        f"""\
[[theme.fontFaces]]
family = "IBM Plex Sans"
url = "/fonts/IBMPlexSans-{name}-{part}.woff2"
weight = "{weight}"
unicodeRange = "{unicode_range}"
"""
        for name, weight in FONT_WEIGHTS.items()
        for part, unicode_range in FONT_PARTS.items()
    )


def theme(name: str, colors: Tokens, families: tuple[str, ...]) -> str:
    """The [theme.light] or [theme.dark] block and that of its sidebar."""
    values = {
        "primaryColor": colors["accent"],
        "backgroundColor": colors["ground"],
        "secondaryBackgroundColor": colors["surface"],
        "textColor": colors["text"],
        "linkColor": colors["accent"],
        "borderColor": colors["edge"],
        "dataframeBorderColor": colors["line"],
        "dataframeHeaderBackgroundColor": colors["surface"],
        "dataframeHeaderTextColor": colors["text"],
    }
    for hues, token in ((WARM, "warn"), (COLD, "accent")):
        for hue in hues:
            values |= {f"{hue}Color": colors[token], f"{hue}TextColor": colors[token]}
            values |= {f"{hue}BackgroundColor": colors[f"{token}_bg"]}
    lines = [f'{key} = "{value}"' for key, value in values.items()]
    lines += [
        f"chartCategoricalColors = {_list(families)}",
        f"chartSequentialColors = {_list(RAMP10)}",
        f"chartDivergingColors = {_list(DIVERGING10)}",
    ]
    sidebar = {
        "backgroundColor": colors["surface"],
        "secondaryBackgroundColor": colors["ground"],
        "borderColor": colors["edge"],
    }
    side_lines = [f'{key} = "{value}"' for key, value in sidebar.items()]
    return "\n".join([f"[theme.{name}]", *lines, "", f"[theme.{name}.sidebar]", *side_lines, ""])


def _list(colors: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{color}"' for color in colors) + "]"


def config() -> str:
    """The whole of .streamlit/config.toml."""
    light, dark = theme("light", LIGHT, FAMILIES_LIGHT), theme("dark", DARK, FAMILIES_DARK)
    return "\n".join([HEAD, font_faces(), light, dark])


def css() -> str:
    """The whole of static/look.css: the colours as variables that follow the theme, then our rules."""
    pairs = [f"  --o-{name.replace('_', '-')}: light-dark({LIGHT[name]}, {DARK[name]});" for name in LIGHT]
    pairs += [f"  --o-r{i}: {color};" for i, color in enumerate(RAMP)]
    pairs += [f"  --o-d{i}: {color};" for i, color in enumerate(DIVERGING)]
    variables = "\n".join([":root {", *pairs, "}"])
    head = "/* Written by scripts/write_theme.py from lib/figures/tokens.py and static/look.rules.css. */"
    return f"{head}\n{variables}\n\n{(ROOT / 'static' / 'look.rules.css').read_text(encoding='utf-8')}"


def written() -> dict[Path, str]:
    """Each file this script writes, with its text."""
    return {ROOT / ".streamlit" / "config.toml": config(), ROOT / "static" / "look.css": css()}


def main() -> None:
    """Writes them."""
    for path, text in written().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
