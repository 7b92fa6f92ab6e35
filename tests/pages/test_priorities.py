import re
from collections.abc import Callable
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from lib.analysis.criteria import DEFAULT_WEIGHTS, Criterion
from lib.config import ROOT
from lib.demo.store import build_demo
from lib.domain.responses import as_rows
from lib.domain.vocabulary import ChoiceKind, Partner
from lib.ingest.choices import store_responses, store_weights, take_out_rule_text
from lib.store import schema as s
from lib.store.choices import choices, default_rules, response_rules, save_choice
from lib.store.revisions import change
from lib.ui.priority_view import PARTS
from tests.conftest import with_nomenclature
from tests.pages.conftest import begin_in_march_2024
from tests.ranked import FACTS, HTML, WORST, ranked_store
from tests.screen import bodies, opened, table, tables, title, told

LIST, MAP, COMPARE, SHORT, RULES = PARTS
UNITS = ("Résidences", "Halls", "QPV", "Circonscriptions")
WORSENING, LUCKY = "Les Ipomées", "Square des Hulottes"
PROPOSED = "30-20-15-15-5-10-5"


@pytest.fixture(scope="module")
def demo_url(kept_store: Callable[..., str]) -> str:
    """Address of the demonstration."""
    return kept_store(build_demo)


@pytest.fixture
def demo(demo_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process reads the demonstration."""
    monkeypatch.setenv("DATABASE_URL", demo_url)


@pytest.fixture
def ranked(ranked_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process reads the store of residences to rank."""
    monkeypatch.setenv("DATABASE_URL", ranked_url)


def page(**query: object) -> AppTest:
    app = opened("priorities", **({"premiers": "5"} | query))
    assert [(error.proto.type, error.value) for error in app.exception] == []
    return app


def articles(app: AppTest) -> dict[str, str]:
    """Words of the article of each place of the list."""
    found = re.findall(r'<article class="o-rank">.*?<h3>(.*?)</h3>(.*?)</article>', "".join(bodies(app)), re.DOTALL)
    return {re.sub(r"<[^>]*>", "", name): re.sub(r"<[^>]*>", " ", rest) for name, rest in found}


def chances(app: AppTest) -> dict[str, list[str]]:
    """Band and chances of each place of the table, by its name."""
    return {row[0]: row[1:5] for row in tables(app)[0]}


def address(app: AppTest, word: str) -> str | None:
    asked = app.query_params.get(word)
    return asked[0] if isinstance(asked, list) else asked


def test_residence_that_worsens_is_a_priority_and_the_small_lucky_one_is_in_no_band(demo: None):
    app = page(premiers="10")
    shown = articles(app)
    assert "Prioritaire" in shown[WORSENING]
    assert LUCKY not in shown


def test_small_lucky_residence_has_too_little_data(demo: None):
    app = page(premiers="10", partie=SHORT)
    names = []
    for number in range(1, app.get("pagination")[0].proto.num_pages + 1):
        app.get("pagination")[0].set_value(number).run()
        names += [line[0] for line in table(app, "Résidence")]
    assert sum(name.startswith(LUCKY) for name in names) == 1
    assert not any(name.startswith(WORSENING) for name in names)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("part", PARTS)
def test_each_tab_of_each_unit_is_drawn_alone(demo: None, unit: str, part: str):
    said = told(page(unite=unit, partie=part, premiers="10"))
    assert ("Ce qui dépend des poids et du hasard" in said) == (part == LIST)
    assert ("Comparer deux ou trois lieux" in said) == (part == COMPARE)
    assert ("Quand ces faits pèsent" in said) == (part == RULES)
    assert "On classe des lieux, jamais des personnes." in said


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("Résidences", "51 % des résidences (349 sur 690), parmi celles"),
        ("QPV", "43 % des résidences en QPV (110 sur 258), parmi celles"),
        ("Circonscriptions", "51 % des résidences de ces services (349 sur 690), parmi celles"),
        ("Halls", "des halls connus par un fait ou un registre"),
    ],
)
def test_reminder_counts_the_quiet_places_of_its_unit(demo: None, unit: str, said: str):
    """Figures of the demonstration, counted in its store by plain SQL."""
    assert said in told(page(unite=unit, premiers="10")).replace("\u00a0", " ")


