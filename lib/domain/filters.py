"""What a visitor asks to see: one value, hashable, shared by all pages and written in the address."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lib.domain.period import Period


@dataclass(frozen=True)
class IncidentFilter:
    """A selection of facts; an empty tuple means no restriction.

    Attributes:
        period: Months shown; the comparison is ``period.year_before()``.
        forces: ``PN``, ``GN`` or ``""`` for communes without service.
        qpv_statuses: Values of ``QpvStatus`` (generation 2024).
        qpv_ids, commune_codes, residence_ids, district_ids: Places of a drill-down.
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

    def at(self, **places: tuple) -> IncidentFilter:
        """The same selection narrowed to a place (``district_ids=(3,)``): what both ask for, never more."""
        return replace(self, **{name: _both(getattr(self, name), values) for name, values in places.items()})


def _both(asked: tuple, place: tuple) -> tuple:
    """Values in both; a value of the same type that nothing has, where there is none."""
    if not asked or not place:
        return asked or place
    nowhere = (-1,) if isinstance(place[0], int) else ("∅",)
    return tuple(value for value in place if value in asked) or nowhere
