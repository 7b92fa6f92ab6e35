"""What is watched: every place of a level by every kind of fact, over the last three months of the period."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lib.analysis.alerts import MONTHS, alerts, usual_exposure
from lib.domain.filters import IncidentFilter
from lib.domain.period import Period, add_months
from lib.domain.scope import Scope
from lib.snapshot import directory, queries
from lib.snapshot.columnar import Snapshot
from lib.snapshot.places import Level

HISTORY_MONTHS = 48  # three years, their neighbouring quarters, and the quarter watched
WHOLE = 1  # the one place of level ALL
RESIDENCE, DWELLINGS = "residence_id", "dwelling_count"
COLUMNS = ["watch", "place_key", "kind", "observed", "expected", "upper_limit", "p_value", "method", "is_alert"]


class Watch(NamedTuple):
    """A level and the facts told apart at it; the alerts of one watch are corrected together.

    Attributes:
        level: Of the places.
        by: ``type_code``, ``family_code``, or empty for all facts together.
        label: As a visitor chooses it.
    """

    level: Level
    by: str
    label: str


WATCHES = (
    Watch(Level.ALL, "type_code", "Ensemble, par type"),
    Watch(Level.DISTRICT, "family_code", "Circonscriptions, par famille"),
    Watch(Level.DISTRICT, "type_code", "Circonscriptions, par type"),
    Watch(Level.QPV, "family_code", "QPV, par famille"),
    Watch(Level.RESIDENCE, "", "Résidences, tous faits"),
)
# Column of ``monthly_dwellings_of_residences`` that holds the place.
PLACES = {Level.DISTRICT: "district_id", Level.QPV: "qpv_id", Level.RESIDENCE: RESIDENCE}


def watched(snapshot: Snapshot, *, chosen: IncidentFilter, scope: Scope) -> pd.DataFrame:
    """Every series of every watch, against what its past lets expect at the dwellings that report.

    Returns:
        ``COLUMNS``: the rank of the watch in ``WATCHES``, place_key and ``kind`` (a code, or empty), then the columns
        of ``analysis.alerts``; no row for a place nobody reported for, nor where the store begins within three months.
    """
    end = chosen.period.end
    first = directory.months(snapshot)[0]
    if add_months(first, MONTHS) > end:
        return pd.DataFrame(columns=COLUMNS)
    months, given = Period(max(add_months(end, -HISTORY_MONTHS), first), end), {"chosen": chosen, "scope": scope}
    dwellings = _usual(snapshot, months, chosen, scope)
    found = []
    for rank, watch in enumerate(WATCHES):
        if watch.by:
            facts = queries.monthly_facts_by_place_and_kind(snapshot, watch.level, watch.by, months, **given)
            facts = facts.rename(columns={watch.by: "kind"})
        else:
            facts = queries.monthly_facts_by_place(snapshot, watch.level, months, **given).assign(kind="")
        found.append(_series(watch, facts, dwellings, months).assign(watch=rank))
    return pd.concat(found, ignore_index=True)[COLUMNS]


def _usual(snapshot: Snapshot, months: Period, chosen: IncidentFilter, scope: Scope) -> pd.DataFrame:
    """Dwellings that report by residence and month, with ``usual``: the facts these residences usually tell."""
    given = {"chosen": chosen, "scope": scope}
    rows = queries.monthly_dwellings_of_residences(snapshot, months, **given)
    facts = queries.monthly_facts_by_place(snapshot, Level.RESIDENCE, months, **given)
    residences = np.sort(rows[RESIDENCE].unique())
    facts = facts[facts["place_key"].isin(residences)]
    exposure = _sums(rows[RESIDENCE], rows["month_on"], rows[DWELLINGS], residences, months)
    counts = _sums(facts["place_key"], facts["month_on"], facts["incident_count"], residences, months)
    usual = usual_exposure(counts, exposure)
    at = np.searchsorted(residences, rows[RESIDENCE])
    return rows.assign(usual=usual[at, _ranks(rows["month_on"], months)])


def _series(watch: Watch, facts: pd.DataFrame, dwellings: pd.DataFrame, months: Period) -> pd.DataFrame:
    """Each place that reported by each kind of fact, with its alert."""
    keys = dwellings[PLACES[watch.level]] if watch.level in PLACES else pd.Series(WHOLE, dwellings.index)
    told = keys.notna()
    places = np.sort(keys[told].unique())
    exposure = _sums(keys[told], dwellings.loc[told, "month_on"], dwellings.loc[told, "usual"], places, months)
    facts = facts.loc[facts["place_key"].isin(places)]
    codes, kinds = pd.factorize(facts["kind"], sort=True)
    at = np.searchsorted(places, facts["place_key"]) * len(kinds) + codes
    ranks = np.arange(len(places) * len(kinds))
    counts = _sums(pd.Series(at), facts["month_on"], facts["incident_count"], ranks, months)
    found = alerts(counts, np.repeat(exposure, len(kinds), axis=0))
    return found.assign(place_key=np.repeat(places, len(kinds)), kind=np.tile(kinds, len(places)))


def _sums(
    keys: pd.Series, month_on: pd.Series, values: pd.Series, places: NDArray, months: Period
) -> NDArray[np.float64]:
    """Values by place and month; 0 where there is no row."""
    at = np.searchsorted(places, keys) * months.month_count + _ranks(month_on, months)
    shape = (len(places), months.month_count)
    return np.bincount(at, weights=values, minlength=shape[0] * shape[1]).reshape(shape)


def _ranks(month_on: pd.Series, months: Period) -> NDArray[np.int_]:
    return pd.DatetimeIndex(months.months()).get_indexer(pd.DatetimeIndex(month_on))