def test_from_a_row_of_either_list_an_action_is_one_link_away_and_both_leave_as_files(ranked: None):
    for part in (LIST, MAP):
        app = page(partie=part)
        assert f'href="/interventions?nouvelle=residence:{WORST}' in unescape("".join(bodies(app))).replace("%3A", ":")
        assert [button.proto.label for button in app.get("download_button")] == [
            "Télécharger (CSV)",
            "Télécharger (XLSX)",
        ]


@pytest.mark.parametrize("unit", ["QPV", "Circonscriptions"])
def test_territory_led_by_one_residence_names_it_with_its_facts(ranked: None, unit: str):
    """The worst of the store has 90 facts and is alone in the QPV; its service has more than twice as many."""
    said = told(page(unite=unit)).replace("\u00a0", " ")
    assert ("Dans une seule résidence, Les Érables : 90 sur" in said) == (unit == "QPV")


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("part", PARTS)
def test_places_that_all_tell_too_little_are_said_so_in_each_tab(small: None, unit: str, part: str):
    app = page(unite=unit, partie=part)
    assert title(app).startswith("Trop peu de données pour classer les ")
    assert told(app)


def test_selection_where_nobody_is_ranked_lists_them_apart(small: None):
    rows = table(page(partie=SHORT), "Résidence")
    assert {row[0].split(" Ville")[0] for row in rows} == {f"Résidence {key}" for key in (1, 2, 3, 4)}


def test_title_names_the_priorities(ranked: None):
    app = page()
    assert re.match(r"\d+ résidences prioritaires, dont Les Érables et <img", title(app))
    assert "Prioritaire" in articles(app)["Les Érables"]
    assert "sur 14)" in told(app)  # residences that declared half of the months


def test_filter_leaves_the_places_of_the_departement_alone(ranked: None):
    app = page(partie=MAP, departements="Seine-et-Marne (77)")
    names = {row[0] for row in tables(app)[0]}
    assert len(names) == 4
    assert all("Ville-B" in name for name in names)
    assert address(app, "departements") == "Seine-et-Marne (77)"


def test_place_asked_that_is_not_ranked_is_said_so(ranked: None):
    assert "Le lieu demandé n’est pas classé" in told(page(partie=MAP, lieu="residence:999"))
    assert "Le lieu demandé n’est pas classé" not in told(page(partie=MAP, lieu=f"residence:{WORST}"))
    assert "Le lieu demandé n’est pas classé" not in told(page(partie=MAP, lieu="quartier:QN091F1X"))


def test_action_proposed_from_a_place_begins_with_its_first_response(ranked: None):
    links = re.findall(r'href="(/interventions\?[^"]*)"', unescape("".join(bodies(page()))))
    asked = [parse_qs(urlsplit(link).query) for link in links]
    assert all(one["nouvelle"][0].startswith("residence:") for one in asked)
    codes = {rule.rule_code for rule in default_rules()}
    assert any("reponse" in one for one in asked)
    assert {one["reponse"][0] for one in asked if "reponse" in one} <= codes


def test_hostile_names_are_words(ranked: None):
    for part in (LIST, MAP, COMPARE):
        app = page(partie=part)
        assert "<img" not in "".join(bodies(app))
        assert HTML.split()[1] in "".join(bodies(app))


