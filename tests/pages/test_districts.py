from collections.abc import Callable
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import delete, update
from streamlit.testing.v1 import AppTest

from lib.store import schema as s
from lib.store.revisions import change
from tests.conftest import with_nomenclature
from tests.factories import add, incident, residence, small_store
from tests.screen import card, figures, links, opened, table, title, told, trail

POLICE = ["Circonscriptions", "Essonne", "Police", "Commissariat d’essai"]


def page_of_lines(app: AppTest):
    (widget,) = app.get("pagination")
    return widget


def at(**query: object) -> AppTest:
    return opened("districts", **query)


def asked(address: str) -> dict[str, str]:
    return {key: value[0] for key, value in parse_qs(urlsplit(address).query).items()}


def test_services_come_most_facts_first_with_their_rate_and_share_in_quarters(small: None):
    # Commissariat: a1, a2, a3, a4 on 400 dwelling-months, 4 × 12,000 / 400 = 120. Brigade: b1 on 200, 60.
    # Without service: b3 on 100, 120.
    app = at()
    assert title(app) == "1 service sur 2 concentre la moitié des faits recensés"
    rows = [[row[0], row[1], row[2].split()[0], row[3], row[4]] for row in table(app, "Service")]
    assert rows == [
        ["Commissariat d’essai Police", "4 200 logements", "120", "2 → 4", "3 sur 4"],
        ["Brigade d’essai Gendarmerie", "1 100 logements", "60", "1 → 1", "aucun"],
        ["Service non renseigné", "1 100 logements", "120", "0 → 1", "aucun"],
    ]


def test_each_service_has_its_address(small: None):
    found = links(at())
    assert asked(found["Commissariat d’essai"]) == {"service": "1"}
    assert asked(found["Service non renseigné"]) == {"service": "sans"}


def test_links_keep_the_filters(small: None):
    found = links(at(familles=["Biens"]))
    assert asked(found["Brigade d’essai"]) == {"familles": "Biens", "service": "2"}


def test_service_shows_its_quarters_its_communes_and_its_families(small: None):
    app = at(service="1")
    assert trail(app) == POLICE
    assert title(app) == "Commissariat d’essai : 4 faits recensés en 12 mois, 2 → 4"
    communes, families = table(app, "Commune"), table(app, "Famille")
    assert table(app, "Quartier") == [["Les Essais Ville-A", "3 100 logements", "180 37 à 526", "1 → 3", "entier"]]
    assert [row[:2] for row in communes] == [["Ville-A", "4 200 logements"]]
    assert {row[0]: row[1] for row in families} == {
        "Biens": "1",
        "Jouissance": "1",
        "Occupation": "1",
        "Personnels": "1",
    }


def shared(engine) -> None:
    """The quarter has a residence in the commune of each service."""
    with change(small_store(with_nomenclature(engine)), "essai") as made:
        add(made, s.Residence, residence(5, 2, "77002", qpv_2024_id=1, qpv_2024_status="inside"))
        add(made, s.ReportingMonth, {"residence_id": 5, "month_on": date(2026, 1, 1), "status": "reported"})
        add(made, s.Incident, incident("q", 5, date(2026, 1, 9)))


def test_quarter_shared_by_two_services_says_its_part_of_the_whole(filled: Callable):
    filled(shared)
    assert table(at(service="1"), "Quartier")[0][-1] == "partagé : 3 faits sur 4"
    assert table(at(service="2"), "Quartier")[0][-1] == "partagé : 1 fait sur 4"


def test_quarter_leads_to_its_residences(small: None):
    app = at(service="1")
    address = asked(links(app)["Les Essais"])
    assert address == {"service": "1", "quartier": "QN091F1X"}
    below = at(**address)
    assert trail(below) == [*POLICE, "Les Essais"]
    assert title(below) == "Les Essais : 3 faits recensés en 12 mois, 1 → 3"
    assert [row[:2] for row in table(below, "Résidence")] == [["Résidence 1 Ville-A", "3 100 logements"]]


def test_commune_leads_to_its_residences(small: None):
    address = asked(links(at(service="1"))["Ville-A"])
    assert address == {"service": "1", "commune": "91001"}
    rows = table(at(**address), "Résidence")
    assert [row[:2] for row in rows] == [
        ["Résidence 1 Ville-A", "3 100 logements"],
        ["Résidence 2 Ville-A", "1 100 logements"],
    ]


def test_residence_shows_what_it_is_and_its_facts_newest_first(small: None):
    app = at(residence="1")
    assert trail(app) == [*POLICE, "Les Essais", "Résidence 1"]
    assert card(app, "La résidence")["Bailleur"] == "Alpha Habitat"
    assert [(row[0], row[3], row[6]) for row in table(app, "Date")] == [
        ("28 février 2026", "2", "Plainte déposée"),
        ("31 janvier 2026", "3", "Non renseignée"),
        ("5 janvier 2026", "2", "Non renseignée"),
    ]


