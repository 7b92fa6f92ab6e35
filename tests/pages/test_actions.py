import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import Engine, delete
from streamlit.testing.v1 import AppTest

from lib.config import ROOT
from lib.domain.actions import ActionPlace, JointAction
from lib.domain.clocks import Clock
from lib.domain.meetings import Decision, Meeting
from lib.domain.scope import Scope
from lib.domain.vocabulary import (
    ActionIndicator,
    ActionKind,
    ActionStatus,
    LegalClockKind,
    MeetingBody,
    Partner,
)
from lib.ingest import committee
from lib.ingest import meetings as meeting_steps
from lib.ingest.actions import store_action, take_out_text
from lib.store import schema as s
from lib.store.actions import actions, history
from lib.store.meetings import meetings
from lib.store.revisions import change
from lib.store.settings import IS_SYNTHETIC, save_setting
from lib.ui import session
from lib.ui.import_words import literal
from tests.conftest import with_nomenclature
from tests.factories import add, incident, small_store
from tests.pages.conftest import narrow
from tests.screen import bodies, card, links, opened, plain, tables, title, told, trail
from tests.screen import table as table_of

ALL = Scope.everything()
HERE = (ActionPlace(residence_id=1),)
HOSTILE = "![x](https://evil.example/p.png) <b>h</b> **g** :red[r]"
TODAY = date(2026, 2, 28)  # the store tells of its facts up to this day
UNCHOSEN = "Rien n’est encore enregistré. Choisissez une version pour chaque champ en désaccord : {}."
ROUNDS = JointAction("Rondes du soir", places=HERE, pilot=Partner.POLICE, status=ActionStatus.ONGOING)
LATE = JointAction("Éclairage", places=(ActionPlace(qpv_id=1),), due_on=date(2026, 2, 20), status=ActionStatus.DECIDED)


@pytest.fixture(autouse=True)
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """Sets the civil day, that of the last facts at first."""

    def go(day: date) -> None:
        monkeypatch.setattr("lib.store.actions.today", lambda: day)

    go(TODAY)
    return go


@pytest.fixture
def store(filled: Callable) -> Engine:
    """The small store, that the page may write to."""
    return filled(lambda engine: small_store(with_nomenclature(engine)))


def at(**query: object) -> AppTest:
    return opened("actions", **query)


def save(engine: Engine, action: JointAction, by: Partner = Partner.LANDLORD) -> JointAction:
    return store_action(engine, action, by=by)


def store_meeting(engine: Engine, meeting: Meeting, by: Partner = Partner.PREFECTURE) -> Meeting:
    return meeting_steps.store_meeting(engine, meeting, by=by)


def kept(engine: Engine) -> list[JointAction]:
    with engine.connect() as connection:
        return actions(connection, ALL)


def versions(engine: Engine, action_id: int | None) -> list[int]:
    with engine.connect() as connection:
        return [one.version for one in history(connection, action_id or 0, ALL)]


def held(engine: Engine) -> list[Meeting]:
    with engine.connect() as connection:
        return meetings(connection, ALL)


def field(app: AppTest, name: str) -> Any:
    """The widget of a field of the form of an action or of a meeting, by the end of its key."""
    kinds = ("text_input", "text_area", "selectbox", "multiselect", "number_input", "date_input", "time_input", "radio")
    (found,) = [one for kind in kinds for one in app.get(kind) if str(one.key).endswith(f"-{name}")]
    return found


def press(app: AppTest, label: str, *, by: Partner | None = Partner.LANDLORD) -> AppTest:
    """``by``: who signs where nobody does yet, for a button that asks for it; None signs nothing."""
    for author in [one for one in app.selectbox if one.key == "au-nom-de" and one.value is None and by]:
        author.select(by).run()
    (button,) = [one for one in app.button if plain(one.label) == label]
    button.click().run()
    assert [error.value for error in app.exception] == []
    return app


def refused(app: AppTest) -> list[str]:
    """Sentences on the ochre of errors."""
    return [plain(body) for body in bodies(app) if 'role="alert"' in body]


def refusal(app: AppTest) -> str:
    """The one French sentence of an address that leads nowhere."""
    (error,) = app.exception
    assert error.proto.type == "lib.errors.AccessError"
    return error.value


# The register.


def test_register_without_an_action_says_so_and_leads_to_the_first(small: None):
    app = at()
    assert title(app) == "Aucune intervention conjointe n’est encore inscrite"
    assert links(app)["Proposer une intervention"] == "/interventions?nouvelle=sans-lieu"


def test_late_ones_come_first_and_the_title_counts_them(store: Engine):
    for action in (replace(ROUNDS, due_on=date(2026, 3, 9)), LATE, JointAction("Sans lieu")):
        save(store, action)
    app = at()
    assert title(app) == "1 intervention en retard, 1 en cours, 2 à lancer"
    rows = table_of(app, "Intervention")
    assert [row[0] for row in rows] == [
        "Éclairage Les Essais, Ville-A",
        "Rondes du soir Résidence 1, Ville-A",
        "Sans lieu lieu à préciser",
    ]
    assert [row[4] for row in rows] == ["20 février 2026, en retard de 8 jours", "9 mars 2026", "—"]


def test_delay_without_its_first_day_is_refused_and_nothing_is_stored(store: Engine):
    saved = save(store, ROUNDS)
    app = at(intervention=saved.action_id)
    press(app, "Ajouter un délai légal")
    field(app, "delai-0-kind").select(LegalClockKind.PREFECT_INJUNCTION).run()
    press(app, "Enregistrer")
    assert "Délais légaux : choisissez le délai et donnez sa date de départ sur chaque ligne" in told(app)
    assert kept(store) == [saved]
    field(app, "delai-0-starts_on").set_value(date(2026, 3, 2)).run()
    assert "Au plus tard le 17 mars 2026" in told(app)
    press(app, "Enregistrer")
    assert kept(store)[0].clocks == (Clock(LegalClockKind.PREFECT_INJUNCTION, date(2026, 3, 2)),)


def test_half_written_delay_outlives_what_another_partner_stores(store: Engine):
    saved = save(store, ROUNDS)
    app = at(intervention=saved.action_id)
    press(app, "Ajouter un délai légal")
    field(app, "delai-0-kind").select(LegalClockKind.PREFECT_INJUNCTION).run()
    save(store, replace(saved, problem="Trafic"), Partner.JUSTICE)
    app.run()
    assert field(app, "delai-0-kind").value == LegalClockKind.PREFECT_INJUNCTION
    field(app, "delai-0-starts_on").set_value(date(2026, 3, 2)).run()
    press(app, "Enregistrer")
    press(app, "Enregistrer la version réunie")
    (kept_now,) = kept(store)
    assert kept_now.problem == "Trafic"
    assert kept_now.clocks == (Clock(LegalClockKind.PREFECT_INJUNCTION, date(2026, 3, 2)),)


def test_action_moved_beyond_the_scope_while_one_types_is_not_read_in_the_conflict(
    store: Engine, monkeypatch: pytest.MonkeyPatch
):
    saved = save(store, ROUNDS)
    narrow(monkeypatch, Scope(landlord_ids=frozenset({1})))
    app = at(intervention=saved.action_id)
    field(app, "problem").input("Trafic").run()

    def moved_first(engine: Engine, action: JointAction, **more: Any) -> JointAction:
        save(engine, replace(saved, problem="Réservé", places=(ActionPlace(residence_id=3),)), Partner.JUSTICE)
        return store_action(engine, action, **more)

    monkeypatch.setattr(committee, "store_action", moved_first)
    press(app, "Enregistrer")
    assert "vient d’être portée hors de votre périmètre : rien n’est enregistré" in told(app)
    assert "Réservé" not in told(app)
    assert field(app, "problem").value == "Trafic"


def test_each_delay_is_answered_or_taken_out_by_itself(store: Engine):
    injunction, report = (Clock(kind, date(2026, 2, 2)) for kind in LegalClockKind)
    saved = save(store, replace(ROUNDS, clocks=(injunction, report)))
    app = at(intervention=saved.action_id)
    kinds = [field(app, f"delai-{line}-kind").value for line in (0, 1)]
    field(app, f"delai-{kinds.index(report.kind)}-answered_on").set_value(date(2026, 2, 6)).run()
    app.button(key=f"action-{saved.action_id}-delai-{kinds.index(injunction.kind)}-retirer").click().run()
    press(app, "Enregistrer")
    assert kept(store)[0].clocks == (replace(report, answered_on=date(2026, 2, 6)),)
    assert "fait le 6 février 2026, dans le délai" in told(app)


