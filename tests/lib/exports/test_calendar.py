import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest

from lib.domain.actions import ActionPlace, JointAction
from lib.domain.clocks import Clock
from lib.domain.meetings import Decision, Meeting
from lib.domain.vocabulary import ActionStatus, LegalClockKind, MeetingBody, Partner
from lib.exports.calendar import Event, action_events, as_ical, meeting_events

AT = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
HERE = ActionPlace(residence_id=1)
ACTION = JointAction(
    title="Reprendre le hall\u00a0; ensemble, vite",
    status=ActionStatus.ONGOING,
    places=(HERE,),
    pilot=Partner.JUSTICE,
    due_on=date(2026, 6, 30),
    evaluated_on=date(2026, 7, 15),
    clocks=(
        Clock(LegalClockKind.PREFECT_INJUNCTION, date(2026, 3, 2)),
        Clock(LegalClockKind.WARDEN_REPORT, date(2026, 3, 2), date(2026, 3, 4)),
    ),
    action_id=7,
    version=3,
)
COPIL = Meeting(
    MeetingBody.COPIL, date(2026, 1, 15), "Bilan", decisions=(Decision("Un"), Decision("Deux")), meeting_id=4, version=1
)


def read(content: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


def drawn(events: list[Event], *, register: str = "c0ffee") -> bytes:
    return as_ical(events, register=register, made_at=AT, is_synthetic=False)


def exported(*, is_synthetic: bool = False) -> list[icalendar.Event]:
    events = [*action_events([ACTION], {HERE: "Résidence 1"}), *meeting_events([COPIL])]
    return read(as_ical(events, register="c0ffee", made_at=AT, is_synthetic=is_synthetic))


def test_calendar_is_read_back_as_whole_days_in_french():
    found = [one for one in exported() if "status" not in one]
    assert [(one["dtstart"].dt, str(one["summary"])) for one in found] == [
        (date(2026, 3, 17), f"Délai légal\u00a0: Réponse à l’injonction du préfet ({ACTION.title})"),
        (date(2026, 6, 30), f"Échéance\u00a0: {ACTION.title}"),
        (date(2026, 7, 15), f"Évaluation\u00a0: {ACTION.title}"),
        (date(2026, 1, 15), "Réunion\u00a0: Comité de pilotage (COPIL), Bilan"),
    ]
    assert {one["dtend"].dt - one["dtstart"].dt for one in found} == {timedelta(days=1)}
    assert str(found[0]["description"]) == (
        "Lieux\u00a0: Résidence 1\nPilote\u00a0: Parquet\nCode de la construction et de l’habitation, art. L442-4-3"
    )
    assert str(found[3]["description"]) == "1. Un\n2. Deux"
    assert {one["dtstamp"].dt for one in found} == {AT}
    assert {str(one["transp"]) for one in found} == {"TRANSPARENT"}


def test_day_moved_keeps_its_key_and_counts_its_versions():
    moved = replace(ACTION, due_on=date(2026, 9, 1), version=4)
    before, after = action_events([ACTION], {}), action_events([moved], {})
    assert {one.key for one in before} == {one.key for one in after}
    assert [int(one["sequence"]) for one in read(drawn(after))] == [4] * len(after)
    assert len({str(one["uid"]) for one in exported()}) == 5


def test_meeting_moved_keeps_its_key_and_counts_its_versions():
    (before,), (after,) = (meeting_events([one]) for one in (COPIL, replace(COPIL, held_on=AT.date(), version=2)))
    assert before.key == after.key
    assert [before.version, after.version] == [1, 2]


def test_evaluation_of_an_action_without_a_last_day_has_its_event():
    action = JointAction("A", evaluated_on=date(2026, 7, 15), action_id=7)
    assert [(one.key, one.day) for one in action_events([action], {})] == [("action-7-evaluation", date(2026, 7, 15))]


def test_delay_whose_first_day_is_put_right_takes_the_place_of_the_event_that_was_wrong():
    running, answered = ACTION.clocks
    right = replace(ACTION, clocks=(replace(running, starts_on=date(2026, 3, 9)), answered), version=4)
    before, after = ({one.key: one.day for one in action_events([action], {})} for action in (ACTION, right))
    changed = {key for key in before if before[key] != after[key]}
    assert before.keys() == after.keys()
    assert (changed, after[changed.copy().pop()]) == ({"action-7-prefect_injunction-1"}, date(2026, 3, 24))


def test_delays_of_one_kind_have_keys_of_their_own():
    both = tuple(Clock(LegalClockKind.PREFECT_INJUNCTION, date(2026, 3, day)) for day in (2, 9))
    keys = [one.key for one in action_events([JointAction("A", clocks=both, action_id=7)], {})]
    assert keys == ["action-7-prefect_injunction-1", "action-7-prefect_injunction-2"]


def test_events_of_two_registers_never_share_a_key():
    here, there = (read(drawn(action_events([ACTION], {}), register=register)) for register in ("c0ffee", "decade"))
    assert not {str(one["uid"]) for one in here} & {str(one["uid"]) for one in there}
    assert str(here[0]["uid"]).endswith("@c0ffee.observatoire-tranquillite.invalid")


def test_invented_events_say_so_and_never_take_the_place_of_real_ones():
    real, invented = exported(), exported(is_synthetic=True)
    assert all(str(one["summary"]).startswith("[Données fictives] ") for one in invented)
    assert all(str(one["description"]).endswith("Données fictives.") for one in invented)
    assert not any("fictives" in str(one[name]) for one in real for name in ("summary", "description"))
    assert not {str(one["uid"]) for one in real} & {str(one["uid"]) for one in invented}


@pytest.mark.parametrize(
    ("status", "over"),
    [
        (ActionStatus.PROPOSED, {"warden_report-1"}),
        (ActionStatus.DONE, {"warden_report-1", "echeance"}),
        (ActionStatus.ABANDONED, {"warden_report-1", "echeance", "evaluation"}),
    ],
)
def test_what_is_over_is_cancelled_in_the_agenda_but_a_legal_delay_runs_on(status: ActionStatus, over: set[str]):
    found = read(drawn(action_events([replace(ACTION, status=status)], {})))
    assert len(found) == 4
    cancelled = {str(one["uid"]).split("@")[0] for one in found if one.get("status") == "CANCELLED"}
    assert cancelled == {f"action-7-{key}" for key in over}


def test_calendar_names_no_address():
    text = drawn(action_events([ACTION], {})).decode()
    assert "http" not in text.lower()
    assert "mailto" not in text.lower()
    assert "ORGANIZER" not in text


LINE_OCTETS = 75  # RFC 5545 §3.1, its CRLF left out
ESCAPED = re.compile(r"\\([\\;,nN])")  # §3.3.11


def by_the_rule(content: bytes) -> list[dict[str, str]]:
    """Events read by RFC 5545 alone, by no library: name with its parameters, value; raises where a rule is broken."""
    assert content.endswith(b"\r\n")
    folded = content.removesuffix(b"\r\n").split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in folded)
    assert max(map(len, folded)) <= LINE_OCTETS
    lines = [line.decode().split(":", 1) for line in content.replace(b"\r\n ", b"").split(b"\r\n")[:-1]]
    assert lines[0] == ["BEGIN", "VCALENDAR"]
    assert lines[-1] == ["END", "VCALENDAR"]
    events: list[dict[str, str]] = []
    for name, value in lines:
        if (name, value) == ("BEGIN", "VEVENT"):
            events.append({})
        elif events:
            assert name not in events[-1] or name in {"BEGIN", "END"}, name
            events[-1][name] = value
    return events