def test_moving_a_weight_changes_the_address_and_the_chances_and_both_can_be_taken_back(ranked: None):
    app = page(partie=MAP)
    before = chances(app)
    assert address(app, "poids") is None
    assert app.button(key="poids-retour").disabled
    app.slider(key="poids-severity").set_value(0).run()
    app.slider(key="poids-complaint_gap").set_value(100).run()
    assert address(app, "poids") == "0-20-15-15-100-10-5"
    assert chances(app) != before
    app.button(key="poids-retour").click().run()
    assert address(app, "poids") is None
    assert chances(app) == before


def test_weights_on_trial_are_told_as_such_and_never_taken_for_those_of_the_committee(ranked: None):
    assert "Poids des critères : proposition de l’observatoire, aucun comité ne les a encore fixés." in told(page())
    for query in ({}, {"projection": "oui"}):
        said = told(page(poids="0-100-0-0-0-0-0", **query))
        assert "Poids à l’essai, non retenus par un comité : gravité 0 %, persistance 100 %" in said
        assert "Poids des critères : proposition de l’observatoire, aucun comité ne les a encore fixés." not in said


def test_address_brings_its_weights(ranked: None):
    app = page(poids="0-100-0-0-0-0-0")
    assert (app.slider(key="poids-severity").value, app.slider(key="poids-persistence").value) == (0, 100)
    assert address(app, "poids") == "0-100-0-0-0-0-0"


@pytest.mark.parametrize("hostile", ["", "999-0-0-0-0-0-0", "<script>", "1-2", "-1-0-0-0-0-0-0", "nan-0-0-0-0-0-0"])
def test_weights_that_cannot_be_read_are_those_of_the_committee(ranked: None, hostile: str):
    app = page(poids=hostile)
    assert app.slider(key="poids-severity").value == 30
    assert address(app, "poids") is None


def test_weight_moved_after_a_change_of_unit_is_kept(ranked: None):
    """Halls have no slider of recurrence: Streamlit forgets its value, and no other must follow it."""
    app = page()
    app.selectbox(key="unite").set_value("Halls").run()
    app.slider(key="poids-severity").set_value(60).run()
    assert app.slider(key="poids-severity").value == 60
    assert address(app, "poids") == "60-20-15-15-5-10-5"
    app.selectbox(key="unite").set_value("Résidences").run()
    assert [app.slider(key=f"poids-{name}").value for name in ("severity", "hall_recurrence")] == [60, 10]


@pytest.mark.parametrize(("unit", "weights"), [("Résidences", "0-0-0-0-0-0-0"), ("Halls", "0-0-0-0-0-50-0")])
def test_without_any_weight_the_page_keeps_its_head_and_says_what_to_do(ranked: None, unit: str, weights: str):
    app = page(unite=unit, poids=weights)
    assert title(app) == "Aucun critère ne classe plus les lieux"
    assert "Relevez au moins un poids." in told(app)
    assert "Un fait recensé n’est pas une infraction établie." in told(app)
    app.button(key="poids-retour").click().run()
    assert title(app) != "Aucun critère ne classe plus les lieux"


def test_weights_adopted_are_a_version_with_its_date_and_its_author(filled: Callable):
    engine = filled(with_nomenclature, ranked_store)
    app = page()
    assert "aucun comité ne les a encore fixés" in told(app)
    app.slider(key="poids-severity").set_value(50).run()
    sign(app, "poids-auteur")
    app.button(key="poids-retenir").click().run()
    assert told(app)
    assert re.search(r"version 1 du comité, retenue le .* 20\d\d \(Préfecture\)", told(app))
    assert address(app, "poids") is None
    with engine.connect() as connection:
        kept = connection.execute(select(s.CommitteeChoice.version, s.CommitteeChoice.made_by)).all()
    assert [tuple(row) for row in kept] == [(1, Partner.PREFECTURE)]
    assert page().slider(key="poids-severity").value == 50


