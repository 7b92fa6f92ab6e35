"""Blocks of the trends page on what rises and falls: families, types, two years compared, coverage, all the years."""

from collections.abc import Callable, Sequence
from textwrap import shorten

import numpy as np
import pandas as pd
import streamlit as st

from lib.analysis.coverage import monthly_reporting_coverage
from lib.analysis.long_run import long_run
from lib.analysis.series import monthly_series
from lib.domain.labels import change, change_interval_label, month_label, plural, shift, years_label
from lib.domain.terms import FAMILIES_SHORT
from lib.figures.months import Context
from lib.figures.series import coverage_alt, coverage_figure
from lib.figures.template import CONFIG
from lib.figures.tokens import tokens
from lib.snapshot import protected, queries
from lib.ui import components as c
from lib.ui.links import href
from lib.ui.notes import under
from lib.ui.projection import text_px
from lib.ui.selection import Selection
from lib.ui.session import Visit
from lib.ui.trend_months import contexts, history, month_table, panels, small_multiples
from lib.ui.trend_words import types_title

RATIO_SCALE = (0.5, 1.5)
PERMUTATION_SEED = 2024  # the same orders at each run: a verdict does not move by itself
MAX_PANEL_TITLE = 34  # characters that fit a panel; the table below has the whole label
MIN_PUBLISHED_COUNT = 5  # disclosure threshold of protected totals, aligned on the SSMSI (METHODS §8)


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
    percents = pd.DataFrame(
        {"Couverture (%)": (100 * share).round(1).to_numpy()}, [month_label(m) for m in share.index]
    )
    under("couverture", "coverage", percents.iloc[::-1])


