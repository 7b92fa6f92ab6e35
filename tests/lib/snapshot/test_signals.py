from collections.abc import Iterator
from datetime import date

import pandas as pd
import pytest
from sqlalchemy import update

from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.snapshot.columnar import Snapshot
from lib.snapshot.copies import build
from lib.snapshot.direct import Direct
from lib.snapshot.signals import COUNTS, hall_signals, residence_signals, type_mix
from lib.store import schema as s
from lib.store.revisions import change
from tests.conftest import ENGINES, new_store, with_nomenclature
from tests.factories import END, JANUARY, add, incident, residence, small_store

ALL = Scope.everything()
CHOSEN = IncidentFilter(Period(JANUARY, END))
FEBRUARY = date(2026, 2, 1)
HALL = {"building_code": "A", "hall_code": "2"}


@pytest.fixture(scope="module", params=ENGINES)
def snapshot(request, tmp_path_factory) -> Iterator[Snapshot]:
    """The small store, with facts in halls of residence 1, a register of halls, and a residence of unknown dwellings
    that a protected fact alone names, which the register names too."""
    with new_store(request.param, request, tmp_path_factory.mktemp("signals")) as opened:
        engine = small_store(with_nomenclature(opened))
        with change(engine, "essai") as made:
            add(made, s.Residence, residence(5, 1, "91001", dwelling_count=0))
            add(
                made,
                s.Incident,
                incident("h1", 1, date(2026, 1, 3), "OCC-01", **HALL, complaint_status="filed"),
                incident("h2", 1, date(2026, 2, 3), "OCC-01", **HALL, severity_default=4),
                incident("h3", 1, date(2026, 2, 4), "OCC-01", building_code=None, hall_code="1"),
                incident("h4", 1, date(2025, 2, 3), "OCC-01", **HALL),
                incident("h5", 1, date(2026, 2, 9), "PEL-03", building_code="B", hall_code="9"),
                incident("h6", 5, date(2026, 2, 9), "PEL-03", building_code=None, hall_code=None, landlord_id=1),
            )
            halls = ((1, "A", "2"), (1, "A", "3"), (4, "", "1"), (5, "", "1"))
            months = [{"residence_id": r, "building_code": b, "hall_code": h} for r, b, h in halls]
            add(made, s.HallMonth, *(month | {"month_on": JANUARY, "status": "free"} for month in months))
        yield build(engine)


def row(found: pd.DataFrame, **key: object) -> pd.Series:
    for name, value in key.items():
        found = found[found[name] == value]
    (only,) = (own for _, own in found.iterrows())
    return only


def told(found: pd.Series, *names: str) -> list[int]:
    return [int(found[name]) for name in names]


def test_residence_has_its_facts_its_months_and_its_most_touched_hall(snapshot: Snapshot):
    one = row(residence_signals(snapshot, chosen=CHOSEN, scope=ALL), residence_id=1)
    # a1 (2), a2 (3: 5 points), a3 (2), then h1 (2), h2 (4: 10 points) and h3 (2); a5 and h5 are protected.
    assert told(one, "incident_count", "previous_incident_count", "severity_index") == [6, 2, 2 + 5 + 2 + 2 + 10 + 2]
    assert told(one, "touched_month_count", "alert_month_count", "serious_month_count") == [2, 2, 2]
    assert told(one, "staff_count", "complaint_count", "hall_month_count", "month_count") == [1, 2, 2, 2]
    assert told(one, "dwelling_count", "reporting_dwelling_months", "previous_reporting_dwelling_months") == [
        *(100, 200, 200)
    ]
    assert told(one, "reporting_month_count", "qpv_id", "district_id") == [2, 1, 1]
    assert (one["residence_name"], one["commune_name"]) == ("Résidence 1", "Ville-A")


def test_quiet_residence_has_true_zeros_and_one_without_a_named_hall_says_so(snapshot: Snapshot):
    found = residence_signals(snapshot, chosen=CHOSEN, scope=ALL)
    assert pd.isna(row(found, residence_id=2)["hall_month_count"])
    silent = row(found, residence_id=4)
    assert told(silent, "incident_count", "previous_incident_count", "reporting_month_count") == [1, 0, 1]
    assert pd.isna(silent["district_id"])
    assert pd.isna(silent["qpv_id"])
    calm = residence_signals(snapshot, chosen=IncidentFilter(CHOSEN.period, family_codes=("INC",)), scope=ALL)
    assert not calm[list(COUNTS)].to_numpy().any()
    assert list(calm["residence_id"]) == [1, 2, 3, 4]


