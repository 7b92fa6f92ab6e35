"""Half-open periods of whole months: reporting is monthly, so a rate is exact on whole months only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


def month_of(day: date) -> date:
    """First day of the month of ``day``."""
    return day.replace(day=1)


def add_months(month_on: date, months: int) -> date:
    """First day of the month ``months`` after that of ``month_on``."""
    index = month_on.year * 12 + month_on.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def last_complete_month_end(data_on: date) -> date:
    """First day after the last month wholly covered by data up to and including ``data_on``."""
    return month_of(data_on + timedelta(days=1))


@dataclass(frozen=True, order=True)
class Period:
    """Whole months from ``start`` (included) to ``end`` (excluded), both first days of a month.

    Raises:
        ValueError: If the bounds are not first days of months, or if the period is empty.
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.start.day != 1 or self.end.day != 1 or self.start >= self.end:
            raise ValueError(f"not a period of whole months: {self.start} to {self.end}")

    @property
    def month_count(self) -> int:
        """Number of months covered, at least one."""
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month

    @property
    def last_day(self) -> date:
        """Last day inside the period."""
        return self.end - timedelta(days=1)

    def months(self) -> list[date]:
        """First day of each month, in order."""
        return [add_months(self.start, i) for i in range(self.month_count)]

    @property
    def years_apart(self) -> int:
        """Whole years between the period and the one it is compared with: as few as keep them apart."""
        return -(-self.month_count // 12)

    def year_before(self) -> Period:
        """The same calendar months, ``years_apart`` years before."""
        return self.years_before(self.years_apart)

    def years_before(self, count: int) -> Period:
        """The same calendar months, ``count`` years before."""
        return Period(add_months(self.start, -12 * count), add_months(self.end, -12 * count))

    def overlaps(self, start: date, end: date) -> bool:
        """Whether some day of the period falls in [start, end)."""
        return self.start < end and start < self.end

    @classmethod
    def last_months(cls, count: int, data_on: date) -> Period:
        """The last ``count`` months wholly covered by data up to ``data_on``."""
        end = last_complete_month_end(data_on)
        return cls(add_months(end, -count), end)
