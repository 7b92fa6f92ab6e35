from datetime import date

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from lib.domain.filters import IncidentFilter
from lib.domain.period import Period, add_months
from lib.ui.filters import KEYS, Choices, complete_months, sentence

HOSTILE = "<img src=x onerror=alert(1)> & Fils"


def months(first: date, count: int) -> tuple[date, ...]:
    return tuple(add_months(first, rank) for rank in range(count))


def choices(**different: object) -> Choices:
    """Fourteen months to February 2026, two départements, three services, two landlords, four types."""
    given = {
        "months": months(date(2025, 1, 1), 14),
        "departements": pd.DataFrame(
            {"departement_code": ["77", "91"], "departement_name": ["Seine-et-Marne", "Essonne"]}
        ),
        "districts": pd.DataFrame(
            {
                "district_id": [1, 2, 3],
                "district_name": ["Commissariat d'Ici", "Gendarmerie - Brigade de Là", "Commissariat de Là"],
                "district_kind": ["commissariat", "brigade", "commissariat"],
                "force": ["PN", "GN", "PN"],
                "departement_code": ["91", "77", "77"],
            }
        ),
        "qpvs": pd.DataFrame(
            {
                "qpv_id": [1, 2],
                "qpv_code": ["QN091F1X", "QN077F1X"],
                "qpv_name": ["Les Essais", "Épis"],
                "departement_code": ["91", "77"],
            }
        ),
        "landlords": pd.DataFrame(
            {"landlord_id": [1, 2], "landlord_code": ["a", "b"], "landlord_name": ["Alpha Habitat", "Beta Logis"]}
        ),
        "types": pd.DataFrame(
            {
                "family_code": ["PEL", "PEL", "BIE", "BIE"],
                "family_label": ["Résidents", "Résidents", "Biens", "Biens"],
                "type_code": ["PEL-01", "PEL-03", "BIE-01", "BIE-02"],
                "type_label": ["Menaces", "Violences intrafamiliales", "Dégradation", "Tags"],
                "is_protected": [False, True, False, False],
            }
        ),
    }
    return Choices(**(given | different))


def bar(offered: Choices, **query: object) -> AppTest:
    def draw(offered):
        import streamlit as st  # noqa: PLC0415 - the body is a script of its own

        from lib.ui.filters import filter_bar  # noqa: PLC0415 - the body is a script of its own

        st.session_state["chosen"], st.session_state["said"] = filter_bar(offered)

    app = AppTest.from_function(draw, args=(offered,), default_timeout=60)
    app.query_params.update(query)
    app.run()
    assert not app.exception, app.exception[0].value
    return app


def chosen(app: AppTest) -> IncidentFilter:
    return app.session_state["chosen"]


LAST_TWELVE = Period(date(2025, 3, 1), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("data_on", "expected"),
    [
        (date(2026, 2, 28), (date(2026, 1, 1), date(2026, 2, 1))),
        (date(2026, 2, 27), (date(2026, 1, 1),)),
        (date(2026, 1, 5), (date(2026, 1, 1),)),
    ],
    ids=["whole", "one day short", "none complete"],
)
def test_month_is_offered_once_its_last_day_is_known(data_on: date, expected: tuple):
    assert complete_months([date(2026, 1, 1), date(2026, 2, 1)], data_on) == expected


def test_bar_asks_by_default_for_the_last_twelve_months_without_restriction():
    app = bar(choices())
    assert chosen(app) == IncidentFilter(LAST_TWELVE)
    assert app.session_state["said"] == "12 mois jusqu’au 28 février 2026, toutes familles, tous départements."


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (months(date(2025, 12, 1), 3), ["Mois choisis"]),
        (months(date(2025, 3, 1), 12), ["12 derniers mois", "Mois choisis"]),
        (months(date(2025, 1, 1), 14), ["12 derniers mois", "Année 2025", "Mois choisis"]),
        (
            months(date(2023, 1, 1), 36),
            [
                *("12 derniers mois", "24 derniers mois", "36 derniers mois"),
                *("Année 2025", "Année 2024", "Année 2023", "Mois choisis"),
            ],
        ),
    ],
    ids=["3 months", "12 months", "14 months", "36 months"],
)
def test_period_is_offered_only_where_the_store_tells_of_all_of_it(known: tuple, expected: list[str]):
    assert bar(choices(months=known)).selectbox(key="periode").options == expected


