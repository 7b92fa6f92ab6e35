"""Funnel plot: places by size, with the limits that chance allows."""

from collections.abc import Iterable
from html import escape

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lib.analysis.funnel import Funnel, Position
from lib.domain.labels import NBSP, number, plural
from lib.figures.template import PAGE_SIZE, figure, round_top, unit_title
from lib.figures.tokens import Tokens

HEIGHT = 440  # px at the size of text of a page
MAX_MARKS = 2000  # SVG stays light; scattergl needs a graphics card, which not every projector's machine has
MAX_NAMES = 8
NAME_WIDTH, NAME_LINE = 0.4, 0.06  # of the frame, on a phone
SHOWN_RATES = 0.99  # of the places fit in the frame; the others stand on its upper edge
NAMED_IN_ALT = 5
LINE = 0.1  # width of the curves, in sizes of text
OUTSIDE = (Position.ABOVE, Position.BELOW)
HOVER = (
    f"%{{text}}<br>faits recensés{NBSP}: %{{customdata[0]:,d}}<br>logements{NBSP}: %{{customdata[1]:,d}}"
    f"<br>pour 1{NBSP}000 logements et par an{NBSP}: %{{customdata[2]:,d}}<extra></extra>"
)
LIMIT_LABELS = {"limit_998": ("solid", f"99,8{NBSP}%"), "limit_95": ("dot", f"95{NBSP}%")}


def funnel_figure(found: Funnel, tokens: Tokens, *, label: str = "place_name", size: int = PAGE_SIZE) -> go.Figure:
    """Rate of each place against its dwellings, on a logarithmic axis, between curves at 95 % and 99.8 %.

    Above 2,000 places, those outside 99.8 % and an even sample of the others are drawn (``funnel_note`` says so). The
    few rates far above the others stand as triangles on the upper edge, their value on hover.

    Args:
        found: Of ``analysis.funnel``.
        tokens: Colours of the theme.
        label: Column of names; data, they are escaped. Only places outside 99.8 % are named, the farthest first.
        size: Pixels of text.
    """
    chart = figure(
        tokens,
        size,
        height=round(HEIGHT * size / PAGE_SIZE),
        margin={"l": 4, "r": round(0.6 * size), "t": round(2.2 * size), "b": 4},
        title=unit_title(f"Faits pour 1{NBSP}000 logements et par an", tokens, size),
    )
    places = drawn_places(found)
    if places.empty:
        return chart
    top = _top(found)
    for part, color, scale in (
        (places[~places["position"].isin(OUTSIDE)], tokens["edge"], 0.4),
        (places[places["position"].isin(OUTSIDE)], tokens["accent"], 0.6),
    ):
        _add_places(chart, part, label, top=top, marker={"color": color, "size": scale * size})
    _add_limits(chart, found, tokens, top=top, size=size)
    _add_names(chart, places, label, tokens, top=top)
    _set_axes(chart, found, top)
    return chart


def drawn_places(found: Funnel) -> pd.DataFrame:
    """The exposed places that are drawn: all up to 2,000, else those outside 99.8 % and one in so many of the others.

    The others are taken at equal steps of size, so that their cloud keeps its shape.
    """
    places = found.places[found.places["position"] != Position.UNKNOWN]
    if len(places) <= MAX_MARKS:
        return places
    is_outside = places["position"].isin(OUTSIDE)
    others = places[~is_outside].sort_values("mean_dwelling_count", kind="stable")
    kept = max(0, MAX_MARKS - int(is_outside.sum()))
    return pd.concat([others.iloc[np.linspace(0, len(others) - 1, kept).astype(int)], places[is_outside]])