def test_delays_are_seen_from_today_and_not_from_the_last_day_of_the_facts(store: Engine, on: Callable[[date], None]):
    rounds = save(store, replace(ROUNDS, due_on=date(2026, 3, 10)))
    injunction = Clock(LegalClockKind.PREFECT_INJUNCTION, date(2026, 3, 1))
    legal = save(store, JointAction("Injonction", places=HERE, clocks=(injunction,)))
    store_meeting(store, Meeting(MeetingBody.COPIL, date(2026, 1, 15), decisions=(Decision("Un", rounds.action_id),)))
    on(date(2026, 3, 20))
    app = at()
    assert title(app) == "2 interventions en retard, 1 en cours, 1 à lancer"
    assert "2 interventions vues du 20 mars 2026, en retard d’abord" in told(app)
    assert {row[-2] for row in table_of(app, "Intervention")} == {
        "10 mars 2026, en retard de 10 jours",
        "16 mars 2026, délai légal, en retard de 4 jours",
    }
    assert "dépassé de 4 jours" in told(at(intervention=legal.action_id))
    meeting = at(registre="Réunions")
    assert "du 15 janvier 2026, vu du 20 mars 2026" in told(meeting)
    assert table_of(meeting, "Décision") == [
        ["Un Rondes du soir , Résidence 1, Ville-A", "En cours, pour le 10 mars 2026, en retard de 10 jours"]
    ]
    assert sorted(row[1] for row in table_of(opened("districts", residence="1"), "Intervention ou dispositif")) == [
        "En cours, pour le 10 mars 2026, en retard de 10 jours",
        "Proposée, pour le 16 mars 2026, délai légal, en retard de 4 jours",
    ]
    with change(store, "essai") as made:
        save_setting(made, IS_SYNTHETIC, "true")
    assert title(at()) == "1 intervention en cours, 1 à lancer, aucune en retard"


def test_files_say_today_and_places_beyond_the_scope_once(
    store: Engine, on: Callable[[date], None], monkeypatch: pytest.MonkeyPatch
):
    save(store, replace(ROUNDS, places=tuple(ActionPlace(residence_id=key) for key in (1, 2, 3))))
    begin, taken = session.begin, {}
    scope = Scope(landlord_ids=frozenset({2}))
    monkeypatch.setattr(session, "begin", lambda visit, *more: begin(replace(visit, scope=scope), *more))
    monkeypatch.setattr("lib.ui.action_list.downloads", lambda name, files: taken.update({name: files}))
    on(date(2026, 3, 20))
    assert table_of(at(), "Intervention")[0][0] == "Rondes du soir Résidence 3, Ville-B ; lieu hors de votre périmètre"
    files = taken["interventions-2026-03-20"]
    for text in (files["csv"]().decode("utf-8-sig"), files["ics"]().decode().replace("\r\n ", "")):
        assert text.count("lieu hors de votre périmètre") == ("Rondes du soir" in text)
    assert "Résidence 3, Ville-B, lieu hors de votre périmètre" in files["csv"]().decode("utf-8-sig")
    assert "vus du 20 mars 2026" in files["csv"]().decode("utf-8-sig")


def test_state_chosen_leaves_the_others(store: Engine):
    save(store, ROUNDS)
    save(store, LATE)
    app = at(etat="En retard")
    assert [row[0] for row in table_of(app, "Intervention")] == ["Éclairage Les Essais, Ville-A"]
    app.selectbox(key="etat").select("Réalisée").run()
    assert "Aucune intervention dans cet état" in told(app)


def test_filters_leave_the_actions_of_other_places_and_keep_those_that_no_filter_reaches(store: Engine):
    with change(store, "essai") as made:
        add(made, s.Commune, {"commune_code": "91009", "commune_name": "Ville-Z", "departement_code": "91"})
    for action in (ROUNDS, JointAction("Sans lieu"), JointAction("Ailleurs", places=(ActionPlace(district_id=2),))):
        save(store, action)
    save(store, JointAction("Commune sans résidence", places=(ActionPlace(commune_code="91009"),)))
    shown = {row[0].split(" Rés")[0] for row in table_of(at(departements="Essonne (91)"), "Intervention")}
    assert shown == {"Rondes du soir", "Sans lieu lieu à préciser", "Commune sans résidence Ville-Z"}


def test_many_actions_come_forty_at_a_time(store: Engine):
    for rank in range(41):
        save(store, JointAction(f"Action {rank:02}"))
    assert len(table_of(at(), "Intervention")) == 40


def test_long_meeting_comes_forty_decisions_at_a_time_but_whole_in_its_minutes(store: Engine):
    decisions = tuple(Decision(f"Décision {rank:02}") for rank in range(41))
    kept = store_meeting(store, Meeting(MeetingBody.COPIL, date(2026, 1, 15), decisions=decisions))
    for query in ({"registre": "Réunions"}, {"nouvelle-reunion": "copil"}):
        assert len(table_of(at(**query), "Décision")) == 40
    minutes = [row for rows in tables(at(reunion=kept.meeting_id)) for row in rows if row[0].startswith("Décision ")]
    assert [row[0][:11] for row in minutes] == [one.text for one in decisions]


def test_long_history_comes_forty_versions_at_a_time(store: Engine):
    action = save(store, ROUNDS)
    for rank in range(40):
        action = save(store, replace(action, title=f"Tournées {rank:02}"))
    app = at(intervention=str(action.action_id))
    assert len(table_of(app, "Version")) == 40
    assert "Création de l’intervention" not in told(app)


def test_files_are_offered_only_where_there_is_something_to_take(store: Engine):
    assert list(at().get("download_button")) == []
    save(store, ROUNDS)
    labels = [plain(one.proto.label) for one in at().get("download_button")]
    assert labels == ["Télécharger (CSV)", "Télécharger (XLSX)", "Télécharger (agenda)"]


# Addresses.


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"intervention": "999"}, "Cette intervention n’existe pas"),
        ({"intervention": "x"}, "Cette intervention n’existe pas"),
        ({"intervention": "9" * 400}, "Cette intervention n’existe pas"),
        ({"intervention": "²"}, "Cette intervention n’existe pas"),
        ({"intervention": ""}, "Cette intervention n’existe pas"),
        ({"reunion": "x"}, "Cette réunion n’existe pas"),
        ({"reunion": "999"}, "Cette réunion n’existe pas"),
        ({"nouvelle": "residence:999999"}, "Ce lieu n’existe pas"),
        ({"nouvelle": "residence:x"}, "Ce lieu n’existe pas"),
        ({"nouvelle": f"residence:{'9' * 400}"}, "Ce lieu n’existe pas"),
        ({"nouvelle": "hall:1|A|"}, "Ce lieu n’existe pas"),
        ({"nouvelle": "hall:1"}, "Ce lieu n’existe pas"),
        ({"nouvelle": f"hall:1|A|{'2' * 41}"}, "Ce lieu n’existe pas"),
        ({"nouvelle": "hall:1|A|\x00"}, "Ce lieu n’existe pas"),
        ({"nouvelle": "hall:999999|A|2"}, "Ce lieu n’existe pas"),
        ({"nouvelle": "quartier:QN000"}, "Ce lieu n’existe pas"),
        ({"nouvelle": "service:99"}, "Ce lieu n’existe pas"),
        ({"nouvelle": "commune:99999"}, "Ce lieu n’existe pas"),
        ({"nouvelle": "commune:"}, "Ce lieu n’existe pas"),
        ({"nouvelle": "<script>alert(1)</script>"}, "Ce lieu n’existe pas"),
    ],
    ids=str,
)
def test_address_that_leads_nowhere_gets_one_sentence_and_the_way_out(small: None, query: dict, sentence: str):
    said = refusal(at(**query))
    assert said.startswith(sentence)
    assert said.endswith("revenez au registre.")


@pytest.mark.parametrize(
    ("word", "place"),
    [
        ("residence:1", "Résidence 1, Ville-A"),
        ("hall:1|A|2", "Bâtiment A, hall 2, Résidence 1, Ville-A"),
        ("hall:1||2", "Hall 2, Résidence 1, Ville-A"),
        ("quartier:QN091F1X", "Les Essais, Ville-A"),
        ("service:2", "Brigade d’essai"),
        ("commune:91003", "Ville-C"),
    ],
)
def test_new_action_begins_from_the_place_of_its_address(store: Engine, word: str, place: str):
    with change(store, "essai") as made:
        halls = ("A", "2"), ("", "2")
        facts = [incident(f"h{b}", 1, date(2026, 1, 5), building_code=b or None, hall_code=h) for b, h in halls]
        add(made, s.Incident, *facts)
    app = at(nouvelle=word)
    assert trail(app) == ["Interventions conjointes", "Nouvelle intervention"]
    assert plain(app.markdown[0].value) == place


def test_unknown_body_of_a_new_meeting_is_that_of_the_committee(small: None):
    assert title(at(**{"nouvelle-reunion": "<b>"})) == "Préparer une réunion : Comité de pilotage (COPIL)"


