"""Blocks of the trends page: monthly panels by family and by type, the comparison of two years, the coverage."""

from collections.abc import Sequence
from textwrap import shorten

import pandas as pd
import streamlit as st

from lib.analysis.coverage import monthly_reporting_coverage
from lib.analysis.series import monthly_series, reported_only, rolling_mean
from lib.domain.labels import change, change_interval_label, plural, shift, years_label
from lib.domain.period import Period
from lib.domain.terms import FAMILIES_SHORT
from lib.figures.months import Context
from lib.figures.series import MonthPanel, coverage_alt, coverage_figure, month_alt, month_figure, scale_top
from lib.figures.template import PAGE_SIZE
from lib.figures.tokens import tokens
from lib.snapshot import directory, queries
from lib.ui import components as c
from lib.ui.projection import text_px
from lib.ui.selection import Selection
from lib.ui.session import Visit

CONFIG = {"displayModeBar": False, "responsive": True}
RATIO_SCALE = (0.5, 1.5)
PANEL_WIDTH_PX = 240  # at the size of a page
MAX_PANEL_TITLE = 34  # characters that fit a panel; the table below has the whole label
MIN_PUBLISHED_COUNT = 5  # disclosure threshold of protected totals, aligned on the SSMSI (METHODS §8)


def history(visit: Visit) -> Period:
    """Every month the store tells of, up to the end of the period shown."""
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
    series = reported_only(counted, visit.ask(queries.monthly_coverage, whole))
    rolling = rolling_mean(series)
    return [
        MonthPanel(
            labels[row[by]],
            series[row[by]],
            rolling[row[by]],
            change=(str(row["verdict"]), change(row["year_on_year_ratio"])),
        )
        for _, row in rows.iterrows()
    ]


def small_multiples(visit: Visit, drawn: Sequence[MonthPanel], key: str) -> None:
    """Panels on a common scale, four across; a switch gives each its own."""
    colours, shaded = tokens(st.context.theme.type), contexts(visit)
    if len(drawn) == 1:
        chart = month_figure(drawn[0], colours, contexts=shaded, is_small=False, size=text_px())
        st.plotly_chart(chart, theme=None, config=CONFIG, alt=month_alt(drawn[0]), key=f"{key}-0")
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
            st.plotly_chart(chart, theme=None, config=CONFIG, alt=month_alt(panel), key=f"{key}-{rank}")


def coverage(visit: Visit) -> None:
    """The line under every trend: fewer dwellings told of make fewer facts."""
    months = visit.ask(queries.monthly_coverage, history(visit))
    share = monthly_reporting_coverage(months).set_axis(pd.to_datetime(months["month_on"]))
    c.section("Couverture déclarative", "Logements des résidences déclarantes, en part des logements de la sélection")
    chart = coverage_figure(share, tokens(st.context.theme.type), size=text_px())
    st.plotly_chart(chart, theme=None, config=CONFIG, alt=coverage_alt(share), key="coverage")
    c.reading(
        "Quand la ligne baisse, des bailleurs ont cessé de déclarer\u00a0: une baisse des faits ce mois-là ne prouve "
        "rien. Les taux et les comparaisons ne comptent que les logements déclarants."
    )


def comparison_table(rows: pd.DataFrame, label: str, heading: str) -> None:
    """Counts of the two periods, ratio, interval and verdict; no percentage on a base under ten."""
    c.table(
        [heading, "Faits", "Évolution à logements égaux", "Intervalle à 95\u00a0%", "Verdict"],
        [
            [
                row[label],
                shift(row["previous_incident_count"], row["incident_count"]),
                change(row["year_on_year_ratio"]),
                _interval(row),
                c.verdict(str(row["verdict"])),
            ]
            for _, row in rows.iterrows()
        ],
        numeric=(1, 2),
    )


def _interval(row: pd.Series):
    if pd.isna(row["year_on_year_ratio"]):
        return c.NONE
    bounds = (row["ratio_low"], row["ratio_high"])
    drawn = c.interval(row["year_on_year_ratio"], bounds, scale=RATIO_SCALE, mark=1)
    return drawn + c.no_break(change_interval_label(*bounds))


def families(visit: Visit, selected: Selection) -> None:
    """The eight families by month, then against the year before."""
    rows = selected.overview.families
    shaded = " Bandes\u00a0: confinements." if contexts(visit) else ""
    c.section(
        "Faits recensés par mois",
        "Trait fin\u00a0: le mois. Trait épais et chiffre\u00a0: moyenne sur 12 mois. Flèche\u00a0: évolution "
        f"significative.{shaded}",
    )
    small_multiples(visit, panels(visit, rows, FAMILIES_SHORT, "family_code"), "family")
    c.reading(
        "Comparez la forme du trait épais avant les flèches\u00a0: elles ne portent que sur la période choisie et la "
        "même auparavant. Un mois isolé ne fait pas une tendance."
    )
    coverage(visit)
    months = visit.period.month_count
    c.section(
        f"{months} mois contre les mêmes mois {years_label(visit.period.years_apart)} plus tôt",
        "Seuil de 5\u00a0% après correction pour comparaisons multiples. Trait vertical\u00a0: sans changement",
    )
    comparison_table(rows, "family_label", "Famille")


def types(visit: Visit, selected: Selection) -> None:
    """The types of one family, the same two ways."""
    present = [code for code in FAMILIES_SHORT if code in set(selected.types["family_code"])]
    c.section("Détail par type")
    family = st.selectbox(
        "Famille détaillée", present, format_func=FAMILIES_SHORT.__getitem__, key="detail", bind="query-params"
    )
    tested = selected.overview.types
    rows = tested[tested["type_code"].str[:3] == family]
    labels = {row.type_code: shorten(row.type_label, MAX_PANEL_TITLE, placeholder="…") for row in rows.itertuples()}
    small_multiples(visit, panels(visit, rows, labels, "type_code"), "type")
    comparison_table(rows, "type_label", "Type")


def protected(visit: Visit) -> None:
    """Violence in the family: a total by département, never on a map, never below."""
    totals = visit.ask(queries.protected_totals)
    if totals.empty:
        return
    said = [
        f"{row.departement_name}\u00a0: "
        + (plural(int(row.incident_count), "fait") if row.incident_count >= MIN_PUBLISHED_COUNT else "non diffusé")
        for row in totals.itertuples()
    ]
    c.source(
        f"Violences intrafamiliales signalées, hors de tous les totaux et jamais publiées sous le département\u00a0: "
        f"{', '.join(said)}."
    )
