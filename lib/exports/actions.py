"""The register of joint actions as lines of a table."""

from collections.abc import Iterable, Mapping
from datetime import date

from lib.domain.actions import ActionPlace, JointAction, hours_label
from lib.domain.clocks import Clock, clock_state
from lib.domain.labels import date_label
from lib.domain.terms import (
    ACTION_FIELDS,
    ACTION_INDICATORS,
    ACTION_KINDS,
    ACTION_STATUSES,
    FAMILIES_SHORT,
    LEGAL_CLOCKS,
    PARTNERS,
)
from lib.exports.tables import Cell

BEYOND_SCOPE = "lieu hors de votre périmètre"
FIELDS = (
    "title", "kind", "status", "problem", "family_code", "places", "objective", "indicator", "months_measured",
    "baseline", "target", "reached", "pilot", "partners", "means", "legal_ground", "cost_euros", "tfpb_pct", "volume",
    "volume_done", "volume_unit", "starts_on", "due_on",
    "evaluated_on", "clocks", "abandon_reason",
)  # fmt: skip
ACTION_HEADINGS = ("Numéro", "En retard", "Jours et heures", *(ACTION_FIELDS[name] for name in FIELDS), "Réunion")


def action_lines(
    actions: Iterable[JointAction],
    names: Mapping[ActionPlace, str],
    *,
    decided_by: Mapping[int, str],
    on: date,
    is_synthetic: bool,
) -> list[list[Cell]]:
    """Lines of the file: two that say what it is, an empty one, ``ACTION_HEADINGS``, then one for each action.

    Args:
        actions: Those to write, in their order.
        names: What each place is called; one that has no name is beyond the scope, and said so.
        decided_by: By key of an action, the meetings that dealt with it (``lib.domain.meetings.decided_by``).
        on: Day from which delays are seen.
        is_synthetic: Whether the store is invented, which the file then says.
    """
    fictitious = "Données fictives. " if is_synthetic else ""
    heading: list[list[Cell]] = [
        ["Source", f"{fictitious}Registre des interventions conjointes, tenu par les partenaires."],
        ["Retards", f"vus du {date_label(on)}"],
        [],
        list(ACTION_HEADINGS),
    ]
    return heading + [[*_line(action, names, on), decided_by.get(action.action_id or 0, "")] for action in actions]


def places_label(action: JointAction, names: Mapping[ActionPlace, str]) -> str:
    """Its places, named and apart by a comma; those that have no name said once, at the end."""
    known = [names[place] for place in action.places if place in names]
    return ", ".join([*known, *([BEYOND_SCOPE] if len(known) < len(action.places) else [])])


def clock_label(clock: Clock, on: date) -> str:
    """«Réponse à l’injonction du préfet, au plus tard le 17 mars 2026, 3 jours restants»."""
    return f"{LEGAL_CLOCKS[clock.kind]}, {clock_state(clock, on)}"


def _line(action: JointAction, names: Mapping[ActionPlace, str], on: date) -> list[Cell]:
    told: dict[str, Cell] = {
        "kind": ACTION_KINDS[action.kind],
        "status": ACTION_STATUSES[action.status],
        "family_code": FAMILIES_SHORT.get(action.family_code or "", ""),
        "places": places_label(action, names),
        "indicator": ACTION_INDICATORS[action.indicator] if action.indicator else "",
        "pilot": PARTNERS[action.pilot] if action.pilot else "",
        "partners": ", ".join(PARTNERS[partner] for partner in action.partners),
        "clocks": "\u00a0; ".join(clock_label(clock, on) for clock in action.clocks),
    }
    is_overdue = "oui" if action.is_overdue(on) else "non"
    cells = [told[name] if name in told else getattr(action, name) for name in FIELDS]
    return [action.action_id, is_overdue, hours_label(action), *cells]
