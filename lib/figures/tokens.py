"""Every colour, once (LOOK §2). config.toml, look.css, Plotly and the map are written from here."""

Tokens = dict[str, str]

LIGHT: Tokens = {
    "paper": "#fcfdfc",
    "ink": "#15222a",
    "sea": "#e9eeec",
    "thread": "#cfd8d7",
    "ground": "#fcfdfc",
    "surface": "#eff3f2",
    "raised": "#ffffff",
    "text": "#15222a",
    "muted": "#4b5a61",
    "edge": "#76868b",
    "line": "#d3dcdb",
    "accent": "#0d5263",
    "accent_bg": "#dcebec",
    "on_accent": "#ffffff",
    "warn": "#8a4b00",
    "warn_bg": "#faefdc",
    "hatch": "#7f8c90",
    "rise": "#8a4600",
    "fall": "#3d55a5",
    "flat": "#5b696e",
}
DARK: Tokens = {
    "paper": "#f1f5f3",  # maps and heat maps lie on paper in both themes, with ink on it
    "ink": "#15222a",
    "sea": "#cdd6d3",
    "thread": "#b9c4c2",
    "ground": "#10181b",
    "surface": "#192327",
    "raised": "#1d292d",
    "text": "#e8eeed",
    "muted": "#a9b7b9",
    "edge": "#6b7d82",
    "line": "#324147",
    "accent": "#7cc4cc",
    "accent_bg": "#173a42",
    "on_accent": "#0b1417",
    "warn": "#e6b168",
    "warn_bg": "#33270f",
    "hatch": "#7d8c91",
    "rise": "#e9a95c",
    "fall": "#9db4f0",
    "flat": "#a9b7b9",
}

# Of the families PER PEL BIE INC OCC TRA JOU CAD, only where they share one axis; never for text.
FAMILIES_LIGHT = ("#3745a2", "#6e85e1", "#ab8631", "#764846", "#3e8b77", "#474500", "#8186a4", "#584f66")
FAMILIES_DARK = ("#9d9ab3", "#d3d6fe", "#9f8249", "#db8e8a", "#b5e3d5", "#e5db98", "#a0aff5", "#9a7bd0")

# Sequential: little is pale, much is dark, in both themes; five classes of fixed breaks, ten steps if continuous.
RAMP = ("#d5e3d4", "#aacabf", "#76aaab", "#387d8b", "#0b4557")
RAMP10 = (
    "#eef3ea",
    "#dce8dd",
    "#c3dacf",
    "#a4c6c0",
    "#85b3b1",
    "#659ea4",
    "#468893",
    "#2c7180",
    "#175a6c",
    "#0b4557",
)
# Diverging: a fall is indigo, no change grey, a rise ochre.
DIVERGING = ("#3d55a5", "#93a4d6", "#e3e6e6", "#dfae6c", "#8a4600")
DIVERGING10 = (
    "#3d55a5",
    "#5f74b9",
    "#8294cc",
    "#a9b5dd",
    "#d3d9e8",
    "#ece1d2",
    "#e6c99b",
    "#d3a05c",
    "#b87829",
    "#8a4600",
)


def tokens(kind: str | None) -> Tokens:
    """Colours of the theme ``light`` or ``dark`` (``st.context.theme.type``); light when unknown."""
    return DARK if kind == "dark" else LIGHT