def test_long_table_of_rules_comes_forty_at_a_time_above_what_changes_it(filled: Callable):
    engine = filled(with_nomenclature, ranked_store)
    first = as_rows(default_rules())[0]
    given = [first | {"rule_code": f"R{rank}", "position": rank} for rank in range(1, 42)]
    store_responses(engine, given, by=Partner.JUSTICE, read_version=0)
    app = page(partie=RULES)
    assert len(table(app, "Quand ces faits pèsent")) == 40
    assert "Modifier les règles" in [one.label for one in app.expander]


def test_weights_of_the_committee_are_those_of_the_page(filled: Callable):
    engine = filled(with_nomenclature, ranked_store)
    weights = dict.fromkeys(("severity", "persistence", "trend", "staff", "complaint_gap", "hall_recurrence"), 10)
    store_weights(engine, weights | {"site_level": 40}, by=Partner.JUSTICE, read_version=0)
    app = page()
    assert app.slider(key="poids-site_level").value == 40
    assert "version 1 du comité" in told(app)
    assert address(app, "poids") is None


def sign(app: AppTest, key: str, by: Partner = Partner.PREFECTURE) -> None:
    app.selectbox(key=key).set_value(by).run()


def versions(engine: Engine, kind: ChoiceKind) -> list[tuple[int, Partner | None]]:
    with engine.connect() as connection:
        return [(one.version, one.made_by) for one in choices(connection, kind)]


def test_weights_adopted_on_an_old_version_are_told_and_kept_then_stored_when_asked_again(filled: Callable):
    engine = filled(with_nomenclature, ranked_store)
    app = page()
    app.slider(key="poids-severity").set_value(50).run()
    sign(app, "poids-auteur")
    store_weights(engine, {"severity": 10, "trend": 90}, by=Partner.JUSTICE, read_version=0)
    app.button(key="poids-retenir").click().run()
    assert "poids du comité ont été modifiés" in told(app)
    assert "par le parquet (version 1)" in told(app)
    assert app.slider(key="poids-severity").value == 50
    assert "version 1 du comité" in told(app)
    assert versions(engine, ChoiceKind.WEIGHTS) == [(1, Partner.JUSTICE)]
    app.button(key="poids-retenir").click().run()
    assert "ont été modifiés" not in told(app)
    assert [version for version, _ in versions(engine, ChoiceKind.WEIGHTS)] == [2, 1]
    assert page().slider(key="poids-severity").value == 50


def test_weights_are_adopted_in_nobody_s_name_by_nobody(filled: Callable):
    engine = filled(with_nomenclature, ranked_store)
    app = page()
    app.slider(key="poids-severity").set_value(50).run()
    assert app.selectbox(key="poids-auteur").value is None
    app.button(key="poids-retenir").click().run()
    assert "Choisissez au nom de quel partenaire vous écrivez" in told(app)
    assert versions(engine, ChoiceKind.WEIGHTS) == []


def test_earlier_weights_are_tried_again_then_adopted_as_a_new_version(filled: Callable):
    engine = filled(with_nomenclature, ranked_store)
    store_weights(engine, {"severity": 10, "trend": 90}, by=Partner.JUSTICE, read_version=0)
    store_weights(engine, {"severity": 80, "trend": 20}, by=Partner.JUSTICE, read_version=1)
    app = page()
    earlier = app.selectbox(key="poids-anterieurs")
    assert earlier.options == ["version 1", "proposition de l’observatoire"]
    earlier.select(1).run()
    assert (app.slider(key="poids-severity").value, app.slider(key="poids-trend").value) == (10, 90)
    assert app.selectbox(key="poids-anterieurs").value is None
    assert "Poids à l’essai" in told(app)
    sign(app, "poids-auteur")
    app.button(key="poids-retenir").click().run()
    assert [version for version, _ in versions(engine, ChoiceKind.WEIGHTS)] == [3, 2, 1]
    assert address(app, "poids") is None
    app.selectbox(key="poids-anterieurs").select(0).run()
    assert app.slider(key="poids-severity").value == round(100 * DEFAULT_WEIGHTS[Criterion.SEVERITY])


