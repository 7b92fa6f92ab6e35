"""What is said of a ranked place: its criteria in French, the reasons of its rank, what would change it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lib.analysis.criteria import Criterion, Unit
from lib.analysis.priorities import PRIORITY_CHANCE, Band
from lib.analysis.reasons import Swap, whole_parts
from lib.analysis.trends import MIN_BASE_COUNT
from lib.domain.labels import number, percent, plural, quoted, share, shift
from lib.domain.terms import PARTNERS
from lib.domain.vocabulary import Partner
from lib.ui.priority import UNITS, Ranked

CRITERIA = {
    Criterion.SEVERITY: "Gravité",
    Criterion.PERSISTENCE: "Persistance",
    Criterion.TREND: "Tendance",
    Criterion.STAFF: "Personnel",
    Criterion.COMPLAINT_GAP: "Écart de plainte",
    Criterion.HALL_RECURRENCE: "Même hall",
    Criterion.SITE_LEVEL: "Niveau du site",
}
# With their article, inside a sentence.
SUBJECTS = {
    Criterion.SEVERITY: "la gravité",
    Criterion.PERSISTENCE: "la persistance",
    Criterion.TREND: "la tendance",
    Criterion.STAFF: "les faits envers le personnel",
    Criterion.COMPLAINT_GAP: "l’écart de plainte",
    Criterion.HALL_RECURRENCE: "la récurrence dans un même hall",
    Criterion.SITE_LEVEL: "le niveau du site",
}
MEANINGS = {
    Criterion.SEVERITY: "Indice de gravité pour 1\u00a0000 logements et par an, lissé (pour un hall\u00a0: par an)",
    Criterion.PERSISTENCE: "Part des mois déclarés avec au moins un fait",
    Criterion.TREND: "Probabilité d’une hausse du taux depuis la période comparée",
    Criterion.STAFF: "Faits envers le personnel pour 1\u00a0000 logements et par an, lissés",
    Criterion.COMPLAINT_GAP: "Part restée sans plainte des faits susceptibles de plainte dont la suite est connue, "
    "lissée",
    Criterion.HALL_RECURRENCE: "Part des mois déclarés où le hall le plus touché a connu un fait",
    Criterion.SITE_LEVEL: "Niveau de 0 (vert) à 3 (rouge), selon la gravité et la répétition",
}
LEVELS = ("vert", "jaune", "orange", "rouge")
POINTS = 100  # a score runs from 0 to 100 points on screen
SURE, UNSURE = 0.9, 0.1  # chances of a rise from which a direction is named
REASONS = 3
MIN_POINTS = 0.5  # a reason that a rounded figure shows
FEW = "moins d’un fait par mois déclaré"
# Whose quiet is told: residences, those inside the places ranked where these are larger; halls, those that are known.
QUIET = {
    Unit.RESIDENCE: ("résidence", "résidences", True),
    Unit.HALL: ("hall connu par un fait ou un registre", "halls connus par un fait ou un registre", False),
    Unit.QPV: ("résidence en QPV", "résidences en QPV", True),
    Unit.DISTRICT: ("résidence de ces services", "résidences de ces services", True),
}
OFTEN = "au moins 4 tirages sur 5"  # PRIORITY_CHANCE


def value_words(row, criterion: Criterion, unit: Unit) -> str:
    """The criterion as it is, with what it was counted on; «non renseigné» where nothing is known."""
    value = getattr(row, criterion.value)
    if pd.isna(value):
        return "non renseigné"
    return _VALUES[criterion](row, float(value), unit)


def part_of(part: float, count: float, total: float, noun: str, nouns: str = "") -> str:
    """«75 % des mois déclarés»; on a base under ten, «3 mois déclarés sur 4»: no percentage there.

    Args:
        part: The share, 0-1: a mean of shares need not be that of the counts.
        count: What the base counts of it.
        total: The base.
        noun: What is counted, and its adjectives.
        nouns: Their plural, needed unless the noun is one regular word.
    """
    many = plural(2, noun, nouns).partition("\u00a0")[2]
    if total >= MIN_BASE_COUNT:
        return f"{share(part)} des {many}"
    return f"{plural(int(min(count, total)), noun, nouns)} sur {number(total)}"


def _severity(row, value: float, unit: Unit) -> str:
    per = "par an" if unit == Unit.HALL else "pour 1\u00a0000 logements et par an"
    return f"{number(value)} {per} (indice de {number(row.severity_index)} sur la période)"


def _persistence(row, value: float, unit: Unit) -> str:
    return f"sur {_months(value, row.touched_month_count, row.reporting_month_count, unit)}"


def _months(value: float, count: float, total: float, unit: Unit) -> str:
    """A share of months; for a territory a mean, the months of its residences where they are few."""
    part = part_of(value, count, total, "mois déclaré", "mois déclarés")
    if unit not in {Unit.QPV, Unit.DISTRICT}:
        return part
    return f"{part}, {'en moyenne' if total >= MIN_BASE_COUNT else 'cumulés'} des résidences"


def _trend(row, value: float, _unit: Unit) -> str:
    noun = "fait" if row.incident_count < 2 else "faits"
    moved = f"{shift(row.previous_incident_count, row.incident_count)} {noun}"
    if value >= SURE:
        return f"{moved}, hausse probable à {share(value)}"
    return f"{moved}, baisse probable" if value <= UNSURE else f"{moved}, ni hausse ni baisse nette"


def _staff(row, value: float, unit: Unit) -> str:
    per = "par an" if unit == Unit.HALL else "pour 1\u00a0000 logements et par an"
    return f"{plural(int(row.staff_count), 'fait')}, soit {number(value, 1)} {per} après lissage"


def _gap(row, value: float, unit: Unit) -> str:
    counts = _gap_reason(row, value, unit)
    if row.eligible_known_count < MIN_BASE_COUNT:
        return counts
    return f"{counts}, {share(value)} sans plainte après lissage"


def _recurrence(row, value: float, unit: Unit) -> str:
    return f"le même hall touché sur {_months(value, row.hall_month_count, row.hall_reporting_month_count, unit)}"


def _level(_row, value: float, _unit: Unit) -> str:
    return LEVELS[round(value)] if value == round(value) else f"{number(value, 1)} sur 3 en moyenne"


_VALUES = {
    Criterion.SEVERITY: _severity,
    Criterion.PERSISTENCE: _persistence,
    Criterion.TREND: _trend,
    Criterion.STAFF: _staff,
    Criterion.COMPLAINT_GAP: _gap,
    Criterion.HALL_RECURRENCE: _recurrence,
    Criterion.SITE_LEVEL: _level,
}


def reason(row, parts: np.ndarray, criteria: Sequence[Criterion], unit: Unit) -> str:
    """How far above the median, and what weighs most in it; then the one residence that has most of the facts.

    A rise is a reason only when nearly sure.

    Args:
        row: Of ``Ranked.places``.
        parts: Contributions of the place, one per criterion; they sum to its gap to the median place.
        criteria: In the order of ``parts``.
        unit: What is ranked.
    """
    said = _above_median(row, parts, criteria, unit)
    if unit not in {Unit.QPV, Unit.DISTRICT} or not isinstance(row.main_residence_name, str):
        return said
    counts = f"{number(row.main_incident_count)} sur {plural(int(row.incident_count), 'fait')}"
    return f"{said} Dans une seule résidence, {row.main_residence_name}\u00a0: {counts}."


def _above_median(row, parts: np.ndarray, criteria: Sequence[Criterion], unit: Unit) -> str:
    gap = int(whole_parts(POINTS * parts).sum())
    ranked = sorted(zip(parts, criteria, strict=True), key=lambda pair: -pair[0])
    lifting = [one for part, one in ranked if POINTS * part >= MIN_POINTS]
    if gap <= 0 or not lifting:
        return "Aucun critère ne place ce lieu au-dessus de la médiane."
    told = [one for one in lifting if one != Criterion.TREND or row.trend >= SURE][:REASONS]
    if not told:
        return f"{plural(gap, 'point')} au-dessus de la médiane, sans hausse établie."
    said = "\u00a0; ".join(_IN_A_REASON[one](row, float(getattr(row, one.value)), unit) for one in told)
    return f"{plural(gap, 'point')} au-dessus de la médiane\u00a0: {said}."


def _severity_reason(_row, value: float, unit: Unit) -> str:
    per = "par an" if unit == Unit.HALL else "pour 1\u00a0000 logements et par an"
    return f"indice de gravité de {number(value)} {per}, lissé"


def _staff_reason(row, _value: float, _unit: Unit) -> str:
    return f"{plural(int(row.staff_count), 'fait')} envers le personnel"


def _gap_reason(row, _value: float, _unit: Unit) -> str:
    eligible = plural(int(row.eligible_known_count), "fait susceptible de plainte", "faits susceptibles de plainte")
    return f"{plural(int(row.complaint_count), 'plainte')} pour {eligible} dont la suite est connue"


def _level_reason(row, value: float, unit: Unit) -> str:
    return f"niveau du site\u00a0: {_level(row, value, unit)}"


_IN_A_REASON = {
    Criterion.SEVERITY: _severity_reason,
    Criterion.PERSISTENCE: lambda row, value, unit: f"des faits {_persistence(row, value, unit)}",
    Criterion.TREND: _trend,
    Criterion.STAFF: _staff_reason,
    Criterion.COMPLAINT_GAP: _gap_reason,
    Criterion.HALL_RECURRENCE: _recurrence,
    Criterion.SITE_LEVEL: _level_reason,
}


def leaving(criteria: Sequence[Criterion], first_count: int, unit: Unit) -> str:
    """«Cette résidence sortirait des 10 premières si la gravité revenait à la médiane.»; empty where none would do."""
    terms = UNITS[unit]
    this, firsts = ("Cette", "premières") if terms.is_feminine else ("Ce", "premiers")
    if not criteria:
        return ""
    names = [SUBJECTS[one] for one in criteria]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} ou {names[-1]}"
    verb = "revenaient" if any(name.startswith("les ") for name in names) else "revenait"
    return f"{this} {terms.noun} sortirait des {first_count} {firsts} si {listed} {verb} à la médiane."


def swap_words(first: str, second: str, swap: Swap | None, criteria: Sequence[Criterion]) -> str:
    """What makes two places change order, in one sentence."""
    if swap is None:
        return f"Aucun changement d’un seul poids ne met {second} avant {first}."
    if np.isclose(swap.weight_now, swap.weight_then):
        return f"{first} et {second} sont à égalité avec ces poids."
    name, digits = criteria[swap.criterion], 0 if abs(swap.weight_then - swap.weight_now) >= 0.01 else 2
    now, then = share(swap.weight_now, digits), share(swap.weight_then, digits)
    return (
        f"{first} et {second} échangeraient leurs places si le poids de {quoted(CRITERIA[name])} allait de {now} à "
        f"{then}, les autres gardant leurs proportions."
    )


def chance_words(chance: float, first_count: int, unit: Unit) -> str:
    """«Dans les 10 premières : 99 % des tirages»."""
    firsts = "premières" if UNITS[unit].is_feminine else "premiers"
    said = percent(100 * chance)
    if 0 < chance < 0.01:
        said = "moins de 1\u00a0%"
    if 0.99 < chance < 1:
        said = "plus de 99\u00a0%"
    return f"Dans les {first_count} {firsts}\u00a0: {said} des tirages"


def title(found: Ranked) -> str:
    """The finding: how many places are priorities in most draws, how many are to be discussed."""
    terms, places = UNITS[found.unit], found.places
    top, middle = (int((places["band"] == band).sum()) for band in (Band.PRIORITY, Band.DISCUSS))
    if places.empty:
        return f"Trop peu de données pour classer les {terms.nouns}"
    if not found.stands_out:
        return none_stands_out(found)
    others = f"{plural(middle, 'autre')} à discuter" if top else f"{plural(middle, terms.noun, terms.nouns)} à discuter"
    if not top:
        none = "Aucune" if terms.is_feminine else "Aucun"
        return f"{none} {terms.noun} n’est prioritaire, {others}" if middle else f"{none} {terms.noun} ne ressort"
    names = [str(name) for name in places.loc[places["band"] == Band.PRIORITY, "place_name"].head(2)]
    noun = plural(top, f"{terms.noun} prioritaire", f"{terms.nouns} prioritaires")
    said = f"{noun}, dont {' et '.join(names)}" if top > 2 else f"{' et '.join(names)} d’abord"
    return f"{said}\u00a0; {others}" if middle else said


def none_stands_out(found: Ranked) -> str:
    """«8 résidences pour 10 places : aucune ne se distingue»: what is said in place of chances and bands."""
    terms = UNITS[found.unit]
    count = plural(len(found.places), terms.noun, terms.nouns)
    none = "aucune" if terms.is_feminine else "aucun"
    return f"{count} pour {plural(found.first_count, 'place')}\u00a0: {none} ne se distingue"


def quiet_words(quiet: int, told: int, unit: Unit) -> str:
    """How many of the places of ``QUIET``, of those that told of half of the months, have less than a fact a month."""
    noun, nouns, is_feminine = QUIET[unit]
    if not told:
        return f"{'Aucune' if is_feminine else 'Aucun'} {noun} n’a déclaré la moitié des mois."
    counts = f" ({number(quiet)} sur {number(told)})" if told >= MIN_BASE_COUNT else ""
    verb = "connaît" if told < MIN_BASE_COUNT and quiet < 2 else "connaissent"
    among = "celles déclarées" if is_feminine else "ceux dont la résidence a déclaré"
    part = part_of(quiet / told, quiet, told, noun, nouns)
    return f"{part[:1].upper()}{part[1:]}{counts}, parmi {among} au moins la moitié des mois, {verb} {FEW}."


def sensitivity(found: Ranked) -> str:
    """How much of the list rests on the weights and on chance."""
    terms, chances = UNITS[found.unit], found.places[found.chance]
    sure = int((chances >= PRIORITY_CHANCE).sum())
    possible = int((chances > 0.05).sum())
    firsts = f"{found.first_count} {'premières' if terms.is_feminine else 'premiers'}"
    none = "aucune n’y est" if terms.is_feminine else "aucun n’y est"
    return (
        f"{plural(possible, f'{terms.noun} peut', f'{terms.nouns} peuvent')} être dans les {firsts} "
        f"(plus de 5\u00a0% des tirages), {plural(sure, 'y est', 'y sont') if sure else none} dans {OFTEN}\u00a0: la "
        "place exacte dans la liste ne se lit pas."
    )


def partner_words(either: Sequence[Partner]) -> str:
    """«Parquet»; «Police nationale ou gendarmerie» where it may be either."""
    first, *others = (PARTNERS[one] for one in either)
    return " ou ".join([first, *(other.lower() for other in others)])
