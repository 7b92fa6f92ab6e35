import json
import re
from collections.abc import Callable
from datetime import date

import pytest

from lib.store import schema as s
from lib.store.revisions import change
from tests.conftest import with_nomenclature
from tests.factories import add, incident, small_store
from tests.pages.conftest import begin_in_march_2024
from tests.screen import bodies, links, opened, tables, title, told


def charts(app) -> list[dict]:
    return [json.loads(element.proto.spec) for element in app.get("plotly_chart")]


def spoken(app) -> list[str]:
    return [element.proto.alt.replace("\u00a0", " ") for element in app.get("plotly_chart")]


TYPES = "Types"
FAMILIES = [
    "Personnels",
    "Résidents et tiers",
    "Biens",
    "Incendies",
    "Occupation",
    "Trafics",
    "Jouissance",
    "Cadre de vie",
]


def test_title_is_that_of_the_whole_selection(small: None):
    assert (
        title(opened("trends")) == "6 faits recensés en 12 mois, sans comparaison possible avec la période précédente"
    )


def test_each_family_then_the_coverage_has_its_chart_and_its_words(small: None):
    said = spoken(opened("trends"))
    assert [alt.split(" :")[0] for alt in said[:8]] == FAMILIES
    assert said[8].startswith("Couverture")
    assert len(said) == 8 + 1
    assert all(said)


def test_each_type_of_the_first_family_with_facts_has_its_chart_and_its_words(small: None):
    said = spoken(opened("trends", onglet=TYPES))
    assert len(said) == 6  # against staff
    assert all(said)


def test_months_of_a_chart_go_from_the_first_of_the_store_to_the_last_shown(small: None):
    property_chart = charts(opened("trends"))[FAMILIES.index("Biens")]
    months = property_chart["data"][0]["x"]
    assert (months[0][:7], months[-1][:7], len(months)) == ("2024-03", "2026-02", 24)
    earlier = charts(opened("trends", periode="Année 2025"))[FAMILIES.index("Biens")]
    assert earlier["data"][0]["x"][-1][:7] == "2025-12"


def test_two_years_are_compared_family_by_family(small: None):
    families = tables(opened("trends"))[0]
    assert [row[1] for row in families] == ["0 → 1", "0 → 0", "2 → 3", "0 → 0", "1 → 1", "0 → 0", "0 → 1", "0 → 0"]


def test_no_percentage_is_given_on_a_base_under_ten(small: None):
    families, types = tables(opened("trends"))[0], tables(opened("trends", onglet=TYPES))[0]
    assert {(row[2], row[3], row[4]) for row in families + types} == {("—", "—", "effectif insuffisant")}


def test_detail_follows_the_family_asked_for(small: None):
    app = opened("trends", onglet=TYPES, detail="Occupation")
    types = tables(app)[0]
    assert len(types) == 6
    assert types[1][:2] == ["Occupation abusive de hall ou de parties communes", "1 → 1"]
    app.selectbox(key="detail").set_value("JOU").run()
    assert tables(app)[0][0][:2] == ["Nuisances sonores", "0 → 1"]


def test_detail_that_the_filter_leaves_out_gives_way_to_one_it_keeps(small: None):
    app = opened("trends", onglet=TYPES, detail="Occupation")
    app.multiselect(key="familles").set_value(["Biens"]).run()
    assert tables(app)[0][0][:2] == ["Dégradation de parties communes", "2 → 3"]


def test_choice_of_one_family_leaves_its_chart_alone(small: None):
    app = opened("trends")
    app.multiselect(key="familles").set_value(["Biens"]).run()
    assert spoken(app)[0].startswith("Biens")
    assert spoken(app)[1].startswith("Couverture")
    assert title(app).startswith("3 faits recensés")


def test_own_scale_is_a_switch(small: None):
    app = opened("trends")
    tops = {tuple(chart["layout"]["yaxis"]["range"]) for chart in charts(app)[:8]}
    assert len(tops) == 1
    app.toggle(key="family-own").set_value(True).run()
    assert len(charts(app)) == 9
    assert {tuple(chart["layout"]["yaxis"].get("range") or ()) for chart in charts(app)[:8]} != tops


