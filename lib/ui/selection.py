"""The questions several pages ask of the selection, and what the analysis makes of the answers."""

from dataclasses import dataclass

import pandas as pd

from lib.analysis.comparison import declared_past, places_compared, without_past
from lib.analysis.overview import Overview, overview
from lib.analysis.rates import with_rates
from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.snapshot import directory, queries
from lib.snapshot.places import Level
from lib.ui import blocks
from lib.ui.session import Visit

Crumbs = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Selection:
    """A selection as a whole.

    Attributes:
        figures: The row of ``place_figures`` at level ALL.
        types: Facts by type, of ``type_figures``.
        monthly: Facts by month and type over both periods.
        overview: What the analysis makes of them.
    """

    figures: pd.DataFrame
    types: pd.DataFrame
    monthly: pd.DataFrame
    overview: Overview


def selection(
    visit: Visit, chosen: IncidentFilter | None = None, *, crumbs: Crumbs = (), keeps_quiet: bool = False
) -> Selection:
    """The selection of the visit, or ``chosen``; stops the page where there is nothing to tell.

    ``keeps_quiet``: a place that was told of, without a fact, is something to tell.
    """
    chosen = chosen or visit.at()
    figures = visit.ask(queries.place_figures, Level.ALL, chosen=chosen)
    if not (keeps_quiet and figures["reporting_residence_count"].sum()):
        blocks.stop_if_nothing(visit, figures, crumbs)
    figures = comparable(visit, figures)
    types = visit.ask(queries.type_figures, chosen=chosen)
    monthly = visit.ask(queries.monthly_facts, visit.both_periods, chosen=chosen)
    return Selection(figures, types, monthly, overview(figures, types, monthly, visit.period))


def places(visit: Visit, level: Level, chosen: IncidentFilter | None = None) -> pd.DataFrame:
    """Places of a level with rates and tested changes, most facts first."""
    chosen = chosen or visit.at()
    rated = with_rates(comparable(visit, visit.ask(queries.place_figures, level, chosen=chosen), chosen))
    both = Period(chosen.before.start, chosen.period.end)
    monthly = visit.ask(queries.monthly_facts_by_place, level, both, chosen=chosen)
    return places_compared(rated, monthly, chosen.period, chosen.before)


def comparable(visit: Visit, figures: pd.DataFrame, chosen: IncidentFilter | None = None) -> pd.DataFrame:
    """The figures, without a past where the store begins inside the months to compare with, or nobody told of them."""
    begins = visit.ask_store(directory.months)[0]
    before = (chosen or visit.at()).before
    return without_past(figures) if before.start < begins else declared_past(figures)
