from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from lib.domain.actions import ActionPlace, JointAction
from lib.domain.clocks import Clock
from lib.domain.meetings import Decision, Meeting
from lib.domain.scope import Scope
from lib.domain.terms import ACTION_FIELDS
from lib.domain.vocabulary import ActionIndicator, ActionStatus, LegalClockKind, MeetingBody, Partner
from lib.ui.action_words import (
    Names,
    amount,
    clock_words,
    day_words,
    due_words,
    euros,
    field_words,
    measure_words,
    names,
    objective_words,
    place_words,
    sheet_words,
)
from lib.ui.session import Visit

COPIL = Meeting(MeetingBody.COPIL, date(2026, 1, 15), "Bilan", decisions=(Decision("Passer", 7),), meeting_id=4)
HALL = ActionPlace(residence_id=1, building_code="A", hall_code="2")
ACTION = JointAction("Rondes", status=ActionStatus.ONGOING)
ON = date(2026, 2, 28)


@pytest.fixture
def known(visit: Callable[..., Visit]) -> Names:
    return names(visit(), [COPIL])


def said(words: str) -> str:
    return words.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("place", "words", "address"),
    [
        (ActionPlace(residence_id=1), "Résidence 1, Ville-A", {"residence": "1"}),
        (HALL, "Bâtiment A, hall 2, Résidence 1, Ville-A", {"residence": "1", "batiment": "A", "hall": "2"}),
        (ActionPlace(qpv_id=1), "Les Essais, Ville-A", {"quartier": "QN091F1X"}),
        (ActionPlace(district_id=2), "Brigade d’essai", {"service": "2"}),
        (ActionPlace(commune_code="91003"), "Ville-C", {"commune": "91003"}),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_place_is_named_and_its_sheet_has_an_address(known: Names, place: ActionPlace, words: str, address: dict):
    assert place_words(place, known) == words
    assert {name: value for name, value in sheet_words(place, known).items() if value is not None} == address


def test_place_beyond_the_scope_or_gone_has_no_name(visit: Callable[..., Visit]):
    seen = names(visit(Scope(landlord_ids=frozenset({2}))), [])
    assert place_words(HALL, seen) == "lieu hors de votre périmètre"
    assert place_words(ActionPlace(residence_id=3), seen) == "Résidence 3, Ville-B"
    assert place_words(ActionPlace(qpv_id=99), seen) == "lieu hors de votre périmètre"


def test_places_beyond_the_scope_are_said_once_whatever_their_number(visit: Callable[..., Visit]):
    seen = names(visit(Scope(landlord_ids=frozenset({2}))), [])
    places = tuple(ActionPlace(residence_id=key) for key in (1, 2, 3))
    assert said(field_words("places", places, seen)) == "Résidence 3, Ville-B ; lieu hors de votre périmètre"
    assert field_words("places", places[:2], seen) == "lieu hors de votre périmètre"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, ""),
        ({"objective": "Moins de faits."}, "Moins de faits."),
        ({"indicator": ActionIndicator.FACTS, "target": 20}, "Faits recensés : objectif 20"),
        ({"indicator": ActionIndicator.FACTS, "baseline": 41, "target": 20}, "Faits recensés : de 41 à 20"),
        (
            {"objective": "Moitié moins.", "indicator": ActionIndicator.FACTS, "target": 1234.5},
            "Moitié moins (faits recensés : objectif 1 234,5)",
        ),
    ],
)
def test_objective_is_said_with_its_measure(more: dict, words: str):
    assert said(objective_words(replace(ACTION, **more))) == words


def test_measure_of_an_objective_is_said_alone_in_the_register():
    measured = replace(ACTION, objective="Moitié moins", indicator=ActionIndicator.FACTS, baseline=41, target=20)
    assert said(measure_words(measured)) == "Faits recensés : de 41 à 20"
    assert measure_words(replace(ACTION, objective="Moitié moins")) == ""


@pytest.mark.parametrize(
    ("starts_on", "words"),
    [
        (date(2026, 2, 13), "au plus tard le 28 février 2026, 0 jour restant ("),
        (date(2026, 2, 14), "au plus tard le 1er mars 2026, 1 jour restant ("),
        (date(2026, 2, 12), "au plus tard le 27 février 2026, dépassé de 1 jour ("),
    ],
)
def test_legal_delay_says_what_is_left_of_it(starts_on: date, words: str):
    clock = Clock(LegalClockKind.PREFECT_INJUNCTION, starts_on)
    assert said(clock_words(clock, ON)).startswith(f"Réponse à l’injonction du préfet : {words}")