def with_protected(count: int) -> Callable:
    """Fills the small store, with protected facts in 2025."""

    def more(engine) -> None:
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            for rank in range(count):
                add(made, s.Incident, incident(f"p{rank}", 1, date(2025, 2, 1), "PEL-03"))

    return more


@pytest.mark.parametrize(("count", "shown"), [(1, "non diffusé"), (4, "non diffusé"), (5, "5 faits")])
def test_violence_in_the_family_is_published_by_departement_and_year_from_five_facts(
    filled: Callable, count: int, shown: str
):
    filled(with_protected(count))
    said = told(opened("trends"))
    assert "Violences intrafamiliales signalées en 2025, hors de tous les totaux" in said
    assert f"Essonne : {shown}." in said
    assert "Seine-et-Marne :" not in said


def test_protected_totals_ignore_a_filter_narrower_than_the_departement(filled: Callable):
    filled(with_protected(1))
    assert "Essonne : non diffusé." in told(opened("trends", forces=["Gendarmerie"]))


def test_confinements_are_named_only_where_the_months_drawn_meet_them(small: None):
    assert "Bandes" not in told(opened("trends"))


def test_head_says_what_the_tests_found_and_leads_to_the_type(small: None):
    app = opened("trends")
    assert "Ensemble des faits : 3 → 6, effectif insuffisant pour conclure" in told(app)


def test_family_and_type_of_the_tables_narrow_the_page(small: None):
    families = links(opened("trends", forces=["Police"]))
    assert families["Atteintes aux biens et au patrimoine"] == "/tendances?forces=Police&familles=Biens"
    addresses = links(opened("trends", onglet=TYPES, detail="Biens", forces=["Police"]))
    assert addresses["Tags et graffitis"] == "/tendances?forces=Police&types=Tags+et+graffitis"


@pytest.mark.parametrize(
    ("tab", "sections"),
    [
        (
            "Évolutions",
            [
                "Faits recensés par mois",
                "Couverture déclarative",
                "12 mois contre les mêmes mois un an plus tôt",
                "Tendance de fond",
            ],
        ),
        (TYPES, ["Personnels\u00a0: aucun type en évolution significative, sur 6"]),
        ("Au-delà de l’attendu", ["Au-delà de l’attendu", "Aucune alerte"]),
        ("Heures", ["Aucun moment de la journée ne se détache"]),
        (
            "Lieux",
            [
                "10\u00a0% des résidences\u00a0: 20\u00a0% des faits recensés, ce que le seul hasard donnerait aussi "
                "(19\u00a0%)",
                "Aucun lieu hors des limites, sur 4",
            ],
        ),
    ],
)
def test_address_opens_a_tab_and_draws_no_other(small: None, tab: str, sections: list[str]):
    app = opened("trends", onglet=tab)
    assert told(app)
    assert re.findall(r"<h2>(.*?)</h2>", "".join(bodies(app))) == sections
    assert all(spoken(app))


def test_constant_panel_says_what_it_keeps_and_draws_the_two_periods(small: None):
    app = opened("trends", panel="true")
    assert "Panel constant : seuls comptent les mois que chaque résidence a déclarés" in told(app)
    assert "à panel constant" in told(app)
    months = charts(app)[0]["data"][0]["x"]
    assert (months[0][:7], months[-1][:7]) == ("2024-03", "2026-02")


def test_silent_month_leaves_the_constant_panel_in_both_years(filled: Callable):
    def more(engine) -> None:
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            add(made, s.Incident, incident("b8", 4, date(2025, 2, 3)), incident("b9", 4, date(2026, 2, 3)))

    filled(more, begin_in_march_2024)
    assert "Ensemble des faits : 4 → 7" in told(opened("trends"))
    assert "Ensemble des faits : 3 → 6" in told(opened("trends", panel="true"))


def test_unknown_hours_are_counted_apart(small: None):
    said = spoken(opened("trends", onglet="Heures"))
    assert "83 % des faits ont une heure inconnue" in said[0]


def test_watch_says_the_months_and_how_many_series(small: None):
    said = told(opened("trends", onglet="Au-delà de l’attendu"))
    assert "Faits recensés, décembre 2025 à février 2026" in said
    # 4 types in all, 4 families then 4 types of 2 services, 3 families of the QPV, 4 residences.
    assert "Sur 27 séries" in said