def test_weights_that_nobody_moved_follow_a_new_choice_of_the_committee(filled: Callable):
    engine = filled(with_nomenclature, ranked_store)
    app = page()
    store_weights(engine, {"severity": 10, "trend": 90}, by=Partner.JUSTICE, read_version=0)
    app.run()
    assert (app.slider(key="poids-severity").value, app.slider(key="poids-trend").value) == (10, 90)
    assert address(app, "poids") is None


def rules_page() -> AppTest:
    return page(partie=RULES)


def in_force(engine: Engine) -> list[dict]:
    with engine.connect() as connection:
        return as_rows(response_rules(connection))


def field(code: str, name: str) -> str:
    return f"regle-{code}-{name}"


def retain(app: AppTest, by: Partner = Partner.LANDLORD) -> AppTest:
    app.selectbox(key="regles-auteur").set_value(by).run()
    return app.button(key="regles-retenir").click().run()


def test_rule_changed_in_its_form_is_a_draft_that_is_told_then_a_version(filled: Callable):
    engine = filled(with_nomenclature, ranked_store)
    app = rules_page()
    assert "Brouillon" not in told(app)
    assert "regles-retenir" not in [button.key for button in app.button]
    app.selectbox(key="regles-choisie").set_value("TRA").run()
    app.number_input(key=field("TRA", "min_share")).set_value(35).run()
    app.multiselect(key=field("TRA", "partners")).set_value([Partner.POLICE, Partner.MUNICIPALITY]).run()
    app.selectbox(key="regles-choisie").set_value("PER").run()
    app.text_area(key=field("PER", "response")).set_value("Être là.").run()
    assert (
        "Brouillon, non retenu : modification de « Trafics et économie souterraine » (part minimale, partenaires), "
        "« Atteintes aux personnels et prestataires » (réponse proposée)" in told(app)
    )
    retain(app, Partner.PREFECTURE)
    assert "Brouillon" not in told(app)
    assert re.search(r"version 1, .* \(Préfecture\)", told(app))
    kept = {row["rule_code"]: row for row in in_force(engine)}
    assert (kept["TRA"]["min_share"], kept["TRA"]["partners"]) == (0.35, "police municipality")
    assert kept["PER"]["response"] == "Être là."
    assert list(kept) == [rule.rule_code for rule in default_rules()]


def test_rule_added_lacks_what_is_told_of_it_then_is_kept_where_it_was_moved(filled: Callable):
    engine = filled(with_nomenclature, ranked_store)
    app = rules_page()
    app.button(key="regles-ajouter").click().run()
    retain(app)
    assert "Règle 9, « Types de faits » : choisissez au moins un type ou une famille de faits." in told(app)
    code = app.selectbox(key="regles-choisie").value
    assert code not in {rule.rule_code for rule in default_rules()}
    app.multiselect(key=field(code, "type_codes")).set_value(["JOU-01"]).run()
    app.text_area(key=field(code, "response")).set_value("Médiation.").run()
    app.text_area(key=field(code, "legal_ground")).set_value("Bail.").run()
    app.selectbox(key=field(code, "pilot")).set_value(Partner.MEDIATION).run()
    app.button(key="regles-monter").click().run()
    assert "Brouillon, non retenu : ajout de « Nuisances sonores »" in told(app)
    retain(app)
    assert [row["rule_code"] for row in in_force(engine)][6:] == ["BIE", code, "INC"]
    assert in_force(engine)[7] | {"position": 0} == {
        "rule_code": code,
        "position": 0,
        "type_codes": "JOU-01",
        "family_codes": "",
        "share_of": "facts",
        "min_share": 0.2,
        "min_count": 3,
        "response": "Médiation.",
        "legal_ground": "Bail.",
        "pilot": "mediation",
        "partners": "",
    }


