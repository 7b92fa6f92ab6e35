from dataclasses import replace
from datetime import date

import pytest

from lib.domain.meetings import (
    Decision,
    Meeting,
    decided_by,
    decision_changes,
    disputed_fields,
    meeting_before,
    meeting_to_come,
    meeting_to_follow,
    merged_meetings,
    series_of,
)
from lib.domain.vocabulary import MeetingBody, Partner

ONE, TWO, THREE, FOUR = (Decision(text) for text in ("Un", "Deux", "Trois", "Quatre"))
BASE = Meeting(MeetingBody.COPIL, date(2026, 1, 15), decisions=(ONE, TWO), meeting_id=1, version=1)


MARCH, JUNE, SEPTEMBER = date(2026, 3, 12), date(2026, 6, 18), date(2026, 9, 17)
GPO, COPIL = MeetingBody.GPO, MeetingBody.COPIL


def held(key: int | None, day: date, body: MeetingBody = COPIL, label: str = "", place: str | None = "91") -> Meeting:
    return Meeting(body, day, label, place, meeting_id=key)


def test_partners_of_a_meeting_stand_once_each_in_one_order():
    given = (Partner.MEDIATION, Partner.JUSTICE, Partner.LANDLORD, Partner.JUSTICE)
    assert Meeting(COPIL, MARCH, partners=given).partners == (Partner.LANDLORD, Partner.JUSTICE, Partner.MEDIATION)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (held(1, MARCH), held(2, JUNE, label="Bilan"), True),
        (held(1, MARCH), held(2, JUNE, place="77"), False),
        (held(1, MARCH), held(2, JUNE, place=None), False),
        (held(1, MARCH), held(2, JUNE, MeetingBody.COTECH), False),
        (held(1, MARCH, GPO, "Été des  Tarterêts"), held(2, JUNE, GPO, "été des tarterets "), True),
        (held(1, MARCH, GPO, "Tarterêts"), held(2, JUNE, GPO, "Grande Borne"), False),
        (held(1, MARCH, MeetingBody.MONITORING_CELL, "A"), held(2, JUNE, MeetingBody.MONITORING_CELL, "B"), False),
        (held(1, MARCH, MeetingBody.CLSPD, "Massy"), held(2, JUNE, MeetingBody.CLSPD, "Évry"), False),
    ],
)
def test_series_is_of_a_body_and_a_departement_and_of_a_label_for_local_bodies(
    one: Meeting, other: Meeting, is_same: bool
):
    assert (series_of(one) == series_of(other)) == is_same


def test_kept_meeting_follows_the_last_of_its_series_before_it():
    every = [held(5, JUNE), held(4, JUNE, place="77"), held(3, JUNE), held(2, MARCH), held(1, MARCH, place="77")]
    found = {one.meeting_id: meeting_before(every, one, today=SEPTEMBER) for one in every}
    assert {key: one and one.meeting_id for key, one in found.items()} == {5: 3, 4: 1, 3: 2, 2: None, 1: None}


def test_meeting_follows_none_that_is_not_held_yet():
    every = [held(3, SEPTEMBER), held(2, JUNE), held(1, MARCH)]
    for meeting in (held(None, JUNE), held(3, SEPTEMBER)):
        assert meeting_before(every, meeting, today=JUNE) == every[1]
        assert meeting_before(every, meeting, today=MARCH) == every[2]
    assert meeting_before(every, held(None, MARCH, place="77"), today=SEPTEMBER) is None


@pytest.mark.parametrize(
    ("keys", "departements", "followed"),
    [
        ((1, 2, 3, 4, 5), ["91"], 2),  # the last that dealt with it, were it of a group
        ((1, 3, 4, 5), ["91"], 3),  # the last committee of its département or of several
        ((4, 5), ["91"], 5),
        ((4,), ["91"], None),
        ((1, 4), [], 1),
        ((), ["91"], None),
    ],
)
def test_action_follows_the_meetings_that_dealt_with_it_else_the_committee_of_its_departement(
    keys: tuple, departements: list, followed: int | None
):
    every = {
        1: held(1, MARCH, place=None),
        2: replace(held(2, MARCH, GPO, "Tarterêts"), decisions=(Decision("Un", 7),)),
        3: held(3, JUNE),
        4: held(4, SEPTEMBER, place="77"),
        5: held(5, SEPTEMBER, GPO, "Grande Borne"),
    }
    found = meeting_to_follow([every[key] for key in keys], 7, departements)
    assert (found and found.meeting_id) == followed


def test_meeting_to_come_is_the_first_of_its_series_from_today_on():
    every = [held(4, SEPTEMBER), held(3, JUNE, place="77"), held(2, JUNE), held(1, MARCH)]
    found = [meeting_to_come(every, series_of(every[0]), today=day) for day in (MARCH, date(2026, 3, 13), SEPTEMBER)]
    assert [one and one.meeting_id for one in found] == [1, 2, 4]
    assert meeting_to_come(every, series_of(every[0]), today=date(2026, 9, 18)) is None


def test_action_is_decided_by_every_meeting_that_names_it_the_first_of_them_first():
    june = Meeting(COPIL, JUNE, decisions=(Decision("Un", 7), Decision("Encore", 7), Decision("Deux")))
    march = Meeting(GPO, MARCH, "Tarterêts", decisions=(Decision("Trois", 7), Decision("Quatre", 8)))
    first = "Groupe de partenariat opérationnel (GPO) du 12 mars 2026, Tarterêts"
    assert decided_by([june, march]) == {
        7: f"{first}\u00a0; Comité de pilotage (COPIL) du 18 juin 2026",
        8: first,
    }