# The form of an action.


def test_new_action_is_written_and_opens_on_its_sheet(store: Engine):
    with change(store, "essai") as made:
        add(made, s.Incident, incident("h1", 1, date(2026, 1, 5)) | {"building_code": "A", "hall_code": "2"})
    app = at(nouvelle="hall:1|A|2")
    field(app, "title").input("  Rondes   du soir ").run()
    field(app, "weekdays").set_value([5, 4]).run()
    app.selectbox(key="au-nom-de").select(Partner.POLICE).run()
    press(app, "Enregistrer")
    (saved,) = kept(store)
    assert saved == JointAction(
        "Rondes du soir",
        places=(ActionPlace(residence_id=1, building_code="A", hall_code="2"),),
        weekdays=(4, 5),
        action_id=saved.action_id,
        version=1,
    )
    assert title(app) == "Rondes du soir"
    assert app.query_params["intervention"] == str(saved.action_id)
    assert "nouvelle" not in app.query_params
    assert table_of(app, "Version")[0][0].endswith("Police nationale")


def test_new_action_begins_with_what_the_rule_of_the_address_proposes(store: Engine):
    app = at(nouvelle="residence:1", reponse="OCC-HALL", pilote="gendarmerie")
    field(app, "title").input("Rondes du soir").run()
    press(app, "Enregistrer")
    (saved,) = kept(store)
    assert (saved.family_code, saved.pilot) == ("OCC", Partner.GENDARMERIE)
    assert set(saved.partners) == {Partner.LANDLORD, Partner.MUNICIPAL_POLICE, Partner.JUSTICE}
    assert saved.means.startswith("Réquisition permanente de la police ou de la gendarmerie")
    assert saved.legal_ground.startswith("Code de la sécurité intérieure, art. L272-1")
    assert {"reponse", "pilote"}.isdisjoint(app.query_params)


@pytest.mark.parametrize("query", [{"reponse": "<b>"}, {"reponse": "", "pilote": "police"}, {"pilote": "police"}])
def test_rule_that_is_not_known_proposes_nothing(store: Engine, query: dict[str, str]):
    app = at(nouvelle="residence:1", **query)
    assert (field(app, "means").value, field(app, "pilot").value, field(app, "partners").value) == ("", None, [])


def test_form_says_once_that_nobody_may_be_named(small: None):
    assert told(at(nouvelle="sans-lieu")).count("Ne nommez personne") == 1
    assert told(at(**{"nouvelle-reunion": "COPIL"})).count("Ne nommez personne") == 1


def test_every_fault_is_said_at_once_and_nothing_typed_is_lost(store: Engine):
    app = at(nouvelle="residence:1")
    field(app, "problem").input("Regroupements le soir.").run()
    field(app, "starts_on").set_value(date(2026, 3, 9)).run()
    field(app, "due_on").set_value(date(2026, 3, 2)).run()
    field(app, "baseline").set_value(12.0).run()
    field(app, "start_minute").set_value(time(18)).run()
    field(app, "status").select(ActionStatus.ABANDONED).run()
    field(app, "kind").select(ActionKind.SOCIAL).run()
    field(app, "volume").set_value(120).run()
    press(app, "Enregistrer")
    said = "\n".join(refused(app))
    for label in ("Titre", "Motif d’abandon", "Heure de fin", "Indicateur", "Unité du volume", "Échéance"):
        assert label in said, label
    assert kept(store) == []
    app.run()
    assert [field(app, name).value for name in ("problem", "due_on", "baseline", "status", "volume")] == [
        "Regroupements le soir.",
        date(2026, 3, 2),
        12.0,
        ActionStatus.ABANDONED,
        120,
    ]


def test_abandoned_action_asks_why_and_keeps_the_reason(store: Engine):
    saved = save(store, ROUNDS)
    app = at(intervention=saved.action_id)
    assert [one.key for one in app.text_area if "abandon" in str(one.key)] == []
    field(app, "status").select(ActionStatus.ABANDONED).run()
    press(app, "Enregistrer")
    assert len(refused(app)) == 1
    assert "dites en une phrase pourquoi" in refused(app)[0]
    field(app, "abandon_reason").input("Avis défavorable.").run()
    press(app, "Enregistrer")
    assert (kept(store)[0].status, kept(store)[0].abandon_reason) == (ActionStatus.ABANDONED, "Avis défavorable.")
    assert card(app, "L’intervention")["Motif d’abandon"] == "Avis défavorable."


def test_place_is_added_by_search_and_removed(store: Engine):
    saved = save(store, ROUNDS)
    app = at(intervention=saved.action_id)
    app.text_input(key="action-lieu-cherche").input("Essais").run()
    (found,) = [one for one in app.button if "Les Essais" in one.label]
    found.click().run()
    assert app.text_input(key="action-lieu-cherche").value == ""
    assert [plain(one.value) for one in app.markdown] == ["Résidence 1, Ville-A", "Les Essais, Ville-A"]
    next(one for one in app.button if one.label == "Retirer").click().run()
    press(app, "Enregistrer")
    assert kept(store)[0].places == (ActionPlace(qpv_id=1),)


def test_hall_of_the_residence_found_may_be_the_place(store: Engine):
    with change(store, "halls") as made:
        hall = {"residence_id": 2, "building_code": "A", "month_on": date(2026, 1, 1), "status": "daily"}
        add(made, s.HallMonth, hall | {"hall_code": "1"}, hall | {"hall_code": "2"})
    saved = save(store, ROUNDS)
    app = at(intervention=saved.action_id)
    app.text_input(key="action-lieu-cherche").input("Résidence 2").run()
    (box,) = [one for one in app.selectbox if one.label.startswith("Ou un seul hall")]
    assert box.options == ["Bâtiment A, hall 1", "Bâtiment A, hall 2"]
    box.select_index(1).run()
    assert "Bâtiment A, hall 2, Résidence 2, Ville-A" in [plain(one.value) for one in app.markdown]
    press(app, "Enregistrer")
    assert ActionPlace(residence_id=2, building_code="A", hall_code="2") in kept(store)[0].places


def test_each_list_of_a_kept_action_may_be_cleared(store: Engine):
    filled = {
        "family_code": "OCC",
        "indicator": ActionIndicator.FACTS,
        "baseline": 41,
        "target": 20,
        "months_measured": 12,
        "reached": 18,
        "legal_ground": "Code pénal",
        "pilot": Partner.POLICE,
        "partners": (Partner.JUSTICE,),
        "weekdays": (4, 5),
    }
    saved = save(store, replace(ROUNDS, **filled))
    app = at(intervention=saved.action_id)
    for name in ("family_code", "indicator", "pilot"):
        field(app, name).select_index(0).run()
    for name in ("baseline", "target", "months_measured", "reached"):
        field(app, name).set_value(None).run()
    field(app, "legal_ground").input("").run()
    for name in ("partners", "weekdays"):
        field(app, name).set_value([]).run()
    press(app, "Enregistrer")
    assert refused(app) == []
    assert kept(store) == [replace(ROUNDS, pilot=None, action_id=saved.action_id, version=2)]


def test_search_that_finds_nothing_says_so(small: None):
    app = at(nouvelle="sans-lieu")
    app.text_input(key="action-lieu-cherche").input("zzzzzz").run()
    assert "Aucun lieu ne répond à cette recherche." in told(app)


def away_and_back(app: AppTest, **query: object) -> AppTest:
    """To the home page, then to the address again, in the same session."""
    app.query_params.clear()
    app.switch_page(str(ROOT / "pages" / "home.py")).run()
    app.switch_page(str(ROOT / "pages" / "actions.py"))
    app.query_params.update(query)
    return app.run()


def test_page_left_keeps_what_was_typed_until_it_is_stored(store: Engine):
    app = at(nouvelle="residence:1")
    field(app, "title").input("Rondes").run()
    field(app, "weekdays").set_value([0]).run()
    field(app, "end_minute").set_value(time(2, 30)).run()
    press(app, "Ajouter un délai légal")
    field(app, "delai-0-kind").select(LegalClockKind.PREFECT_INJUNCTION).run()
    away_and_back(app, nouvelle="residence:1")
    assert (field(app, "title").value, field(app, "weekdays").value) == ("Rondes", [0])
    assert field(app, "delai-0-kind").value == LegalClockKind.PREFECT_INJUNCTION
    next(one for one in app.button if str(one.key).endswith("delai-0-retirer")).click().run()
    assert field(app, "end_minute").value == time(2, 30)
    field(app, "end_minute").set_value(None).run()
    press(app, "Enregistrer")
    away_and_back(app, nouvelle="residence:1")
    assert field(app, "title").value == ""
    assert [one.title for one in kept(store)] == ["Rondes"]


