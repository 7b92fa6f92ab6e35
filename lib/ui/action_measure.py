"""What the store counts in the places of an action: before it, to set its objective; since, to see whether it works."""

from collections.abc import Collection
from typing import NamedTuple

import pandas as pd

from lib.analysis.comparison import whole_compared
from lib.analysis.coverage import LOW_COVERAGE_SHARE, reporting_coverage
from lib.analysis.objectives import Since, months_before, months_since
from lib.analysis.trends import Verdict
from lib.domain.actions import ActionPlace, ActionPlaceKind, JointAction
from lib.domain.filters import IncidentFilter
from lib.domain.labels import MISSING, month_label, number, plural, years_label
from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.domain.terms import ACTION_INDICATORS, FAMILIES_SHORT
from lib.domain.vocabulary import ActionIndicator
from lib.snapshot import directory, queries
from lib.snapshot.actions import residences_of
from lib.snapshot.places import Level
from lib.snapshot.sums import STAFF_FAMILY
from lib.ui import blocks
from lib.ui import components as c
from lib.ui.action_words import amount, counted_words, is_met_words
from lib.ui.annotations import BEGUN
from lib.ui.marks import Text, late
from lib.ui.session import Visit

# What the store counts of the places of an action; it knows no call, no household, and no occupied hall by itself.
COUNTS = {
    ActionIndicator.FACTS: "incident_count",
    ActionIndicator.STAFF_FACTS: "incident_count",
    ActionIndicator.COMPLAINTS: "complaint_count",
    ActionIndicator.SEVERITY_INDEX: "severity_index",
}
FOUND = {
    Verdict.FALL: "Baisse constatée {}",
    Verdict.RISE: "Hausse constatée {}",
    Verdict.FLAT: "Aucun changement net {}",
    Verdict.FEW: "Trop peu de faits pour juger {}",
    Verdict.UNKNOWN: "Déclarations insuffisantes pour juger {}",
}
CAUTION = (
    "Un lieu choisi au plus mal s’améliore souvent de lui-même, et d’autres causes jouent\u00a0: cet écart ne prouve "
    "pas l’effet de l’intervention. Moins de faits peut vouloir dire moins de déclarations."
)


class Reach(NamedTuple):
    """What is counted for an action, and whether it goes beyond the halls that the action names."""

    chosen: IncidentFilter
    is_wider: bool


def measure(visit: Visit, action: JointAction) -> None:
    """The objective beside what is counted since the action began; nothing where nothing can be counted."""
    if action.indicator not in COUNTS or action.status not in BEGUN or visit.data_on is None:
        return
    if action.starts_on is None:
        return
    since = months_since(action, visit.data_on)
    if since is None:
        c.section("Trop tôt pour juger", "aucun mois entier de données depuis le début de l’intervention")
        return
    reach = _reach(visit, action, since.period, since.years_back)
    if reach is not None:
        _measured(visit, action, since, reach)


def baseline_words(visit: Visit, action: JointAction) -> str:
    """What the store counts in the months before an action: the baseline to write; empty where nothing is counted.

    Nothing is proposed of months that the store does not know, or of which too little was told.
    """
    if action.indicator not in COUNTS or visit.data_on is None:
        return ""
    period, known = months_before(action, visit.data_on), visit.ask_store(directory.months)
    reach = _reach(visit, action, period)
    if reach is None or not known or period.start < known[0]:
        return ""
    figures = visit.ask(queries.place_figures, Level.ALL, chosen=reach.chosen)
    coverage = reporting_coverage(figures)
    if coverage is None or coverage < LOW_COVERAGE_SHARE:
        return ""
    count = number(figures.iloc[0][COUNTS[action.indicator]])
    return (
        f"{_counted(action)} dans {_places_words(visit, reach)}, {_span(period)}\u00a0: {count}. "
        "C’est une valeur de départ possible."
    )


def _places_words(visit: Visit, reach: Reach) -> str:
    """«les lieux de l’intervention», and what of them is not counted as the action names it."""
    wider = ", résidences entières" if reach.is_wider else ""
    partial = "" if visit.scope == Scope.everything() else ", pour les résidences de votre périmètre"
    return f"les lieux de l’intervention{wider}{partial}"


def _counted(action: JointAction) -> str:
    """«Faits recensés (occupation)»: what is counted, of which family where the action aims at one."""
    assert action.indicator is not None
    said = ACTION_INDICATORS[action.indicator]
    if action.indicator == ActionIndicator.STAFF_FACTS or not action.family_code:
        return said
    return f"{said} ({FAMILIES_SHORT[action.family_code].lower()})"


