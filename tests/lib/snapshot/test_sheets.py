from datetime import date

import pandas as pd
import pytest

from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.snapshot import sheets
from lib.snapshot.columnar import Snapshot
from lib.snapshot.copies import build
from lib.store import schema as s
from lib.store.revisions import change
from tests.factories import add, incident, small_store

ALL = Scope.everything()
CHOSEN = IncidentFilter(Period(date(2026, 1, 1), date(2026, 3, 1)))
AT_ONE = CHOSEN.at(residence_ids=(1,))
UNFILED = {"complaint_status": "not_considered", "no_complaint_reason": "minor_fact"}
HALL = {"building_code": "A", "hall_code": "2"}


@pytest.fixture
def snapshot(store) -> Snapshot:
    """The small store, with facts in the halls of residence 1."""
    engine = small_store(store)
    with change(engine, "essai") as made:
        add(
            made,
            s.Incident,
            incident("h1", 1, date(2026, 1, 3), "OCC-01", **HALL),
            incident("h2", 1, date(2026, 2, 3), "OCC-01", **HALL, severity_default=4),
            incident("h3", 1, date(2025, 2, 3), "OCC-01", **HALL),
            incident("h4", 1, date(2026, 2, 9), building_code="A", hall_code=None, **UNFILED),
            incident("h5", 1, date(2026, 2, 9), "PEL-03", building_code="B", hall_code="1"),
        )
    return build(engine)


def rows(frame: pd.DataFrame, *names: str) -> list[tuple]:
    return list(frame[list(names)].itertuples(index=False, name=None))


def test_situation_is_a_type_at_a_residence_with_its_recurrence(snapshot: Snapshot):
    found = sheets.situations(snapshot, chosen=CHOSEN, scope=ALL)
    first = found.iloc[0]
    assert (first["residence_name"], first["type_code"]) == ("Résidence 1", "OCC-01")
    # Severities 2 and 4 of h1 and h2 weigh 2 and 10; a1 of the small store is another type or another residence.
    alone = found[(found["residence_id"] == 1) & (found["type_code"] == "OCC-01")].iloc[0]
    assert alone["severity_index"] == 12
    assert alone["month_count"] == 2
    assert found["severity_index"].is_monotonic_decreasing


def test_situations_are_at_most_as_many_as_asked(snapshot: Snapshot):
    assert len(sheets.situations(snapshot, chosen=CHOSEN, scope=ALL, count=2)) == 2


def test_situation_of_a_residence_names_its_hall(snapshot: Snapshot):
    found = sheets.situations(snapshot, chosen=AT_ONE, scope=ALL, by_hall=True)
    halls = rows(found[found["type_code"] == "OCC-01"], "building_code", "hall_code", "incident_count")
    assert ("A", "2", 2) in halls


def test_halls_are_counted_over_both_periods_and_facts_without_hall_apart(snapshot: Snapshot):
    found = sheets.hall_figures(snapshot, chosen=AT_ONE, scope=ALL)
    names = ("building_code", "hall_code", "incident_count", "previous_incident_count", "month_count")
    known = rows(found[found["building_code"] != ""], *names)
    assert known == [("A", "2", 2, 1, 2), ("A", "", 1, 0, 1)]
    assert found["incident_count"].sum() == 3 + 3  # with the facts of the small store, none in a hall


def test_hall_known_by_a_protected_fact_alone_is_not_named(snapshot: Snapshot):
    assert "B" not in set(sheets.hall_figures(snapshot, chosen=AT_ONE, scope=ALL)["building_code"])


def test_selection_of_a_hall_keeps_its_facts_alone(snapshot: Snapshot):
    hall = AT_ONE.at(building_codes=("A",), hall_codes=("2",))
    assert sheets.situations(snapshot, chosen=hall, scope=ALL)["incident_count"].sum() == 2
    building = AT_ONE.at(building_codes=("A",))
    assert sheets.situations(snapshot, chosen=building, scope=ALL)["incident_count"].sum() == 3
    nameless = AT_ONE.at(building_codes=("",))
    assert sheets.situations(snapshot, chosen=nameless, scope=ALL)["incident_count"].sum() == 3


def test_reasons_are_those_of_eligible_facts_known_to_have_no_complaint(snapshot: Snapshot):
    found = dict(
        rows(sheets.unfiled_reasons(snapshot, chosen=AT_ONE, scope=ALL), "no_complaint_reason", "incident_count")
    )
    assert found == {"minor_fact": 1}  # of six facts, one has a complaint and four no known follow-up


