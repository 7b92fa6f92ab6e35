import pandas as pd
import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from lib.domain.vocabulary import BatchKind
from lib.store import official_statistics as statistics
from lib.store.incidents import Batch, save_batch
from lib.store.revisions import change
from lib.store.rows import Saved
from lib.store.schema import SsmsiCommune


def ssmsi(**more) -> pd.DataFrame:
    row = {"ssmsi_class": "Cambriolages", "year": 2016, "departement_code": "95", "unit": "infraction"}
    row |= {"fact_count": 1437, "population": 638425, "dwelling_count": 308491, "rate": 2.25} | more
    return pd.DataFrame([row])


def communal(**more) -> pd.DataFrame:
    row = {"commune_code": "95901", "ssmsi_class": "Cambriolages", "year": 2016, "unit": "Infraction"}
    row |= {"is_published": True, "fact_count": 12, "population": 999, "dwelling_count": 500, "rate": 24.0}
    frame = pd.DataFrame([row | {"geography_year": 2025} | more])
    return frame.assign(fact_count=frame["fact_count"].astype("Int64"), rate=frame["rate"].astype("Float64"))


def crime(*rows: tuple) -> pd.DataFrame:
    columns = ["force", "service_name", "year", "index_code", "index_label", "fact_count", "is_territorial"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(fact_count=frame["fact_count"].astype("Int64"))


def test_the_base_departementale_is_written_once(empty_store):
    with change(empty_store, "essai") as made:
        assert statistics.save_ssmsi(made, ssmsi()) == Saved(1, 0, 0)
        assert statistics.save_ssmsi(made, ssmsi()) == Saved(0, 0, 1)
        assert statistics.save_ssmsi(made, ssmsi(fact_count=1438)) == Saved(0, 1, 0)
        assert statistics.ssmsi_departement(made.connection, "95")["fact_count"].tolist() == [1438]
        assert statistics.ssmsi_departement(made.connection, "77").empty


def test_services_that_are_not_territorial_are_stored_and_not_given(empty_store):
    rows = crime(("PN", "A", 2019, "27", "x", 12, True), ("PN", "DCPAF", 2019, "27", "x", 3, False))
    with change(empty_store, "essai") as made:
        assert statistics.save_recorded_crimes(made, rows) == Saved(2, 0, 0)
        assert statistics.save_recorded_crimes(made, rows) == Saved(0, 0, 2)
        found = statistics.recorded_crimes(made.connection, force="PN", year=2019)
    assert found["service_name"].tolist() == ["A"]


def test_a_count_that_is_missing_stays_missing(empty_store):
    rows = crime(("GN", "A", 2019, "96", "x", None, True), ("GN", "A", 2020, "96", "x", 0, True))
    with change(empty_store, "essai") as made:
        statistics.save_recorded_crimes(made, rows)
        assert statistics.recorded_crimes(made.connection, force="GN", year=2019)["fact_count"].isna().all()
        assert statistics.recorded_crimes(made.connection, force="GN", year=2020)["fact_count"].tolist() == [0]


def test_an_empty_table_writes_nothing(empty_store):
    with change(empty_store, "essai") as made:
        assert statistics.save_recorded_crimes(made, crime()) == Saved(0, 0, 0)


def test_the_base_communale_is_written_once(empty_store):
    two = pd.concat([communal(), communal(year=2017, fact_count=0, rate=0.0)])
    with change(empty_store, "essai") as made:
        assert statistics.save_ssmsi_communes(made, two) == Saved(2, 0, 0)
        assert statistics.save_ssmsi_communes(made, two) == Saved(0, 0, 2)
        assert statistics.save_ssmsi_communes(made, communal(fact_count=13)) == Saved(0, 1, 0)
        found = statistics.ssmsi_commune(made.connection, "95901")
        assert found[["year", "fact_count"]].to_numpy().tolist() == [[2016, 13], [2017, 0]]
        assert statistics.ssmsi_commune(made.connection, "95902").empty


def test_a_cell_that_a_later_edition_hides_loses_its_number(empty_store):
    hidden = communal(is_published=False, fact_count=None, rate=None, geography_year=2026)
    with change(empty_store, "essai") as made:
        statistics.save_ssmsi_communes(made, communal())
        assert statistics.save_ssmsi_communes(made, hidden) == Saved(0, 1, 0)
        row = statistics.ssmsi_commune(made.connection, "95901").iloc[0]
    assert (row["is_published"], pd.isna(row["fact_count"]), row["geography_year"]) == (False, True, 2026)


def test_the_store_refuses_a_number_in_a_hidden_cell(empty_store):
    row = communal(is_published=False).astype(object).iloc[0].to_dict()
    with pytest.raises(IntegrityError), change(empty_store, "essai") as made:
        made.connection.execute(insert(SsmsiCommune).values(row | {"revision": made.revision}))


def test_statistics_name_the_last_file_they_come_from(empty_store):
    counts = {"read_count": 1, "accepted_count": 1, "known_count": 0, "rejected_count": 0}
    with change(empty_store, "essai") as made:
        assert statistics.latest_file(made.connection, "ssmsi_commune") is None
        statistics.save_ssmsi_communes(made, communal())
        save_batch(made, Batch(BatchKind.STATISTICS, None, "base.csv", "0" * 64, "essai", **counts))
        named = statistics.latest_file(made.connection, "ssmsi_commune")
        assert statistics.latest_file(made.connection, "recorded_crime") is None
    assert named is not None
    assert named[0] == "base.csv"