def _reach(visit: Visit, action: JointAction, period: Period, years_back: int = 0) -> Reach | None:
    """The facts that the objective counts; None where no residence of the scope lies in the places."""
    homes = visit.ask_store(_homes, action.places, visit.scope)
    if not homes:
        return None
    is_staff = action.indicator == ActionIndicator.STAFF_FACTS
    families = (STAFF_FAMILY,) if is_staff else (action.family_code,) if action.family_code else ()
    chosen = IncidentFilter(period, family_codes=families, residence_ids=tuple(homes), years_back=years_back)
    halls = [place for place in action.places if place.kind == ActionPlaceKind.HALL]
    if not halls:
        return Reach(chosen, is_wider=False)
    if not _is_a_grid(halls, action.places):
        return Reach(chosen, is_wider=True)
    buildings, codes = ({getattr(one, name) for one in halls} for name in ("building_code", "hall_code"))
    narrowed = chosen.at(building_codes=tuple(sorted(buildings)), hall_codes=tuple(sorted(codes)))
    return Reach(narrowed, is_wider=False)


def _homes(snapshot, places: tuple[ActionPlace, ...], scope) -> list[int]:
    return residences_of(snapshot, places, scope=scope)


def _is_a_grid(halls: Collection[ActionPlace], places: Collection[ActionPlace]) -> bool:
    """Whether codes of buildings and of halls, crossed, name these halls and no other."""
    buildings, codes = ({getattr(one, name) for one in halls} for name in ("building_code", "hall_code"))
    homes = {one.residence_id for one in places}
    return len(halls) == len(places) == len(homes) * len(buildings) * len(codes)


def _measured(visit: Visit, action: JointAction, since: Since, reach: Reach) -> None:
    assert action.indicator is not None
    count, before = COUNTS[action.indicator], reach.chosen.before
    figures = visit.ask(queries.place_figures, Level.ALL, chosen=reach.chosen)
    when = _since_words(action, since)
    title, mark = f"L’indice de gravité {when}", c.NONE
    if action.indicator != ActionIndicator.SEVERITY_INDEX:
        compared = _compared(visit, since, reach, figures, count)
        title, mark = FOUND[compared.verdict].format(when), blocks.change_mark(compared)
    c.section(title, f"{_counted(action)} dans {_places_words(visit, reach)}")
    aimed = MISSING if action.target is None else amount(action.target)
    started = "" if action.baseline is None else f", de {amount(action.baseline)} au départ"
    c.key_figures(
        [
            ("Valeur visée", aimed, f"{counted_words(action)}{started}", ""),
            (f"{when[0].upper()}{when[1:]}", _told(figures, count), _span(since.period), mark),
            (
                f"Mêmes mois {years_label(since.years_back)} plus tôt",
                _told(figures, count, "previous_"),
                _span(before),
                "",
            ),
            ("Valeur atteinte", _reached(action), "écrite par les partenaires", is_met_words(action)),
        ]
    )
    c.findings(_gap(action, since, figures, count))
    c.source(CAUTION)


def _gap(action: JointAction, since: Since, figures: pd.DataFrame, count: str) -> list[Text]:
    """What partners wrote that they reached beside what is counted over as many months, where the two differ."""
    counted = figures.iloc[0][count]
    if action.reached is None or since.period.month_count != action.months_measured or counted == action.reached:
        return []
    said = f"Les partenaires ont écrit {amount(action.reached)}, l’observatoire compte {number(counted)}"
    return [late(f"{said} ({_span(since.period)})\u00a0: à rapprocher avant de conclure.")]


def _compared(visit: Visit, since: Since, reach: Reach, figures: pd.DataFrame, count: str) -> pd.Series:
    """The months since against those before, tested."""
    before = reach.chosen.before
    monthly = visit.ask(queries.monthly_facts, Period(before.start, since.period.end), chosen=reach.chosen)
    own = figures.assign(incident_count=figures[count], previous_incident_count=figures[f"previous_{count}"])
    return whole_compared(own, monthly, since.period, count, before)


def _since_words(action: JointAction, since: Since) -> str:
    """«depuis le début», «sur les 12 derniers mois», each up to the evaluation where that day ended the measure."""
    is_over = action.evaluated_on is not None and since.period.last_day < action.evaluated_on <= since.period.end
    if since.is_whole:
        return "du début à l’évaluation" if is_over else "depuis le début"
    count = since.period.month_count
    months = "sur le dernier mois" if count == 1 else f"sur les {count} derniers mois"
    return f"{months} avant l’évaluation" if is_over else months


def _told(figures: pd.DataFrame, count: str, which: str = "") -> str:
    """A count; «—» where nobody told of these months: that zero would say nothing."""
    row = figures.iloc[0]
    is_told = row[f"{which}incident_count"] or row[f"{which}reporting_residence_count"]
    return number(row[f"{which}{count}"]) if is_told else MISSING


def _reached(action: JointAction) -> str:
    return MISSING if action.reached is None else amount(action.reached)


def _span(period: Period) -> str:
    """«1 mois, octobre 2026», «3 mois, août 2026 à octobre 2026»."""
    months = plural(period.month_count, "mois")
    if period.month_count == 1:
        return f"{months}, {month_label(period.start)}"
    return f"{months}, {month_label(period.start)} à {month_label(period.last_day)}"
