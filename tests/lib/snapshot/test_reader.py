from datetime import date
from unittest.mock import MagicMock

import adbc_driver_postgresql.dbapi
import pyarrow as pa
import pytest
from sqlalchemy import Engine, create_engine, update

from lib.snapshot.reader import arrow_type, reading
from lib.store import schema as s
from lib.store.revisions import change
from tests.factories import add, incident, small_store


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (s.IncidentType.is_protected, pa.bool_()),
        (s.Incident.occurred_on, pa.date32()),
        (s.Incident.incident_id, pa.int64()),
        (s.Residence.longitude, pa.float64()),
        (s.Incident.repair_cost_invoiced, pa.float64()),
        (s.Qpv.outline, pa.binary()),
        (s.Incident.type_code, pa.string()),
        (s.Incident.place_type, pa.string()),
    ],
)
def test_column_is_copied_to_its_own_type(column, expected: pa.DataType):
    assert arrow_type(column.type) == expected


def test_columns_come_in_the_order_asked_with_the_types_of_the_schema(store: Engine):
    small_store(store)
    with reading(store) as reader:
        table = reader.table(s.Residence, ("residence_name", "longitude", "active_from", "residence_id"))
    assert table.schema.names == ["residence_name", "longitude", "active_from", "residence_id"]
    assert table.schema.types == [pa.string(), pa.float64(), pa.date32(), pa.int64()]
    assert sorted(table["residence_id"].to_pylist()) == [1, 2, 3, 4]


def test_dates_and_booleans_come_back_as_they_were_written(store: Engine):
    small_store(store)
    with reading(store) as reader:
        months = reader.table(s.ReportingMonth, ("month_on",))
        types = reader.table(s.IncidentType, ("type_code", "is_protected"))
    assert set(months["month_on"].to_pylist()) == {
        date(2025, 1, 1),
        date(2025, 2, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
    }
    assert [row["type_code"] for row in types.to_pylist() if row["is_protected"]] == ["PEL-03"]


def test_column_whose_values_start_with_nothing_keeps_its_type(store: Engine):
    small_store(store)
    with change(store, "essai") as made:
        last = update(s.Residence).where(s.Residence.residence_id == 4)
        made.connection.execute(last.values(address="4, rue des Essais", active_from=date(2020, 1, 1)))
    with reading(store) as reader:
        table = reader.table(s.Residence, ("residence_id", "address", "active_from"))
    told = {row["residence_id"]: (row["address"], row["active_from"]) for row in table.to_pylist()}
    assert told[1] == (None, None)
    assert told[4] == ("4, rue des Essais", date(2020, 1, 1))


@pytest.mark.parametrize("table", [s.Incident, s.Qpv, s.Referent])
def test_table_without_a_row_has_its_columns(empty_store: Engine, table: type[s.Base]):
    names = tuple(table.__table__.columns.keys())[:3]
    with reading(empty_store) as reader:
        read = reader.table(table, names)
    assert (read.num_rows, read.schema.names) == (0, list(names))


def test_zeros_before_a_code_are_kept(store: Engine):
    small_store(store)
    with change(store, "essai") as made:
        row = {"departement_code": "91", "parent_commune_code": None, "population": None, "outline": None}
        add(made, s.Commune, row | {"commune_code": "01004", "commune_name": "Ailleurs"})
    with reading(store) as reader:
        assert "01004" in reader.table(s.Commune, ("commune_code",))["commune_code"].to_pylist()


def test_what_is_written_meanwhile_is_not_seen(store: Engine):
    small_store(store)
    with reading(store) as reader:
        revisions = reader.table(s.Revision, ("number",)).num_rows
        with change(store, "essai") as made:
            add(made, s.Incident, incident("n1", 1, date(2026, 2, 1)))
        assert reader.table(s.Incident, ("incident_id",)).num_rows == 10
        assert reader.table(s.Revision, ("number",)).num_rows == revisions


def test_connection_is_closed_even_where_the_server_went(monkeypatch: pytest.MonkeyPatch):
    gone = MagicMock()
    gone.rollback.side_effect = OSError("the server is gone")
    monkeypatch.setattr(adbc_driver_postgresql.dbapi, "connect", lambda _address: gone)
    with pytest.raises(OSError, match="gone"), reading(create_engine("postgresql+psycopg://nowhere/nothing")):
        pass
    gone.close.assert_called_once()
