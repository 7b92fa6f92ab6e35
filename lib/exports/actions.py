"""The register of joint actions as lines of a table."""

from collections.abc import Mapping, Sequence
from datetime import date

from lib.domain.actions import ActionPlace, JointAction, hours_label
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
    "volume_done", "volume_unit", "starts_on", "due_on", "evaluated_on", "abandon_reason",
)  # fmt: skip
FIRST_HEADINGS = ("Numéro", "Département", "En retard", "Jours et heures")
CLOCK_HEADINGS = ("Délai légal {}", "Délai légal {}, départ", "Délai légal {}, au plus tard", "Délai légal {}, fait le")


def action_headings(actions: Sequence[JointAction]) -> list[Cell]:
    """Headings of the table of these actions: its last columns are legal delays, as many as the action that has most.

    One at least has its columns, so that a table without a delay has a place for it.
    """
    most = max([1, *(len(action.clocks) for action in actions)])
    clocks = [heading.format(rank) for rank in range(1, most + 1) for heading in CLOCK_HEADINGS]
    return [*FIRST_HEADINGS, *(ACTION_FIELDS[name] for name in FIELDS), "Réunion", *clocks]


def action_lines(
    actions: Sequence[JointAction],
    names: Mapping[ActionPlace, str],
    *,
    departements: Mapping[int, str],
    decided_by: Mapping[int, str],
    on: date,
    is_synthetic: bool,
) -> list[list[Cell]]:
    """Lines of the file: two that say what it is, an empty one, ``action_headings``, then one for each action.

    Args:
        actions: Those to write, in their order.
        names: What each place is called; one that has no name is beyond the scope, and said so.
        departements: By key of an action, the names of those that it bears on.
        decided_by: By key of an action, the meetings that dealt with it (``lib.domain.meetings.decided_by``).
        on: Day from which delays are seen.
        is_synthetic: Whether the store is invented, which the file then says.
    """
    fictitious = "Données fictives. " if is_synthetic else ""
    heading: list[list[Cell]] = [
        ["Source", f"{fictitious}Registre des interventions conjointes, tenu par les partenaires."],
        ["Retards", f"vus du {date_label(on)}"],
        [],
        headings := action_headings(actions),
    ]
    lines = []
    for action in actions:
        key = action.action_id or 0
        first = [action.action_id, departements.get(key, ""), "oui" if action.is_overdue(on) else "non"]
        line = [*first, hours_label(action), *_told(action, names), decided_by.get(key, ""), *_clocks(action)]
        lines.append([*line, *[None] * (len(headings) - len(line))])
    return heading + lines


def places_label(action: JointAction, names: Mapping[ActionPlace, str]) -> str:
    """Its places, named and apart by a comma; those that have no name said once, at the end."""
    known = [names[place] for place in action.places if place in names]
    return ", ".join([*known, *([BEYOND_SCOPE] if len(known) < len(action.places) else [])])


def _clocks(action: JointAction) -> list[Cell]:
    """Legal delays of an action, each in the cells of ``CLOCK_HEADINGS``."""
    return [
        cell
        for clock in action.clocks
        for cell in (LEGAL_CLOCKS[clock.kind], clock.starts_on, clock.due_on, clock.answered_on)
    ]


def _told(action: JointAction, names: Mapping[ActionPlace, str]) -> list[Cell]:
    """The cells of ``FIELDS``."""
    told: dict[str, Cell] = {
        "kind": ACTION_KINDS[action.kind],
        "status": ACTION_STATUSES[action.status],
        "family_code": FAMILIES_SHORT.get(action.family_code or "", ""),
        "places": places_label(action, names),
        "indicator": ACTION_INDICATORS[action.indicator] if action.indicator else "",
        "pilot": PARTNERS[action.pilot] if action.pilot else "",
        "partners": ", ".join(PARTNERS[partner] for partner in action.partners),
    }
    return [told[name] if name in told else getattr(action, name) for name in FIELDS]
