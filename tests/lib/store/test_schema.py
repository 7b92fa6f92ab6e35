import re
from datetime import date

import pytest
from sqlalchemy import Engine, Enum, Table, insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from lib.domain import vocabulary as v
from lib.store import schema as s
from lib.store.revisions import change
from tests.factories import add, incident, residence, small_store

TABLES = list(s.Base.metadata.tables.values())
# The table of revisions itself, and the journal that undoes a batch, which no page reads.
WITHOUT_REVISION = {"revision", "batch_change"}
# DOMAIN §1.3: nothing of class X, no person, no free text about one.
PERSONAL = {
    "surname",
    "firstname",
    "birth",
    "phone",
    "telephone",
    "email",
    "lease",
    "tenant",
    "victim",
    "author",
    "comment",
}
ALLOWED_PERSONAL = {"victim_category"}


def columns_of(table: Table) -> list[str]:
    return [column.name for column in table.columns]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_row_a_page_reads_carries_its_revision(table: Table):
    assert ("revision" in table.columns) == (table.name not in WITHOUT_REVISION)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_column_is_made_for_a_person(table: Table):
    words = {name: set(name.split("_")) for name in columns_of(table) if name not in ALLOWED_PERSONAL}
    assert {name for name, parts in words.items() if parts & PERSONAL} == set()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_names_are_those_postgresql_takes_as_they_are(table: Table):
    names = [table.name, *columns_of(table), *(str(c.name) for c in table.constraints if c.name)]
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name)] == []


def test_closed_lists_are_the_same_in_the_store_and_in_the_vocabulary():
    kept = {
        column.type.enum_class: column.type.enums
        for table in TABLES
        for column in table.columns
        if isinstance(column.type, Enum)
    }
    assert {v.Force, v.QpvStatus, v.PlaceType, v.ComplaintStatus, v.Outcome, v.TimePrecision} <= set(kept)
    assert all(values == [member.value for member in kind] for kind, values in kept.items())


@pytest.mark.parametrize(
    "wrong",
    [
        {"type_code": "XXX-01"},
        {"residence_id": 99},
        {"landlord_id": 99},
        {"batch_id": 99},
        {"start_minute": 1440},
        {"end_minute": -1},
        {"severity_default": 0},
        {"severity_default": 5},
        {"severity_override": 5},
        {"occurred_on": None},
        {"external_reference": "a1"},
    ],
    ids=lambda wrong: "=".join(str(part) for pair in wrong.items() for part in pair),
)
def test_fact_that_cannot_be_is_refused_by_the_store(store: Engine, wrong: dict):
    small_store(store)
    with pytest.raises(IntegrityError), change(store, "essai") as made:
        add(made, s.Incident, incident("x1", 1, date(2026, 2, 1)) | wrong)


@pytest.mark.parametrize(
    "wrong", [{"place_type": "moon"}, {"time_precision": "later"}, {"complaint_status": "maybe"}], ids=str
)
def test_value_outside_a_closed_list_is_refused_by_the_store_itself(store: Engine, wrong: dict):
    small_store(store)
    row = incident("x1", 1, date(2026, 2, 1)) | wrong | {"revision": 2}
    names = list(row)
    asked = text(f"INSERT INTO incident ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})")
    with pytest.raises(IntegrityError), store.begin() as connection:
        connection.execute(asked, row)


def test_two_landlords_may_give_the_same_reference(store: Engine):
    small_store(store)
    with change(store, "essai") as made:
        add(made, s.Incident, incident("a1", 3, date(2026, 2, 1)))


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (s.Residence, residence(9, 1, "91001", reference="R1")),
        (s.Residence, residence(9, 1, "91001", dwelling_count=-1)),
        (s.Residence, residence(9, 1, "99999")),
        (s.Landlord, {"landlord_code": "alpha", "landlord_name": "Autre"}),
        (
            s.District,
            {
                "force": "PN",
                "district_name": "Commissariat d’essai",
                "district_kind": "x",
                "valid_from": date(2020, 1, 1),
            },
        ),
        (s.Qpv, {"qpv_code": "QN091F9X", "generation": 2020, "qpv_name": "x", "departement_code": "91"}),
    ],
    ids=[
        "same reference",
        "negative dwellings",
        "unknown commune",
        "same landlord",
        "same service",
        "other generation",
    ],
)
def test_place_that_cannot_be_is_refused_by_the_store(store: Engine, table: type[s.Base], row: dict):
    small_store(store)
    with pytest.raises(DBAPIError), change(store, "essai") as made:
        add(made, table, row)


def test_counts_of_a_batch_that_do_not_add_up_are_refused(store: Engine):
    small_store(store)
    counts = {"read_count": 10, "accepted_count": 5, "known_count": 1, "rejected_count": 3}
    file = {"kind": "incidents", "file_name": "x", "file_sha256": "0" * 64, "imported_by": "essai"}
    with pytest.raises(IntegrityError), change(store, "essai") as made:
        made.connection.execute(
            insert(s.IngestBatch).values(
                **counts, **file, imported_at=text("CURRENT_TIMESTAMP"), revision=made.revision
            )
        )
