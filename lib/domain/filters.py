"""What a visitor asks to see: one value, hashable, shared by all pages and written in the address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from lib.domain.period import Period

QPV_2024_FROM = date(2024, 1, 1)  # décret n° 2023-1314 du 28 décembre 2023


@dataclass(frozen=True)
class IncidentFilter:
    """A selection of facts; an empty tuple means no restriction.

    Attributes:
        period: Months shown.
        years_back: Years between the period and the one it is compared with, ``before``; 0 for as few as keep them
            apart.
        forces: ``PN``, ``GN`` or ``""`` for communes without service.
        qpv_statuses: Values of ``QpvStatus``, in the generation of ``qpv_generation``.
        qpv_ids, commune_codes, residence_ids, district_ids: Places of a drill-down.
        building_codes, hall_codes: Parts of a residence, ``""`` for facts that name none. Facts alone have them: the
            dwellings of a selection stay those of its residences.
        is_panel_constant: Only the residences and months told of in both periods: a residence counts in March of one
            year if it was told of in March of both. Months outside both periods hold nothing.
    """

    period: Period
    family_codes: tuple[str, ...] = ()
    type_codes: tuple[str, ...] = ()
    severities: tuple[int, ...] = ()
    landlord_ids: tuple[int, ...] = ()
    departement_codes: tuple[str, ...] = ()
    forces: tuple[str, ...] = ()
    district_ids: tuple[int, ...] = ()
    qpv_statuses: tuple[str, ...] = ()
    qpv_ids: tuple[int, ...] = ()
    commune_codes: tuple[str, ...] = ()
    residence_ids: tuple[int, ...] = ()
    building_codes: tuple[str, ...] = ()
    hall_codes: tuple[str, ...] = ()
    years_back: int = 0
    is_panel_constant: bool = False

    @property
    def before(self) -> Period:
        """The same calendar months, ``years_apart`` years before: what the period is compared with."""
        return self.period.years_before(self.years_apart)

    @property
    def years_apart(self) -> int:
        """Years between the period and the one it is compared with."""
        return self.years_back or self.period.years_apart

    @property
    def qpv_generation(self) -> int:
        """The QPV of the period: those of 2015 where it ended before those of 2024 were in force."""
        return 2015 if self.period.end <= QPV_2024_FROM else 2024

    def at(self, **places: tuple) -> IncidentFilter:
        """The same selection narrowed to a place (``district_ids=(3,)``): what both ask for, never more."""
        return replace(self, **{name: _both(getattr(self, name), values) for name, values in places.items()})


def _both(asked: tuple, place: tuple) -> tuple:
    """Values in both; a value of the same type that nothing has, where there is none."""
    if not asked or not place:
        return asked or place
    nowhere = (-1,) if isinstance(place[0], int) else ("∅",)
    return tuple(value for value in place if value in asked) or nowhere
