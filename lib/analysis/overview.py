"""The selection as a whole: what the home page and the head of every page are made of."""

from dataclasses import dataclass
from math import nan

import pandas as pd

from lib.analysis.comparison import compared, whole_compared
from lib.analysis.coverage import reporting_coverage
from lib.analysis.rates import with_rates
from lib.domain.period import Period

STAFF_FAMILY = "PER"


@dataclass(frozen=True)
class Overview:
    """Figures of one selection over one period, each compared with the same months before.

    Attributes:
        whole: One row: counts, rates and interval, ``year_on_year`` columns.
        families: One row per family of the nomenclature, ``year_on_year`` columns; past counts are missing where that
            of the whole is.
        types: One row per type, likewise, corrected for their own number.
        staff: The row of ``families`` for facts against staff; None when the filter leaves them out.
        complaints: One row compared as facts are: complaints among eligible facts.
        coverage: Share of dwelling-months reported, None without a dwelling.
    """

    whole: pd.Series
    families: pd.DataFrame
    types: pd.DataFrame
    staff: pd.Series | None
    complaints: pd.Series
    coverage: float | None


def overview(figures: pd.DataFrame, types: pd.DataFrame, monthly: pd.DataFrame, period: Period) -> Overview:
    """Puts the answers to three questions together.

    Args:
        figures: ``place_figures`` at level ALL: one row.
        types: ``type_figures``.
        monthly: ``monthly_facts`` over the period and the one before.
        period: The period shown.
    """
    rated = with_rates(figures)
    whole = rated.iloc[0].combine_first(whole_compared(rated, monthly, period))
    families, each_type = (
        _as_declared(compared(types, monthly, whole, period=period, by=by), whole)
        for by in ("family_code", "type_code")
    )
    staff = families[families["family_code"] == STAFF_FAMILY]
    return Overview(
        whole=whole,
        families=families,
        types=each_type,
        staff=None if staff.empty else staff.iloc[0],
        complaints=_complaints(whole, monthly, period),
        coverage=reporting_coverage(figures),
    )


def _as_declared(rows: pd.DataFrame, whole: pd.Series) -> pd.DataFrame:
    """Past zeros of a selection that nobody told of say nothing."""
    return rows.assign(previous_incident_count=nan) if pd.isna(whole["previous_incident_count"]) else rows


def _complaints(whole: pd.Series, monthly: pd.DataFrame, period: Period) -> pd.Series:
    """Complaints against the facts that could give one: the exposure is the eligible facts, not the dwellings."""
    row = pd.DataFrame([whole]).assign(
        incident_count=whole["complaint_count"],
        previous_incident_count=whole["previous_complaint_count"],
        reporting_dwelling_months=whole["eligible_count"],
        previous_reporting_dwelling_months=whole["previous_eligible_count"],
    )
    return whole_compared(row, monthly, period, "complaint_count")
