from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain.action_text import as_text, from_text
from lib.domain.actions import ActionPlace, ActionPlaceKind, Conflict, JointAction, by_urgency, hours_label, merged
from lib.domain.clocks import Clock
from lib.domain.vocabulary import ActionIndicator, ActionKind, ActionStatus, LegalClockKind, Partner

BASE = JointAction(title="A", problem="Bruit", partners=(Partner.LANDLORD,), action_id=4, version=1)
TODAY = date(2026, 3, 10)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["A", "B", "C"]),
        "problem": st.sampled_from(["", "Bruit", "Tags"]),
        "target": st.sampled_from([None, 1, 2]),
        "partners": st.sets(st.sampled_from(list(Partner)[:3])).map(tuple),
        "weekdays": st.sets(st.sampled_from(range(3))).map(tuple),
        "clocks": st.sets(
            st.builds(
                Clock,
                st.just(LegalClockKind.WARDEN_REPORT),
                st.sampled_from([date(2026, 3, 2), date(2026, 3, 4)]),
                st.sampled_from([None, date(2026, 3, 6), date(2026, 3, 7)]),
            )
        ).map(tuple),
        "due_on": st.sampled_from([None, TODAY]),
    },
)


def changed(more: dict, version: int = 1) -> JointAction:
    return replace(BASE, **more, version=version)


@pytest.mark.parametrize(
    ("keys", "kind"),
    [
        ({"residence_id": 1}, ActionPlaceKind.RESIDENCE),
        ({"residence_id": 1, "hall_code": "1"}, ActionPlaceKind.HALL),
        ({"residence_id": 1, "hall_code": "1", "building_code": "A"}, ActionPlaceKind.HALL),
        ({"qpv_id": 1}, ActionPlaceKind.QPV),
        ({"district_id": 1}, ActionPlaceKind.DISTRICT),
        ({"commune_code": "91001"}, ActionPlaceKind.COMMUNE),
    ],
)
def test_place_is_of_the_kind_of_its_key(keys: dict, kind: ActionPlaceKind):
    assert ActionPlace(**keys).kind == kind


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"residence_id": 1, "qpv_id": 1},
        {"qpv_id": 1, "hall_code": "1"},
        {"residence_id": 1, "building_code": "A"},
    ],
    ids=str,
)
def test_place_with_no_key_or_two_is_none(keys: dict):
    with pytest.raises(ValueError, match="has"):
        ActionPlace(**keys)


def test_lists_have_one_order_and_no_repeat():
    places = (ActionPlace(qpv_id=2), ActionPlace(residence_id=1, hall_code="1"), ActionPlace(residence_id=1))
    made = {
        JointAction("A", places=order, weekdays=(6, 0, 6), partners=(Partner.MEDIATION, Partner.POLICE))
        for order in permutations(places)
    }
    assert len(made) == 1
    only = made.pop()
    assert (only.weekdays, only.partners) == ((0, 6), (Partner.POLICE, Partner.MEDIATION))
    assert [place.kind for place in only.places] == ["hall", "residence", "qpv"]


@pytest.mark.parametrize(
    ("status", "is_overdue"),
    [("proposed", True), ("decided", True), ("ongoing", True), ("done", False), ("abandoned", False)],
)
def test_open_action_is_overdue_the_day_after_its_last(status: str, is_overdue: bool):
    action = JointAction("A", status=ActionStatus(status), due_on=date(2026, 3, 9))
    assert action.is_overdue(TODAY) == is_overdue
    assert not action.is_overdue(date(2026, 3, 9))


def test_action_without_a_last_day_is_late_by_its_legal_delay_alone():
    clock = Clock(LegalClockKind.WARDEN_REPORT, date(2026, 3, 1))
    assert not JointAction("A").is_overdue(TODAY)
    assert JointAction("A", clocks=(clock,)).is_overdue(TODAY)
    assert JointAction("A", due_on=TODAY, clocks=(clock,)).next_on() == date(2026, 3, 6)


def test_late_actions_come_first_then_those_awaited_then_those_over():
    late = JointAction("late", due_on=date(2026, 3, 9))
    soon, later = JointAction("soon", due_on=TODAY), JointAction("later", due_on=date(2026, 5, 1))
    undated = JointAction("undated")
    over = JointAction("over", status=ActionStatus.DONE, due_on=date(2026, 2, 1))
    older = JointAction("older", status=ActionStatus.DONE, due_on=date(2025, 2, 1))
    expected = [late, soon, later, undated, over, older]
    assert by_urgency(reversed(expected), TODAY) == expected


def test_titles_of_one_day_are_in_the_order_of_french():
    expected = [JointAction(title, due_on=TODAY) for title in ("Eau", "Éclairage", "Zone")]
    assert by_urgency(reversed(expected), TODAY) == expected


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ({}, ""),
        ({"weekdays": (4,)}, "vendredi"),
        ({"weekdays": (4, 5, 6)}, "vendredi, samedi et dimanche"),
        (
            {"weekdays": range(7), "start_minute": 1080, "end_minute": 150},
            "tous les jours, de 18\u00a0h à 2\u00a0h\u00a030",
        ),
        ({"start_minute": 0, "end_minute": 60}, "de 0\u00a0h à 1\u00a0h"),
    ],
)
def test_days_and_hours_are_said_together(said: dict, label: str):
    assert hours_label(JointAction("A", **said)) == label