def test_every_rule_can_be_taken_out_and_an_empty_table_is_refused(filled: Callable):
    engine = filled(with_nomenclature, ranked_store)
    app = rules_page()
    for left in range(7, -1, -1):
        app.button(key="regles-retirer").click().run()
        assert len(app.session_state["regles-brouillon"].rows) == left
    retain(app)
    assert "Gardez de une à 50 règles." in told(app)
    assert versions(engine, ChoiceKind.RESPONSES) == []
    app.button(key="regles-reprendre").click().run()
    assert "Brouillon" not in told(app)
    assert app.selectbox(key="regles-choisie").value == "OCC-HALL"


def test_draft_outlives_another_page_and_another_rule(filled: Callable):
    filled(with_nomenclature, ranked_store)
    app = rules_page()
    app.text_area(key=field("OCC-HALL", "response")).set_value("Agir.").run()
    app.switch_page(str(ROOT / "pages" / "trends.py")).run()
    app.switch_page(str(ROOT / "pages" / "priorities.py"))
    app.query_params["partie"] = RULES
    app.run()
    assert "Brouillon, non retenu : modification de « Occupation abusive" in told(app)
    assert app.text_area(key=field("OCC-HALL", "response")).value == "Agir."


def test_rules_edited_on_an_old_version_are_told_and_kept_then_stored_with_those_of_the_other(filled: Callable):
    engine = filled(with_nomenclature, ranked_store)
    app = rules_page()
    app.text_area(key=field("OCC-HALL", "response")).set_value("Agir.").run()
    theirs = [row | {"min_count": 7} for row in as_rows(default_rules()[:2])]
    store_responses(engine, theirs, by=Partner.JUSTICE, read_version=0)
    retain(app)
    assert "règles de réponse ont été modifiées" in told(app)
    assert "par le parquet (version 1)" in told(app)
    assert "retrait de « Trafics et économie souterraine »" in told(app)  # what their version changed
    assert "Brouillon, non retenu : modification de « Occupation abusive" in told(app)
    assert app.text_area(key=field("OCC-HALL", "response")).value == "Agir."
    assert versions(engine, ChoiceKind.RESPONSES) == [(1, Partner.JUSTICE)]
    retain(app)
    assert "ont été modifiées" not in told(app)
    assert in_force(engine) == [theirs[0] | {"response": "Agir."}, theirs[1]]


def test_words_of_the_other_on_what_both_changed_are_read_before_they_are_replaced(filled: Callable):
    engine = filled(with_nomenclature, ranked_store)
    app = rules_page()
    app.text_area(key=field("OCC-HALL", "response")).set_value("Agir.").run()
    theirs = as_rows(default_rules())
    theirs[0]["response"] = "Rondes de la préfecture."
    store_responses(engine, theirs, by=Partner.PREFECTURE, read_version=0)
    retain(app)
    sentence = "réponse proposée, version retenue par la préfecture : « Rondes de la préfecture. »."
    assert sentence in told(app)
    assert in_force(engine)[0]["response"] == "Rondes de la préfecture."
    retain(app)
    assert sentence not in told(app)
    assert in_force(engine)[0]["response"] == "Agir."


def test_field_typed_as_the_draft_is_given_up_is_given_up_too(filled: Callable):
    filled(with_nomenclature, ranked_store)
    app = rules_page()
    app.text_area(key=field("OCC-HALL", "legal_ground")).set_value("Code pénal.").run()
    app.text_area(key=field("OCC-HALL", "response")).set_value("Agir.")
    app.button(key="regles-reprendre").click().run()
    assert not app.exception
    assert "Brouillon" not in told(app)
    assert app.text_area(key=field("OCC-HALL", "response")).value == default_rules()[0].response