def test_legal_delay_that_was_met_says_when():
    clock = Clock(LegalClockKind.WARDEN_REPORT, date(2026, 2, 2), date(2026, 2, 4))
    assert said(clock_words(clock, ON)) == (
        "Envoi du procès-verbal du garde assermenté : fait le 4 février 2026, "
        "dans le délai (au plus tard le 7 février 2026)"
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (41.0, "41"),
        (0.333, "0,333"),
        (0.334, "0,334"),
        (1234567.25, "1 234 567,25"),
        (1e-7, "0,0000001"),
        (1e16, "10 000 000 000 000 000"),
    ],
)
def test_two_amounts_that_differ_are_never_said_alike(value: float, words: str):
    assert said(amount(value)) == words


def test_cents_are_said_by_two():
    assert [said(euros(value)) for value in (1500.5, 1500)] == ["1 500,50", "1 500"]


def test_due_day_says_how_late_it_is():
    assert due_words(ACTION, ON) == "—"
    assert due_words(replace(ACTION, due_on=ON), ON) == "28 février 2026"
    assert said(due_words(replace(ACTION, due_on=date(2026, 2, 27)), ON)) == "27 février 2026, en retard de 1 jour"
    done = replace(ACTION, status=ActionStatus.DONE, due_on=date(2026, 2, 1))
    assert due_words(done, ON) == "1er février 2026"


def test_instant_is_told_on_its_day_in_paris():
    assert day_words(datetime(2026, 3, 1, 23, 30, tzinfo=UTC)) == "2 mars 2026"


def test_every_field_of_an_action_has_words(known: Names):
    full = JointAction(
        "Rondes",
        abandon_reason="Sans objet",
        problem="Bruit",
        family_code="OCC",
        places=(HALL, ActionPlace(qpv_id=1)),
        weekdays=(4, 5),
        start_minute=1080,
        end_minute=0,
        objective="Moins",
        indicator=ActionIndicator.FACTS,
        baseline=41,
        target=20.5,
        months_measured=12,
        reached=18,
        pilot=Partner.JUSTICE,
        partners=(Partner.LANDLORD, Partner.POLICE),
        means="Deux équipages",
        legal_ground="Code pénal",
        cost_euros=1500,
        tfpb_pct=60,
        volume=120,
        volume_done=96,
        volume_unit="appels",
        starts_on=date(2026, 1, 5),
        due_on=date(2026, 6, 1),
        evaluated_on=date(2026, 7, 1),
        clocks=(Clock(LegalClockKind.WARDEN_REPORT, date(2026, 2, 2), date(2026, 2, 4)),),
    )
    words = {name: said(field_words(name, getattr(full, name), known)) for name in ACTION_FIELDS}
    assert words["places"] == "Bâtiment A, hall 2, Résidence 1, Ville-A ; Les Essais, Ville-A"
    assert words["weekdays"] == "vendredi et samedi"
    assert (words["start_minute"], words["end_minute"]) == ("18 h", "0 h")
    assert (words["target"], words["cost_euros"], words["tfpb_pct"]) == ("20,5", "1 500", "60 %")
    assert words["clocks"].endswith("départ le 2 février 2026, fait le 4 février 2026")
    assert not [name for name, told in words.items() if told == "—" or "Partner." in told or "ActionStatus" in told]
    empty = {name: field_words(name, getattr(JointAction(""), name), known) for name in ACTION_FIELDS}
    assert {name for name, told in empty.items() if told != "—"} == {"kind", "status"}


def test_meeting_that_decided_an_action_is_known_by_its_decisions(known: Names):
    assert known.decided_by == {7: "Comité de pilotage (COPIL) du 15 janvier 2026, Bilan"}


def test_zero_is_a_value(known: Names):
    assert [field_words(name, 0, known) for name in ("baseline", "target", "volume")] == ["0"] * 3
    assert said(field_words("tfpb_pct", 0, known)) == "0 %"
