"""Bounds of the classes of the map: one scale per measure and level, from every whole year of the store."""

import threading
from datetime import date

import pandas as pd

from lib.analysis.classes import breaks
from lib.analysis.rates import MONTHS_PER_YEAR, with_rates
from lib.analysis.shrinkage import with_shrunk_rates
from lib.config import settings
from lib.domain.filters import IncidentFilter
from lib.domain.period import Period, add_months
from lib.domain.scope import Scope
from lib.maps.scene import Measure, change_breaks, measured
from lib.snapshot import directory, queries
from lib.snapshot.places import Level
from lib.ui import selection
from lib.ui.filters import complete_months
from lib.ui.session import Visit

CLASSES = 4  # bounds, of five classes
_known: dict[tuple, tuple[int, ...]] = {}
_learning = threading.Lock()


def class_breaks(visit: Visit, level: Level, measure: Measure) -> tuple[int, ...]:
    """Bounds of the classes of a measure at a level; neither the filters nor the period move them.

    Learnt from the facts of all landlords over every whole calendar year, once for a framework and a last whole year.
    """
    periods = learning_periods(visit)
    key = (settings().database_url, visit.snapshot.state.framework, periods[-1].end, level, measure)
    if key not in _known:  # what is known waits for nobody
        with _learning:
            if key not in _known:
                _known[key] = _learn(visit, level, measure, periods)
    return _known[key]


def learning_periods(visit: Visit) -> list[Period]:
    """Calendar years all of whose months the store tells of, in order; all its months while there is no such year."""
    assert visit.data_on is not None
    months = complete_months(visit.ask_store(directory.months), visit.data_on)
    years = sorted({month.year for month in months})
    whole = [year for year in years if sum(month.year == year for month in months) == MONTHS_PER_YEAR]
    return [Period(date(year, 1, 1), date(year + 1, 1, 1)) for year in whole] or [
        Period(months[0], add_months(months[-1], 1))
    ]


def _learn(visit: Visit, level: Level, measure: Measure, periods: list[Period]) -> tuple[int, ...]:
    found = [_past(visit, level, measure, period) for period in periods]
    values = pd.concat(
        measured(places, measure, month_count=period.month_count) for places, period in zip(found, periods, strict=True)
    )
    if measure == Measure.CHANGE:
        steep = values.abs()[values.notna()]
        return change_breaks(breaks(steep, count=1)[0] if len(steep) else None)
    shown = values.round()  # whole: so are the bounds
    return tuple(int(bound) for bound in breaks(shown[shown > 0], count=CLASSES) if bound > 1) or (2,)


def _past(visit: Visit, level: Level, measure: Measure, period: Period) -> pd.DataFrame:
    """Places over a past year, unfiltered; changes are tested only where they are the measure."""
    chosen = IncidentFilter(period)
    everything = Visit(visit.snapshot, Scope.everything(), is_synthetic=False, chosen=chosen)
    if measure == Measure.CHANGE:
        return selection.places(everything, level)
    return with_shrunk_rates(with_rates(everything.ask(queries.place_figures, level)))
