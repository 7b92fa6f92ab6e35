"""Recorded crime beside the facts of landlords, apart from them: one block for a département, a commune, a service."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pandas as pd
import streamlit as st

from lib.analysis.recorded import RecordedSeries, class_series, incomparable_count, index_series, years_of
from lib.domain.labels import MISSING, date_label, number, plural, quoted, service_label
from lib.domain.recorded import INDEXES, Cell, Tie
from lib.figures.recorded import SAID, recorded_alt, recorded_figure, year_ranges
from lib.figures.template import CONFIG, PAGE_SIZE
from lib.figures.tokens import tokens
from lib.store import districts, nomenclature, official_statistics, recorded_services
from lib.ui import components as c
from lib.ui.data import record
from lib.ui.notes import under
from lib.ui.projection import text_px
from lib.ui.session import Visit

NOTE = "criminalite-enregistree"
PANEL_WIDTH_PX = 280  # at the size of a page
APART = (
    "Crimes et délits enregistrés par la police et la gendarmerie sur tout le territoire\u00a0: ni les mêmes faits, ni "
    "les mêmes lieux, ni les mêmes unités que dans les registres des bailleurs\u00a0; ils ne s’y ajoutent pas et ne "
    "s’en retranchent pas."
)
READING = "Un graphique par série, chacun à son échelle et dans son unité\u00a0: leurs hauteurs ne se comparent pas."
HATCHED = (
    "Une année hachurée n’est pas diffusée\u00a0: le SSMSI ne publie une commune qu’à partir de plus de 5 faits trois "
    "années de suite\u00a0; ce n’est ni zéro, ni forcément peu."
)
PALE = (
    "Une barre pâle est celle d’un autre ressort que le ressort d’aujourd’hui, dit plus bas. Un index par classe est "
    "dessiné, les autres sont dans les chiffres."
)
BASES = {
    "ssmsi_departement": "SSMSI, base départementale de la délinquance enregistrée",
    "ssmsi_commune": "SSMSI, base communale de la délinquance enregistrée",
    "recorded_crime": "SSMSI, état 4001 par service, données brutes sans contraventions ni mains courantes",
}
COMPARABILITIES = {
    "direct": "comparable",
    "partial": "comparable en partie",
    "thematic": "même thème, nombres non comparables",
}
TIES = {
    Tie.EXACT: "même ressort",
    Tie.NAME: "même nom, ressort de l’époque non vérifié",
    Tie.PART: "une partie du ressort, ajoutée aux autres de l’année",
    Tie.WIDER: "ressort plus large",
    Tie.DEPARTEMENT: "compagnie de cette brigade non établie\u00a0: toutes celles du département sont ajoutées",
    Tie.NONE: "non repris",
}
WHYS = {index.label: index.why for index in INDEXES}


@dataclass(frozen=True)
class _Told:
    """What the block says of a place: its series, the table they come from, how to read them, why there may be none."""

    series: list[RecordedSeries]
    types: pd.DataFrame
    table_name: str
    reading: str
    why_empty: str
    ties: list[list[str]] = field(default_factory=list)


def recorded_crime(
    visit: Visit,
    name: str,
    *,
    departement_code: str | None = None,
    commune_code: str | None = None,
    district_id: int | None = None,
) -> None:
    """The block of one place, told by exactly one of its keys.

    Args:
        visit: The visit of the page.
        name: What titles call the place.
        departement_code: For a département: its classes of the base départementale.
        commune_code: For a commune: its classes of the base communale, hidden cells hatched.
        district_id: For a service of police or gendarmerie: the indexes of the état 4001 of the services tied to it.

    Raises:
        ValueError: If none or several keys are given.
    """
    given = [key for key in (departement_code, commune_code, district_id) if key is not None]
    if len(given) != 1:
        raise ValueError("one key names the place")
    types = record(nomenclature.incident_types, visit.snapshot)
    if departement_code is not None:
        told = _departement(visit, departement_code, types)
    elif commune_code is not None:
        told = _commune(visit, commune_code, _unprotected(types))
    else:
        told = _district(visit, int(given[0]), _unprotected(types))
    span = f", {year_span(told.series)}" if told.series else ""
    c.section("Criminalité enregistrée (contexte)", f"{name}{span}")
    c.source(APART)
    if told.series:
        _draw(visit, told)
    else:
        c.source(told.why_empty)
    alone = incomparable_count(types)
    c.source(
        f"{plural(alone, 'type')} sur {number(len(types))} n’ont pas d’équivalent\u00a0: le registre des bailleurs est "
        "la seule mesure."
    )


def year_span(series: Iterable[RecordedSeries]) -> str:
    """«2016 à 2022», «2016»."""
    first, last = years_of(series)
    return str(first) if first == last else f"{first} à {last}"


def series_table(series: Iterable[RecordedSeries]) -> pd.DataFrame:
    """What the panels draw: one row per year, the last first, one column per series with its unit, states in words."""
    columns = {
        f"{one.label} ({one.unit})": [
            SAID[row.state].replace(SAID[Cell.ABSENT], MISSING) if row.state in SAID else number(row.fact_count)
            for row in one.cells.itertuples()
        ]
        for one in series
    }
    years = next(iter(series)).cells.index.astype(str)
    return pd.DataFrame(columns, index=pd.Index(years, name="Année")).iloc[::-1]


def tie_lines(ties: pd.DataFrame, sisters: Sequence[str]) -> list[list[str]]:
    """Name, years and correspondence in words of each service of the état 4001, by first year.

    Args:
        ties: Of ``store.recorded_services.ties_of``.
        sisters: Brigades that the same company is known to answer for.
    """
    lines = []
    for (service, tie, remark), own in ties.groupby(["service_name", "tie", "remark"], sort=False):
        years = [year for row in own.itertuples() for year in range(int(row.first_year), int(row.last_year) + 1)]
        words = _tie_words(Tie(str(tie)), sisters)
        lines.append([service_label(str(service)), year_ranges(years), f"{words}\u00a0; {remark}" if remark else words])
    return lines


def _departement(visit: Visit, code: str, types: pd.DataFrame) -> _Told:
    rows = record(official_statistics.ssmsi_departement, visit.snapshot, code)
    why = _not_loaded("la base départementale du SSMSI ne contient rien pour ce département")
    return _Told(class_series(rows, types), types, "ssmsi_departement", READING, why)


def _commune(visit: Visit, code: str, types: pd.DataFrame) -> _Told:
    rows = record(official_statistics.ssmsi_commune, visit.snapshot, code)
    why = _not_loaded("la base communale du SSMSI ne contient rien pour cette commune")
    return _Told(class_series(rows, types), types, "ssmsi_commune", f"{READING} {HATCHED}", why)


def _district(visit: Visit, district_id: int, types: pd.DataFrame) -> _Told:
    known = record(districts.districts, visit.snapshot).set_index("district_id")
    force, name = str(known.at[district_id, "force"]), str(known.at[district_id, "district_name"])
    ties = recorded_services.ties_of(force, name)
    rows = record(recorded_services.district_crimes, visit.snapshot, force, name)
    why = _not_loaded("l’état 4001 ne contient rien pour les services correspondants")
    if ties.empty:
        why = "Aucun service de l’état 4001 (2012 à 2020) ne correspond à celui-ci dans la table de correspondance."
    lines = tie_lines(ties, recorded_services.sister_brigades(force, name))
    return _Told(index_series(rows, types), types, "recorded_crime", f"{READING} {PALE}", why, lines)


def _unprotected(types: pd.DataFrame) -> pd.DataFrame:
    """Types that may be told of below the département."""
    return types[~types["is_protected"].astype(bool)]


def _not_loaded(what: str) -> str:
    return (
        f"Aucune statistique officielle chargée\u00a0: {what}. Le fichier publié par le ministère s’importe en ligne "
        "de commande (territoires importer)."
    )


def _draw(visit: Visit, told: _Told) -> None:
    colours, size = tokens(st.context.theme.type), text_px()
    with st.grid(3, min_column_width=PANEL_WIDTH_PX * size // PAGE_SIZE, gap="small"):
        for rank, one in enumerate(one for one in told.series if one.is_main):
            chart = recorded_figure(one, colours, size=size)
            st.plotly_chart(chart, theme=None, config=CONFIG, alt=recorded_alt(one), key=f"recorded-{rank}")
    c.reading(told.reading)
    under(NOTE, "recorded", series_table(told.series))
    drawer = st.expander("Ce qui se compare, et comment", key="recorded-comparables", on_change="rerun")
    if drawer.open:
        with drawer:
            _comparables(told)
    if told.ties:
        heads = ["Service de l’état 4001", "Années", "Correspondance avec le service affiché"]
        c.table(heads, told.ties, caption="Services dont viennent les séries")
    _source(visit, told)


def _comparables(told: _Told) -> None:
    by_class = told.types.groupby("ssmsi_class")["type_label"].agg(", ".join)
    c.table(
        ["Série enregistrée", "Nos types", "Comment"],
        [
            [one.label, by_class[one.ssmsi_class], f"{COMPARABILITIES[one.comparability]}. {WHYS.get(one.label, '')}"]
            for one in told.series
        ],
    )


def _tie_words(tie: Tie, sisters: Sequence[str]) -> str:
    """«ressort plus large», «compagnie de gendarmerie : couvre aussi, au moins, Brigade de …»."""
    if tie == Tie.WIDER and sisters:
        return f"compagnie de gendarmerie\u00a0: couvre aussi, au moins, {', '.join(map(service_label, sisters))}"
    return TIES[tie]


def _source(visit: Visit, told: _Told) -> None:
    found = record(official_statistics.latest_file, visit.snapshot, told.table_name)
    edition = f", fichier {quoted(found[0])} importé le {date_label(found[1].date())}" if found else ""
    c.source(
        f"Source\u00a0: {BASES[told.table_name]}, Licence Ouverte{edition}. Données {year_span(told.series)}. Un fait "
        "enregistré n’est pas un fait subi\u00a0: tous ne donnent pas lieu à plainte."
    )
