"""Families, types and the whole of a selection against the same months before."""

from math import nan

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lib.analysis.series import monthly_series
from lib.analysis.trends import MIN_BASE_COUNT, dispersion, year_on_year
from lib.domain.period import Period

COUNTS = ["incident_count", "previous_incident_count"]
EXPOSURES = ["reporting_dwelling_months", "previous_reporting_dwelling_months"]


def without_past(figures: pd.DataFrame) -> pd.DataFrame:
    """The rows with nothing to compare with: their changes are then «sans comparaison», whatever was recorded."""
    return figures.assign(previous_incident_count=nan, previous_reporting_dwelling_months=0, previous_eligible_count=0)


def declared_past(figures: pd.DataFrame) -> pd.DataFrame:
    """The rows with the past count missing where nobody reported and nothing is recorded: silence is not a zero."""
    is_silent = (figures["previous_reporting_dwelling_months"] == 0) & (figures["previous_incident_count"] == 0)
    return figures.assign(previous_incident_count=figures["previous_incident_count"].mask(is_silent))


def compared(rows: pd.DataFrame, monthly: pd.DataFrame, whole: pd.Series, *, period: Period, by: str) -> pd.DataFrame:
    """Year-on-year ratio and verdict of each family or type, with its own overdispersion.

    Args:
        rows: One row per type, of ``snapshot.queries.type_figures``; summed over ``by``.
        monthly: Facts by month and type over both periods (``monthly_facts``).
        whole: The one row of ``place_figures`` at level ALL: every type shares its dwellings.
        period: The period; the comparison is ``period.year_before()``.
        by: ``family_code`` or ``type_code``.

    Returns:
        One row per value of ``by``, in the order of ``rows``, with its label and the columns of ``year_on_year``.
    """
    label = by.replace("_code", "_label")
    summed = rows.groupby([by, label], sort=False)[COUNTS].sum().reset_index()
    summed = summed.assign(**{name: whole[name] for name in EXPOSURES})
    return year_on_year(summed, phi=dispersions(monthly, summed[by], period=period, by=by))


def places_compared(
    figures: pd.DataFrame, monthly: pd.DataFrame, period: Period, before: Period | None = None
) -> pd.DataFrame:
    """Year-on-year ratio and verdict of each place, with its own overdispersion.

    Args:
        figures: Of ``place_figures``.
        monthly: Facts by month and place over both periods (``monthly_facts_by_place``).
        period: The period.
        before: The same months some years before; as few years as keep them apart where None.

    Returns:
        The same rows with the columns of ``year_on_year``, corrected for their number.
    """
    tested = figures["previous_incident_count"] >= MIN_BASE_COUNT  # a few of thousands of residences
    keys = figures.loc[tested, "place_key"]
    months = monthly[monthly["place_key"].isin(keys)]
    phi = pd.Series(1.0, figures.index)
    phi[tested] = dispersions(months, keys, period=period, before=before, by="place_key")
    return year_on_year(figures, phi=phi)


def whole_compared(
    figures: pd.DataFrame,
    monthly: pd.DataFrame,
    period: Period,
    count: str = "incident_count",
    before: Period | None = None,
) -> pd.Series:
    """The whole selection against the same months before.

    Args:
        figures: One row: counts and exposures of ``year_on_year``.
        monthly: Facts by month and type over both periods.
        period: The period.
        count: Column of ``monthly`` that the counts sum.
        before: As in ``places_compared``.

    Returns:
        That row with the columns of ``year_on_year``.
    """
    whole = monthly.assign(whole=1)
    phi = dispersions(whole, pd.Series([1]), period=period, before=before, by="whole", count=count)
    return year_on_year(figures, phi=phi).iloc[0]


def dispersions(
    monthly: pd.DataFrame,
    keys: pd.Series,
    *,
    period: Period,
    before: Period | None = None,
    by: str,
    count: str = "incident_count",
) -> NDArray[np.float64]:
    """Overdispersion of each series of ``by``, in the order of ``keys``; 1 where nothing was recorded."""
    now, past = (
        monthly_series(monthly, months.months(), by, count).reindex(columns=keys, fill_value=0)
        for months in (period, before or period.year_before())
    )
    return dispersion(now.to_numpy(), past.to_numpy())