def test_protected_fact_is_in_no_list_of_facts(small: None):
    # a5, on 11 February 2026, is violence in the family.
    assert "11 février 2026" not in told(at(residence="1"))


def test_fact_over_midnight_is_said_from_its_start_to_its_end(small: None):
    (row,) = table(at(residence="3"), "Date")
    assert row[:4] == ["15 janvier 2026", "22 h à 1 h", "Dégradation de parties communes", "2"]


def test_fact_that_no_complaint_can_follow_says_so(small: None):
    (row,) = table(at(residence="2"), "Date")
    assert (row[2], row[6]) == ("Nuisances sonores", "Sans objet")


def test_raised_severity_is_the_one_shown(small: None):
    # a7, on 20 February 2025, was raised from 3 to 4.
    assert table(at(residence="2", periode="Année 2025"), "Date")[0][3] == "4"


def test_facts_of_a_residence_come_forty_at_a_time(filled: Callable):
    def many(engine) -> None:
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            add(made, s.Incident, *(incident(f"m{rank}", 3, date(2026, 1, 2)) for rank in range(60)))

    filled(many)
    app = at(residence="3")
    assert "61 faits" in told(app)
    assert len(table(app, "Date")) == 40
    page_of_lines(app).set_value(2).run()
    assert len(table(app, "Date")) == 21


def test_place_of_more_than_forty_rows_keeps_them_all_within_reach(filled: Callable):
    def many(engine) -> None:
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            add(made, s.Residence, *(residence(100 + rank, 1, "91001") for rank in range(45)))

    filled(many)
    app = at(commune="91001")
    first = {row[0] for row in table(app, "Résidence")}
    page_of_lines(app).set_value(2).run()
    second = {row[0] for row in table(app, "Résidence")}
    assert (len(first), len(second), len(first | second)) == (40, 7, 47)


@pytest.mark.parametrize(
    "query", [{"service": "9"}, {"quartier": "QN000"}, {"commune": "00000"}, {"residence": "99"}, {"residence": "x"}]
)
def test_place_that_does_not_exist_is_refused(small: None, query: dict):
    app = at(**query)
    assert [error.proto.type for error in app.exception] == ["lib.errors.AccessError"]


def test_quiet_place_has_its_sheet_and_the_places_below(small: None):
    app = at(service="2", familles=["Jouissance"])
    assert title(app) == "Brigade d’essai : aucun fait recensé en 12 mois"
    assert "Résidences déclarantes sur la période : 1 sur 1, sans fait" in told(app)
    assert [row[:2] for row in table(app, "Commune")] == [["Ville-B", "0 100 logements"]]
    assert trail(app) == ["Circonscriptions", "Seine-et-Marne", "Gendarmerie", "Brigade d’essai"]


def test_filter_narrows_the_place_shown(small: None):
    app = at(service="1")
    assert figures(app)["Faits recensés"].startswith("4 ")
    app.multiselect(key="familles").set_value(["Biens"]).run()
    assert title(app) == "Commissariat d’essai : 1 fait recensé en 12 mois, 1 → 1"


def test_sentence_and_figures_bear_on_the_same_service(small: None):
    app = at(service="1", circonscriptions=["Gendarmerie, Brigade d’essai"])
    sentence = told(app)
    assert not ("Gendarmerie, Brigade d’essai" in sentence and "4 faits recensés" in sentence)


def test_residence_without_commune_is_a_place_that_can_be_read(filled: Callable):
    def lost(engine) -> None:
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            made.connection.execute(update(s.Residence).where(s.Residence.residence_id == 4).values(commune_code=None))

    filled(lost)
    app = at(service="sans")
    assert [row[1] for row in table(app, "Commune")] == ["1 100 logements"]
    assert "nan" not in told(app).split()
    assert not any("nan" in address for address in links(app).values())


def test_facts_mostly_without_a_service_are_said_so(filled: Callable):
    def lost(engine) -> None:
        more = [incident(f"l{number}", 4, date(2026, 1, 5)) for number in range(9)]
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            add(made, s.Incident, *more)

    filled(lost)
    assert title(at()) == "Plus de la moitié des faits recensés sans service renseigné"


def test_contacts_of_a_service_are_functions(filled: Callable):
    def known(engine) -> None:
        nowhere = {"departement_code": None, "qpv_id": None, "landlord_id": None, "district_id": 1}
        police = {"partner": "Police", "function": "Référent sécurité", "mailbox": "ici@exemple.fr"}
        mairie = {"partner": "Mairie", "function": "Coordonnateur", "mailbox": None}
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            add(made, s.Referent, nowhere | mairie | {"referent_id": 1}, nowhere | police | {"referent_id": 2})

    filled(known)
    assert table(at(service="1"), "Partenaire") == [
        ["Mairie", "Coordonnateur —"],
        ["Police", "Référent sécurité ici@exemple.fr"],
    ]
    assert "Référents" not in told(at(service="2"))


