from dataclasses import replace
from datetime import date

from lib.domain.meetings import Decision, Meeting, merged_meetings
from lib.domain.vocabulary import MeetingBody, Partner

ONE, TWO, THREE, FOUR = (Decision(text) for text in ("Un", "Deux", "Trois", "Quatre"))
BASE = Meeting(MeetingBody.COPIL, date(2026, 1, 15), decisions=(ONE, TWO), meeting_id=1, version=1)


def test_what_either_changed_alone_is_taken():
    theirs = replace(BASE, partners=(Partner.JUSTICE,), decisions=(ONE, TWO, THREE), version=2)
    mine = replace(BASE, label="Bilan", decisions=(ONE, TWO, FOUR))
    assert merged_meetings(BASE, theirs, mine) == replace(theirs, label="Bilan", decisions=(ONE, TWO, THREE, FOUR))


def test_field_that_both_changed_keeps_our_word():
    theirs, mine = replace(BASE, label="Leur", version=2), replace(BASE, label="Notre")
    assert merged_meetings(BASE, theirs, mine) == replace(mine, version=2)


def test_decision_that_either_took_out_is_gone_and_one_that_both_reworded_stands_twice():
    theirs = replace(BASE, decisions=(TWO,), version=2)
    assert merged_meetings(BASE, theirs, replace(BASE, decisions=(ONE,))).decisions == ()
    here, there = Decision("Un, le soir"), Decision("Un, la nuit")
    both = merged_meetings(BASE, replace(BASE, decisions=(here, TWO)), replace(BASE, decisions=(there, TWO)))
    assert both.decisions == (here, TWO, there)


def test_link_to_an_action_is_a_change_of_its_decision():
    linked = Decision("Un", 7)
    theirs = replace(BASE, label="Bilan", version=2)
    assert merged_meetings(BASE, theirs, replace(BASE, decisions=(linked, TWO))).decisions == (TWO, linked)


def test_same_change_by_both_stands_once():
    changed = replace(BASE, label="Bilan", decisions=(ONE, TWO, THREE))
    assert merged_meetings(BASE, replace(changed, version=2), changed) == replace(changed, version=2)