def funnel_note(found: Funnel) -> str:
    """What the figure leaves out, in sentences to set under it; empty when it draws every place."""
    drawn, told = drawn_places(found), found.places["position"] != Position.UNKNOWN
    said = []
    if len(drawn) < told.sum():
        outside = int(drawn["position"].isin(OUTSIDE).sum())
        said.append(
            f"Sont dessinés tous les lieux hors des limites à 99,8{NBSP}% et, "
            f"des {number(told.sum() - outside)} autres, {number(len(drawn) - outside)} "
            "pris à intervalles réguliers de taille."
        )
    if not told.all():
        said.append(f"Sans logement déclarant, non renseigné{NBSP}: {plural(int((~told).sum()), 'lieu', 'lieux')}.")
    return " ".join(said)


def funnel_title(found: Funnel) -> str:
    """«3 lieux au-dessus de la limite, 2 au-dessous, sur 45»; the limit is that of 99.8 %."""
    positions = found.places["position"]
    above, below = (int((positions == position).sum()) for position in (Position.ABOVE, Position.BELOW))
    told = int((positions != Position.UNKNOWN).sum())
    if not told:
        return "Aucun lieu n’a de logement déclarant"
    if not above + below:
        return f"Aucun lieu hors des limites, sur {number(told)}"
    counts = f"{plural(above, 'lieu', 'lieux') if above else 'Aucun lieu'} au-dessus de la limite"
    return f"{counts}, {number(below) if below else 'aucun'} au-dessous, sur {number(told)}"


def funnel_alt(found: Funnel, *, label: str = "place_name") -> str:
    """What a reader who cannot see the funnel is told."""
    told = found.places[found.places["position"] != Position.UNKNOWN]
    if told.empty:
        return "Aucun lieu n’a de logement déclarant sur la période."
    sides = [
        f"{_counted(told[told['position'] == position], label)} {words} la limite à 99,8{NBSP}%"
        for position, words in ((Position.ABOVE, "au-dessus de"), (Position.BELOW, "au-dessous de"))
    ]
    chance = f"environ {number(found.false_count)}" if found.false_count >= 1 else "moins d’un"
    return (
        f"Taux des lieux selon leur nombre de logements{NBSP}: {plural(len(told), 'lieu', 'lieux')}, "
        f"{number(found.target_rate)} faits pour 1{NBSP}000 logements et par an pour l’ensemble{NBSP}; "
        f"{', '.join(sides)}. Si aucun ne sortait de l’ordinaire, il y en aurait {chance} hors de ces limites."
    )


def _counted(rows: pd.DataFrame, label: str) -> str:
    """«2 (A, B)», «aucun»; the farthest first, five names at most."""
    names = [str(name) for name in _farthest_first(rows)[label].head(NAMED_IN_ALT)]
    if not names:
        return "aucun"
    return f"{number(len(rows))} ({', '.join(names)}{', …' if len(rows) > NAMED_IN_ALT else ''})"


def _farthest_first(rows: pd.DataFrame) -> pd.DataFrame:
    """By facts above or under what is expected."""
    distance = (rows["incident_count"] - rows["expected_count"]).abs()
    return rows.loc[distance.sort_values(ascending=False, kind="stable").index]


def _top(found: Funnel) -> int:
    rates = found.places["rate_per_1000_dwellings"].dropna()
    return round_top(max(float(np.quantile(rates, SHOWN_RATES, method="higher")), 2 * found.target_rate))


def _add_places(chart: go.Figure, places: pd.DataFrame, label: str, *, top: int, marker: dict) -> None:
    rates = places["rate_per_1000_dwellings"]
    names = [escape(str(name), quote=False) for name in places[label]]
    chart.add_scatter(
        x=places["mean_dwelling_count"],
        y=rates.clip(upper=top),
        mode="markers",
        marker={**marker, "symbol": np.where(rates > top, "triangle-up", "circle").tolist(), "opacity": 0.75},
        text=names,
        customdata=np.column_stack([places["incident_count"], places["mean_dwelling_count"], rates]).round(),
        hovertemplate=HOVER,
        cliponaxis=False,
        name="lieux",
    )