def unescaped(text: str) -> str:
    """A text of the calendar as it was written; fails on a comma or a semicolon that stands bare."""
    assert not re.search(r"[,;]", ESCAPED.sub("", text))
    return ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], text)


def test_file_keeps_the_rules_of_the_format():
    hostile = "Été : un; deux, trois \\ quatre\nEND:VEVENT " + "é" * 120
    meeting = replace(COPIL, decisions=(Decision(hostile), Decision("Deux")))
    action = replace(ACTION, title="Éclairer, réparer; « tenir » " + "l’été " * 15)
    content = drawn([*action_events([action], {HERE: "Résidence 1, Évry"}), *meeting_events([meeting])])
    found = by_the_rule(content)
    assert {frozenset(one) >= {"UID", "DTSTAMP", "DTSTART;VALUE=DATE", "SUMMARY"} for one in found} == {True}
    assert {one["DTSTAMP"] for one in found} == {"20260310T093000Z"}
    assert (found[-1]["DTSTART;VALUE=DATE"], found[-1]["DTEND;VALUE=DATE"]) == ("20260115", "20260116")
    assert unescaped(found[-1]["DESCRIPTION"]) == f"1. {hostile}\n2. Deux"
    assert unescaped(found[0]["SUMMARY"]).endswith(f"({action.title})")
    assert len({one["UID"] for one in found}) == len(found) == 5


def test_event_taken_away_again_later_keeps_its_key():
    events = [*action_events([ACTION], {}), *meeting_events([COPIL])]
    later = as_ical(events, register="c0ffee", made_at=AT + timedelta(days=40), is_synthetic=False)
    keys, stamps = (
        [[one[name] for one in by_the_rule(text)] for text in (drawn(events), later)] for name in ("UID", "DTSTAMP")
    )
    assert keys[0] == keys[1]
    assert stamps[0] != stamps[1]


def test_calendar_without_an_event_is_one():
    assert read(drawn([])) == []
    assert icalendar.Calendar.from_ical(drawn([]))["method"] == "PUBLISH"  # to be kept, not answered
