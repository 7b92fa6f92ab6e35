"""What the map shows of a selection: the state of each place by measure, the facts of each residence, the extent."""

from collections.abc import Sequence
from enum import StrEnum
from math import copysign, floor

import numpy as np
import pandas as pd

from lib.analysis.rates import MONTHS_PER_YEAR
from lib.analysis.trends import MIN_BASE_COUNT, Verdict
from lib.domain.labels import MISSING, change, interval_label, number, plural, share, shift
from lib.maps.values import FLAT, NO_DATA, Bounds, State, class_labels, class_of

STEEP_PCT = 25  # a change that is drawn darker, until the history of the level tells better


class Measure(StrEnum):
    """What colours the places; the value is what screens call it."""

    FACTS = "Faits"
    RATE = "Faits pour 1\u00a0000 logements"
    SEVERITY = "Indice de gravité pour 1\u00a0000 logements"
    CHANGE = "Évolution"
    COMPLAINTS = "Taux de plainte"
    STAFF = "Part des faits visant le personnel"


# Counts whose share is shown, and what it is a share of.
SHARES = {
    Measure.COMPLAINTS: ("complaint_count", "eligible_count"),
    Measure.STAFF: ("staff_count", "incident_count"),
}
# Column of the smoothed rate, of the raw one, and of what both count.
SMOOTHED = {
    Measure.RATE: ("shrunk_rate_per_1000_dwellings", "rate_per_1000_dwellings", "incident_count"),
    Measure.SEVERITY: ("shrunk_severity_per_1000_dwellings", "severity_per_1000_dwellings", "severity_index"),
}


def measured(places: pd.DataFrame, measure: Measure, *, month_count: int) -> pd.Series:
    """The value that gives each place its class, in the order of the places.

    Args:
        places: ``place_figures`` with the columns of ``with_rates``, ``with_shrunk_rates`` and ``year_on_year``.
        measure: FACTS are brought to twelve months, so that one scale serves every period; RATE and SEVERITY are
            smoothed; COMPLAINTS and STAFF are percentages; CHANGE is a percentage.
        month_count: Months of the period.

    Returns:
        Floats; missing where nobody reported, where a share has a base under ten, where a change is not significant.
    """
    if measure == Measure.FACTS:
        told = (places["incident_count"] > 0) | (places["reporting_residence_count"] > 0)
        return (places["incident_count"] * MONTHS_PER_YEAR / month_count).where(told).astype(float)
    if measure == Measure.CHANGE:
        tested = places["verdict"].isin([Verdict.RISE, Verdict.FALL])
        return (100 * (places["year_on_year_ratio"] - 1)).where(tested).astype(float)
    if measure in SHARES:
        part, base = (places[name].astype(float) for name in SHARES[measure])
        return (100 * part / base.where(base > 0)).where(base >= MIN_BASE_COUNT)
    smoothed, raw, count = SMOOTHED[measure]
    # A true zero stays one: smoothing would give it a little of its neighbours.
    return places[smoothed].where(places[count] > 0, 0.0).where(places[raw].notna()).astype(float)


def states(places: pd.DataFrame, measure: Measure, breaks: Sequence[int], *, month_count: int) -> list[State]:
    """State of each place, in the order of the places: its class by the value as shown, or why it has none."""
    values = measured(places, measure, month_count=month_count)
    if measure == Measure.CHANGE:
        verdicts = places["verdict"].tolist()
        return [_change_state(_rounded(value), told, breaks) for value, told in zip(values, verdicts, strict=True)]
    return [class_of(_shown(value), breaks) for value in values]


def _rounded(value: float) -> float:
    """As screens write it, halves away from zero."""
    return value if np.isnan(value) else copysign(floor(abs(value) + 0.5), value)


def _shown(value: float) -> float:
    """The value rounded; what is not zero is never shown in the class of zero."""
    return value if np.isnan(value) or value == 0 else max(1, _rounded(value))


def _change_state(value: float, verdict: Verdict, breaks: Sequence[int]) -> State:
    fall, rise = breaks
    if verdict == Verdict.FALL:
        return 0 if value <= fall else 1
    if verdict == Verdict.RISE:
        return 3 if value >= rise else 2
    return NO_DATA if verdict == Verdict.UNKNOWN else FLAT


def change_breaks(steep_pct: float | None) -> tuple[int, int]:
    """Bounds of the steep falls and rises, as percentages: a rise and the fall that undoes it are as steep."""
    steep = round(steep_pct or STEEP_PCT)
    return -floor(100 * steep / (100 + steep) + 0.5), steep


def legend_labels(measure: Measure, breaks: Sequence[int]) -> list[str]:
    """What the legend writes for the classes of a measure, from the first."""
    if measure == Measure.CHANGE:
        fall, rise = (f"{number(abs(bound))}\u00a0%" for bound in breaks)
        return [f"baisse de {fall} ou plus", "baisse moindre", "hausse moindre", f"hausse de {rise} ou plus"]
    return class_labels(breaks)