def test_partner_in_whose_name_one_writes_is_kept_for_the_visit(store: Engine):
    app = at(nouvelle="residence:1")
    app.selectbox(key="au-nom-de").select(Partner.JUSTICE).run()
    away_and_back(app, nouvelle="residence:2")
    assert app.selectbox(key="au-nom-de").value == Partner.JUSTICE
    field(app, "title").input("Rondes").run()
    press(app, "Enregistrer")
    assert table_of(app, "Version")[0][0].endswith("Parquet")


def test_draft_of_one_place_is_not_that_of_another(store: Engine):
    app = at(nouvelle="residence:1")
    field(app, "title").input("Rondes").run()
    away_and_back(app, nouvelle="residence:2")
    assert field(app, "title").value == ""
    assert plain(app.markdown[0].value) == "Résidence 2, Ville-A"
    away_and_back(app, nouvelle="sans-lieu")
    press(app, "Enregistrer")
    away_and_back(app, nouvelle="residence:1")
    assert field(app, "title").value == "Rondes"


def test_action_changed_elsewhere_is_shown_as_it_is_now_where_nothing_was_typed(store: Engine):
    saved = save(store, ROUNDS)
    app = at(intervention=saved.action_id)
    save(store, replace(saved, title="Rondes de nuit"))
    app.run()
    assert (title(app), field(app, "title").value) == ("Rondes de nuit", "Rondes de nuit")


def test_first_words_typed_after_another_partner_stored_are_never_thrown_away(store: Engine):
    saved = save(store, ROUNDS)
    app = at(intervention=saved.action_id)
    save(store, replace(saved, means="Deux agents"), Partner.JUSTICE)
    field(app, "problem").input("Regroupements").run()
    assert field(app, "problem").value == "Regroupements"
    press(app, "Enregistrer")
    press(app, "Enregistrer la version réunie")
    assert (kept(store)[0].problem, kept(store)[0].means) == ("Regroupements", "Deux agents")


def test_words_typed_and_stored_in_one_run_are_never_said_stored_when_they_are_not(store: Engine):
    saved = save(store, ROUNDS)
    app = at(intervention=saved.action_id)
    save(store, replace(saved, means="Deux agents"), Partner.JUSTICE)
    field(app, "problem").input("Regroupements")
    press(app, "Enregistrer")
    assert list(app.get("toast")) == []
    press(app, "Enregistrer la version réunie")
    assert (kept(store)[0].problem, kept(store)[0].means) == ("Regroupements", "Deux agents")


def conflict(store: Engine, saved: JointAction, **mine: str) -> AppTest:
    """A form whose action the justice department changed meanwhile, once it has tried to store it."""
    app = at(intervention=saved.action_id)
    for name, value in mine.items():
        field(app, name).input(value).run()
    save(store, replace(saved, title="Rondes de nuit", problem="Trafic"), Partner.JUSTICE)
    return press(app, "Enregistrer")


def test_what_was_stored_is_said_beside_the_button_until_something_is_typed(store: Engine):
    saved = save(store, ROUNDS)
    app = at(intervention=saved.action_id)
    assert "Enregistré : version" not in told(app)
    field(app, "means").input("Deux agents").run()
    press(app, "Enregistrer")
    assert "Enregistré : version 2." in told(app)
    field(app, "means").input("Trois agents").run()
    assert "Enregistré : version" not in told(app)


def test_number_that_makes_no_sense_is_refused_by_its_name_and_not_left_out(store: Engine):
    saved = save(store, replace(ROUNDS, cost_euros=12000))
    app = at(intervention=saved.action_id)
    for name, value in (("cost_euros", -100.0), ("tfpb_pct", 250), ("months_measured", 0), ("baseline", -4.0)):
        field(app, name).set_value(value).run()
    field(app, "indicator").select(ActionIndicator.FACTS).run()
    field(app, "target").set_value(3.0).run()
    press(app, "Enregistrer")
    assert {sentence.split(" : ")[0] for sentence in refused(app)} == {
        "Durée de mesure (mois)",
        "Valeur de départ",
        "Coût (€)",
        "Part imputée à l’abattement de TFPB (%)",
    }
    assert kept(store) == [saved]


def test_two_partners_who_wrote_at_once_lose_no_word(store: Engine):
    saved = save(store, ROUNDS)
    app = conflict(store, saved, title="Passages", means="Deux équipages")
    assert "modifiée" in refused(app)[0]
    assert "le parquet" in refused(app)[0]
    assert table_of(app, "Champ") == [
        ["Problème", "— → Trafic", "Parquet"],
        ["Moyens", "— → Deux équipages", "Vous"],
    ]
    (choice,) = app.radio
    assert (choice.label, choice.value) == ("Titre", None)
    assert [plain(option) for option in choice.options] == ["La vôtre : Passages", "Parquet : Rondes de nuit"]
    press(app, "Enregistrer la version réunie")
    assert refused(app)[-1] == UNCHOSEN.format("titre")
    assert versions(store, saved.action_id) == [2, 1]
    app.radio[0].set_value("mine").run()
    press(app, "Enregistrer la version réunie")
    (now,) = kept(store)
    assert (now.title, now.problem, now.means, now.version) == ("Passages", "Trafic", "Deux équipages", 3)
    assert versions(store, saved.action_id) == [3, 2, 1]
    changes = [row[1] for row in table_of(app, "Version")]
    assert changes[0] == "Titre : Rondes de nuit → Passages Moyens : — → Deux équipages"
    assert changes[1] == "Titre : Rondes du soir → Rondes de nuit Problème : — → Trafic"


def test_other_version_may_be_taken_field_by_field(store: Engine):
    saved = save(store, ROUNDS)
    app = conflict(store, saved, title="Passages", means="Deux équipages")
    app.radio[0].set_value("theirs").run()
    press(app, "Enregistrer la version réunie")
    assert (kept(store)[0].title, kept(store)[0].means) == ("Rondes de nuit", "Deux équipages")


def test_changes_of_other_fields_need_no_choice(store: Engine):
    saved = save(store, ROUNDS)
    app = conflict(store, saved, means="Deux équipages")
    assert list(app.radio) == []
    assert "Aucun choix n’est à faire : les deux versions se complètent." in told(app)
    press(app, "Enregistrer la version réunie")
    assert (kept(store)[0].title, kept(store)[0].means) == ("Rondes de nuit", "Deux équipages")


def test_partners_that_two_added_at_once_are_all_there_without_a_choice(store: Engine):
    saved = save(store, replace(ROUNDS, partners=(Partner.LANDLORD,)))
    app = at(intervention=saved.action_id)
    field(app, "partners").set_value([Partner.LANDLORD, Partner.MEDIATION]).run()
    save(store, replace(saved, partners=(Partner.LANDLORD, Partner.JUSTICE)), Partner.JUSTICE)
    press(app, "Enregistrer")
    assert list(app.radio) == []
    assert table_of(app, "Champ") == [["Partenaires", "Bailleur → Bailleur, Parquet et Médiation sociale", "Les deux"]]
    press(app, "Enregistrer la version réunie")
    assert set(kept(store)[0].partners) == {Partner.LANDLORD, Partner.JUSTICE, Partner.MEDIATION}


def test_two_answers_to_one_legal_delay_are_a_choice(store: Engine):
    def clock(day: int | None) -> Clock:
        return Clock(LegalClockKind.WARDEN_REPORT, date(2026, 2, 2), day and date(2026, 2, day))

    saved = save(store, replace(ROUNDS, clocks=(clock(None),)))
    app = at(intervention=saved.action_id)
    field(app, "delai-0-answered_on").set_value(date(2026, 2, 5)).run()
    save(store, replace(saved, clocks=(clock(6),)), Partner.JUSTICE)
    press(app, "Enregistrer")
    (choice,) = app.radio
    assert [plain(option).rsplit(", ", 1)[1] for option in choice.options] == [
        "fait le 5 février 2026",
        "fait le 6 février 2026",
    ]
    choice.set_value("mine").run()
    press(app, "Enregistrer la version réunie")
    assert kept(store)[0].clocks == (clock(5),)


def test_state_chosen_against_abandonment_leaves_its_reason_out(store: Engine):
    saved = save(store, ROUNDS)
    app = at(intervention=saved.action_id)
    field(app, "status").select(ActionStatus.DONE).run()
    save(store, replace(saved, status=ActionStatus.ABANDONED, abandon_reason="Plus de moyens."), Partner.JUSTICE)
    press(app, "Enregistrer")
    app.radio[0].set_value("theirs").run()
    assert table_of(app, "Champ") == [["Motif d’abandon", "— → Plus de moyens.", "Parquet"]]
    app.radio[0].set_value("mine").run()
    assert "Non repris, sans objet pour cette nature ou cet état : motif d’abandon." in told(app)
    assert "Réuni sans choix à faire" not in told(app)
    press(app, "Enregistrer la version réunie")
    assert refused(app) == []
    assert (kept(store)[0].status, kept(store)[0].abandon_reason) == (ActionStatus.DONE, "")


