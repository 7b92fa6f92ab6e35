from collections.abc import Iterator

import pandas as pd
import pytest

from lib.config import REFERENCE, ROOT
from lib.domain.recorded import Tie
from lib.ingest.official.competence import read_competence
from lib.store import official_statistics, recorded_services
from lib.store.recorded_services import district_crimes, service_ties, sister_brigades, ties_of
from lib.store.revisions import change

SERVED = "Commissariat d’essai"
COMPANY = "Gendarmerie - Brigade d’essai"


@pytest.fixture
def invented(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A table of invented services, so that no invented count stands beside a real one."""
    monkeypatch.setattr(recorded_services, "FILE", ROOT / "tests" / "data" / "services-4001-inventes.csv")
    service_ties.cache_clear()
    yield
    service_ties.cache_clear()


def crimes(*rows: tuple) -> pd.DataFrame:
    """Force, service, year and count under index 27."""
    return pd.DataFrame(
        [
            {"force": force, "service_name": service, "year": year, "index_code": "27", "index_label": "x"}
            | {"fact_count": count, "is_territorial": True}
            for force, service, year, count in rows
        ]
    ).astype({"fact_count": "Int64"})


def found(store, rows: pd.DataFrame, force: str, name: str) -> list[list]:
    with change(store, "essai") as made:
        official_statistics.save_recorded_crimes(made, rows)
        read = district_crimes(made.connection, force, name)
    return read[["service_name", "year", "fact_count", "tie"]].to_numpy().tolist()


def test_no_year_of_a_service_is_told_twice_for_one_service_of_today():
    told = service_ties().dropna(subset=["first_year"])
    years = told.assign(year=[list(range(row.first_year, row.last_year + 1)) for row in told.itertuples()]).explode(
        "year"
    )
    assert not years.duplicated(["force", "departement_code", "service_name", "district_name", "year"]).any()
    assert (told["first_year"] <= told["last_year"]).all()
    assert told["first_year"].min() == 2012
    assert told["last_year"].max() == 2020


def test_every_row_names_a_service_of_then_or_of_today_and_none_has_its_reason():
    ties = service_ties()
    assert ((ties["service_name"] != "") | (ties["district_name"] != "")).all()
    assert (ties.loc[ties["tie"].isin([Tie.NONE, Tie.DEPARTEMENT]), "remark"] != "").all()
    assert (ties.loc[ties["tie"].isin([Tie.EXACT, Tie.NAME, Tie.PART]), "district_name"] != "").all()
    assert set(ties["departement_code"]) == {"75", "77", "78", "91", "92", "93", "94", "95"}


def test_every_service_of_the_carried_competence_table_has_its_row():
    read = read_competence(REFERENCE / "competence-77-91.csv").dropna(subset=["district_name"])
    carried = set(zip(read["force"], read["district_name"], strict=True))
    ties = service_ties()
    assert carried - set(zip(ties["force"], ties["district_name"], strict=True)) == set()
    here = ties[ties["departement_code"].isin(["77", "91"]) & (ties["district_name"] != "")]
    assert set(zip(here["force"], here["district_name"], strict=True)) == carried


def test_services_of_a_departement_of_no_circonscription_are_listed_and_tied_to_none():
    none = service_ties().query("district_name == ''")
    assert {"SURETE DEPARTEMENTALE DE L'ESSONNE", "DTSP93 SURETE TERRITORIALE"} <= set(none["service_name"])
    assert set(none.loc[none["force"] == "PN", "tie"]) == {Tie.NONE}


def test_parts_of_a_service_of_today_are_given_together_year_by_year(empty_store, invented):
    rows = crimes(
        ("PN", "CIAT DE PARTIE A", 2016, 100),
        ("PN", "CIAT DE PARTIE C", 2016, 40),
        ("PN", "CSP B", 2018, 150),
        ("PN", "CIAT D'ESSAI", 2016, 7),
    )
    assert found(empty_store, rows, "PN", "Commissariat B") == [
        ["CIAT DE PARTIE A", 2016, 100, Tie.PART],
        ["CIAT DE PARTIE C", 2016, 40, Tie.PART],
        ["CSP B", 2018, 150, Tie.NAME],
    ]


def test_part_without_a_row_leaves_the_year_unknown_instead_of_a_partial_sum(empty_store, invented):
    rows = crimes(("PN", "CIAT DE PARTIE A", 2016, 100), ("PN", "CSP B", 2018, 150))
    counts = {(row[0], row[1]): row[2] for row in found(empty_store, rows, "PN", "Commissariat B")}
    assert counts[("CIAT DE PARTIE A", 2016)] == 100
    assert pd.isna(counts[("CIAT DE PARTIE C", 2016)])
    assert counts[("CSP B", 2018)] == 150


def test_a_year_tied_to_none_is_not_given_and_says_why(empty_store, invented):
    rows = crimes(("PN", "CIAT D'ESSAI", 2018, 10), ("PN", "CIAT D'ESSAI", 2019, 99))
    assert [row[1] for row in found(empty_store, rows, "PN", SERVED)] == [2018]
    told = ties_of("PN", SERVED)
    assert told.loc[told["first_year"] == 2019, ["tie", "remark"]].to_numpy().tolist() == [
        [Tie.NONE, "colonnes interverties dans la feuille lue"]
    ]


def test_a_brigade_has_the_counts_of_its_whole_company(empty_store, invented):
    rows = crimes(("GN", "CGD ESSAI", 2019, 30), ("GN", "CGD AUTRE", 2019, 20))
    assert found(empty_store, rows, "GN", COMPANY) == [["CGD ESSAI", 2019, 30, Tie.WIDER]]
    assert sister_brigades("GN", COMPANY) == ["Gendarmerie - Brigade D"]


def test_a_brigade_whose_company_is_not_established_has_all_those_of_its_departement(empty_store, invented):
    rows = crimes(("GN", "CGD ESSAI", 2019, 30), ("GN", "CGD AUTRE", 2019, 20), ("GN", "CGD LOINTAINE", 2019, 9))
    assert found(empty_store, rows, "GN", "Gendarmerie - Brigade E") == [
        ["CGD AUTRE", 2019, 20, Tie.DEPARTEMENT],
        ["CGD ESSAI", 2019, 30, Tie.DEPARTEMENT],
    ]
    assert sister_brigades("GN", "Gendarmerie - Brigade E") == []


@pytest.mark.parametrize(("force", "name"), [("PN", "Commissariat inconnu"), ("PN", COMPANY), ("GN", SERVED)])
def test_a_service_unknown_to_the_table_has_no_tie_and_no_count(empty_store, invented, force, name):
    assert ties_of(force, name).empty
    assert found(empty_store, crimes(("PN", "CIAT D'ESSAI", 2018, 1)), force, name) == []


def test_misplaced_columns_of_2019_are_taken_up_for_no_police_service_of_two_departements():
    ties = service_ties()
    told = ties[ties["departement_code"].isin(["77", "91"]) & (ties["force"] == "PN") & (ties["district_name"] != "")]
    covers_2019 = (told["first_year"] <= 2019) & (told["last_year"] >= 2019)
    assert set(told.loc[covers_2019, "tie"]) == {Tie.NONE}
    assert covers_2019.sum() == 29