def _add_limits(chart: go.Figure, found: Funnel, tokens: Tokens, *, top: int, size: int) -> None:
    """The curves and the rate of all, each with its label; a curve is named where it comes down into the frame."""
    sizes = found.curves["mean_dwelling_count"]
    for stem, (dash, text) in LIMIT_LABELS.items():
        for side in ("low", "high"):
            line = {"width": LINE * size, "dash": dash, "color": tokens["muted"]}
            curve = found.curves[f"{stem}_{side}"]
            chart.add_scatter(x=sizes, y=curve, mode="lines", line=line, hoverinfo="skip", name=text)
        inside = found.curves[found.curves[f"{stem}_high"] <= 0.94 * top].head(1)
        x, y = inside["mean_dwelling_count"], inside[f"{stem}_high"]
        _add_text(chart, x, y, [text] * len(inside), tokens["muted"], position="top right")
    chart.add_scatter(
        x=[sizes.iloc[0], sizes.iloc[-1]],
        y=[found.target_rate] * 2,
        mode="lines",
        line={"width": LINE * size, "color": tokens["text"]},
        hoverinfo="skip",
        name="ensemble",
    )
    text = f"ensemble{NBSP}: {number(found.target_rate)}"
    _add_text(chart, [sizes.iloc[-1]], [found.target_rate], [text], tokens["text"], position="top left")


def _add_names(chart: go.Figure, places: pd.DataFrame, label: str, tokens: Tokens, *, top: int) -> None:
    """Names of places outside 99.8 %, the farthest first; one that would cover another is left to the hover."""
    outside = _farthest_first(places[places["position"].isin(OUTSIDE)])
    across = np.log(places["mean_dwelling_count"])
    width = max(float(across.max() - across.min()), 1e-9)
    taken: list[tuple[float, float]] = []
    for row in outside.itertuples():
        x, y = (np.log(row.mean_dwelling_count) - across.min()) / width, min(row.rate_per_1000_dwellings / top, 1.0)
        is_left = x > 0.6
        start = x - NAME_WIDTH if is_left else x
        if len(taken) == MAX_NAMES or any(abs(start - i) < NAME_WIDTH and abs(y - j) < NAME_LINE for i, j in taken):
            continue
        taken.append((start, y))
        name = f"<b>{escape(str(getattr(row, label)), quote=False)}</b>"
        position = "middle left" if is_left else "middle right"
        _add_text(chart, [row.mean_dwelling_count], [y * top], [name], tokens["accent"], position=position)


def _add_text(
    chart: go.Figure,
    x: Iterable[float],
    y: Iterable[float],
    texts: list[str],
    color: str,
    *,
    position: str,
) -> None:
    """Words as a trace: an annotation of a logarithmic axis would ask for logarithms."""
    chart.add_scatter(
        x=list(x),
        y=list(y),
        mode="text",
        text=[f"{NBSP}{NBSP}{text}{NBSP}{NBSP}" for text in texts],
        textposition=position,
        textfont={"color": color},
        hoverinfo="skip",
        cliponaxis=False,
    )


def _set_axes(chart: go.Figure, found: Funnel, top: int) -> None:
    low, high = found.curves["mean_dwelling_count"].iloc[[0, -1]]
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    steps = (1, 2, 5) if high / low < 200 else (1,)
    ticks = [step * 10.0**power for power in powers for step in steps if low / 1.2 <= step * 10.0**power <= high * 1.2]
    chart.update_xaxes(
        type="log",
        range=[float(np.log10(low / 1.2)), float(np.log10(high * 1.2))],
        tickvals=ticks,
        ticktext=[number(tick, 0 if tick >= 1 else 1) for tick in ticks],
        tickangle=0,
        title_text="logements déclarants, échelle logarithmique",
    )
    chart.update_yaxes(range=[0, top], tickvals=[0, top / 2, top], tickformat=",d")