def test_volume_of_an_action_that_is_no_longer_social_is_left_out(store: Engine):
    saved = save(store, replace(ROUNDS, kind=ActionKind.SOCIAL))
    app = at(intervention=saved.action_id)
    field(app, "kind").select(ActionKind.INTERVENTION).run()
    save(store, replace(saved, volume=120, volume_unit="appels"), Partner.JUSTICE)
    press(app, "Enregistrer")
    press(app, "Enregistrer la version réunie")
    (now,) = kept(store)
    assert (now.kind, now.volume, now.volume_unit) == (ActionKind.INTERVENTION, None, "")


def test_changes_may_be_given_up(store: Engine):
    saved = save(store, ROUNDS)
    app = conflict(store, saved, title="Passages")
    press(app, "Abandonner mes modifications")
    assert field(app, "title").value == "Rondes de nuit"
    assert versions(store, saved.action_id) == [2, 1]


def test_third_version_that_comes_during_the_choice_takes_nothing_back(store: Engine):
    saved = save(store, ROUNDS)
    app = conflict(store, saved, means="Deux équipages")
    save(store, replace(kept(store)[0], objective="", pilot=Partner.GENDARMERIE), Partner.PREFECTURE)
    press(app, "Enregistrer la version réunie")
    assert "la préfecture" in refused(app)[0]
    press(app, "Enregistrer la version réunie")
    (now,) = kept(store)
    assert (now.title, now.problem, now.means, now.pilot) == (
        "Rondes de nuit",
        "Trafic",
        "Deux équipages",
        Partner.GENDARMERIE,
    )


def test_reconciled_version_that_cannot_be_kept_stays_in_the_form(store: Engine):
    saved = save(store, replace(ROUNDS, starts_on=date(2026, 1, 5)))
    app = at(intervention=saved.action_id)
    field(app, "due_on").set_value(date(2026, 2, 2)).run()
    save(store, replace(saved, starts_on=date(2026, 3, 2)), Partner.JUSTICE)
    press(app, "Enregistrer")
    press(app, "Enregistrer la version réunie")
    assert "précède le début" in refused(app)[-1]
    app.run()
    assert (field(app, "starts_on").value, field(app, "due_on").value) == (date(2026, 3, 2), date(2026, 2, 2))
    field(app, "due_on").set_value(date(2026, 4, 2)).run()
    press(app, "Enregistrer")
    assert (kept(store)[0].starts_on, kept(store)[0].due_on) == (date(2026, 3, 2), date(2026, 4, 2))


# The sheet of an action.


def test_legal_delays_are_computed_and_the_late_one_is_marked(store: Engine):
    clocks = (
        Clock(LegalClockKind.PREFECT_INJUNCTION, date(2026, 2, 16)),
        Clock(LegalClockKind.WARDEN_REPORT, date(2026, 2, 20)),
        Clock(LegalClockKind.WARDEN_REPORT, date(2026, 1, 5), date(2026, 1, 7)),
        Clock(LegalClockKind.WARDEN_REPORT, date(2026, 1, 5), date(2026, 1, 11)),
    )
    saved = save(store, replace(ROUNDS, clocks=clocks))
    app = at(intervention=saved.action_id)
    said = told(app)
    assert "au plus tard le 3 mars 2026, 3 jours restants (Code de la construction" in said
    assert "au plus tard le 25 février 2026, dépassé de 3 jours (Code de procédure pénale, art. 29)" in said
    assert "fait le 7 janvier 2026, dans le délai (au plus tard le 10 janvier 2026)" in said
    assert "fait le 11 janvier 2026, hors délai (au plus tard le 10 janvier 2026)" in said
    late = re.findall(r'<li><span class="o-late">(.*?)</span></li>', "".join(bodies(app)))
    assert [plain(one).split(" : ")[1].split(" le ")[0] for one in late] == ["fait", "au plus tard"]


def test_history_tells_of_a_list_what_alone_came_and_went(store: Engine):
    first = save(store, replace(ROUNDS, partners=(Partner.LANDLORD, Partner.POLICE, Partner.JUSTICE)))
    save(store, replace(first, partners=(Partner.LANDLORD, Partner.JUSTICE, Partner.MEDIATION)), Partner.JUSTICE)
    rows = table_of(at(intervention=first.action_id), "Version")
    assert rows[0][1] == "Partenaires : retrait de Police nationale ; ajout de Médiation sociale"


def test_card_tells_what_was_decided(store: Engine):
    saved = save(
        store,
        replace(
            ROUNDS,
            indicator=ActionIndicator.FACTS,
            baseline=41,
            target=20,
            months_measured=12,
            reached=18,
            cost_euros=18000,
            tfpb_pct=60,
            weekdays=(4, 5),
            start_minute=1080,
            end_minute=120,
        ),
    )
    decisions = (Decision("Passer", saved.action_id),)
    store_meeting(store, Meeting(MeetingBody.COPIL, date(2026, 1, 15), "Bilan", decisions=decisions))
    assert table_of(at(), "Intervention")[0][2] == "Comité de pilotage (COPIL) du 15 janvier 2026, Bilan"
    said = card(at(intervention=saved.action_id), "L’intervention")
    assert (
        said["Objectif"]
        == "Faits recensés en 12 mois : de 41 à 20, valeur atteinte 18 selon les partenaires : objectif tenu"
    )
    assert said["Coût"] == "18 000 €, dont 10 800 € (60 %) à l’abattement de TFPB"
    assert said["Jours et heures"] == "vendredi et samedi, de 18 h à 2 h"
    assert said["Décidée par"] == "Comité de pilotage (COPIL) du 15 janvier 2026, Bilan"


def test_action_that_is_only_proposed_is_never_said_decided(store: Engine):
    proposed = save(store, replace(ROUNDS, status=ActionStatus.PROPOSED))
    decisions = (Decision("Étudier", proposed.action_id), Decision("Relancer", proposed.action_id))
    for day in (date(2026, 2, 5), date(2026, 1, 15)):
        last = store_meeting(store, Meeting(MeetingBody.COPIL, day, decisions=decisions))
    app = at(intervention=proposed.action_id)
    said = card(app, "L’intervention")
    words = [f"Comité de pilotage (COPIL) du {day} 2026" for day in ("15 janvier", "5 février")]
    assert said["Examinée par"] == " ".join(words)
    assert links(app)[words[0]] == f"/interventions?reunion={last.meeting_id}"
    assert "Décidée par" not in said
    assert "Décidée par" not in told(at())


def test_action_is_brought_to_the_next_meeting_of_its_series_in_two_clicks(store: Engine):
    saved = save(store, ROUNDS)
    group = Meeting(MeetingBody.GPO, date(2026, 2, 5), "Tarterêts", "91")
    copil = store_meeting(store, Meeting(MeetingBody.COPIL, date(2026, 1, 15), departement_code="91"))
    store_meeting(store, group)
    store_meeting(store, replace(group, departement_code="77", held_on=date(2026, 2, 20), body=MeetingBody.COPIL))
    app = at(intervention=saved.action_id)
    assert "Porter à une réunion : Comité de pilotage (COPIL), réunion à préparer." in told(app)
    address = links(app)["Porter à une réunion"]
    assert parse_qs(urlsplit(address).query) == {
        "nouvelle-reunion": [str(copil.meeting_id)],
        "porter": [str(saved.action_id)],
    }
    app = at(**{key: value for key, (value,) in parse_qs(urlsplit(address).query).items()})
    assert (field(app, "decision-0").value, field(app, "liee-0").value) == (ROUNDS.title, saved.action_id)
    assert "porter" not in app.query_params
    press(app, "Enregistrer la réunion")
    assert (held(store)[0].held_on, held(store)[0].departement_code) == (TODAY, "91")
    assert held(store)[0].decisions == (Decision(ROUNDS.title, saved.action_id),)
    said = card(at(intervention=saved.action_id), "L’intervention")
    assert said["Décidée par"] == "Comité de pilotage (COPIL) du 28 février 2026"


def test_action_is_brought_to_the_meeting_that_is_already_there_after_what_is_typed_of_it(store: Engine):
    saved, other = save(store, ROUNDS), save(store, LATE)
    decisions = (Decision("Éclairer", other.action_id),)
    coming = store_meeting(store, Meeting(MeetingBody.COPIL, date(2026, 3, 12), decisions=decisions))
    app = at(reunion=coming.meeting_id)
    field(app, "decision-0").input("Éclairer vite").run()
    away_and_back(app, intervention=saved.action_id)
    assert "Porter à une réunion : Comité de pilotage (COPIL) du 12 mars 2026." in told(app)
    carried = {"reunion": str(coming.meeting_id), "porter": str(saved.action_id)}
    away_and_back(app, **carried)
    assert [field(app, f"decision-{line}").value for line in range(2)] == ["Éclairer vite", ROUNDS.title]
    press(app, "Retirer la décision 1")
    away_and_back(app, **carried)
    assert field(app, "decision-0").value == ROUNDS.title
    press(app, "Enregistrer la réunion")
    assert held(store)[0].decisions == (Decision(ROUNDS.title, saved.action_id),)


