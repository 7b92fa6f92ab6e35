"""Writes the logos and marks of static/: the name as paths, because an SVG shown as an image cannot use a web font.

Run once, with the two packages it needs: `uv run --with fonttools --with brotli python -m scripts.write_logo`.
"""

from pathlib import Path

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from lib.figures.tokens import DARK, LIGHT, Tokens

STATIC = Path(__file__).parents[1] / "static"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0:.0f} 40" height="40" width="{0:.0f}">{1}</svg>'


def outline(text: str, weight: str, size: float, *, x: float, y: float) -> tuple[str, float]:
    """SVG path of a line of text that starts at x on the base line y, and the x where it ends."""
    font = TTFont(STATIC / "fonts" / f"IBMPlexSans-{weight}-Latin1.woff2")
    glyphs, characters, scale = font.getGlyphSet(), font.getBestCmap(), size / font["head"].unitsPerEm
    paths = []
    for character in text:
        name = characters[ord(character)]
        pen = SVGPathPen(glyphs, ntos=lambda value: f"{value:.1f}".rstrip("0").rstrip("."))
        glyphs[name].draw(TransformPen(pen, (scale, 0, 0, -scale, x, y)))
        paths.append(pen.getCommands())
        x += font["hmtx"][name][0] * scale
    return " ".join(paths), x


def mark(colors: Tokens) -> str:
    """Three buildings that are also three bars, on a square of 40."""
    return (
        f'<rect width="40" height="40" rx="5" fill="{colors["accent"]}"/>'
        f'<path d="M7 31V20h6v11zM17 31V9h6v22zM27 31V15h6v16z" fill="{colors["on_accent"]}"/>'
        f'<path d="M5 34.5h30" stroke="{colors["on_accent"]}" stroke-width="2"/>'
    )


def main() -> None:
    """Writes the four files."""
    above, first_end = outline("Observatoire de la", "Regular", 16, x=52, y=16.5)
    below, second_end = outline("tranquillité résidentielle", "SemiBold", 18, x=52, y=36)
    for name, colors in (("light", LIGHT), ("dark", DARK)):
        words = f'<path fill="{colors["muted"]}" d="{above}"/><path fill="{colors["text"]}" d="{below}"/>'
        logo = SVG.format(max(first_end, second_end) + 2, mark(colors) + words)
        (STATIC / f"logo-{name}.svg").write_text(logo, encoding="utf-8")
        (STATIC / f"mark-{name}.svg").write_text(SVG.format(40, mark(colors)), encoding="utf-8")


if __name__ == "__main__":
    main()
