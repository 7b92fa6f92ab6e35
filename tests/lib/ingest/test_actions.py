from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Connection, Engine

from lib.domain.actions import ActionPlace, JointAction, merged
from lib.domain.clocks import Clock
from lib.domain.scope import Scope
from lib.domain.vocabulary import ActionIndicator, ActionKind, ActionStatus, LegalClockKind, Partner
from lib.errors import ConflictError, FormError
from lib.ingest.actions import checked, store_action
from lib.store import schema as s
from lib.store.actions import actions, save_action
from lib.store.revisions import change, current_revision
from tests.conftest import new_store, with_nomenclature
from tests.factories import add, incident, small_store

ACTION = JointAction(
    title="Reprendre le hall",
    kind=ActionKind.SOCIAL,
    problem="Regroupements le soir.",
    family_code="OCC",
    places=(
        ActionPlace(residence_id=1),
        ActionPlace(qpv_id=1),
        ActionPlace(district_id=1),
        ActionPlace(commune_code="91001"),
    ),
    objective="Moitié moins de faits.",
    indicator=ActionIndicator.FACTS,
    target=12,
    months_measured=12,
    reached=9,
    cost_euros=1234.5,
    tfpb_pct=100,
    legal_ground="Code de la sécurité intérieure, art. L272-1",
    volume=3,
    volume_done=2,
    volume_unit="rondes",
    starts_on=date(2026, 1, 5),
    due_on=date(2026, 1, 5),
    evaluated_on=date(2026, 1, 5),
)


@pytest.fixture(scope="module")
def engine(request, tmp_path_factory) -> Iterator[Engine]:
    with new_store("sqlite", request, tmp_path_factory.mktemp("actions")) as opened:
        yield small_store(with_nomenclature(opened))


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as opened:
        yield opened


def faults(connection: Connection, **more: object) -> dict[str, str]:
    with pytest.raises(FormError) as raised:
        checked(replace(ACTION, **more), connection)
    return raised.value.faults


def test_action_that_is_right_is_kept_as_it_is(connection: Connection):
    assert checked(ACTION, connection) == ACTION
    assert checked(JointAction(title="A"), connection) == JointAction(title="A")


def test_hall_that_a_fact_names_is_kept(store: Engine):
    small_store(store)
    place = ActionPlace(residence_id=1, building_code="A", hall_code="2")
    with change(store, "essai") as made:
        add(made, s.Incident, incident("h1", 1, date(2026, 1, 5)) | {"building_code": "A", "hall_code": "2"})
    assert store_action(store, replace(ACTION, places=(place,)), by=Partner.LANDLORD).places == (place,)