def test_action_that_is_not_known_brings_nothing(store: Engine):
    app = at(**{"nouvelle-reunion": "COPIL", "porter": "99"})
    assert field(app, "decision-0").value == ""


def test_text_that_was_taken_out_is_told_and_does_not_come_back_from_an_open_form(store: Engine):
    saved = save(store, replace(ROUNDS, problem="Joindre Dupont"))
    app = at(intervention=saved.action_id)
    field(app, "means").input("Deux rondes").run()
    take_out_text(store, saved.action_id or 0, "problem", by=Partner.JUSTICE)
    press(app, "Enregistrer")
    press(app, "Enregistrer la version réunie")
    assert (kept(store)[0].problem, kept(store)[0].means) == ("", "Deux rondes")
    rows = table_of(app, "Version")
    assert rows[1][1] == "Problème : texte retiré de toutes les versions précédentes"
    assert "Parquet" in rows[1][0]
    assert "Dupont" not in told(app)


def test_hall_of_an_address_that_nothing_names_is_refused(store: Engine):
    for hall in ("Dupont 0612345678", "99", "<b>"):
        assert refusal(at(nouvelle=f"hall:1|A|{hall}")).startswith("Ce lieu n’existe pas")


def test_words_of_partners_are_shown_as_they_are_and_run_nothing(store: Engine):
    with change(store, "essai") as made:
        home = s.Residence.__table__
        made.connection.execute(home.update().where(home.c.residence_id == 1).values(residence_name=HOSTILE))
    saved = save(store, replace(ROUNDS, title=HOSTILE, problem=HOSTILE, means=HOSTILE))
    app = conflict(store, saved, title=f"{HOSTILE} 2")
    assert literal(f"La vôtre : {HOSTILE} 2") in [one.replace("\u00a0", " ") for one in app.radio[0].options]
    save(store, replace(kept(store)[0], title=HOSTILE))
    for shown in (at(), at(intervention=saved.action_id)):
        assert "<b>h</b>" not in "".join(bodies(shown))
        assert HOSTILE in "\n".join(map(unescape, bodies(shown)))
    sheet = at(intervention=saved.action_id)
    assert [one.value for one in sheet.markdown] == [literal(f"{HOSTILE}, Ville-A")]


# Meetings.


def test_meetings_open_on_what_was_done_since_the_last(store: Engine):
    late, rounds = save(store, LATE), save(store, ROUNDS)
    save(store, JointAction("Nouvelle"))
    copil = Meeting(MeetingBody.COPIL, date(2026, 1, 15), "Bilan", partners=(Partner.JUSTICE,))
    decisions = (Decision("Éclairer", late.action_id), Decision("Se revoir"), Decision("Passer", rounds.action_id))
    store_meeting(store, replace(copil, decisions=decisions))
    store_meeting(store, replace(copil, held_on=date(2025, 6, 5), label=""))
    app = at(registre="Réunions")
    assert "Ce qui a été fait depuis Comité de pilotage (COPIL) du 15 janvier 2026, vu du 28 février 2026" in told(app)
    assert table_of(app, "Décision") == [
        ["Éclairer Éclairage , Les Essais, Ville-A", "Décidée, pour le 20 février 2026, en retard de 8 jours"],
        ["Se revoir", "aucune intervention liée"],
        ["Passer Rondes du soir , Résidence 1, Ville-A", "En cours, sans échéance"],
    ]
    assert table_of(app, "Autre intervention") == [["Nouvelle lieu à préciser", "Inscrite, proposée"]]
    assert "les filtres de la page ne s’y appliquent pas" in told(app)
    assert table_of(app, "Réunion") == [
        ["15 janvier 2026, Bilan", "Parquet", "3"],
        ["5 juin 2025", "Parquet", "0"],
    ]


def test_body_without_a_meeting_says_so(small: None):
    assert "Aucune réunion n’est encore inscrite" in told(at(registre="Réunions"))


def test_next_meeting_opens_on_the_last_held_by_today_even_after_the_facts(store: Engine, on: Callable[[date], None]):
    for day, partner in ((date(2026, 3, 20), Partner.JUSTICE), (date(2026, 6, 5), Partner.POLICE)):
        store_meeting(store, Meeting(MeetingBody.COPIL, day, departement_code="91", partners=(partner,)))
    on(date(2026, 4, 1))
    app = at(**{"nouvelle-reunion": "COPIL"})
    assert "Ce qui a été fait depuis Comité de pilotage (COPIL) du 20 mars 2026, vu du 1er avril 2026" in told(app)
    assert field(app, "partners").value == []  # who is there is said by who is there
    press(app, "Enregistrer la réunion")
    saved = [(one.held_on, one.departement_code) for one in held(store)]
    assert saved == [(date(2026, 6, 5), "91"), (date(2026, 4, 1), "91"), (date(2026, 3, 20), "91")]
    assert title(app) == "Comité de pilotage (COPIL) du 1er avril 2026"
    assert "du 20 mars 2026, vu du 1er avril 2026" in told(app)
    assert "du 1er avril 2026, vu du 1er avril 2026" in told(at(registre="Réunions"))


def test_committee_of_a_departement_never_opens_on_the_decisions_of_another(store: Engine):
    essonne = Meeting(MeetingBody.COPIL, date(2026, 2, 5), departement_code="91", decisions=(Decision("De l’Essonne"),))
    marne = Meeting(MeetingBody.COPIL, date(2026, 1, 15), departement_code="77", decisions=(Decision("De la Marne"),))
    kept_here, kept_there = store_meeting(store, essonne), store_meeting(store, marne)
    app = at(**{"nouvelle-reunion": kept_there.meeting_id})
    assert (field(app, "departement_code").value, table_of(app, "Décision")[0][0]) == ("77", "De la Marne")
    field(app, "departement_code").select("91").run()
    assert table_of(app, "Décision")[0][0] == "De l’Essonne"
    assert "C’est la première réunion inscrite" in told(at(reunion=kept_here.meeting_id))
    app = at(registre="Réunions")
    assert table_of(app, "Décision")[0][0] == "De la Marne"
    assert links(app)["Préparer une réunion"] == f"/interventions?nouvelle-reunion={kept_there.meeting_id}"
    app.selectbox(key="instance").select_index(1).run()
    assert app.selectbox(key="instance").options == [
        "Comité de pilotage (COPIL), Seine-et-Marne",
        "Comité de pilotage (COPIL), Essonne",
    ]
    assert table_of(app, "Décision")[0][0] == "De l’Essonne"


def test_partnership_groups_of_one_departement_are_told_apart_by_their_label(store: Engine):
    group = Meeting(MeetingBody.GPO, date(2026, 1, 15), "Tarterêts", "91", decisions=(Decision("Aux Tarterêts"),))
    store_meeting(store, group)
    store_meeting(store, replace(group, label="Grande Borne", held_on=date(2026, 2, 5), decisions=(Decision("Là"),)))
    app = at(**{"nouvelle-reunion": "GPO"})
    assert (field(app, "label").value, table_of(app, "Décision")[0][0]) == ("Grande Borne", "Là")
    field(app, "label").input("TARTERETS").run()
    assert table_of(app, "Décision")[0][0] == "Aux Tarterêts"


def test_each_decision_is_written_in_a_block_of_its_own(store: Engine):
    saved, twin = save(store, ROUNDS), save(store, ROUNDS)
    app = at(**{"nouvelle-reunion": "COPIL"})
    assert [one.label for one in app.text_area] == ["Décision 1"]
    assert app.selectbox(key="reunion-nouvelle:COPIL:::-liee-0").options == [
        "Aucune",
        f"Rondes du soir, Résidence 1, Ville-A (numéro {saved.action_id})",
        f"Rondes du soir, Résidence 1, Ville-A (numéro {twin.action_id})",
    ]
    field(app, "decision-0").input("Un").run()
    for rank, text in enumerate(("Deux", "Trois"), 1):
        press(app, "Ajouter une décision")
        field(app, f"decision-{rank}").input(text).run()
    field(app, "liee-2").select(twin.action_id).run()
    press(app, "Retirer la décision 2")
    assert [one.label for one in app.text_area] == ["Décision 1", "Décision 2"]
    press(app, "Ajouter une décision")
    assert [one.value for one in app.text_area] == ["Un", "Trois", ""]
    away_and_back(app, **{"nouvelle-reunion": "COPIL"})
    assert [one.value for one in app.text_area] == ["Un", "Trois"]
    press(app, "Enregistrer la réunion")
    assert held(store)[0].decisions == (Decision("Un"), Decision("Trois", twin.action_id))
    for _ in range(2):
        press(app, "Retirer la décision 1")
    assert list(app.text_area) == []
    press(app, "Enregistrer la réunion")
    assert held(store)[0].decisions == ()
    assert "Aucune décision n’est encore inscrite." in told(app)