def test_events_are_in_their_order_with_their_place(snapshot: Snapshot):
    found = sheets.events(snapshot, chosen=AT_ONE, scope=ALL)
    assert found["occurred_on"].is_monotonic_increasing
    assert len(found) == 6
    assert set(found["longitude"]) == {2.01}


def test_contacts_are_those_of_the_place_and_its_departement(store):
    def contact(number: int, partner: str, **key: object) -> dict[str, object]:
        none = dict.fromkeys(("departement_code", "district_id", "qpv_id", "landlord_id"))
        return {"referent_id": number, "partner": partner, "function": "Référent", "mailbox": None, **none, **key}

    engine = small_store(store)
    with change(engine, "essai") as made:
        add(
            made,
            s.Referent,
            contact(1, "Parquet", departement_code="91"),
            contact(2, "Parquet 77", departement_code="77"),
            contact(3, "Police", district_id=1),
            contact(4, "Délégué du préfet", qpv_id=1),
            contact(5, "Bailleur", landlord_id=1),
            contact(6, "Autre bailleur", landlord_id=2),
        )
    read = build(engine)

    def named(chosen: IncidentFilter, *, with_landlords: bool = False) -> list[str]:
        return sheets.contacts(read, chosen=chosen, scope=ALL, with_landlords=with_landlords)["partner"].tolist()

    assert named(CHOSEN.at(departement_codes=("91",))) == ["Parquet"]
    assert named(CHOSEN.at(district_ids=(1,))) == ["Parquet", "Police"]
    assert named(CHOSEN.at(qpv_ids=(1,))) == ["Délégué du préfet", "Parquet", "Police"]
    assert named(AT_ONE, with_landlords=True) == ["Bailleur", "Délégué du préfet", "Parquet", "Police"]


def test_residence_has_the_service_of_its_own_period(store):
    engine = small_store(store)
    read = build(engine)
    assert sheets.service_of_residence(read, 1, CHOSEN.period, ALL) == 1
    assert sheets.service_of_residence(read, 4, CHOSEN.period, ALL) is None
    assert sheets.service_of_residence(read, 99, CHOSEN.period, ALL) is None


def test_service_that_ended_names_who_answers_now(store):
    engine = small_store(store)
    with change(engine, "essai") as made:
        link = s.CommuneDistrict.__table__
        made.connection.execute(link.update().where(link.c.commune_code == "91001").values(valid_to=date(2026, 2, 1)))
        add(
            made,
            s.CommuneDistrict,
            {"commune_code": "91001", "valid_from": date(2026, 2, 1), "valid_to": None, "district_id": 2},
        )
    read = build(engine)
    found = sheets.successors(read, 1, CHOSEN.period, ALL)
    assert found["district_id"].tolist() == [2]
    assert pd.Timestamp(found["ended_on"].iloc[0]).date() == date(2026, 2, 1)
    before = Period(date(2025, 12, 1), date(2026, 1, 1))
    assert sheets.successors(read, 1, before, ALL).empty
    assert sheets.successors(read, 2, CHOSEN.period, ALL).empty


@pytest.mark.parametrize(
    "ask",
    [
        sheets.situations,
        sheets.hall_figures,
        sheets.unfiled_reasons,
        sheets.events,
        lambda read, **named: sheets.contacts(read, with_landlords=True, **named),
    ],
    ids=["situations", "halls", "reasons", "events", "contacts"],
)
def test_nothing_is_told_outside_the_scope(store, ask):
    engine = small_store(store)
    with change(engine, "essai") as made:
        none = dict.fromkeys(("departement_code", "district_id", "qpv_id", "landlord_id"))
        add(
            made,
            s.Referent,
            {"referent_id": 1, "partner": "A", "function": "B", "mailbox": None, **none, "landlord_id": 1},
        )
        add(made, s.Incident, incident("n", 1, date(2026, 1, 3), complaint_status="not_considered", **HALL))
    read = build(engine)
    assert len(ask(read, chosen=AT_ONE, scope=Scope(landlord_ids=frozenset({1}))))
    assert ask(read, chosen=AT_ONE, scope=Scope(landlord_ids=frozenset({2}))).empty


def test_service_outside_the_scope_is_neither_named_nor_found(store):
    read, other = build(small_store(store)), Scope(landlord_ids=frozenset({2}))
    assert sheets.service_of_residence(read, 1, CHOSEN.period, other) is None
    assert sheets.qpv_of(read, "QN091F1X", other) is None
    assert sheets.qpv_of(read, "QN091F1X", ALL) == (1, "Les Essais")