def test_texts_are_tidied_and_cents_are_whole(connection: Connection):
    typed = replace(ACTION, title=" Reprendre\nle hall ", problem="Un\n\n\nDeux ", cost_euros=0.1 + 0.2)
    found = checked(typed, connection)
    assert (found.title, found.problem, found.cost_euros) == ("Reprendre le hall", "Un\n\nDeux", 0.3)


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"title": " \n"}, "title", "donnez un titre"),
        ({"title": "x" * 121}, "title", "raccourcissez à 120"),
        ({"problem": "x" * 2001}, "problem", "raccourcissez"),
        ({"volume_unit": "x" * 61}, "volume_unit", "raccourcissez à 60"),
        ({"means": "Écrire à agent@exemple.fr"}, "means", "retirez"),
        ({"title": "Rappeler le 06 12 34 56 78"}, "title", "retirez"),
        ({"status": ActionStatus.ABANDONED}, "abandon_reason", "pourquoi"),
        ({"abandon_reason": "Sans objet"}, "abandon_reason", "effacez"),
        ({"weekdays": (7,)}, "weekdays", "jours"),
        ({"start_minute": 60}, "end_minute", "les deux heures"),
        ({"start_minute": 60, "end_minute": 1440}, "end_minute", "heure du jour"),
        ({"indicator": None}, "indicator", "mesurera"),
        ({"target": None}, "target", "à atteindre"),
        ({"objective": "", "target": None}, "target", "à atteindre"),
        ({"objective": "", "indicator": None}, "indicator", "mesurera"),
        ({"target": -1}, "target", "de 0 à"),
        ({"baseline": float("nan")}, "baseline", "de 0 à"),
        ({"cost_euros": -1}, "cost_euros", "de 0 à"),
        ({"cost_euros": 1e10}, "cost_euros", "de 0 à"),
        ({"tfpb_pct": 101}, "tfpb_pct", "de 0 à 100"),
        ({"volume": -1}, "volume", "de 0 à"),
        ({"kind": ActionKind.INTERVENTION}, "volume", "choisissez la nature «\u00a0Action sociale\u00a0»"),
        ({"kind": ActionKind.INTERVENTION, "volume": None}, "volume", "effacez-le"),
        ({"volume_unit": ""}, "volume_unit", "compté"),
        ({"volume": None}, "volume", "nombre prévu"),
        ({"starts_on": date(1999, 12, 31)}, "starts_on", "année"),
        ({"due_on": date(2026, 1, 4)}, "due_on", "précède le début"),
        ({"evaluated_on": date(2026, 1, 4)}, "evaluated_on", "précède le début"),
        ({"clocks": (Clock(LegalClockKind.WARDEN_REPORT, date(2101, 1, 1)),)}, "clocks", "année"),
        (
            {"clocks": (Clock(LegalClockKind.WARDEN_REPORT, date(2026, 1, 2), date(2026, 1, 1)),)},
            "clocks",
            "précède le départ",
        ),
        ({"places": (ActionPlace(residence_id=99),)}, "places", "n’existe plus"),
        ({"places": (ActionPlace(residence_id=99, hall_code="1"),)}, "places", "n’existe plus"),
        ({"places": (ActionPlace(qpv_id=99),)}, "places", "n’existe plus"),
        ({"places": (ActionPlace(district_id=99),)}, "places", "n’existe plus"),
        ({"places": (ActionPlace(commune_code="99999"),)}, "places", "n’existe plus"),
        ({"family_code": "XXX"}, "family_code", "nomenclature"),
        ({"places": (ActionPlace(residence_id=1, hall_code="Dupont 0612345678"),)}, "places", "retirez ce qui"),
        (
            {"places": (ActionPlace(residence_id=1, building_code="a.b@exemple.fr", hall_code="1"),)},
            "places",
            "retirez ce qui",
        ),
        ({"places": (ActionPlace(residence_id=1, hall_code="x" * 41),)}, "places", "raccourcissez à 40"),
        ({"places": (ActionPlace(residence_id=1, hall_code="Dupont"),)}, "places", "l’un des halls n’est connu"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_fault_is_told_in_one_sentence_under_its_field(connection: Connection, more: dict, field: str, words: str):
    found = faults(connection, **more)
    assert set(found) == {field}
    assert words in found[field]
    assert found[field].endswith(".")
    assert "\u00a0: " in found[field]


def test_legal_delay_is_not_answered_before_the_day_comes(connection: Connection):
    told = Clock(LegalClockKind.WARDEN_REPORT, date(2026, 1, 2), date(2026, 1, 5))
    action = replace(ACTION, clocks=(told,))
    assert checked(action, connection, on=date(2026, 1, 5)) == action
    with pytest.raises(FormError) as raised:
        checked(action, connection, on=date(2026, 1, 4))
    said = "Délais légaux : la réponse est datée d’après aujourd’hui (4 janvier 2026) ; corrigez sa date."
    assert {name: text.replace("\u00a0", " ") for name, text in raised.value.faults.items()} == {"clocks": said}


def test_today_is_the_civil_day_in_paris(connection: Connection, monkeypatch: pytest.MonkeyPatch):
    told = Clock(LegalClockKind.WARDEN_REPORT, date(2026, 1, 2), date(2026, 1, 5))
    for day, is_refused in ((date(2026, 1, 4), True), (date(2026, 1, 5), False)):
        monkeypatch.setattr("lib.store.actions.today", lambda day=day: day)
        with pytest.raises(FormError) if is_refused else nullcontext():
            checked(replace(ACTION, clocks=(told,)), connection)


def test_objective_kept_before_months_were_asked_for_stays_until_it_is_changed(store: Engine):
    small_store(store)
    with change(store, "essai") as made:
        old = save_action(made, replace(ACTION, months_measured=None), by=Partner.LANDLORD)
    done = store_action(store, replace(old, status=ActionStatus.DONE), by=Partner.LANDLORD)
    assert (done.status, done.months_measured) == (ActionStatus.DONE, None)
    with pytest.raises(FormError, match="sur combien de mois"):
        store_action(store, replace(done, target=5), by=Partner.LANDLORD)


def test_every_fault_is_told_at_once(connection: Connection):
    assert set(faults(connection, indicator=None, target=None)) == {"indicator", "target"}
    assert set(faults(connection, title="", target=-1, family_code="XXX")) == {"title", "target", "family_code"}


def test_what_is_refused_writes_nothing(engine: Engine, connection: Connection):
    before = current_revision(connection)
    with pytest.raises(FormError):
        store_action(engine, replace(ACTION, title=""), by=Partner.LANDLORD)
    assert current_revision(connection) == before


def test_what_changes_nothing_writes_nothing(store: Engine):
    small_store(store)
    kept = store_action(store, ACTION, by=Partner.LANDLORD)
    store_action(store, replace(kept, title="Rouvrir le hall"), by=Partner.POLICE)
    with store.connect() as opened:
        before = current_revision(opened)
    again = store_action(store, replace(kept, title=" Rouvrir  le hall "), by=Partner.JUSTICE)
    with store.connect() as opened:
        assert (again.version, current_revision(opened)) == (2, before)


def test_two_persons_lose_no_word(store: Engine):
    small_store(store)
    read = store_action(store, ACTION, by=Partner.LANDLORD)
    store_action(store, replace(read, title="Rouvrir le hall"), by=Partner.POLICE)
    mine = replace(read, means="Deux rondes", title="Reprendre ce hall")
    with pytest.raises(ConflictError, match="la police nationale") as raised:
        store_action(store, mine, by=Partner.LANDLORD)
    both, conflicts = merged(raised.value.base, raised.value.theirs, mine)
    assert [(one.name, one.theirs, one.mine) for one in conflicts] == [
        ("title", "Rouvrir le hall", "Reprendre ce hall")
    ]
    chosen = store_action(store, replace(both, title=conflicts[0].mine), by=Partner.LANDLORD)
    with store.connect() as opened:
        assert actions(opened, Scope.everything()) == [chosen]
    assert (chosen.version, chosen.title, chosen.means) == (3, "Reprendre ce hall", "Deux rondes")


def test_who_takes_out_the_last_place_that_they_see_is_told_so_and_nothing_is_written(store: Engine):
    small_store(store)
    mine = Scope(landlord_ids=frozenset({1}))
    here, beyond = ActionPlace(residence_id=1), ActionPlace(residence_id=3)
    kept = store_action(store, replace(ACTION, places=(here, beyond)), by=Partner.LANDLORD, scope=mine)
    with pytest.raises(FormError, match="vous ne verriez plus l’intervention"):
        store_action(store, replace(kept, places=(beyond,)), by=Partner.LANDLORD, scope=mine)
    with store.connect() as opened:
        assert [one.places for one in actions(opened, mine)] == [(here, beyond)]
    assert store_action(store, replace(kept, places=(beyond,)), by=Partner.LANDLORD).places == (beyond,)


def test_action_without_a_place_is_still_seen_and_kept(store: Engine):
    small_store(store)
    mine = Scope(landlord_ids=frozenset({1}))
    kept = store_action(store, replace(ACTION, places=()), by=Partner.LANDLORD, scope=mine)
    with store.connect() as opened:
        assert actions(opened, mine) == [kept]