def test_what_either_changed_alone_is_taken():
    theirs, mine = changed({"title": "B"}, 2), changed({"problem": "Tags"})
    assert merged(BASE, theirs, mine) == (replace(BASE, title="B", problem="Tags", version=2), [])


def test_what_both_changed_differently_is_told_and_keeps_their_word():
    theirs, mine = changed({"title": "B"}, 2), changed({"title": "C", "target": 3})
    both, conflicts = merged(BASE, theirs, mine)
    assert (both.title, both.target) == ("B", 3)
    assert conflicts == [Conflict("title", "B", "C")]


@pytest.mark.parametrize(
    ("name", "items"),
    [
        ("partners", list(Partner)[:4]),
        ("weekdays", [0, 2, 4, 6]),
        ("places", [ActionPlace(residence_id=key) for key in range(1, 5)]),
        ("clocks", [Clock(LegalClockKind.WARDEN_REPORT, date(2026, 3, day)) for day in range(1, 5)]),
    ],
)
def test_item_that_either_added_is_there_and_one_that_either_took_out_is_gone(name: str, items: list):
    first, second, third, fourth = items
    base = changed({name: (first, second)})
    theirs, mine = changed({name: (first, second, third)}, 2), changed({name: (second, fourth)})
    assert merged(base, theirs, mine) == (changed({name: (second, third, fourth)}, 2), [])


def test_two_answers_to_one_legal_delay_are_a_choice_and_the_other_delays_are_kept_by_both_words():
    start, other = date(2026, 3, 2), Clock(LegalClockKind.PREFECT_INJUNCTION, date(2026, 3, 1))
    running, sixth, seventh = (
        Clock(LegalClockKind.WARDEN_REPORT, start, answered_on)
        for answered_on in (None, date(2026, 3, 6), date(2026, 3, 7))
    )
    base = changed({"clocks": (running,)})
    theirs, mine = changed({"clocks": (sixth, other)}, 2), changed({"clocks": (seventh,)})
    both, conflicts = merged(base, theirs, mine)
    assert both.clocks == (other, sixth)
    assert conflicts == [Conflict("clocks", (other, sixth), (other, seventh))]
    assert merged(base, theirs, changed({"clocks": ()}))[0].clocks == (other, sixth)
    assert merged(base, theirs, changed({"clocks": (sixth,)})) == (theirs, [])


@given(CHANGES, CHANGES)
def test_laws_of_two_changes_made_one(theirs: dict, mine: dict):
    a, b = changed(theirs, 2), changed(mine)
    assert merged(BASE, a, BASE) == (a, [])
    assert merged(BASE, replace(BASE, version=2), b) == (replace(b, version=2), [])
    assert merged(BASE, a, replace(a, version=1)) == (a, [])
    one, told = merged(BASE, a, b)
    other, told_back = merged(BASE, replace(b, version=2), replace(a, version=1))
    assert [(c.name, c.theirs, c.mine) for c in told] == [(c.name, c.mine, c.theirs) for c in told_back]
    assert replace(one, **{c.name: c.mine for c in told}) == other
    assert one.version == 2


def test_text_of_an_action_gives_it_back():
    full = JointAction(
        "Été",
        ActionKind.SOCIAL,
        ActionStatus.ABANDONED,
        "Sans objet",
        family_code="OCC",
        places=(ActionPlace(residence_id=1, building_code="A", hall_code="1"), ActionPlace(commune_code="91001")),
        weekdays=(0, 6),
        indicator=ActionIndicator.CALLS,
        target=2.5,
        pilot=Partner.JUSTICE,
        partners=(Partner.POLICE,),
        starts_on=TODAY,
        clocks=(
            Clock(LegalClockKind.WARDEN_REPORT, TODAY),
            Clock(LegalClockKind.PREFECT_INJUNCTION, TODAY, date(2026, 3, 12)),
        ),
    )
    assert from_text(as_text(full), 4, 2) == replace(full, action_id=4, version=2)


@pytest.mark.parametrize("volume", ["1" + "0" * 400, "1e400", "NaN"])
def test_text_with_a_number_that_is_none_says_no_action(volume: str):
    with pytest.raises(ValueError, match="no JointAction"):
        from_text(f'{{"title": "A", "volume": {volume}}}', 4, 1)


@pytest.mark.parametrize(
    "place",
    [
        '"residence_id": "1"',
        '"residence_id": true',
        '"qpv_id": 1.5',
        '"district_id": [1]',
        '"commune_code": 91001',
        '"residence_id": 1, "hall_code": 2',
        '"residence_id": 1, "building_code": null, "hall_code": "2"',
        '"lieu": 1',
    ],
)
def test_text_with_a_key_of_a_place_that_is_none_says_no_action(place: str):
    with pytest.raises(ValueError, match="no JointAction"):
        from_text(f'{{"title": "A", "places": [{{{place}}}]}}', 4, 1)


def test_text_of_an_older_code_has_the_defaults_of_what_it_does_not_know():
    assert from_text('{"title": "A", "gone": 1}', 4, 1) == JointAction("A", action_id=4, version=1)