def test_residence_of_unknown_dwellings_known_by_a_protected_fact_alone_is_not_named(snapshot: Snapshot):
    assert 5 not in set(residence_signals(snapshot, chosen=CHOSEN, scope=ALL)["residence_id"])


def test_halls_are_those_of_facts_and_of_the_register_with_the_months_of_their_residence(snapshot: Snapshot):
    found = hall_signals(snapshot, chosen=CHOSEN, scope=ALL)
    halls = list(found[["residence_id", "building_code", "hall_code"]].itertuples(index=False, name=None))
    assert halls == [(1, "", "1"), (1, "A", "2"), (1, "A", "3"), (4, "", "1")]
    busy = row(found, hall_code="2")
    assert told(busy, "incident_count", "previous_incident_count", "severity_index") == [2, 1, 12]
    assert told(busy, "reporting_dwelling_months", "reporting_month_count", "hall_month_count") == [2, 2, 2]
    assert pd.isna(busy["dwelling_count"])
    assert told(row(found, hall_code="3"), "incident_count", "reporting_month_count") == [0, 2]


def test_months_of_a_year_are_told_apart_from_those_before(snapshot: Snapshot):
    before = residence_signals(snapshot, chosen=IncidentFilter(CHOSEN.period.year_before()), scope=ALL)
    assert told(row(before, residence_id=1), "incident_count", "previous_incident_count") == [2, 0]


def test_fact_of_which_nobody_said_whether_a_complaint_was_filed_is_not_one_without_complaint(store):
    statuses = ("unknown", "to_decide", "online_pre_complaint", "filed", "filed_with_prosecutor", "not_considered")
    small_store(store)
    with change(store, "essai") as made:
        add(made, s.Incident, *(incident(one, 2, FEBRUARY, complaint_status=one) for one in statuses))
    found = residence_signals(build(store), chosen=CHOSEN, scope=ALL)
    names = ("incident_count", "eligible_known_count", "complaint_count")
    assert told(row(found, residence_id=2), *names) == [7, 3, 2]
    assert told(row(found, residence_id=3), *names) == [1, 0, 0]  # its one fact is of an unknown status


def test_residence_let_until_the_middle_of_the_period_keeps_its_last_service(store):
    """Residence 6 is let until the end of January, residence 3 to this day; their commune changes of service then."""
    small_store(store)
    link = {"commune_code": "77002", "district_id": 1, "valid_from": FEBRUARY, "valid_to": None}
    with change(store, "essai") as made:
        of_commune = s.CommuneDistrict.commune_code == link["commune_code"]
        made.connection.execute(update(s.CommuneDistrict).where(of_commune).values(valid_to=FEBRUARY))
        add(made, s.CommuneDistrict, link)
        add(made, s.Residence, residence(6, 2, "77002", active_to=FEBRUARY))
    for read in (build(store), *([Direct(store).snapshot()] if store.dialect.name == "postgresql" else [])):
        found = residence_signals(read, chosen=CHOSEN, scope=ALL)
        services = dict(zip(found["residence_id"], found["district_id"], strict=True))
        assert (services[3], services[6]) == (1, 2)
        read.release()


@pytest.mark.parametrize("question", [residence_signals, hall_signals])
@pytest.mark.parametrize(
    ("scope", "residences"),
    [
        (Scope.nothing(), set()),
        (Scope(landlord_ids=frozenset({2})), {3, 4}),
        (Scope(departement_codes=frozenset({"77"})), {3}),
        (Scope(district_ids=frozenset({1})), {1, 2}),
    ],
    ids=str,
)
def test_visitor_sees_the_places_of_the_scope_alone(snapshot: Snapshot, question, scope: Scope, residences: set[int]):
    assert set(question(snapshot, chosen=CHOSEN, scope=scope)["residence_id"]) <= residences
    whole = question(snapshot, chosen=CHOSEN, scope=ALL)
    expected = whole[whole["residence_id"].isin(residences)].reset_index(drop=True)
    found = question(snapshot, chosen=CHOSEN, scope=scope)
    assert found["incident_count"].tolist() == expected["incident_count"].tolist()