def test_share_that_the_form_cannot_say_is_changed_by_who_types_another_alone(filled: Callable):
    engine = filled(with_nomenclature, ranked_store)
    first, second = as_rows(default_rules()[:2])
    with change(engine, "essai") as made:
        content = {"rules": [first | {"min_share": 0.004}, second | {"min_share": 0.155}]}
        save_choice(made, ChoiceKind.RESPONSES, content, by=Partner.JUSTICE, read_version=0)
    app = rules_page()
    assert app.number_input(key=field("OCC-HALL", "min_share")).value == 1
    app.selectbox(key="regles-choisie").set_value(second["rule_code"]).run()
    assert "Brouillon" not in told(app)
    app.selectbox(key="regles-choisie").set_value("OCC-HALL").run()
    app.number_input(key=field("OCC-HALL", "min_share")).set_value(2).run()
    retain(app)
    assert [row["min_share"] for row in in_force(engine)] == [0.02, 0.155]


def test_version_taken_up_again_is_what_the_store_says_of_it_now(filled: Callable):
    engine = filled(with_nomenclature, ranked_store)
    first, second = as_rows(default_rules()[:2])
    store_responses(engine, [first | {"response": "Voir le gardien."}], by=Partner.JUSTICE, read_version=0)
    store_responses(engine, [second], by=Partner.JUSTICE, read_version=1)
    app = rules_page()
    take_out_rule_text(engine, 1, "response", by=Partner.PREFECTURE, version=1)
    app.button(key="regles-reprendre-version").click().run()
    assert [row["response"] for row in app.session_state["regles-brouillon"].rows] == ["Texte retiré"]


def test_rules_typed_on_an_old_version_can_be_given_up(filled: Callable):
    engine = filled(with_nomenclature, ranked_store)
    app = rules_page()
    app.button(key="regles-retirer").click().run()
    store_responses(engine, as_rows(default_rules()[:2]), by=Partner.JUSTICE, read_version=0)
    retain(app)
    app.button(key="regles-reprendre").click().run()
    assert "ont été modifiées" not in told(app)
    assert "Brouillon" not in told(app)
    assert app.session_state["regles-brouillon"].read_version == 1
    assert len(app.session_state["regles-brouillon"].rows) == 2


def test_rules_that_nobody_changed_follow_a_new_version(filled: Callable):
    engine = filled(with_nomenclature, ranked_store)
    app = rules_page()
    store_responses(engine, as_rows(default_rules()[2:4]), by=Partner.JUSTICE, read_version=0)
    app.run()
    assert app.selectbox(key="regles-choisie").options == [
        "1. Trafics et économie souterraine",
        "2. Atteintes aux personnels et prestataires",
    ]


def test_earlier_version_taken_up_again_becomes_a_new_one_and_effaces_none(filled: Callable):
    engine = filled(with_nomenclature, ranked_store)
    assert "Reprendre cette version" not in [button.label for button in rules_page().button]
    two, three = (as_rows(default_rules()[:count]) for count in (2, 3))
    store_responses(engine, two, by=Partner.JUSTICE, read_version=0)
    store_responses(engine, three, by=Partner.POLICE, read_version=1)
    app = rules_page()
    said = [option.split(",")[0] for option in app.selectbox(key="regles-version").options]
    assert said == ["1", "0"]
    app.button(key="regles-reprendre-version").click().run()
    assert "Brouillon, non retenu : retrait de « Trafics et économie souterraine »" in told(app)
    retain(app)
    assert in_force(engine) == two
    app.selectbox(key="regles-version").set_value(0).run()
    app.button(key="regles-reprendre-version").click().run()
    retain(app)
    assert in_force(engine) == as_rows(default_rules())
    assert [version for version, _ in versions(engine, ChoiceKind.RESPONSES)] == [4, 3, 2, 1]


def test_text_taken_out_of_a_rule_is_told_among_its_versions(filled: Callable):
    engine = filled(with_nomenclature, ranked_store)
    store_responses(engine, as_rows(default_rules()[2:]), by=Partner.JUSTICE, read_version=0)
    take_out_rule_text(engine, 1, "response", by=Partner.PREFECTURE)
    told_of = table(rules_page(), "Version")
    assert [line[1] for line in told_of] == ["Préfecture", "Parquet", ""]
    assert told_of[0][2] == (
        "texte retiré de « Trafics et économie souterraine » (réponse proposée), dans toutes les versions"
    )


