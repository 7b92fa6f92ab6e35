"""Monthly series made whole: a month without a fact is a true zero if somebody reported, and missing if nobody did."""

from datetime import date

import pandas as pd

ROLLING_MONTHS = 12


def monthly_series(facts: pd.DataFrame, months: list[date], by: str, count: str = "incident_count") -> pd.DataFrame:
    """Facts by month, one column for each value of ``by``.

    Args:
        facts: month_on, ``by`` and ``count``; months without a fact have no row.
        months: First days of the months wanted, in order.
        by: ``family_code``, ``type_code`` or ``place_key``.
        count: What is summed.

    Returns:
        Index ``month_on`` equal to ``months``, integers; columns in alphabetical order.
    """
    index = pd.Index(pd.to_datetime(pd.Series(months, dtype="object")), name="month_on")
    wide = facts.pivot_table(index="month_on", columns=by, values=count, aggfunc="sum", fill_value=0)
    return wide.set_axis(pd.to_datetime(wide.index), axis=0).reindex(index, fill_value=0).astype(int)


def reported_only(series: pd.DataFrame, coverage: pd.DataFrame) -> pd.DataFrame:
    """The series with the months nobody reported made missing: their zeros say nothing.

    Args:
        series: Of ``monthly_series``.
        coverage: ``month_on`` and ``reporting_residence_count``, of ``snapshot.queries.monthly_coverage``.
    """
    told = coverage.loc[coverage["reporting_residence_count"] > 0, "month_on"]
    has_reported = series.index.isin(pd.to_datetime(told))
    return series.astype(float).where(pd.Series(has_reported, index=series.index), axis=0)


def rolling_mean(series: pd.DataFrame) -> pd.DataFrame:
    """Mean of the twelve months ending at each month; missing until all twelve are known."""
    return series.rolling(ROLLING_MONTHS).mean()
