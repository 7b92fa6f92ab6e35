import pandas as pd

from lib.store import official_statistics as statistics
from lib.store.revisions import change
from lib.store.rows import Saved


def ssmsi(**more) -> pd.DataFrame:
    row = {"ssmsi_class": "Cambriolages", "year": 2016, "departement_code": "95", "unit": "infraction"}
    row |= {"fact_count": 1437, "population": 638425, "dwelling_count": 308491, "rate": 2.25} | more
    return pd.DataFrame([row])


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