def test_rule_of_a_type_that_left_the_nomenclature_can_still_be_read_and_put_right(filled: Callable):
    engine = filled(with_nomenclature, ranked_store)
    gone = as_rows(default_rules()[:1])[0] | {"type_codes": "OCC-02 OCC-99"}
    with change(engine, "essai") as made:
        content = {"rules": [gone]}
        save_choice(made, ChoiceKind.RESPONSES, content, by=Partner.JUSTICE, read_version=0)
    app = rules_page()
    types = app.multiselect(key=field("OCC-HALL", "type_codes"))
    assert types.value == ["OCC-02", "OCC-99"]
    types.set_value(["OCC-02"]).run()
    retain(app)
    assert in_force(engine)[0]["type_codes"] == "OCC-02"


def test_place_of_the_table_can_be_found_on_the_map_and_brings_its_reasons(ranked: None):
    assert f"lieu=residence%3A{WORST}" in "".join(bodies(page(partie=MAP)))
    app = page(partie=MAP, lieu=f"residence:{WORST + 1}")
    assert list(articles(app)) == [HTML.replace("<", "&lt;").replace(">", "&gt;")]
    assert tables(app)[0][0][0].startswith("<img")


@pytest.mark.parametrize("place", ["residence:999999", f"service:{WORST}", str(WORST), "residence:", "<script>"])
def test_place_that_is_not_one_of_the_list_is_nowhere(ranked: None, place: str):
    assert articles(page(partie=MAP, lieu=place)) == {}


def test_choice_of_a_place_does_not_follow_to_another_unit(ranked: None):
    """Residence 1 and service 1 have the same key."""
    assert articles(page(partie=MAP, unite="Circonscriptions", lieu="residence:1")) == {}
    assert list(articles(page(partie=MAP, unite="Circonscriptions", lieu="service:1"))) == ["Commissariat d’essai"]


@pytest.mark.parametrize(
    ("unit", "word", "place"),
    [
        ("Résidences", f"residence:{WORST}", "Les Érables"),
        ("Halls", f"hall:{WORST}|A|1", "Les Érables"),
        ("QPV", "quartier:QN091F1X", "Les Essais"),
        ("Circonscriptions", "service:1", "Commissariat d’essai"),
    ],
)
def test_new_intervention_opens_at_the_place_of_each_unit(ranked: None, unit: str, word: str, place: str):
    quoted = word.replace(":", "%3A").replace("|", "%7C")
    body = "".join(bodies(page(unite=unit)))
    assert f"nouvelle={quoted}" in body
    app = opened("actions", nouvelle=word)
    assert told(app)
    assert any(place in block.value for block in app.markdown)


def test_protected_facts_count_nowhere(ranked: None):
    said = articles(page())["Les Érables"].replace("\u00a0", " ")
    assert f"{FACTS[0]} faits" in said
    assert not any("Z" in name and "9" in name for name in articles(page(unite="Halls", premiers="20")))


def test_places_compared_that_a_filter_takes_away_leave_the_comparison(ranked: None):
    app = page(partie=COMPARE)
    assert len(tables(app)) == 1
    app.multiselect(key="departements").set_value(["Seine-et-Marne (77)"]).run()
    assert told(app)
    shown = app.multiselect(key="comparer-residence").value
    assert WORST not in shown


def test_files_are_offered_under_the_name_of_the_unit(ranked: None):
    files = {element.proto.label for element in page(partie=MAP).get("download_button")}
    assert {"Télécharger (CSV)", "Télécharger (XLSX)"} <= files


def test_silence_before_the_first_month_changes_no_rank(filled: Callable):
    filled(with_nomenclature, ranked_store, begin_in_march_2024)
    assert "Prioritaire" in articles(page())["Les Érables"]