def test_what_either_changed_alone_is_taken():
    theirs = replace(BASE, partners=(Partner.JUSTICE,), decisions=(ONE, TWO, THREE), version=2)
    mine = replace(BASE, label="Bilan", decisions=(ONE, TWO, FOUR))
    assert merged_meetings(BASE, theirs, mine) == replace(theirs, label="Bilan", decisions=(ONE, TWO, THREE, FOUR))


def test_field_that_both_changed_keeps_our_word():
    theirs, mine = replace(BASE, label="Leur", version=2), replace(BASE, label="Notre")
    assert merged_meetings(BASE, theirs, mine) == replace(mine, version=2)


@pytest.mark.parametrize(
    "own",
    [{"body": GPO}, {"held_on": JUNE}, {"label": "Bilan"}, {"departement_code": "91"}],
    ids=lambda own: next(iter(own)),
)
def test_each_field_that_we_alone_changed_has_our_word(own: dict):
    theirs = replace(BASE, decisions=(ONE, TWO, THREE), version=2)
    assert merged_meetings(BASE, theirs, replace(BASE, **own)) == replace(theirs, **own)


def test_decision_that_either_took_out_is_gone_and_one_that_both_reworded_stands_twice():
    theirs = replace(BASE, decisions=(TWO,), version=2)
    assert merged_meetings(BASE, theirs, replace(BASE, decisions=(ONE,))).decisions == ()
    here, there = Decision("Un, le soir"), Decision("Un, la nuit")
    both = merged_meetings(BASE, replace(BASE, decisions=(here, TWO)), replace(BASE, decisions=(there, TWO)))
    assert both.decisions == (here, TWO, there)


def test_link_to_an_action_is_a_change_of_its_decision():
    linked = Decision("Un", 7)
    theirs = replace(BASE, label="Bilan", version=2)
    assert merged_meetings(BASE, theirs, replace(BASE, decisions=(linked, TWO))).decisions == (linked, TWO)


def test_new_order_of_decisions_that_nobody_else_changed_is_kept():
    theirs = replace(BASE, label="Bilan", version=2)
    assert merged_meetings(BASE, theirs, replace(BASE, decisions=(TWO, ONE))).decisions == (TWO, ONE)


def test_partner_that_either_added_is_there_and_one_that_either_took_out_is_gone():
    base = replace(BASE, partners=(Partner.LANDLORD, Partner.POLICE))
    theirs = replace(base, partners=(Partner.LANDLORD, Partner.POLICE, Partner.JUSTICE), version=2)
    mine = replace(base, partners=(Partner.POLICE, Partner.MEDIATION))
    assert set(merged_meetings(base, theirs, mine).partners) == {Partner.POLICE, Partner.JUSTICE, Partner.MEDIATION}


def test_fields_in_dispute_are_those_that_both_changed_each_in_their_way():
    theirs = replace(BASE, label="Leur", held_on=JUNE, body=GPO, partners=(Partner.JUSTICE,))
    mine = replace(BASE, label="Notre", held_on=JUNE, departement_code="91", partners=(Partner.POLICE,))
    assert disputed_fields(BASE, theirs, mine) == ("label",)
    assert disputed_fields(BASE, BASE, mine) == ()


def test_decisions_alike_that_one_adds_are_all_kept():
    mine = replace(BASE, decisions=(ONE, TWO, TWO))
    theirs = replace(BASE, decisions=(ONE, TWO, THREE), version=2)
    assert merged_meetings(BASE, theirs, mine).decisions == (ONE, TWO, THREE, TWO)


def test_same_change_by_both_stands_once():
    changed = replace(BASE, label="Bilan", decisions=(ONE, TWO, THREE))
    assert merged_meetings(BASE, replace(changed, version=2), changed) == replace(changed, version=2)


LINKED, RENAMED, OTHER = Decision("Passer", 7), Decision("Passer le soir", 7), Decision("Éclairer", 8)


@pytest.mark.parametrize(
    ("before", "now", "changes"),
    [
        ((), (), []),
        ((ONE, TWO), (ONE, TWO), []),
        ((ONE, TWO), (TWO, ONE), []),
        ((ONE,), (ONE, TWO), [(None, TWO)]),
        ((ONE, TWO), (TWO,), [(ONE, None)]),
        ((ONE, TWO), (ONE, THREE), [(TWO, THREE)]),
        ((ONE, TWO), (THREE, ONE, FOUR), [(None, THREE), (None, FOUR), (TWO, None)]),
        ((LINKED, ONE), (ONE, RENAMED), [(LINKED, RENAMED)]),
        ((LINKED, ONE), (OTHER, RENAMED), [(None, OTHER), (LINKED, RENAMED), (ONE, None)]),
        ((ONE, ONE), (ONE,), [(ONE, None)]),
        ((Decision("Passer"),), (LINKED,), [(Decision("Passer"), LINKED)]),
    ],
)
def test_decisions_that_changed_are_told_with_what_they_were(before: tuple, now: tuple, changes: list):
    assert decision_changes(before, now) == changes
