"""The objective of an action beside what the store counts in its places; the small store is counted by hand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from lib.domain.actions import ActionPlace, JointAction
from lib.domain.scope import Scope
from lib.domain.vocabulary import ActionIndicator, ActionStatus, Partner
from lib.ingest.actions import store_action
from lib.store import schema as s
from lib.store.revisions import change
from tests.conftest import with_nomenclature
from tests.factories import add, incident, small_store
from tests.pages.conftest import narrow
from tests.screen import opened, told

HOME = ActionPlace(residence_id=1)
SINCE_JANUARY = JointAction(
    "Rondes",
    status=ActionStatus.ONGOING,
    places=(HOME,),
    family_code="OCC",
    indicator=ActionIndicator.FACTS,
    baseline=40,
    target=20,
    months_measured=2,
    starts_on=date(2026, 1, 1),
)


@pytest.fixture
def store(filled: Callable, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setattr("lib.store.actions.today", lambda: date(2026, 2, 28))
    return filled(lambda engine: small_store(with_nomenclature(engine)))


def add_facts(engine: Engine, counts: dict[date, int], **more: object) -> None:
    with change(engine, "essai") as made:
        for day, count in counts.items():
            names = (f"{day}-{rank}-{more}" for rank in range(count))
            add(made, s.Incident, *(incident(name, 1, day, "OCC-02", **more) for name in names))


def sheet(engine: Engine, action: JointAction) -> str:
    saved = store_action(engine, action, by=Partner.LANDLORD)
    return told(page(saved))


def page(saved: JointAction) -> AppTest:
    return opened("actions", intervention=saved.action_id)


def figure(said: str, label: str) -> str:
    """What stands after a label in the band of figures, to the end of its value."""
    return said.split(f"{label} ", 1)[1].split(" ", 1)[0]


def test_fall_since_the_action_began_is_tested_and_never_told_as_its_effect(store: Engine):
    add_facts(store, {date(2025, 1, 10): 30, date(2025, 2, 10): 30, date(2026, 1, 10): 9, date(2026, 2, 10): 8})
    said = sheet(store, SINCE_JANUARY)
    assert "Baisse constatée depuis le début Faits recensés (occupation) dans les lieux de l’intervention" in said
    assert figure(said, "Valeur visée") == "20"
    assert figure(said, "Depuis le début") == "18"  # with one of the small store
    assert figure(said, "Mêmes mois un an plus tôt") == "60"
    assert "−70 %, significatif" in said
    assert "ne prouve pas l’effet de l’intervention" in said


def test_few_facts_are_told_as_such(store: Engine):
    said = sheet(store, SINCE_JANUARY)
    assert "Trop peu de faits pour juger" in said
    assert "0 → 1" in said


def test_rise_and_no_clear_change_are_told(store: Engine):
    add_facts(store, {date(2025, 1, 10): 20, date(2025, 2, 10): 20, date(2026, 1, 10): 20, date(2026, 2, 10): 22})
    assert "Aucun changement net depuis le début" in sheet(store, SINCE_JANUARY)
    add_facts(store, {date(2026, 1, 11): 30, date(2026, 2, 11): 30})
    assert "Hausse constatée depuis le début" in sheet(store, SINCE_JANUARY)


def test_action_that_has_just_begun_is_judged_by_nothing(store: Engine):
    said = sheet(store, replace(SINCE_JANUARY, starts_on=date(2026, 2, 2)))
    assert "Trop tôt pour juger" in said
    assert "Depuis le début" not in said


@pytest.mark.parametrize(
    "change_of",
    [
        {"starts_on": None},
        {"status": ActionStatus.PROPOSED},
        {"indicator": ActionIndicator.OCCUPIED_HALLS},
        {"places": ()},
    ],
)
def test_nothing_is_measured_of_what_the_store_does_not_count(store: Engine, change_of: dict):
    said = sheet(store, replace(SINCE_JANUARY, **change_of))
    assert "Mêmes mois" not in said
    assert "Trop tôt" not in said


def test_each_indicator_counts_its_own_facts(store: Engine):
    add_facts(store, {date(2026, 1, 10): 2}, complaint_status="filed")
    counted = {
        indicator: figure(sheet(store, replace(SINCE_JANUARY, indicator=indicator)), "Depuis le début")
        for indicator in (ActionIndicator.COMPLAINTS, ActionIndicator.STAFF_FACTS, ActionIndicator.SEVERITY_INDEX)
    }
    whole = replace(SINCE_JANUARY, family_code=None)
    assert counted[ActionIndicator.COMPLAINTS] == "2"
    assert counted[ActionIndicator.STAFF_FACTS] == "1"
    assert int(counted[ActionIndicator.SEVERITY_INDEX]) > 3
    assert figure(sheet(store, replace(whole, indicator=ActionIndicator.COMPLAINTS)), "Depuis le début") == "3"
    assert "significatif" not in sheet(store, replace(SINCE_JANUARY, indicator=ActionIndicator.SEVERITY_INDEX))


def test_value_that_partners_wrote_is_set_against_what_is_counted(store: Engine):
    add_facts(store, {date(2025, 1, 10): 30, date(2026, 1, 10): 12, date(2026, 2, 10): 40})
    said = sheet(store, replace(SINCE_JANUARY, reached=12, status=ActionStatus.DONE))
    assert "valeur atteinte 12 selon les partenaires : objectif tenu" in said
    assert (
        "Les partenaires ont écrit 12, l’observatoire compte 53 (2 mois, janvier 2026 à février 2026) : à rapprocher "
        "avant de conclure."
    ) in said
    assert "à rapprocher" not in sheet(store, replace(SINCE_JANUARY, reached=53))
    assert "à rapprocher" not in sheet(store, replace(SINCE_JANUARY, reached=12, months_measured=6))


def test_halls_are_measured_by_themselves_where_their_codes_name_them_alone(store: Engine):
    for building, hall, count in (("A", "1", 3), ("A", "2", 4), ("B", "1", 5)):
        add_facts(store, {date(2026, 1, 10): count}, building_code=building, hall_code=hall)
    first, second, other = (
        ActionPlace(residence_id=1, building_code=building, hall_code=hall)
        for building, hall in (("A", "1"), ("A", "2"), ("B", "1"))
    )
    assert figure(sheet(store, replace(SINCE_JANUARY, places=(first,))), "Depuis le début") == "3"
    assert figure(sheet(store, replace(SINCE_JANUARY, places=(first, second))), "Depuis le début") == "7"
    said = sheet(store, replace(SINCE_JANUARY, places=(second, other)))
    assert figure(said, "Depuis le début") == "13"  # A2 and B1 crossed would count A1 too: the residence is told
    assert "dans les lieux de l’intervention, résidences entières" in said


def test_baseline_is_proposed_from_the_months_before(store: Engine):
    add_facts(store, {date(2026, 1, 10): 4})
    said = sheet(store, replace(SINCE_JANUARY, starts_on=date(2026, 2, 1), months_measured=1))
    assert (
        "Faits recensés (occupation) dans les lieux de l’intervention, 1 mois, janvier 2026 : 5. C’est une valeur de "
        "départ possible."
    ) in said


@pytest.mark.parametrize(
    "untold",
    [
        {"starts_on": date(2025, 12, 1)},  # a month that nobody told of
        {"starts_on": date(2020, 1, 1)},  # months before the first that the store knows
        {"starts_on": date(2025, 3, 1), "months_measured": 3},  # two months told of, after one that the store has not
        {"months_measured": 36, "starts_on": date(2026, 2, 1)},
    ],
)
def test_no_baseline_is_proposed_of_months_that_nobody_told_of(store: Engine, untold: dict):
    assert "valeur de départ possible" not in sheet(store, replace(SINCE_JANUARY, **untold))


def test_months_that_nobody_told_of_are_no_zero(store: Engine):
    said = sheet(store, replace(SINCE_JANUARY, starts_on=date(2025, 1, 1)))  # 2024 is told of by nobody
    assert "Mêmes mois 2 ans plus tôt —" in said
    assert "Déclarations insuffisantes pour juger" in said


def test_last_months_of_a_long_action_are_not_told_as_since_it_began(store: Engine):
    add_facts(store, {date(2025, 1, 10): 30, date(2025, 2, 10): 30, date(2026, 2, 10): 3})
    said = sheet(store, replace(SINCE_JANUARY, months_measured=1))
    assert "sur les 1 derniers mois" not in said
    assert "sur le dernier mois" in said
    assert "depuis le début" not in said
    over = sheet(store, replace(SINCE_JANUARY, evaluated_on=date(2026, 2, 1)))
    assert "du début à l’évaluation" in over


def test_count_limited_to_a_scope_says_so(store: Engine, monkeypatch: pytest.MonkeyPatch):
    action = replace(SINCE_JANUARY, places=(ActionPlace(commune_code="91001"),))
    saved = store_action(store, action, by=Partner.LANDLORD)
    narrow(monkeypatch, Scope(landlord_ids=frozenset({1})))
    assert "dans les lieux de l’intervention, pour les résidences de votre périmètre" in told(page(saved))
