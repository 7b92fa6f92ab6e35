"""What changed in a meeting, version after version."""

from collections.abc import Mapping

from markupsafe import Markup

from lib.domain.meetings import UNTOLD, Decision, Meeting, decision_changes
from lib.domain.terms import MEETING_BODIES, MEETING_FIELDS
from lib.domain.versions import Version
from lib.snapshot import directory
from lib.store.meetings import history
from lib.ui import components as c
from lib.ui import data, version_blocks
from lib.ui.action_state import Register
from lib.ui.action_words import field_words
from lib.ui.session import Visit
from lib.ui.version_blocks import Told, change_words

SEVERAL = "Plusieurs départements"
NONE_KEPT = (
    "Aucune version ne peut être montrée\u00a0: celles d’une réunion écrite avant que cet historique ne soit tenu "
    "n’ont pas été gardées. Il commencera à son prochain changement."
)


def versions(visit: Visit, meeting: Meeting) -> list[Version[Meeting]]:
    """Those of a kept meeting that can be shown, the newest first."""
    return data.record(history, visit.snapshot, meeting.meeting_id, visit.scope)


def table(visit: Visit, register: Register, meeting: Meeting) -> None:
    """Each version with who wrote it and what it changed."""
    assert meeting.meeting_id is not None
    held = versions(visit, meeting)
    c.section("Historique", f"version {meeting.version}")
    if not held:
        c.source(NONE_KEPT)
        return
    places = departements(visit)
    told = Told("Création de la réunion", MEETING_FIELDS, lambda before, now: changes(before, now, register, places))
    version_blocks.table(held, told)


def departements(visit: Visit, *meetings: Meeting) -> dict[str | None, str]:
    """What the département of a meeting is called, by code; None for several. Codes of these meetings are all there."""
    known = visit.ask_store(directory.departements, visit.scope)
    own = {one.departement_code: one.departement_code for one in meetings if one.departement_code}
    return {None: SEVERAL} | own | dict(known.itertuples(index=False))


def changes(before: Meeting, now: Meeting, register: Register, places: Mapping[str | None, str]) -> list[Markup]:
    """A line for each field that changed, then for each decision; nothing where what changed may not be told."""
    names = [name for name in MEETING_FIELDS if name != "decisions" and getattr(now, name) != getattr(before, name)]
    lines = [
        change_words(MEETING_FIELDS[name], *(field_said(name, one, register, places) for one in (before, now)))
        for name in names
    ]
    changed = decision_changes(before.decisions, now.decisions)
    if before.decisions != now.decisions and not changed:
        return [*lines, Markup("Décisions\u00a0: ordre changé")]
    return [*lines, *(_decision(was, one, register) for was, one in changed)]


def field_said(name: str, meeting: Meeting, register: Register, places: Mapping[str | None, str]) -> str:
    """A field of a meeting as a sentence says it, but for its decisions."""
    if name == "body":
        return MEETING_BODIES[meeting.body]
    if name == "departement_code":
        return places.get(meeting.departement_code, meeting.departement_code or SEVERAL)
    return field_words(name, getattr(meeting, name), register.names)


def _decision(before: Decision | None, now: Decision | None, register: Register) -> Markup:
    if before is not None and now is not None:
        return change_words("Décision modifiée", _words(before, register), _words(now, register))
    said = "Décision ajoutée" if before is None else "Décision retirée"
    return Markup("{}\u00a0: {}").format(said, "".join(_words(one, register) for one in (before, now) if one))


def _words(decision: Decision, register: Register) -> str:
    """What was decided, with the title of the action it led to."""
    if decision == UNTOLD:
        return "hors de votre périmètre"
    action = register.actions.get(decision.action_id or 0)
    return f"{decision.text} ({action.title})" if action else decision.text