@pytest.mark.parametrize("query", [{}, {"periode": "Année 2025"}, {"periode": "juin 2025"}])
def test_chosen_month_narrows_the_period_to_itself(query: dict):
    def draw(offered):
        import streamlit as st  # noqa: PLC0415 - the body is a script of its own

        from lib.ui.filters import choose_month, filter_bar  # noqa: PLC0415 - the body is a script of its own

        st.button("Janvier", on_click=choose_month, args=(offered.months[-2],))
        st.session_state["chosen"], _ = filter_bar(offered)

    app = AppTest.from_function(draw, args=(choices(),), default_timeout=60)
    app.query_params.update(query)
    app.run().button[0].click().run()
    assert not app.exception
    assert chosen(app).period == Period(date(2026, 1, 1), date(2026, 2, 1))


def test_store_of_a_few_months_shows_them_all():
    app = bar(choices(months=months(date(2025, 12, 1), 3)))
    assert chosen(app).period == Period(date(2025, 12, 1), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"periode": "Année 2025"}, Period(date(2025, 1, 1), date(2026, 1, 1))),
        ({"periode": "12 derniers mois"}, LAST_TWELVE),
        (
            {"periode": "Mois choisis", "de": "juin 2025", "a": "août 2025"},
            Period(date(2025, 6, 1), date(2025, 9, 1)),
        ),
        (
            {"periode": "Mois choisis", "de": "août 2025", "a": "juin 2025"},
            Period(date(2025, 6, 1), date(2025, 9, 1)),
        ),
        ({"periode": "Mois choisis", "de": "juin 2025", "a": "juin 2025"}, Period(date(2025, 6, 1), date(2025, 7, 1))),
        ({"periode": "juin 2025"}, Period(date(2025, 6, 1), date(2025, 7, 1))),
    ],
    ids=["year", "preset", "months", "months in the wrong order", "from a month to itself", "one month"],
)
def test_period_of_the_address_is_asked_for(query: dict, expected: Period):
    assert chosen(bar(choices(), **query)).period == expected


@pytest.mark.parametrize(
    ("query", "field", "expected"),
    [
        ({"departements": ["Essonne (91)"]}, "departement_codes", ("91",)),
        ({"forces": ["Gendarmerie"]}, "forces", ("GN",)),
        ({"circonscriptions": ["Police, Commissariat d’Ici"]}, "district_ids", (1,)),
        ({"quartiers": "Hors QPV"}, "qpv_statuses", ("outside",)),
        ({"qpv": ["Les Essais (QN091F1X)"]}, "qpv_ids", (1,)),
        ({"familles": ["Biens", "Résidents et tiers"]}, "family_codes", ("BIE", "PEL")),
        ({"types": ["Tags"]}, "type_codes", ("BIE-02",)),
        ({"gravites": ["3, délit ou entrave"]}, "severities", (3,)),
        ({"bailleurs": ["Beta Logis"]}, "landlord_ids", (2,)),
    ],
)
def test_each_choice_of_the_address_is_one_restriction(query: dict, field: str, expected: tuple):
    assert chosen(bar(choices(), **query)) == IncidentFilter(LAST_TWELVE, **{field: expected})


@pytest.mark.parametrize(
    "query",
    [
        {"familles": ["Inconnue"]},
        {"types": ["Violences intrafamiliales"]},
        {"bailleurs": ["1"]},
        {"quartiers": "inside"},
        {"periode": "99 derniers mois"},
        {"periode": "juin 1999"},
    ],
)
def test_value_the_store_does_not_offer_restricts_nothing(query: dict):
    assert chosen(bar(choices(), **query)) == IncidentFilter(LAST_TWELVE)


def test_protected_type_is_never_offered():
    assert bar(choices()).multiselect(key="types").options == ["Menaces", "Dégradation", "Tags"]


def test_types_offered_are_those_of_the_families_chosen():
    assert bar(choices(), familles=["Biens"]).multiselect(key="types").options == ["Dégradation", "Tags"]


def test_families_without_a_type_in_the_store_are_not_offered():
    assert bar(choices()).multiselect(key="familles").options == ["Résidents et tiers", "Biens"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["Gendarmerie, Brigade de Là", "Police, Commissariat de Là", "Police, Commissariat d’Ici"]),
        ({"departements": ["Seine-et-Marne (77)"]}, ["Gendarmerie, Brigade de Là", "Police, Commissariat de Là"]),
        ({"forces": ["Police"]}, ["Police, Commissariat de Là", "Police, Commissariat d’Ici"]),
        ({"departements": ["Seine-et-Marne (77)"], "forces": ["Police"]}, ["Police, Commissariat de Là"]),
    ],
)
def test_services_offered_are_those_of_the_departements_and_forces_chosen(query: dict, expected: list[str]):
    assert bar(choices(), **query).multiselect(key="circonscriptions").options == expected


