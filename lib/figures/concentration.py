"""Concentration curve: share of the facts against share of the places, most hit first."""

import plotly.graph_objects as go

from lib.analysis.concentration import TOP_SHARE, Concentration
from lib.domain.labels import NBSP, interval_label, plural, share
from lib.figures.template import PAGE_SIZE, figure, unit_title
from lib.figures.tokens import Tokens

HEIGHT = 360  # px at the size of text of a page
TICKS = [0, 50, 100]


def concentration_figure(
    found: Concentration, tokens: Tokens, *, noun: str = "résidences", size: int = PAGE_SIZE
) -> go.Figure:
    """The curve, what chance alone would draw, the diagonal of equal shares, and the first tenth named.

    Args:
        found: Of ``analysis.concentration``.
        tokens: Colours of the theme.
        noun: The places, in the plural.
        size: Pixels of text.
    """
    chart = figure(
        tokens,
        size,
        height=round(HEIGHT * size / PAGE_SIZE),
        margin={"l": 4, "r": round(1.6 * size), "t": round(2.2 * size), "b": 4},
        title=unit_title("Part des faits recensés", tokens, size),
    )
    percents = 100 * found.curve
    _add_line(chart, [0, 100], [0, 100], "parts égales", {"width": 0.06 * size, "color": tokens["edge"]})
    chance = {"width": 0.12 * size, "color": tokens["muted"], "dash": "dot"}
    _add_line(chart, percents["place_share"], percents["chance_share"], "hasard seul", chance)
    chart.add_scatter(
        x=percents["place_share"],
        y=percents["incident_share"],
        mode="lines",
        line={"width": 0.2 * size, "color": tokens["accent"]},
        customdata=[
            f"{share(row.place_share)} des {noun}{NBSP}: {share(row.incident_share)} des faits"
            for row in found.curve.itertuples()
        ],
        hovertemplate="%{customdata}<extra></extra>",
        name="faits recensés",
    )
    chart.update_xaxes(range=[0, 100], tickvals=TICKS, ticktext=[f"{tick}{NBSP}%" for tick in TICKS])
    chart.update_xaxes(title_text=f"part des {noun}, par faits décroissants")
    chart.update_yaxes(range=[0, 102], tickvals=TICKS, ticktext=[f"{tick}{NBSP}%" for tick in TICKS])
    if found.incident_count:
        _name_lines(chart, found, tokens, noun=noun, size=size)
    return chart


def _add_line(chart: go.Figure, x: object, y: object, name: str, line: dict) -> None:
    chart.add_scatter(x=x, y=y, mode="lines", line=line, name=name, hoverinfo="skip")


def _name_lines(chart: go.Figure, found: Concentration, tokens: Tokens, *, noun: str, size: int) -> None:
    """The first tenth on the curve, and the words of the two other lines, to the right of each."""
    x, y = 100 * TOP_SHARE, 100 * found.top_share
    marker = {"size": 0.6 * size, "color": tokens["accent"]}
    chart.add_scatter(x=[x], y=[y], mode="markers", marker=marker, hoverinfo="skip", cliponaxis=False)
    text = f"<b>{share(TOP_SHARE)} des {noun}{NBSP}:<br>{share(found.top_share)} des faits</b>"
    text += f"<br>(hasard seul{NBSP}: {share(found.chance_share)})"
    aside = {
        "xanchor": "left",
        "yanchor": "top",
        "xshift": round(0.6 * size),
        "align": "left",
        "bgcolor": tokens["ground"],
    }
    chart.add_annotation(text=text, x=x, y=y, font={"color": tokens["accent"]}, **aside)
    chance = found.curve.loc[found.curve["place_share"] >= 0.5].iloc[0]
    chart.add_annotation(text="hasard seul", x=50, y=100 * chance["chance_share"], **aside)
    chart.add_annotation(text="parts égales", x=70, y=70, **aside)


def concentration_sentence(found: Concentration, *, noun: str = "résidences") -> str:
    """«10 % des résidences : 52 % des faits recensés ; le seul hasard en donnerait 24 %», or as much."""
    if not found.incident_count:
        return "Aucun fait recensé sur la période."
    said = f"{share(TOP_SHARE)} des {noun}{NBSP}: {share(found.top_share)} des faits recensés"
    if found.top_share <= found.chance_high:
        return f"{said}, ce que le seul hasard donnerait aussi ({share(found.chance_share)})."
    return f"{said}{NBSP}; le seul hasard en donnerait {share(found.chance_share)}."


def concentration_alt(found: Concentration, *, noun: str = "résidences") -> str:
    """What a reader who cannot see the curve is told."""
    if not found.incident_count:
        return f"Concentration des faits{NBSP}: aucun fait recensé sur la période."
    spread = interval_label(100 * found.chance_low, 100 * found.chance_high)
    return (
        f"Concentration de {plural(found.incident_count, 'fait recensé', 'faits recensés')} sur "
        f"{plural(found.place_count, noun.removesuffix('s'), noun)}. {concentration_sentence(found, noun=noun)} "
        f"Hasard seul, à taux égal par logement{NBSP}: {spread}{NBSP}%."
    )
