"""When the objective of an action is measured: before it began, then the same months since."""

from datetime import date
from typing import NamedTuple

from lib.domain.actions import JointAction
from lib.domain.period import Period, add_months, last_complete_month_end, month_of

A_YEAR = 12  # months counted where the action does not say how many


class Since(NamedTuple):
    """Whole months since an action began, and how many years before they are compared with.

    Attributes:
        period: The last of them, no more than the action is measured over.
        years_back: As few as keep the months compared with wholly before the action.
        is_whole: Whether these are all the months since it began.
    """

    period: Period
    years_back: int
    is_whole: bool


def months_since(action: JointAction, data_on: date) -> Since | None:
    """The months that tell whether an action works: whole ones, up to its evaluation where that day is past.

    A month during which it began counts neither as before nor as since.

    Args:
        action: Measured over ``months_measured`` months, a year where it does not say.
        data_on: Last day of the facts.

    Returns:
        None where it has no first day, or no whole month since.
    """
    if action.starts_on is None:
        return None
    first = month_of(action.starts_on)
    start = first if first == action.starts_on else add_months(first, 1)
    end = last_complete_month_end(min(data_on, action.evaluated_on or data_on))
    if start >= end:
        return None
    period = Period(max(start, add_months(end, -(action.months_measured or A_YEAR))), end)
    years = period.years_apart
    while period.years_before(years).end > first:
        years += 1
    return Since(period, years, period.start == start)


def months_before(action: JointAction, data_on: date) -> Period:
    """The months whose count is the baseline of an action: the last whole ones before it begins, or of the facts.

    Args:
        action: As for ``months_since``.
        data_on: Last day of the facts.
    """
    end = last_complete_month_end(data_on)
    if action.starts_on is not None:
        end = min(end, month_of(action.starts_on))
    return Period(add_months(end, -(action.months_measured or A_YEAR)), end)
