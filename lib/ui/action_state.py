"""What the page of joint actions asks for: the action, the new one, the meeting of the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from lib.domain.actions import ActionPlace, JointAction
from lib.domain.meetings import Meeting
from lib.errors import AccessError
from lib.snapshot import sheets
from lib.snapshot.halls import known_halls
from lib.snapshot.places import Level
from lib.snapshot.search import Found
from lib.store import actions
from lib.ui.action_words import Names, is_known
from lib.ui.drilldown import MAX_KEY_DIGITS, hall_name
from lib.ui.links import href
from lib.ui.session import Visit

PAGE = "interventions"
ACTION, NEW, MEETING, NEW_MEETING = "intervention", "nouvelle", "reunion", "nouvelle-reunion"
BEGUN_FROM = RULE, PILOT = "reponse", "pilote"  # what proposes a new action, and who would lead it
CARRIED = "porter"  # an action brought to the meeting that opens
ANYWHERE = "sans-lieu"  # a new action that names no place yet


@dataclass(frozen=True)
class Register:
    """What the page read of the store.

    Attributes:
        actions: Of the scope, by key.
        meetings: Of the scope, the last first.
        names: Of places and meetings.
        steps: ``lib.ingest.committee``, given by the page.
    """

    actions: dict[int, JointAction]
    meetings: list[Meeting]
    names: Names
    steps: Any


def today(visit: Visit) -> date:
    """Day from which delays are seen: the civil day in Paris, whatever the last day of the facts.

    An invented store tells of a time that is over: its «today» is the last day of its facts, or all would be late.
    """
    if visit.is_synthetic and visit.data_on is not None:
        return visit.data_on
    return actions.today()


def asked_key(word: str) -> int | None:
    """The key that the address names, or None."""
    text = st.query_params.get(word, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_KEY_DIGITS else None


def open_at(**words: object) -> None:
    """Writes in the address what is open, and nothing else of this page."""
    for word in (ACTION, NEW, MEETING, NEW_MEETING, CARRIED, *BEGUN_FROM):
        st.query_params.pop(word, None)
    st.query_params.update({word.replace("_", "-"): str(value) for word, value in words.items()})


def here(**words: object) -> str:
    """Address of this page with one thing open."""
    return href(PAGE, **{word.replace("_", "-"): value for word, value in words.items()})


def new_place(visit: Visit, known: Names) -> ActionPlace | None:
    """The place that the address gives to a new action: «residence:12», «hall:12|A|2», «quartier:…», «service:3».

    Raises:
        AccessError: If it gives one that does not exist, or that is beyond the scope.
    """
    asked = st.query_params.get(NEW, "")
    if asked in {"", ANYWHERE}:
        return None
    word, _, code = asked.partition(":")
    reader = _READERS.get(word)
    place = reader(visit, code) if reader else None
    if place is None or not is_known(place, known):
        raise AccessError("Ce lieu n’existe pas, ou n’est pas dans votre périmètre\u00a0: revenez au registre.")
    return place


def found_place(visit: Visit, found: Found) -> ActionPlace | None:
    """The place of an action from one that the search found; None for a département, too large to act in."""
    words = {Level.RESIDENCE: "residence", Level.QPV: "quartier", Level.DISTRICT: "service", Level.COMMUNE: "commune"}
    return _READERS[words[found.level]](visit, found.code) if found.level in words else None


def hall_choices(visit: Visit, residence_id: int) -> dict[ActionPlace, str]:
    """Halls on record of a residence of the scope, each with its name: «Bâtiment A, hall 2»."""
    rows = visit.ask_store(known_halls, residence_id, visit.scope)
    return {
        ActionPlace(residence_id=residence_id, building_code=row.building_code, hall_code=row.hall_code): hall_name(
            row.building_code, row.hall_code
        )
        for row in rows.itertuples()
    }


def _key(code: str) -> int | None:
    return int(code) if code.isascii() and code.isdecimal() and len(code) <= MAX_KEY_DIGITS else None


def _residence(_visit: Visit, code: str) -> ActionPlace | None:
    key = _key(code)
    return None if key is None else ActionPlace(residence_id=key)


def _hall(visit: Visit, code: str) -> ActionPlace | None:
    home, _, hall = code.partition("|")
    building, _, hall = hall.partition("|")
    key = _key(home)
    if key is None or not hall:
        return None
    place = ActionPlace(residence_id=key, building_code=building, hall_code=hall)
    return place if place in hall_choices(visit, key) else None


def _qpv(visit: Visit, code: str) -> ActionPlace | None:
    found = visit.ask_store(sheets.qpv_of, code, visit.scope)
    return None if found is None else ActionPlace(qpv_id=int(found[0]))


def _service(_visit: Visit, code: str) -> ActionPlace | None:
    key = _key(code)
    return None if key is None else ActionPlace(district_id=key)


_READERS: Mapping[str, Any] = {
    "residence": _residence,
    "hall": _hall,
    "quartier": _qpv,
    "service": _service,
    "commune": lambda _visit, code: ActionPlace(commune_code=code) if code else None,
}