def mix(snapshot: Snapshot, *by: str, chosen: IncidentFilter = CHOSEN, scope: Scope = ALL) -> list[tuple]:
    """Each place and type with its facts and its severity, as plain values."""
    found = type_mix(snapshot, by, chosen=chosen, scope=scope)
    assert list(found.columns) == [*by, "type_code", "incident_count", "severity_index"]
    return [tuple(row) for row in found.astype(object).to_numpy().tolist()]


OF_RESIDENCE_1 = [("BIE-01", 1, 2), ("OCC-01", 3, 2 + 10 + 2), ("OCC-02", 1, 5), ("PER-01", 1, 2)]


def test_types_of_a_residence_have_their_facts_and_their_severity_without_the_protected_ones(snapshot: Snapshot):
    found = mix(snapshot, "residence_id")
    assert [row[1:] for row in found if row[0] == 1] == OF_RESIDENCE_1
    assert [row for row in found if row[0] > 1] == [(2, "JOU-01", 1, 1), (3, "BIE-01", 1, 2), (4, "BIE-01", 1, 2)]


def test_types_of_a_hall_are_those_of_the_facts_that_name_it(snapshot: Snapshot):
    assert mix(snapshot, "residence_id", "building_code", "hall_code") == [
        (1, "A", "2", "OCC-01", 2, 12),
        (1, "", "1", "OCC-01", 1, 2),
    ]


def test_types_of_a_service_leave_out_the_communes_that_have_none(snapshot: Snapshot):
    assert mix(snapshot, "district_id") == [
        *((1, code, *figures) for code, *figures in [OF_RESIDENCE_1[0], ("JOU-01", 1, 1), *OF_RESIDENCE_1[1:]]),
        (2, "BIE-01", 1, 2),
    ]


def test_types_of_a_selection_are_those_it_keeps(snapshot: Snapshot):
    only = IncidentFilter(CHOSEN.period, family_codes=("OCC",)).at(residence_ids=(1, 2))
    assert mix(snapshot, "residence_id", chosen=only) == [(1, *row) for row in OF_RESIDENCE_1[1:3]]


def test_types_of_a_quarter_are_those_of_the_generation_of_the_period(store):
    """Residence 1 is in the quarter of 2024 alone, residence 2 in one of 2015 alone."""
    small_store(store)
    with change(store, "essai") as made:
        old = {"qpv_id": 2, "qpv_code": "QP091F2X", "generation": 2015, "qpv_name": "Ancien", "departement_code": "91"}
        add(made, s.Qpv, old | {"population": None, "social_dwelling_count": None, "outline": None})
        moved = {"qpv_2015_status": "inside", "qpv_2015_id": 2}
        made.connection.execute(update(s.Residence).where(s.Residence.residence_id == 2).values(**moved))
        add(made, s.Incident, *(incident(f"q{key}", key, date(2023, 5, 1), "TRA-01") for key in (1, 2)))
    snapshot = build(store)
    then = IncidentFilter(Period(date(2023, 1, 1), date(2024, 1, 1)))
    assert [row[:3] for row in mix(snapshot, "qpv_id", chosen=then)] == [(2, "TRA-01", 1)]
    assert {row[0] for row in mix(snapshot, "qpv_id")} == {1}


@pytest.mark.parametrize(
    ("scope", "residences", "quarters", "services"),
    [
        (Scope.nothing(), set(), set(), set()),
        (Scope(landlord_ids=frozenset({2})), {3, 4}, set(), {2}),
        (Scope(departement_codes=frozenset({"77"})), {3}, set(), {2}),
        (Scope(district_ids=frozenset({1})), {1, 2}, {1}, {1}),
    ],
    ids=str,
)
def test_visitor_sees_the_types_of_the_scope_alone(
    snapshot: Snapshot, scope: Scope, residences: set, quarters: set, services: set
):
    assert {row[0] for row in mix(snapshot, "residence_id", scope=scope)} == residences
    assert {row[0] for row in mix(snapshot, "qpv_id", scope=scope)} == quarters
    assert {row[0] for row in mix(snapshot, "district_id", scope=scope)} == services
    halls = mix(snapshot, "residence_id", "building_code", "hall_code", scope=scope)
    assert {row[0] for row in halls} == residences & {1}