def test_kept_meeting_is_first_its_minutes(store: Engine):
    aim = {"indicator": ActionIndicator.FACTS, "months_measured": 6, "baseline": 12, "target": 4, "reached": 5}
    saved = save(store, replace(LATE, pilot=Partner.LANDLORD, **aim))
    decisions = (Decision("Éclairer", saved.action_id), Decision("Se revoir"))
    present = (Partner.JUSTICE, Partner.POLICE)
    meeting = store_meeting(store, Meeting(MeetingBody.COPIL, TODAY, "Bilan", "91", present, decisions))
    app = at(reunion=meeting.meeting_id)
    said = card(app, "")
    assert re.fullmatch(r"version 1, .* 20\d\d, au nom de : Préfecture", said.pop("Relevé"))
    assert said == {
        "Département": "Essonne",
        "Libellé": "Bilan",
        "Partenaires présents": "Police nationale et Parquet",
    }
    first, second = table_of(app, "Décision")
    assert first[0] == "Éclairer Éclairage , Les Essais, Ville-A"
    assert first[1:3] == ["Bailleur", "20 février 2026, en retard de 8 jours"]
    assert first[3].endswith("en 6 mois : de 12 à 4, valeur atteinte 5 selon les partenaires : objectif non tenu")
    assert first[4] == "Décidée"
    assert second == ["Se revoir aucune intervention liée", "—", "—", "—", "—"]
    (form,) = [block for block in bodies(app) if "Modifier la réunion" in block]
    assert bodies(app).index(form) > bodies(app).index(next(one for one in bodies(app) if "Se revoir" in one))


def test_kept_meeting_tells_what_was_done_until_it_was_held(store: Engine):
    for day in (date(2026, 1, 15), date(2026, 2, 5)):
        last = store_meeting(store, Meeting(MeetingBody.COPIL, day))
    save(store, JointAction("Née après"))
    app = at(reunion=last.meeting_id)
    assert "du 15 janvier 2026, jusqu’à la réunion du 5 février 2026" in told(app)
    assert "Née après" not in told(app)


def test_decision_on_an_action_beyond_the_scope_says_so(store: Engine, monkeypatch: pytest.MonkeyPatch):
    saved = save(store, replace(ROUNDS, title="Réservée"))
    store_meeting(store, Meeting(MeetingBody.COPIL, date(2026, 1, 15), decisions=(Decision("Un", saved.action_id),)))
    narrow(monkeypatch, Scope(landlord_ids=frozenset({2})))
    assert table_of(at(registre="Réunions"), "Décision") == [["Un", "intervention hors de votre périmètre"]]


def test_meeting_moved_beyond_the_scope_while_one_types_is_not_read_in_the_conflict(
    store: Engine, monkeypatch: pytest.MonkeyPatch
):
    read = store_meeting(store, Meeting(MeetingBody.COPIL, date(2026, 1, 15), "Bilan", "91"))
    narrow(monkeypatch, Scope(departement_codes=frozenset({"91"})))
    app = at(reunion=read.meeting_id)
    field(app, "label").input("Point").run()

    def moved_first(engine: Engine, meeting: Meeting, **more: Any) -> Meeting:
        store_meeting(engine, replace(read, departement_code="77", label="Réservé"), Partner.JUSTICE)
        return meeting_steps.store_meeting(engine, meeting, **more)

    monkeypatch.setattr(committee, "store_meeting", moved_first)
    press(app, "Enregistrer la réunion")
    assert "vient d’être portée hors de votre périmètre : rien n’est enregistré" in told(app)
    assert "Réservé" not in told(app)
    assert field(app, "label").value == "Point"


def test_meeting_written_by_two_partners_loses_no_decision(store: Engine):
    read = store_meeting(
        store, Meeting(MeetingBody.COPIL, date(2026, 1, 15), decisions=(Decision("Un"), Decision("Deux")))
    )
    app = at(reunion=read.meeting_id)
    field(app, "label").input("Bilan de l’année").run()
    theirs = (Decision("Un, le soir"), Decision("Deux"), Decision("Trois"))
    store_meeting(store, replace(read, decisions=theirs, partners=(Partner.JUSTICE,)), Partner.JUSTICE)
    app.run()
    assert field(app, "label").value == "Bilan de l’année"
    press(app, "Enregistrer la réunion")
    assert "réunion a été modifiée le" in refused(app)[0]
    assert "par le parquet" in refused(app)[0]
    assert card(app, "Version enregistrée")["Décision 3"] == "Trois"
    assert card(app, "Votre version")["Libellé"] == "Bilan de l’année"
    assert table_of(app, "Changements de") == [
        [
            "Version enregistrée",
            "Partenaires présents : — → Parquet Décision modifiée : Un → Un, le soir Décision ajoutée : Trois",
        ],
        ["Votre version", "Libellé : — → Bilan de l’année"],
    ]
    assert list(app.radio) == []
    press(app, "Enregistrer la réunion")
    (now,) = held(store)
    assert (now.label, now.partners, now.decisions) == ("Bilan de l’année", (Partner.JUSTICE,), theirs)
    assert refused(app) == []
    assert [row[1] for row in table_of(app, "Version")] == [
        "Libellé : — → Bilan de l’année",
        "Partenaires présents : — → Parquet Décision modifiée : Un → Un, le soir Décision ajoutée : Trois",
        "Création de la réunion",
    ]


@pytest.mark.parametrize(("word", "label", "code"), [("mine", "Bilan annuel", "77"), ("theirs", "Point", "91")])
def test_field_of_a_meeting_that_two_changed_is_a_choice_that_nobody_makes_for_them(
    store: Engine, word: str, label: str, code: str
):
    read = store_meeting(store, Meeting(MeetingBody.COPIL, date(2026, 1, 15), "Bilan"))
    app = at(reunion=read.meeting_id)
    field(app, "label").input("Bilan annuel").run()
    field(app, "departement_code").select("77").run()
    store_meeting(store, replace(read, label="Point", departement_code="91", held_on=TODAY), Partner.JUSTICE)
    press(app, "Enregistrer la réunion")
    assert card(app, "Version enregistrée")["Département"] == "Essonne"
    assert card(app, "Votre version")["Département"] == "Seine-et-Marne"
    assert [row[0] for row in table_of(app, "Changements de")] == ["Version enregistrée"]
    assert [one.value for one in app.radio] == [None, None]
    app.radio[0].set_value(word).run()
    press(app, "Enregistrer la réunion")
    assert refused(app)[-1] == UNCHOSEN.format("département")
    assert held(store)[0].label == "Point"
    app.radio[1].set_value(word).run()
    press(app, "Enregistrer la réunion")
    (now,) = held(store)
    assert (now.label, now.departement_code, now.held_on) == (label, code, TODAY)


@pytest.mark.parametrize("is_one_run", [True, False])
def test_words_of_a_meeting_typed_after_another_partner_stored_are_never_thrown_away(store: Engine, is_one_run: bool):
    read = store_meeting(store, Meeting(MeetingBody.COPIL, date(2026, 1, 15), decisions=(Decision("Un"),)))
    app = at(reunion=read.meeting_id)
    store_meeting(store, replace(read, decisions=(Decision("Un"), Decision("Deux"))))
    field(app, "label").input("Bilan de l’année")
    if not is_one_run:
        app.run()
        assert field(app, "label").value == "Bilan de l’année"
    press(app, "Enregistrer la réunion")
    press(app, "Enregistrer la réunion")
    (now,) = held(store)
    assert (now.label, now.decisions) == ("Bilan de l’année", (Decision("Un"), Decision("Deux")))


def test_meeting_is_written_in_the_name_of_a_partner_and_its_history_says_so(store: Engine):
    app = at(**{"nouvelle-reunion": "COPIL"})
    field(app, "label").input(HOSTILE).run()
    app.selectbox(key="au-nom-de").select(Partner.JUSTICE).run()
    press(app, "Enregistrer la réunion")
    assert table_of(app, "Version")[0][0].startswith("Version 1")
    assert table_of(app, "Version")[0][0].endswith("Parquet")
    assert table_of(app, "Version")[0][1] == "Création de la réunion"
    field(app, "label").input("Bilan").run()
    press(app, "Enregistrer la réunion")
    assert f"Libellé : {HOSTILE} → Bilan" in table_of(app, "Version")[0][1]
    assert "<b>h</b>" not in "".join(bodies(app))


