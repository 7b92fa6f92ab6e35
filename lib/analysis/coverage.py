"""Reporting coverage: how much of the housing stock the figures tell of; see docs/methods/couverture.md."""

import pandas as pd

LOW_COVERAGE_SHARE = 0.8  # under this, a page says so in ochre (LOOK §2)


def reporting_coverage(figures: pd.DataFrame) -> float | None:
    """Dwelling-months of reporting residences over all dwelling-months; None where there is no dwelling."""
    total = float(figures["dwelling_months"].sum())
    return float(figures["reporting_dwelling_months"].sum()) / total if total else None


def monthly_reporting_coverage(months: pd.DataFrame) -> pd.Series:
    """Share 0–1 of each month, in the order of ``months``; missing where there is no dwelling.

    Args:
        months: ``dwelling_count`` and ``reporting_dwelling_count`` by month.
    """
    dwellings = months["dwelling_count"].astype(float)
    return (months["reporting_dwelling_count"] / dwellings.where(dwellings > 0)).rename("reporting_coverage")