def test_qpv_offered_are_those_of_the_departements_chosen_in_the_order_of_their_names():
    assert bar(choices()).multiselect(key="qpv").options == ["Épis (QN077F1X)", "Les Essais (QN091F1X)"]
    offered = bar(choices(), departements=["Essonne (91)"]).multiselect(key="qpv").options
    assert offered == ["Les Essais (QN091F1X)"]


def test_type_chosen_leaves_with_its_family():
    app = bar(choices())
    app.multiselect(key="types").set_value(["Tags"]).run()
    app.multiselect(key="familles").set_value(["Résidents et tiers"]).run()
    assert not app.exception
    assert chosen(app) == IncidentFilter(LAST_TWELVE, family_codes=("PEL",))


FULL_ADDRESS = {
    "periode": "Mois choisis",
    "de": "juin 2025",
    "a": "août 2025",
    "departements": ["Essonne (91)"],
    "forces": ["Police"],
    "circonscriptions": ["Police, Commissariat d’Ici"],
    "quartiers": "En QPV",
    "qpv": ["Les Essais (QN091F1X)"],
    "familles": ["Biens"],
    "types": ["Tags"],
    "gravites": ["2, trouble caractérisé"],
    "bailleurs": ["Alpha Habitat"],
}


def test_every_widget_has_its_name_in_the_address():
    app = bar(choices(), **FULL_ADDRESS)
    assert set(FULL_ADDRESS) == set(KEYS)
    assert chosen(app) == IncidentFilter(
        Period(date(2025, 6, 1), date(2025, 9, 1)),
        family_codes=("BIE",),
        type_codes=("BIE-02",),
        severities=(2,),
        landlord_ids=(1,),
        departement_codes=("91",),
        forces=("PN",),
        district_ids=(1,),
        qpv_statuses=("inside",),
        qpv_ids=(1,),
    )


def test_reset_lifts_every_restriction_and_cleans_the_address():
    app = bar(choices(), **FULL_ADDRESS)
    app.button[0].click().run()
    assert [error.value for error in app.exception] == []
    assert chosen(app) == IncidentFilter(LAST_TWELVE)
    assert app.query_params == {}


def test_reset_without_any_restriction_changes_nothing():
    app = bar(choices())
    app.button[0].click().run()
    assert [error.value for error in app.exception] == []
    assert chosen(app) == IncidentFilter(LAST_TWELVE)


def test_reset_leaves_the_place_of_a_drill_down_in_the_address():
    app = bar(choices(), service="1")
    app.button[0].click().run()
    assert app.query_params == {"service": "1"}


@pytest.mark.parametrize(
    ("restriction", "expected"),
    [
        ({}, "toutes familles, tous départements"),
        ({"family_codes": ("BIE",)}, "famille Biens, tous départements"),
        ({"family_codes": ("BIE", "PEL")}, "familles Biens et Résidents et tiers, tous départements"),
        ({"family_codes": ("BIE", "JOU", "TRA")}, "familles Biens, Jouissance et Trafics, tous départements"),
        (
            {"family_codes": ("BIE", "JOU", "TRA", "INC")},
            "familles Biens, Jouissance et 2 autres, tous départements",
        ),
        ({"family_codes": ("BIE",), "type_codes": ("BIE-02",)}, "Tags, tous départements"),
        ({"severities": (3, 4)}, "toutes familles, gravité 3 et gravité 4, tous départements"),
        ({"departement_codes": ("91",)}, "toutes familles, Essonne"),
        ({"forces": ("GN",)}, "toutes familles, tous départements, gendarmerie"),
        ({"forces": ("",)}, "toutes familles, tous départements, service non renseigné"),
        ({"district_ids": (1,)}, "toutes familles, tous départements, Police, Commissariat d’Ici"),
        ({"qpv_statuses": ("inside",)}, "toutes familles, tous départements, en QPV"),
        ({"qpv_ids": (1,)}, "toutes familles, tous départements, Les Essais"),
        ({"landlord_ids": (2,)}, "toutes familles, tous départements, Beta Logis"),
    ],
)
def test_sentence_names_each_restriction(restriction: dict, expected: str):
    said = sentence(IncidentFilter(LAST_TWELVE, **restriction), choices())
    assert said == f"12 mois jusqu’au 28 février 2026, {expected}."


def test_sentence_shown_is_the_one_given_to_the_page_with_names_escaped():
    landlords = choices().landlords.assign(landlord_name=["Alpha Habitat", HOSTILE])
    app = bar(choices(landlords=landlords), bailleurs=[HOSTILE])
    shown = app.get("html")[0].proto.body
    assert HOSTILE in app.session_state["said"]
    assert "<img" not in shown
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; Fils" in shown
