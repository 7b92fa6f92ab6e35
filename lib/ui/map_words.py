"""Titles of the map: what was found at the level and for the measure asked, never more than was tested."""

import pandas as pd

from lib.analysis.trends import MIN_BASE_COUNT, Verdict
from lib.domain.labels import number, plural, share
from lib.maps.scene import SHARES, Measure
from lib.snapshot.places import Level
from lib.ui.blocks import has_told
from lib.ui.findings import concentration_title
from lib.ui.map_state import LEVELS

VERY_FEW = 3  # places: a share of them says nothing


def title(
    level: Level, measure: Measure, found: pd.DataFrame, *, residences: pd.DataFrame, whole, has_qpvs: bool
) -> str:
    """The finding of the map: only places that have a name are counted, of all the facts.

    Args:
        level: Of the places.
        measure: That colours them.
        found: Rows of ``map_places.places``.
        residences: Those of ``residence_counts``.
        whole: Row of the whole selection, with its rate.
        has_qpvs: Whether the store knows the QPV of the period.
    """
    if level == Level.QPV and found.empty:
        return concentration_title(found["incident_count"], residences["incident_count"], has_qpvs=has_qpvs)
    if measure in SHARES:
        return _share_title(measure, whole)
    named = found[found["map_code"].notna()]
    if named.empty and found["incident_count"].any():
        count = plural(int(found["incident_count"].sum()), "fait recensé", "faits recensés")
        return f"{count} {_without(level)}"
    if measure == Measure.CHANGE:
        return _change_title(level, named)
    if measure == Measure.RATE:
        return _rate_title(level, named, whole) or _holding_title(level, found, "incident_count")
    return _holding_title(level, found, "severity_index" if measure == Measure.SEVERITY else "incident_count")


def _counted(row, *, is_first: bool) -> str:
    """The facts of a place; nobody reported is no zero."""
    if not has_told(row):
        return "aucune déclaration"
    count = int(row.incident_count)
    return plural(count, "fait recensé", "faits recensés") if is_first else number(count)


def holding_half(counts: pd.Series, is_named: pd.Series) -> int:
    """Fewest named places that together hold half of all that is counted; 0 when all of them hold less, or nothing."""
    half = counts.sum() / 2
    reached = counts[is_named].sort_values(ascending=False).cumsum()
    return int((reached < half).sum()) + 1 if half and reached.max() >= half else 0


def _without(level: Level) -> str:
    """«sans commune renseignée»."""
    terms = LEVELS[level]
    return f"sans {terms.noun} {'renseignée' if terms.is_feminine else 'renseigné'}"


def _holding_title(level: Level, found: pd.DataFrame, column: str) -> str:
    """«5 QPV sur 22 concentrent la moitié des faits recensés en QPV»; each of very few places has its own figure."""
    where = " en QPV" if level == Level.QPV else ""
    if not found[column].any():
        return f"Aucun fait recensé{where}"
    is_named, terms = found["map_code"].notna(), LEVELS[level]
    if is_named.sum() <= VERY_FEW and column == "incident_count":
        return ", ".join(
            f"{row.place_name}\u00a0: {_counted(row, is_first=not rank)}" for rank, row in enumerate(found.itertuples())
        )
    what = "de l’indice de gravité" if column == "severity_index" else "des faits recensés"
    holding = holding_half(found[column], is_named)
    if not holding:
        return f"Plus de la moitié {what} {_without(level)}"
    verb = "concentrent" if holding > 1 else "concentre"
    return (
        f"{plural(holding, terms.noun, terms.nouns)} sur {number(int(is_named.sum()))} {verb} la moitié {what}{where}"
    )


def _rate_title(level: Level, found: pd.DataFrame, whole) -> str:
    """«4 communes sur 54 au-dessus du taux d’ensemble, 312 faits pour 1 000 logements et par an»: by their interval."""
    rate = whole.rate_per_1000_dwellings
    rated = found["rate_per_1000_dwellings"].notna() & (found["incident_count"] >= MIN_BASE_COUNT)
    above = int((found["rate_low"] > rate).where(rated, False).sum())
    if pd.isna(rate) or len(found) < 2 or not above:
        return ""
    counted = f"{plural(above, LEVELS[level].noun, LEVELS[level].nouns)} sur {number(len(found))}"
    return f"{counted} au-dessus du taux d’ensemble, {number(rate)} faits pour 1\u00a0000 logements et par an"


def _change_title(level: Level, found: pd.DataFrame) -> str:
    """«3 communes en hausse significative, 1 en baisse, sur 54»."""
    counts = found["verdict"].value_counts()
    rises, falls = int(counts.get(Verdict.RISE, 0)), int(counts.get(Verdict.FALL, 0))
    terms = LEVELS[level]
    if not len(found) or counts.get(Verdict.UNKNOWN, 0) == len(found):
        return f"Aucune comparaison possible\u00a0: {terms.nouns} sans déclaration sur l’une des deux périodes"
    if not rises and not falls:
        return f"{terms.none} sur {number(len(found))} n’évolue significativement"
    said = []
    if rises:
        said.append(f"{plural(rises, terms.noun, terms.nouns)} en hausse significative")
    if falls:
        said.append(f"{number(falls) if rises else plural(falls, terms.noun, terms.nouns)} en baisse significative")
    return f"{', '.join(said)}, sur {number(len(found))}"


def _share_title(measure: Measure, whole) -> str:
    """«412 plaintes déposées sur 1 790 faits susceptibles de plainte, soit 23 %»; counts alone on a base under ten."""
    part, base = (int(getattr(whole, name)) for name in SHARES[measure])
    if measure == Measure.COMPLAINTS:
        said, of = plural(part, "plainte déposée", "plaintes déposées"), "faits susceptibles de plainte"
    else:
        said, of = plural(part, "fait vise", "faits visent") + " le personnel", "faits recensés"
    value = f", soit {share(part / base)}" if base >= MIN_BASE_COUNT else ""
    return f"{said} sur {number(base)} {of}{value}"
