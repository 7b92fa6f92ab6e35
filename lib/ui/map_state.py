"""What the address of the map asks for: level, measure, comparison, months, and the place chosen."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

import streamlit as st

from lib.domain.filters import IncidentFilter
from lib.domain.labels import years_label
from lib.domain.period import Period, add_months
from lib.maps.scene import Measure
from lib.maps.values import Level as Layer
from lib.snapshot import directory
from lib.snapshot.places import Level
from lib.ui.filters import complete_months, period_words
from lib.ui.links import KEPT, href
from lib.ui.session import Visit

PAGE = "carte"
KEY = "carte"
CLICKED = "carte.cliquee"
# Names in the address.
LEVEL, MEASURE, COMPARISON, YEARS, MONTH, CHOICE = "niveau", "mesure", "comparer", "ans", "mois", "choix"
RING, FOLLOWS, VIEW = "perimetre", "suivre", "vue"


class LevelTerms(NamedTuple):
    """How a level is named, in the list of levels, in a sentence and in the address of a choice."""

    label: str
    noun: str
    nouns: str
    word: str
    is_feminine: bool = False

    @property
    def none(self) -> str:
        """«Aucune commune»."""
        return f"{'Aucune' if self.is_feminine else 'Aucun'} {self.noun}"


LEVELS = {
    Level.QPV: LevelTerms("QPV", "QPV", "QPV", "qpv"),
    Level.RESIDENCE: LevelTerms("Résidence", "résidence", "résidences", "residence", True),
    Level.COMMUNE: LevelTerms("Commune", "commune", "communes", "commune", True),
    Level.DISTRICT: LevelTerms("Circonscription", "circonscription", "circonscriptions", "service", True),
    Level.DEPARTEMENT: LevelTerms("Département", "département", "départements", "departement"),
}
LABELLED = {terms.label: level for level, terms in LEVELS.items()}
WORDS = {terms.word: level for level, terms in LEVELS.items()}
LAYERS: dict[Level, Layer] = {Level.DEPARTEMENT: "departements", Level.DISTRICT: "districts", Level.COMMUNE: "communes"}


class Comparison(StrEnum):
    """How a period before is shown."""

    NONE = "Aucune"
    SIDE_BY_SIDE = "Côte à côte"
    DIFFERENCE = "Différence"


class Choice(NamedTuple):
    """A place chosen, as the address tells it; still to be resolved within the scope."""

    level: Level
    code: str

    def __str__(self) -> str:
        return f"{LEVELS[self.level].word}:{self.code}"


@dataclass(frozen=True)
class MapState:
    """What the controls of the map ask for.

    Attributes:
        level: Of the polygons and of the table.
        measure: That colours them.
        comparison: Whether a period before is shown, and how.
        shown: The selection of the filters over the months of the slider, compared some years back.
    """

    level: Level
    measure: Measure
    comparison: Comparison
    shown: IncidentFilter


def controls(visit: Visit, *, before: Callable[[], None]) -> MapState:
    """Draws the select boxes of the map, after the search box, and returns what they and the slider ask for."""
    shown = replace(visit.at(), period=window(visit))
    search, *boxes = st.columns([1.6, 1, 1.6, 1, 1], gap="small")
    with search:
        before()
    with boxes[0]:
        level = st.selectbox("Niveau", list(LABELLED), key=LEVEL, bind="query-params")
    with boxes[2]:
        comparison, years = _comparison(visit, shown, boxes[3])
    is_difference = comparison == Comparison.DIFFERENCE
    with boxes[1]:
        measure = st.selectbox(
            "Mesure",
            [measure.value for measure in Measure],
            index=1,
            key=MEASURE,
            bind="query-params",
            disabled=is_difference,
        )
    shown = replace(shown, years_back=years)
    return MapState(LABELLED[level], Measure.CHANGE if is_difference else Measure(measure), comparison, shown)


def _comparison(visit: Visit, shown: IncidentFilter, beside) -> tuple[Comparison, int]:
    """The comparison asked for and its years, 0 for those of the page; only what the history can tell of."""
    apart = possible_years(visit, shown.period)
    options = [Comparison.NONE, Comparison.SIDE_BY_SIDE, Comparison.DIFFERENCE] if apart else [Comparison.NONE]
    asked = st.selectbox(
        "Comparer", [option.value for option in options], key=COMPARISON, bind="query-params", disabled=not apart
    )
    comparison = Comparison(asked)
    if comparison == Comparison.NONE:
        return comparison, 0
    labels = {f"{years_label(count)} plus tôt": count for count in apart}
    with beside:
        return comparison, labels[st.selectbox("avec", list(labels), key=YEARS, bind="query-params")]


def possible_years(visit: Visit, period: Period) -> list[int]:
    """How many years back the same months are wholly known and apart from the period, the fewest first."""
    begins = visit.ask_store(directory.months)[0]
    most = period.start.year - begins.year
    return [n for n in range(period.years_apart, most + 1) if period.years_before(n).start >= begins]


def window(visit: Visit) -> Period:
    """Months shown: as many as the filters ask for, ending at the month of the address if it names one."""
    end = asked_end(visit)
    return visit.period if end is None else _ending(end, visit.period.month_count)


def window_ends(visit: Visit) -> list[date]:
    """Last months that a window of the length of the period can have, in order."""
    assert visit.data_on is not None
    known = complete_months(visit.ask_store(directory.months), visit.data_on)
    return list(known[visit.period.month_count - 1 :])


def asked_end(visit: Visit) -> date | None:
    """The last month named by the address, when the store can fill the window before it."""
    asked = st.query_params.get(MONTH, "")
    return next((month for month in window_ends(visit) if month_word(month) == asked), None)


def month_word(month: date) -> str:
    """«2026-03», as the address writes a month."""
    return f"{month:%Y-%m}"


def _ending(last_month: date, month_count: int) -> Period:
    return Period(add_months(last_month, 1 - month_count), add_months(last_month, 1))


def said(visit: Visit, shown: IncidentFilter) -> str:
    """The sentence of the filters, with the months of the slider."""
    return visit.said.replace(period_words(visit.period), period_words(shown.period), 1)


def choice() -> Choice | None:
    """The place named by the address, or None; it may not exist."""
    word, _, code = st.query_params.get(CHOICE, "").partition(":")
    return Choice(WORDS[word], code) if word in WORDS and code else None


def choose(place: Choice | None) -> None:
    """Writes the place in the address, or takes it away."""
    if place is None:
        st.query_params.pop(CHOICE, None)
    else:
        st.query_params[CHOICE] = str(place)


def here(**changed: object) -> str:
    """Address of this view of the map, with what changes; None takes away."""
    own = {key: value for key, value in st.query_params.items() if key not in KEPT}
    return href(PAGE, **{**own, **changed})


def is_on(toggle: str) -> bool:
    """Whether the address sets a toggle that is drawn further down the page."""
    return st.query_params.get(toggle) == "true"