def phrases(places: pd.DataFrame, measure: Measure) -> list[str]:
    """What the map says after the name of each place: its commune, its count with its base, then any rate."""
    return [_located(row, words(row, measure)) for row in places.itertuples()]


def words(row, measure: Measure) -> str:
    """The measure of one place in words: counts first, with their base."""
    if not _has_told(row):
        return "aucune déclaration sur la période"
    if measure == Measure.CHANGE:
        return _change_words(row)
    if measure in SHARES:
        return _share_words(row, measure)
    facts = plural(int(row.incident_count), "fait")
    if measure == Measure.FACTS:
        return f"{facts}, {plural(int(row.dwelling_count), 'logement')}"
    return f"{facts}, {_rate_words(row, measure)}"


def _rate_words(row, measure: Measure) -> str:
    smoothed, raw, _ = SMOOTHED[measure]
    if pd.isna(getattr(row, raw)):
        return "aucun logement déclarant"
    value = f"{number(getattr(row, raw))} pour 1\u00a0000 logements et par an"
    if measure == Measure.RATE:
        return f"{value} ({interval_label(row.rate_low, row.rate_high)}), lissé {number(getattr(row, smoothed))}"
    return f"indice {number(row.severity_index)}, {value}, lissé {number(getattr(row, smoothed))}"


def _share_words(row, measure: Measure) -> str:
    part, base = (int(getattr(row, name)) for name in SHARES[measure])
    if measure == Measure.STAFF:
        counted, of = plural(part, "fait visant le personnel", "faits visant le personnel"), plural(base, "fait")
    else:
        of = plural(base, "fait susceptible de plainte", "faits susceptibles de plainte")
        counted = plural(part, "plainte")
    value = share(part / base) if base >= MIN_BASE_COUNT else "effectif insuffisant"
    return f"{counted} sur {of}, {value}"


def _change_words(row) -> str:
    if row.verdict == Verdict.UNKNOWN or pd.isna(row.previous_incident_count):
        return f"{plural(int(row.incident_count), 'fait')}, sans comparaison"
    counts = f"{shift(row.previous_incident_count, row.incident_count)} faits"
    if row.verdict == Verdict.FEW:
        return f"{counts}, effectif insuffisant"
    if row.verdict == Verdict.FLAT:
        return f"{counts}, non significatif"
    return f"{counts}, {change(row.year_on_year_ratio)}, significatif"


def short_labels(places: pd.DataFrame, measure: Measure) -> list[str | None]:
    """What is written after the name of each place on the map; None where the name alone says enough."""
    return [_short(row, measure) for row in places.itertuples()]


def _short(row, measure: Measure) -> str | None:
    if not _has_told(row):
        return MISSING
    if measure == Measure.FACTS:
        return number(row.incident_count)
    if measure == Measure.CHANGE:
        return change(row.year_on_year_ratio) if row.verdict in {Verdict.RISE, Verdict.FALL} else None
    return _short_share(row, measure) if measure in SHARES else _short_rate(row, measure)


def _short_share(row, measure: Measure) -> str:
    part, base = (int(getattr(row, name)) for name in SHARES[measure])
    if base >= MIN_BASE_COUNT:
        return share(part / base)
    return f"{number(part)} sur {number(base)}" if base else MISSING


def _short_rate(row, measure: Measure) -> str:
    smoothed, raw, count = SMOOTHED[measure]
    if pd.isna(getattr(row, raw)):
        return MISSING
    return number(_shown(getattr(row, smoothed))) if getattr(row, count) else "0"


def residence_facts(positions: pd.DataFrame, residences: pd.DataFrame) -> list[int | None]:
    """Facts of each residence in the order of the positions.

    Args:
        positions: ``snapshot.directory.residences``.
        residences: ``residence_counts``.

    Returns:
        A count, ``NO_DATA`` where the landlord told nothing of the period, None outside the selection.
    """
    counts = residences["incident_count"].where(residences["is_told"], NO_DATA)
    told = dict(zip(residences["place_key"].tolist(), counts.astype(int).tolist(), strict=True))
    return [told.get(key) for key in positions["residence_id"].tolist()]


def extent(positions: pd.DataFrame, facts: Sequence[int | None]) -> Bounds | None:
    """South-west and north-east (latitude, longitude) of the residences of the selection; None without any."""
    shown = positions.loc[[fact is not None for fact in facts]]
    if shown.empty:
        return None
    south, west = shown["latitude"].min(), shown["longitude"].min()
    return (float(south), float(west)), (float(shown["latitude"].max()), float(shown["longitude"].max()))


def _has_told(row) -> bool:
    return bool(row.incident_count or row.reporting_residence_count)


def _located(row, said: str) -> str:
    # A missing commune is NaN, which is true.
    return f"{row.commune_name}, {said}" if isinstance(row.commune_name, str) else said
