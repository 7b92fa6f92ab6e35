"""Who may see what: applied in every query, never by hiding a widget."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """Landlords, départements and services a visitor may see; None means all of them.

    The three restrictions add up: a fact is visible when it satisfies each.
    """

    landlord_ids: frozenset[int] | None = None
    departement_codes: frozenset[str] | None = None
    district_ids: frozenset[int] | None = None

    @classmethod
    def everything(cls) -> Scope:
        """The single role of today: all facts of the store."""
        return cls()

    @classmethod
    def nothing(cls) -> Scope:
        """A visitor nobody has given anything to see."""
        return cls(landlord_ids=frozenset())