def test_silent_service_has_no_part_in_quarters_and_no_zero(filled: Callable):
    def quiet(engine) -> None:
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            made.connection.execute(delete(s.Incident).where(s.Incident.residence_id == 3))
            made.connection.execute(delete(s.ReportingMonth).where(s.ReportingMonth.residence_id == 3))

    filled(quiet)
    rows = {row[0]: row[1:] for row in table(at(), "Service")}
    assert rows["Brigade d’essai Gendarmerie"] == ["—", "—", "sans comparaison", "—"]


def test_families_of_a_place_without_a_past_are_shown_all_the_same(filled: Callable):
    filled(with_nomenclature, small_store)
    families = {row[0]: row[1] for row in table(at(service="2"), "Famille")}
    assert families == {"Biens": "1"}


def test_whole_selection_leads_to_its_departements(small: None):
    assert asked(links(at())["Essonne"]) == {"departement": "91"}
    app = at(departement="91")
    assert trail(app) == ["Circonscriptions", "Essonne"]
    assert title(app) == "Essonne : 5 faits recensés en 12 mois, 2 → 5"
    assert [row[0] for row in table(app, "Force")] == ["Police", "Service non renseigné"]
    assert asked(links(app)["Police"]) == {"departement": "91", "force": "PN"}


def test_force_of_a_departement_leads_to_its_services(small: None):
    app = at(departement="77", force="GN")
    assert trail(app) == ["Circonscriptions", "Seine-et-Marne", "Gendarmerie, Seine-et-Marne"]
    assert [row[0] for row in table(app, "Service")] == ["Brigade d’essai Gendarmerie"]


def test_communes_without_service_are_listed_under_their_departement(small: None):
    app = at(departement="91", force="sans")
    assert "sous aucun service" in told(app)
    assert len(table(app, "Commune")) == 1


def test_situations_say_place_type_and_recurrence(small: None):
    situations = table(at(service="1"), "Situation")
    assert situations[0] == [
        "Occupation abusive de hall ou de parties communes Résidence 1 , Ville-A",
        "1",
        "1 sur 12",
        "—",  # no share of four facts
    ]


def halls(engine) -> None:
    more = [
        incident(f"h{rank}", 1, date(2026, 1, rank + 1), "OCC-01", building_code="A", hall_code=hall)
        for rank, hall in enumerate(("2", "2", "3"))
    ]
    with change(small_store(with_nomenclature(engine)), "essai") as made:
        add(made, s.Incident, *more)


def test_residence_leads_to_its_halls_and_a_hall_to_its_facts(filled: Callable):
    filled(halls)
    app = at(residence="1")
    assert [row[:2] for row in table(app, "Hall")] == [
        ["Bâtiment A, hall 2", "2"],
        ["Bâtiment A, hall 3", "1"],
        ["Hall non renseigné", "3"],
    ]
    assert "Faits sans hall renseigné : 3 sur 6" in told(app)
    address = asked(links(app)["Bâtiment A, hall 2"])
    assert address == {"residence": "1", "batiment": "A", "hall": "2"}
    hall = at(**address)
    assert title(hall).startswith("Résidence 1, bâtiment A, hall 2 : 2 faits recensés en 12 mois")
    assert [row[0] for row in table(hall, "Date")] == ["2 janvier 2026", "1er janvier 2026"]
    assert "Pour 1 000" not in " ".join(figures(hall))
    assert trail(hall)[-3:] == ["Résidence 1", "Bâtiment A", "Bâtiment A, hall 2"]


def test_hall_that_no_fact_names_has_an_empty_sheet(small: None):
    assert title(at(residence="1", batiment="<b>", hall="9")) == "Aucun fait recensé pour ces filtres"


def test_place_is_read_beside_its_departement_and_those_of_its_size(small: None):
    app = at(residence="1")
    rows = table(app, "Lieu")
    assert rows[0][0] == "Essonne"
    assert "Résidence 1" in [row[0] for row in rows]
    assert "Résidence 1 est dans l’attendu pour sa taille, parmi 4 lieux du même niveau" in told(app)


def test_quarter_seen_from_one_of_its_services_is_compared_as_a_whole(filled: Callable):
    filled(shared)
    assert "Les Essais (le lieu entier, tous services confondus) est" in told(at(service="1", quartier="QN091F1X"))
    assert "Les Essais est" in told(at(quartier="QN091F1X"))


def test_complaints_come_with_the_reasons_of_the_others(small: None):
    app = at(residence="1")
    assert card(app, "")["Plaintes déposées"] == "1 (1 sur 3)"
    assert card(app, "")["Suite inconnue ou à décider"] == "2 (2 sur 3)"
    assert "sans plainte" not in told(app)