def test_meeting_of_before_its_history_says_that_it_has_none(store: Engine):
    kept = store_meeting(store, Meeting(MeetingBody.COPIL, date(2026, 1, 15), "Bilan"))
    with change(store, "essai") as made:
        made.connection.execute(delete(s.MeetingVersion))
    app = at(reunion=kept.meeting_id)
    assert "Il commencera à son prochain changement." in told(app)
    field(app, "label").input("Bilan de l’année").run()
    press(app, "Enregistrer la réunion")
    ((version, change_told),) = table_of(app, "Version")
    assert version.startswith("Version 2")
    assert change_told == "Première version gardée : ce qu’elle a changé n’est pas connu"


def test_long_history_of_a_meeting_comes_forty_versions_at_a_time(store: Engine):
    meeting = store_meeting(store, Meeting(MeetingBody.COPIL, date(2026, 1, 15)))
    for rank in range(40):
        meeting = store_meeting(store, replace(meeting, label=f"Bilan {rank:02}"))
    app = at(reunion=meeting.meeting_id)
    assert len(table_of(app, "Version")) == 40
    assert "Création de la réunion" not in told(app)


def test_history_of_a_meeting_tells_nothing_of_an_action_beyond_the_scope(
    store: Engine, monkeypatch: pytest.MonkeyPatch
):
    saved = save(store, replace(ROUNDS, title="Réservée"))
    read = store_meeting(store, Meeting(MeetingBody.COPIL, date(2026, 1, 15)))
    linked = store_meeting(store, replace(read, decisions=(Decision("Secret", saved.action_id), Decision("Libre"))))
    moved = store_meeting(store, replace(linked, decisions=(Decision("Autre", saved.action_id), Decision("Libre"))))
    store_meeting(store, replace(moved, decisions=(Decision("Libre"),)))
    narrow(monkeypatch, Scope(landlord_ids=frozenset({2})))
    app = at(reunion=read.meeting_id)
    assert [row[1] for row in table_of(app, "Version")] == [
        "Décision retirée : hors de votre périmètre",
        "Ce qui a changé est hors de votre périmètre",
        "Décision ajoutée : hors de votre périmètre Décision ajoutée : Libre",
        "Création de la réunion",
    ]
    assert not {"Secret", "Autre", "Réservée"} & set(re.findall(r"\w+", told(app)))


def test_text_taken_out_of_a_meeting_does_not_come_back_from_an_open_form(store: Engine):
    saved = store_meeting(store, Meeting(MeetingBody.COPIL, date(2026, 1, 15), decisions=(Decision("Joindre Dupont"),)))
    app = at(reunion=saved.meeting_id)
    field(app, "label").input("Bilan").run()
    meeting_steps.take_out_meeting_text(store, saved.meeting_id or 0, "decisions", by=Partner.JUSTICE)
    press(app, "Enregistrer la réunion")
    press(app, "Enregistrer la réunion")
    (now,) = held(store)
    assert (now.label, now.decisions) == ("Bilan", (Decision("Texte retiré"),))
    rows = table_of(app, "Version")
    assert rows[1][1] == "Décisions : texte retiré de toutes les versions précédentes"
    assert "Parquet" in rows[1][0]
    assert "Dupont" not in told(app)


def test_fault_of_a_meeting_is_said_and_its_words_stay(store: Engine):
    app = at(**{"nouvelle-reunion": "GPO"})
    field(app, "label").input("Bilan, 06 12 34 56 78").run()
    press(app, "Enregistrer la réunion")
    assert len(refused(app)) == 1
    assert "retirez ce qui désigne une personne" in refused(app)[0]
    assert field(app, "label").value == "Bilan, 06 12 34 56 78"
    away_and_back(app, **{"nouvelle-reunion": "GPO"})
    assert field(app, "label").value == "Bilan, 06 12 34 56 78"
    assert held(store) == []


# Where actions show elsewhere.


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"residence": "1"}, "residence:1"),
        ({"residence": "1", "batiment": "A", "hall": "2"}, "hall:1|A|2"),
        ({"quartier": "QN091F1X"}, "quartier:QN091F1X"),
        ({"commune": "91001"}, "commune:91001"),
        ({"service": "1"}, "service:1"),
    ],
    ids=str,
)
def test_sheet_of_a_place_leads_to_a_new_action_of_this_place(store: Engine, query: dict, word: str):
    with change(store, "essai") as made:
        facts = s.Incident.__table__
        made.connection.execute(
            facts.update().where(facts.c.external_reference == "a1").values(building_code="A", hall_code="2")
        )
    address = urlsplit(links(opened("districts", **query))["Proposer une intervention"])
    assert (address.path, parse_qs(address.query)) == ("/interventions", {"nouvelle": [word]})


def test_sheet_of_a_place_lists_its_open_actions_and_leads_to_them(store: Engine):
    rounds, late = save(store, ROUNDS), save(store, LATE)
    save(store, replace(ROUNDS, title="Faite", status=ActionStatus.DONE))
    app = opened("districts", residence="1")
    assert sorted(table_of(app, "Intervention ou dispositif")) == [
        ["Rondes du soir Police nationale", "En cours"],
        ["Éclairage pilote à désigner", "Décidée, pour le 20 février 2026, en retard de 8 jours"],
    ]
    assert links(app)["Éclairage"] == f"/interventions?intervention={late.action_id}"
    assert links(app)["Rondes du soir"] == f"/interventions?intervention={rounds.action_id}"
    assert "Rien n’est en cours sur ce lieu" in told(opened("districts", residence="3"))


def test_sheet_of_a_place_marks_what_a_legal_delay_alone_makes_late(store: Engine):
    report = Clock(LegalClockKind.WARDEN_REPORT, date(2026, 2, 20))
    save(store, replace(ROUNDS, due_on=date(2026, 5, 1), clocks=(report,)))
    app = opened("districts", residence="1")
    assert table_of(app, "Intervention ou dispositif") == [
        ["Rondes du soir Police nationale", "En cours, pour le 25 février 2026, délai légal, en retard de 3 jours"]
    ]
    assert '<span class="o-late">En cours' in "".join(bodies(app))


def test_trends_name_the_actions_begun_among_the_marks(store: Engine):
    save(store, replace(ROUNDS, starts_on=date(2026, 1, 12)))
    save(store, replace(LATE, title="Seulement proposée", status=ActionStatus.PROPOSED, starts_on=date(2026, 1, 5)))
    said = told(opened("trends"))
    assert "Rondes du soir" in said
    assert "Seulement proposée" not in said


# Scope.


def test_visitor_of_another_landlord_sees_neither_the_action_nor_the_names_of_its_places(
    store: Engine, monkeypatch: pytest.MonkeyPatch
):
    mine = save(store, replace(ROUNDS, title="Réservée"))
    shared = save(store, JointAction("Partagée", places=(*HERE, ActionPlace(residence_id=3))))
    narrow(monkeypatch, Scope(landlord_ids=frozenset({2})))
    register = told(at())
    assert "Réservée" not in register
    assert "Résidence 1" not in register
    assert "Partagée" in register
    assert refusal(at(intervention=mine.action_id)).startswith("Cette intervention n’existe pas")
    assert refusal(at(nouvelle="residence:1")).startswith("Ce lieu n’existe pas")
    sheet = at(intervention=shared.action_id)
    assert "Résidence 1" not in told(sheet)
    assert card(sheet, "L’intervention")["Lieux"] == "Résidence 3, Ville-B lieu hors de votre périmètre"
    field(sheet, "title").input("Partagée encore").run()
    press(sheet, "Enregistrer")
    assert next(one for one in kept(store) if one.action_id == shared.action_id).places == shared.places


def test_places_of_others_are_neither_counted_nor_taken_out(store: Engine, monkeypatch: pytest.MonkeyPatch):
    places = tuple(ActionPlace(residence_id=key) for key in (1, 2, 3))
    shared = save(store, replace(ROUNDS, places=places))
    narrow(monkeypatch, Scope(landlord_ids=frozenset({2})))
    app = at(intervention=shared.action_id)
    assert [plain(one.value) for one in app.markdown] == ["Résidence 3, Ville-B", "lieu hors de votre périmètre"]
    assert card(app, "L’intervention")["Lieux"] == "Résidence 3, Ville-B lieu hors de votre périmètre"
    assert len([one for one in app.button if one.label == "Retirer"]) == 1
    app.session_state[f"action-{shared.action_id}-draft"] = replace(shared, places=places[2:])
    field(app, "title").input("Passages").run()
    press(app, "Enregistrer")
    assert (kept(store)[0].title, kept(store)[0].places) == ("Passages", places)
