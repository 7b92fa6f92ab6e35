"""Families, types and the whole of a selection against the same months before."""

import pandas as pd

from lib.analysis.series import monthly_series
from lib.analysis.trends import dispersion, year_on_year
from lib.domain.period import Period

COUNTS = ["incident_count", "previous_incident_count"]
EXPOSURES = ["reporting_dwelling_months", "previous_reporting_dwelling_months"]


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
    now = monthly_series(monthly, period.months(), by).reindex(columns=summed[by], fill_value=0)
    before = monthly_series(monthly, period.year_before().months(), by).reindex(columns=summed[by], fill_value=0)
    return year_on_year(summed, phi=[dispersion(now[code], before[code]) for code in summed[by]])


def whole_compared(figures: pd.DataFrame, monthly: pd.DataFrame, period: Period) -> pd.Series:
    """The whole selection against the same months before.

    Args:
        figures: The one row of ``place_figures`` at level ALL.
        monthly: Facts by month and type over both periods.
        period: The period.

    Returns:
        That row with the columns of ``year_on_year``.
    """
    whole = monthly.assign(whole=1)
    now, before = (
        monthly_series(whole, months, "whole").reindex(columns=[1], fill_value=0)[1]
        for months in (period.months(), period.year_before().months())
    )
    return year_on_year(figures, phi=dispersion(now, before)).iloc[0]