def test_profile_says_when_residences_are_too_few_and_facts_not_compared(small: None):
    said = told(at(service="1", volet="Profil du lieu"))
    assert "2 résidences avec un taux : trop peu de résidences" in said
    assert "4 faits du lieu comptés depuis le 5 janvier 2026" in said


def test_profile_of_a_residence_is_read_in_its_quarter(small: None):
    app = at(residence="1", volet="Profil du lieu")
    assert "Résidences et alentours" in told(app)
    assert [row[0] for row in table(app, "Paires de faits")][:2] == ["Même hall", "Même résidence, autre hall"]


def test_recorded_crime_is_apart_and_says_that_nothing_is_loaded(small: None):
    said = told(at(departement="91", volet="Criminalité enregistrée"))
    assert "ils ne s’y ajoutent pas" in said
    assert "Aucune statistique officielle chargée" in said
    assert "23 types sur 40 n’ont pas d’équivalent" in said


def test_tab_that_a_level_lacks_gives_way_to_the_sheet(small: None):
    app = at(residence="1", volet="Criminalité enregistrée")
    assert table(app, "Situation")


def test_past_service_names_the_one_that_answers_now(filled: Callable):
    def moved(engine) -> None:
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            link = s.CommuneDistrict.__table__
            made.connection.execute(
                link.update().where(link.c.commune_code == "91001").values(valid_to=date(2026, 2, 1))
            )
            new = {"commune_code": "91001", "valid_from": date(2026, 2, 1), "valid_to": None, "district_id": 2}
            add(made, s.CommuneDistrict, new)

    filled(moved)
    app = at(service="1")
    assert "Ce service ne répond plus de ces communes depuis le 1er février 2026" in told(app)
    assert asked(links(app)["Brigade d’essai (gendarmerie)"]) == {"service": "2"}
    assert trail(at(residence="1"))[3] == "Brigade d’essai"


def test_quarter_of_2015_opens_in_a_period_of_its_own(filled: Callable):
    def older(engine) -> None:
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            quarter = {"qpv_id": 2, "qpv_code": "QP091001", "qpv_name": "Vieux Essais", "departement_code": "91"}
            add(made, s.Qpv, quarter | {"generation": 2015})
            residences, inside = s.Residence.__table__, {"qpv_2015_id": 2, "qpv_2015_status": "inside"}
            made.connection.execute(residences.update().where(residences.c.residence_id == 1).values(**inside))
            add(made, s.ReportingMonth, {"residence_id": 1, "month_on": date(2023, 5, 1), "status": "reported"})
            add(made, s.Incident, incident("old", 1, date(2023, 5, 5)))

    filled(older)
    past = {"periode": "Mois choisis", "de": "mai 2023", "a": "décembre 2023"}
    app = at(service="1", **past)
    address = asked(links(app)["Vieux Essais"])
    below = at(**address)
    assert title(below).startswith("Vieux Essais : 1 fait recensé")
    residence = at(residence="1", **past)
    assert trail(residence)[-2:] == ["Vieux Essais", "Résidence 1"]
    assert card(residence, "La résidence")["Quartier"] == "Vieux Essais"


def test_months_touched_of_a_building_are_those_of_all_its_halls(filled: Callable):
    def two(engine) -> None:
        more = [
            incident(f"h{month}", 1, date(2026, month, 2), "OCC-01", building_code="A", hall_code=str(month))
            for month in (1, 2)
        ]
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            add(made, s.Incident, *more)

    filled(two)
    assert figures(at(residence="1", batiment="A"))["Mois touchés"].startswith("2 sur 12")


def test_service_that_ended_before_the_period_leads_to_the_one_that_answers(filled: Callable):
    def moved(engine) -> None:
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            link = s.CommuneDistrict.__table__
            made.connection.execute(
                link.update().where(link.c.commune_code == "91001").values(valid_to=date(2025, 2, 1))
            )
            new = {"commune_code": "91001", "valid_from": date(2025, 2, 1), "valid_to": None, "district_id": 2}
            add(made, s.CommuneDistrict, new)

    filled(moved)
    app = at(service="1", periode="Mois choisis", de="janvier 2026", a="février 2026")
    assert title(app) == "Aucun fait recensé pour ces filtres"
    assert "Ce service ne répond plus de ces communes depuis le 1er février 2025" in told(app)


def test_residence_known_by_a_protected_fact_alone_is_refused(filled: Callable):
    def hidden(engine) -> None:
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            add(made, s.Residence, residence(9, 1, "91001", dwelling_count=0))
            add(made, s.Incident, incident("p", 9, date(2026, 1, 9), "PEL-03"))

    filled(hidden)
    assert [error.proto.type for error in at(residence="9").exception] == ["lib.errors.AccessError"]
