from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest

from lib.domain.actions import ActionPlace, JointAction
from lib.domain.clocks import Clock
from lib.domain.meetings import Decision, Meeting
from lib.domain.vocabulary import ActionStatus, LegalClockKind, MeetingBody, Partner
from lib.exports.calendar import action_events, as_ical, meeting_events

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


def exported(*, is_synthetic: bool = False) -> list[icalendar.Event]:
    events = [*action_events([ACTION], {HERE: "Résidence 1"}), *meeting_events([COPIL])]
    return read(as_ical(events, made_at=AT, is_synthetic=is_synthetic))


def test_calendar_is_read_back_as_whole_days_in_french():
    found = exported()
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


def test_day_moved_keeps_its_key_and_counts_its_versions():
    moved = replace(ACTION, due_on=date(2026, 9, 1), version=4)
    before, after = action_events([ACTION], {}), action_events([moved], {})
    assert {one.key for one in before} == {one.key for one in after}
    assert {one["sequence"] for one in read(as_ical(after, made_at=AT, is_synthetic=False))} == {4}
    assert len({one["uid"] for one in exported()}) == 4


def test_invented_events_say_so_and_never_take_the_place_of_real_ones():
    real, invented = exported(), exported(is_synthetic=True)
    assert all(str(one["summary"]).startswith("[Données fictives] ") for one in invented)
    assert not any("fictives" in str(one["summary"]) for one in real)
    assert not {one["uid"] for one in real} & {one["uid"] for one in invented}


@pytest.mark.parametrize(
    ("status", "keys"),
    [
        (ActionStatus.PROPOSED, ["prefect_injunction-20260302", "echeance", "evaluation"]),
        (ActionStatus.DONE, ["prefect_injunction-20260302", "evaluation"]),
        (ActionStatus.ABANDONED, ["prefect_injunction-20260302"]),
    ],
)
def test_what_is_over_is_no_longer_awaited_but_a_legal_delay_runs_on(status: ActionStatus, keys: list[str]):
    found = action_events([replace(ACTION, status=status)], {})
    assert [one.key for one in found] == [f"action-7-{key}" for key in keys]


def test_calendar_names_no_address():
    text = as_ical(action_events([ACTION], {}), made_at=AT, is_synthetic=False).decode()
    assert "http" not in text.lower()
    assert "mailto" not in text.lower()
    assert "ORGANIZER" not in text


def test_calendar_without_an_event_is_one():
    assert read(as_ical([], made_at=AT, is_synthetic=False)) == []
