"""Monthly panels of the trends page: months, rolling mean, expected band, exceptional periods."""

from collections.abc import Sequence
from datetime import date
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from lib.analysis.expected import expected_band
from lib.analysis.series import monthly_series, reported_only, rolling_mean
from lib.domain.labels import change, month_label
from lib.domain.period import Period
from lib.figures.months import Context, month_list
from lib.figures.schemes import scheme_lines, schemes_of
from lib.figures.series import MonthPanel, month_alt, month_figure, scale_top
from lib.figures.template import CONFIG, PAGE_SIZE
from lib.figures.tokens import tokens
from lib.snapshot import directory, queries
from lib.ui import components as c
from lib.ui.annotations import marked
from lib.ui.filters import choose_month
from lib.ui.projection import text_px
from lib.ui.session import Visit

TURN = "months-taken"
PANEL_WIDTH_PX = 240  # at the size of a page


def history(visit: Visit) -> Period:
    """Every month the store tells of, up to the end of the period shown; with a constant panel, the two periods."""
    if visit.is_panel_constant:
        return visit.both_periods
    return Period(visit.ask_store(directory.months)[0], visit.period.end)


def contexts(visit: Visit) -> list[Context]:
    """Exceptional periods to shade: those that the months drawn meet."""
    found = visit.ask_store(directory.context_periods)
    periods = [
        (row.label, pd.Timestamp(row.starts_on).date(), pd.Timestamp(row.ends_on).date()) for row in found.itertuples()
    ]
    return [context for context in periods if history(visit).overlaps(*context[1:])]


def panels(visit: Visit, rows: pd.DataFrame, labels: dict[str, str], by: str) -> list[MonthPanel]:
    """One panel per row: months, twelve-month mean, and the change when it was tested.

    Args:
        visit: The visit of the page.
        rows: Of ``compared``.
        labels: Short name of each code.
        by: ``family_code`` or ``type_code``.
    """
    whole = history(visit)
    facts = visit.ask(queries.monthly_facts, whole)
    counted = monthly_series(facts, whole.months(), by).reindex(columns=rows[by], fill_value=0)
    coverage_rows = visit.ask(queries.monthly_coverage, whole)
    series = reported_only(counted, coverage_rows)
    rolling, bands = rolling_mean(series), _bands(visit, counted, coverage_rows)
    borne = schemes_of(marked(visit))
    return [
        MonthPanel(
            labels[row[by]],
            series[row[by]],
            rolling[row[by]],
            change=(str(row["verdict"]), change(row["year_on_year_ratio"])),
            expected=bands[rank],
            schemes=borne,
        )
        for rank, (_, row) in enumerate(rows.iterrows())
    ]


def _bands(visit: Visit, counted: pd.DataFrame, months: pd.DataFrame) -> list[pd.DataFrame | None]:
    """What each series was expected to be over the period, where enough is known before it."""
    told = months.set_index(pd.to_datetime(months["month_on"]))["reporting_dwelling_count"]
    exposure = told.reindex(counted.index, fill_value=0).to_numpy(dtype=float)
    low, high = expected_band(counted.to_numpy().T, exposure, counted.index[0].date(), visit.period.month_count)
    shown = counted.index[-visit.period.month_count :]
    bands = [
        pd.DataFrame({"expected_low": a, "expected_high": b}, shown).dropna() for a, b in zip(low, high, strict=True)
    ]
    return [None if band.empty else band for band in bands]


def small_multiples(visit: Visit, drawn: Sequence[MonthPanel], key: str) -> None:
    """Panels on a common scale, four across; a switch gives each its own."""
    colours, shaded = tokens(st.context.theme.type), contexts(visit)
    if len(drawn) == 1:
        _month_chart(month_figure(drawn[0], colours, contexts=shaded, is_small=False, size=text_px()), drawn[0], key, 0)
        _name_schemes(drawn[0])
        return
    own = st.toggle(
        "Une échelle par graphique",
        key=f"{key}-own",
        help="Pour lire les familles rares\u00a0; les hauteurs ne se comparent plus.",
    )
    top = None if own else scale_top(drawn)
    with st.grid(4, min_column_width=PANEL_WIDTH_PX * text_px() // PAGE_SIZE, gap="small"):
        for rank, panel in enumerate(drawn):
            chart = month_figure(panel, colours, top=top, contexts=shaded, size=text_px())
            _month_chart(chart, panel, key, rank)
    _name_schemes(drawn[0])


def _name_schemes(panel: MonthPanel) -> None:
    """Those that the figure marks by a number."""
    lines = scheme_lines(panel.schemes, month_list(panel.counts.index))
    if lines:
        c.source(
            "Dispositifs et interventions, au trait numéroté de leur premier jour\u00a0: {}.".format(
                "\u00a0; ".join(lines)
            )
        )


def _month_chart(chart: go.Figure, panel: MonthPanel, key: str, rank: int) -> None:
    """A panel whose months narrow the period when they are clicked."""
    turn = st.session_state.setdefault(TURN, 0)
    name = f"{key}-{rank}-{turn}"
    st.plotly_chart(
        chart,
        theme=None,
        config=CONFIG,
        alt=month_alt(panel),
        key=name,
        on_select=partial(_take_month, name),
        selection_mode="points",
    )


def _take_month(name: str) -> None:
    """The period narrowed to the month clicked; figures take new names, and forget the click."""
    points = st.session_state[name]["selection"]["points"]
    if points:
        choose_month(date.fromisoformat(points[0]["x"]))
        st.session_state[TURN] += 1


def month_table(drawn: Sequence[MonthPanel]) -> pd.DataFrame:
    """Facts by month, the last first, one column per panel."""
    months = [month_label(month) for month in month_list(drawn[0].counts.index)]
    return pd.DataFrame({panel.title: panel.counts.to_numpy() for panel in drawn}, index=months).iloc[::-1]