def comparison_table(rows: pd.DataFrame, label: str, heading: str, asked: Callable[[pd.Series], dict]) -> None:
    """Counts of the two periods, ratio, interval and verdict; no percentage on a base under ten.

    Args:
        rows: Of ``compared``.
        label: Column of the names.
        heading: Of that column.
        asked: What the address of a row asks for.
    """
    c.table(
        [heading, "Faits", "Évolution à logements égaux", "Intervalle à 95\u00a0%", "Verdict"],
        [
            [
                c.link_cell(row[label], href("tendances", **asked(row))),
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
    """The eight families by month."""
    shaded = " Bandes\u00a0: confinements." if contexts(visit) else ""
    c.section(
        "Faits recensés par mois",
        "Trait fin\u00a0: le mois. Trait épais et chiffre\u00a0: moyenne sur 12 mois. Plage claire\u00a0: attendu. "
        f"Flèche\u00a0: évolution significative.{shaded}",
    )
    drawn = panels(visit, selected.overview.families, FAMILIES_SHORT, "family_code")
    small_multiples(visit, drawn, "family")
    c.reading(
        "Comparez la forme du trait épais avant les flèches\u00a0: elles ne portent que sur la période choisie et la "
        "même auparavant. Un mois isolé ne fait pas une tendance\u00a0; un clic sur lui resserre la période."
    )
    under("evolution", "families", month_table(drawn))


def compared(visit: Visit, selected: Selection) -> None:
    """The families against the year before."""
    months = visit.period.month_count
    c.section(
        f"{months} mois contre les mêmes mois {years_label(visit.period.years_apart)} plus tôt",
        "Seuil de 5\u00a0% après correction pour comparaisons multiples. Trait vertical\u00a0: sans changement",
    )
    rows = selected.overview.families
    comparison_table(rows, "family_label", "Famille", lambda row: {"familles": FAMILIES_SHORT[row["family_code"]]})


def background(visit: Visit) -> None:
    """All the years known: the trend of each family, and the break that chance does not make."""
    whole = history(visit)
    months = visit.ask(queries.monthly_coverage, whole)
    series = monthly_series(visit.ask(queries.monthly_facts, whole), whole.months(), "family_code")
    exposure = _outside(months, contexts(visit)).to_numpy(dtype=float)
    told = long_run(series, exposure, rng=np.random.default_rng(PERMUTATION_SEED))
    c.section(
        "Tendance de fond",
        f"Depuis {month_label(whole.start)}, à logements déclarants égaux, saisons ôtées, hors confinements",
    )
    c.table(
        ["Famille", "Par an", "Intervalle à 95\u00a0%", "Tendance", "Changement de niveau"],
        [
            [
                FAMILIES_SHORT[code],
                change(row["annual_ratio"], 1),
                change_interval_label(row["ratio_low"], row["ratio_high"]),
                c.verdict(str(row["verdict"])),
                _break_words(row),
            ]
            for code, row in told.reindex([code for code in FAMILIES_SHORT if code in told.index]).iterrows()
        ],
        numeric=(1,),
    )
    c.reading(
        "Une hausse de 3\u00a0% par an est un mouvement lent, que la comparaison de deux années peut manquer. Un "
        "changement de niveau n’est écrit que si le hasard en fait rarement d’aussi nets\u00a0; il ne dit pas sa cause."
    )
    under("tendance", "background")
    under("rupture", "break")


def _outside(months: pd.DataFrame, excluded: Sequence[Context]) -> pd.Series:
    """Dwellings that reported each month; 0 for those of an exceptional period."""
    first = pd.to_datetime(months["month_on"])
    after = first + pd.offsets.MonthBegin()
    is_met = np.zeros(len(months), dtype=bool)
    for _, start, end in excluded:
        is_met |= ((first < pd.Timestamp(end)) & (after > pd.Timestamp(start))).to_numpy()
    return months["reporting_dwelling_count"].where(~is_met, 0)


def _break_words(row: pd.Series) -> str:
    if pd.isna(row["break_on"]):
        return "aucun établi"
    return f"{month_label(row['break_on'])}\u00a0: {shift(row['count_before'], row['count_after'])} par mois"


def types(visit: Visit, selected: Selection) -> None:
    """The types of one family, the same two ways."""
    present = [code for code in FAMILIES_SHORT if code in set(selected.types["family_code"])]
    head = st.container()
    family = st.selectbox(
        "Famille détaillée", present, format_func=FAMILIES_SHORT.__getitem__, key="detail", bind="query-params"
    )
    tested = selected.overview.types
    rows = tested[tested["type_code"].str[:3] == family]
    with head:
        c.section(types_title(FAMILIES_SHORT[family], rows["verdict"]), "Détail par type, sur la période")
    labels = dict(zip(rows["type_code"], panel_titles(rows["type_label"]), strict=True))
    drawn = panels(visit, rows, labels, "type_code")
    small_multiples(visit, drawn, "type")
    under("evolution", "types", month_table(drawn))
    comparison_table(rows, "type_label", "Type", lambda row: {"types": row["type_label"]})


def panel_titles(labels: pd.Series) -> list[str]:
    """Labels cut to the width of a panel; two that would read the same keep their last words."""
    cut = labels.map(lambda label: shorten(label, MAX_PANEL_TITLE, placeholder="…"))
    is_shared = cut.duplicated(keep=False)
    ends = labels.map(lambda label: " ".join(label.split()[-2:]))
    starts = [
        shorten(label, MAX_PANEL_TITLE - len(end) - 1, placeholder="…") for label, end in zip(labels, ends, strict=True)
    ]
    return [
        f"{start} {end}" if shared else whole
        for whole, start, end, shared in zip(cut, starts, ends, is_shared, strict=True)
    ]


def violence(visit: Visit) -> None:
    """Violence in the family: a total by département, never on a map, never below."""
    totals = visit.ask(protected.totals)
    if totals.empty:
        return
    said = [
        f"{row.departement_name}\u00a0: "
        + (plural(int(row.incident_count), "fait") if row.incident_count >= MIN_PUBLISHED_COUNT else "non diffusé")
        for row in totals.itertuples()
    ]
    year, listed = protected.year_of(visit.period), ", ".join(said)
    c.source(
        f"Violences intrafamiliales signalées en {year}, hors de tous les totaux et jamais publiées sous le département"
        f"\u00a0: {listed}."
    )
