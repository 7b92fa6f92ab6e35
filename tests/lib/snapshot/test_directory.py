from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pandas as pd
import pytest
from sqlalchemy import Engine, update

from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.snapshot import directory, queries
from lib.snapshot.columnar import Snapshot
from lib.snapshot.copies import build
from lib.snapshot.places import Level
from lib.store import schema as s
from lib.store.revisions import change
from lib.store.settings import IS_SYNTHETIC, save_setting
from tests.conftest import ENGINES, new_store, with_nomenclature
from tests.factories import add, incident, residence, small_store

ALL = Scope.everything()
YEAR = Period(date(2025, 3, 1), date(2026, 3, 1))


@pytest.fixture(scope="module", params=ENGINES)
def snapshot(request, tmp_path_factory) -> Iterator[Snapshot]:
    with new_store(request.param, request, tmp_path_factory.mktemp("directory")) as engine:
        yield build(small_store(with_nomenclature(engine)))


@pytest.fixture
def engine(request, tmp_path) -> Iterator[Engine]:
    with new_store("sqlite", request, tmp_path) as opened:
        yield small_store(with_nomenclature(opened))


def rows(frame: pd.DataFrame) -> list[tuple]:
    return list(frame.itertuples(index=False, name=None))


def test_departements_with_residences_come_in_the_order_of_their_codes(snapshot: Snapshot):
    assert rows(directory.departements(snapshot, ALL)) == [("77", "Seine-et-Marne"), ("91", "Essonne")]


def test_landlords_come_in_the_order_of_their_names(snapshot: Snapshot):
    assert rows(directory.landlords(snapshot, ALL)) == [(1, "alpha", "Alpha Habitat"), (2, "beta", "Beta Logis")]


def test_services_come_with_their_force_and_departement(snapshot: Snapshot):
    assert rows(directory.districts(snapshot, ALL)) == [
        (1, "Commissariat d’essai", "commissariat", "PN", "91"),
        (2, "Gendarmerie - Brigade d’essai", "brigade", "GN", "77"),
    ]


def test_quarters_are_those_with_a_residence_inside(snapshot: Snapshot):
    assert rows(directory.qpvs(snapshot, ALL)) == [(1, "QN091F1X", "Les Essais", "91")]


def test_quarter_that_residences_are_only_near_is_not_named(engine: Engine):
    with change(engine, "essai") as made:
        add(made, s.Qpv, quarter(2))
        add(made, s.Residence, residence(5, 1, "91001", qpv_2024_id=2, qpv_2024_status="near"))
    assert directory.qpvs(build(engine), ALL)["qpv_id"].tolist() == [1]


def quarter(qpv_id: int) -> dict[str, object]:
    names = {"qpv_id": qpv_id, "qpv_code": f"QN091F{qpv_id}X", "generation": 2024, "qpv_name": f"Quartier {qpv_id}"}
    return names | {"departement_code": "91", "population": None, "social_dwelling_count": None, "outline": None}


def test_communes_with_residences_are_named(snapshot: Snapshot):
    assert rows(directory.communes(snapshot, ALL)) == [
        ("77002", "Ville-B"),
        ("91001", "Ville-A"),
        ("91003", "Ville-C"),
    ]


def test_located_residences_come_in_the_order_of_their_ids(snapshot: Snapshot):
    found = directory.residences(snapshot, ALL)
    assert found["residence_id"].tolist() == [1, 2, 3, 4]
    assert rows(found)[2] == (3, "Résidence 3", 2.03, 48.5, 100)


def test_residence_without_coordinates_has_no_position(engine: Engine):
    with change(engine, "essai") as made:
        add(made, s.Residence, residence(5, 1, "91001", longitude=None, latitude=None))
    assert directory.residences(build(engine), ALL)["residence_id"].tolist() == [1, 2, 3, 4]


def test_sheet_of_a_residence_names_its_quarter_and_its_service(snapshot: Snapshot):
    sheet = directory.residence_sheet(snapshot, 1, ALL)
    assert sheet is not None
    told = ("landlord_name", "commune_name", "district_name", "force", "qpv_name", "qpv_status", "dwelling_count")
    assert [sheet[name] for name in told] == [
        "Alpha Habitat",
        "Ville-A",
        "Commissariat d’essai",
        "PN",
        "Les Essais",
        "inside",
        100,
    ]


def test_sheet_of_a_residence_says_none_where_nothing_is_known(snapshot: Snapshot):
    sheet = directory.residence_sheet(snapshot, 4, ALL)
    assert sheet is not None
    unknown = ("address", "district_id", "district_name", "force", "qpv_id", "qpv_name", "qpv_code")
    assert [sheet[name] for name in unknown] == [None] * 7


def test_sheet_of_an_unknown_residence_is_none(snapshot: Snapshot):
    assert directory.residence_sheet(snapshot, 99, ALL) is None


def reporting(snapshot: Snapshot, scope: Scope) -> pd.DataFrame:
    return directory.landlord_reporting(snapshot, YEAR, scope)


QUESTIONS: list[Callable[[Snapshot, Scope], pd.DataFrame]] = [
    directory.departements,
    directory.landlords,
    directory.districts,
    directory.qpvs,
    directory.communes,
    directory.residences,
    reporting,
]
OTHER_SCOPES = [
    Scope.nothing(),
    Scope(departement_codes=frozenset({"95"})),
    Scope(district_ids=frozenset({9})),
    Scope(landlord_ids=frozenset({9})),
]


@pytest.mark.parametrize("scope", OTHER_SCOPES)
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.__name__)
def test_visitor_of_another_scope_is_told_of_nothing(snapshot: Snapshot, question: Callable, scope: Scope):
    assert not question(snapshot, ALL).empty
    assert question(snapshot, scope).empty


@pytest.mark.parametrize("scope", OTHER_SCOPES)
def test_visitor_of_another_scope_gets_no_sheet(snapshot: Snapshot, scope: Scope):
    assert directory.residence_sheet(snapshot, 1, scope) is None


def test_scope_of_a_landlord_hides_the_places_of_the_other(snapshot: Snapshot):
    scope = Scope(landlord_ids=frozenset({2}))
    assert directory.landlords(snapshot, scope)["landlord_id"].tolist() == [2]
    assert directory.districts(snapshot, scope)["district_id"].tolist() == [2]
    assert directory.communes(snapshot, scope)["commune_code"].tolist() == ["77002", "91003"]
    assert directory.residences(snapshot, scope)["residence_id"].tolist() == [3, 4]
    assert directory.qpvs(snapshot, scope).empty
    assert directory.residence_sheet(snapshot, 3, scope) is not None
    assert reporting(snapshot, scope)["landlord_name"].tolist() == ["Beta Logis"]


def test_types_come_in_the_order_of_the_nomenclature_with_the_protected_ones(snapshot: Snapshot):
    types = directory.incident_types(snapshot)
    assert len(types) == 40
    assert types["type_code"].tolist()[:2] == ["PER-01", "PER-02"]
    assert types["family_code"].drop_duplicates().tolist() == ["PER", "PEL", "BIE", "INC", "OCC", "TRA", "JOU", "CAD"]
    assert types.loc[types["is_protected"], "type_code"].tolist() == ["PEL-03"]


def test_months_have_no_gap_from_the_first_to_the_last(snapshot: Snapshot):
    months = directory.months(snapshot)
    assert (months[0], months[-1], len(months)) == (date(2025, 1, 1), date(2026, 2, 1), 14)


def test_exceptional_periods_end_the_day_after_their_last(snapshot: Snapshot):
    found = directory.context_periods(snapshot)
    assert found["label"].tolist() == ["Premier confinement", "Deuxième confinement", "Troisième confinement"]
    assert pd.Timestamp(found["ends_on"].iloc[0]).date() == date(2020, 5, 11)


def test_last_import_is_that_of_a_register(engine: Engine):
    at = datetime(2026, 3, 2, tzinfo=UTC)
    file = {"landlord_id": None, "file_name": "x", "file_sha256": "1" * 64, "imported_by": "essai", "imported_at": at}
    counts = {"read_count": 12, "accepted_count": 5, "known_count": 1, "rejected_count": 3}
    counts |= {"updated_count": 2, "to_qualify_count": 1}
    with change(engine, "essai") as made:
        add(made, s.IngestBatch, file | counts | {"batch_id": 2, "kind": "incidents"})
        add(
            made,
            s.IngestBatch,
            file | counts | {"batch_id": 3, "kind": "territory", "accepted_count": 6, "known_count": 0},
        )
        add(made, s.IngestBatch, file | counts | {"batch_id": 4, "kind": "incidents", "undone_at": at})
    told = directory.last_import(build(engine), ALL)
    assert told is not None
    assert [told[name] for name in counts] == [12, 5, 1, 3, 2, 1]
    assert (pd.isna(told["landlord_name"]), pd.Timestamp(told["imported_at"]).date()) == (True, at.date())
    with change(engine, "essai") as made:
        add(made, s.IngestBatch, file | counts | {"batch_id": 5, "kind": "incidents", "landlord_id": 2})
    named = directory.last_import(build(engine), ALL)
    assert named is not None
    assert named["landlord_name"] == "Beta Logis"


def test_store_whose_only_register_is_undone_has_no_last_import(engine: Engine):
    with change(engine, "essai") as made:
        made.connection.execute(update(s.IngestBatch).values(undone_at=datetime(2026, 3, 2, tzinfo=UTC)))
    assert directory.last_import(build(engine), ALL) is None


def test_store_without_a_register_has_no_last_import(request, tmp_path):
    with new_store("sqlite", request, tmp_path) as empty:
        snapshot = build(empty)
    assert directory.last_import(snapshot, ALL) is None
    assert directory.months(snapshot) == []


def silence(engine: Engine) -> pd.DataFrame:
    return reporting(build(engine), ALL).set_index("landlord_name")


def test_silence_counts_the_months_in_which_no_residence_reported(snapshot: Snapshot):
    # Both landlords reported in January and February 2026 only; in February residence 3 did, residence 4 did not.
    assert rows(reporting(snapshot, ALL).drop(columns="last_reported_on")) == [
        ("Alpha Habitat", 200, 10),
        ("Beta Logis", 200, 10),
    ]


def test_landlord_that_stopped_reporting_is_told_by_its_last_month(engine: Engine):
    with change(engine, "essai") as made:
        add(made, s.Landlord, {"landlord_id": 3, "landlord_code": "c", "landlord_name": "Gamma"})
        add(made, s.Residence, residence(5, 3, "91001", dwelling_count=30), residence(6, 3, "91001", dwelling_count=12))
        add(made, s.ReportingMonth, told_of(5, "nothing_to_report", date(2025, 6, 1)))
        add(made, s.ReportingMonth, told_of(5, "reported", date(2025, 2, 1)))  # before the period
        add(made, s.ReportingMonth, told_of(6, "silent", date(2026, 1, 1)))
    told = silence(engine)
    assert pd.Timestamp(told.loc["Gamma", "last_reported_on"]).date() == date(2025, 6, 1)
    assert told.loc["Gamma", ["dwelling_count", "silent_month_count"]].tolist() == [42, 11]


def told_of(residence_id: int, status: str, month_on: date) -> dict[str, object]:
    return {"residence_id": residence_id, "status": status, "month_on": month_on}


def test_landlord_that_never_reported_has_no_last_month(engine: Engine):
    with change(engine, "essai") as made:
        add(made, s.Landlord, {"landlord_id": 3, "landlord_code": "c", "landlord_name": "Gamma"})
        add(made, s.Residence, residence(5, 3, "91001"))
    told = silence(engine)
    assert pd.isna(told.loc["Gamma", "last_reported_on"])
    assert told.loc["Gamma", "silent_month_count"] == 12


def test_two_landlords_of_one_name_are_two(engine: Engine):
    with change(engine, "essai") as made:
        add(made, s.Landlord, {"landlord_id": 3, "landlord_code": "c", "landlord_name": "Alpha Habitat"})
        add(made, s.Residence, residence(5, 3, "91001"))
    assert len(reporting(build(engine), ALL)) == 3


def test_contacts_are_those_of_the_service_in_the_order_of_the_partners(engine: Engine):
    blank = {"departement_code": None, "qpv_id": None, "landlord_id": None}
    contacts = [(1, "Police", 1), (2, "Mairie", 1), (3, "Gendarmerie", 2)]
    with change(engine, "essai") as made:
        for referent_id, partner, district_id in contacts:
            row = {"referent_id": referent_id, "partner": partner, "district_id": district_id, "function": "Référent"}
            add(made, s.Referent, blank | row | {"mailbox": None})
    assert directory.referents(build(engine), 1, ALL)["partner"].tolist() == ["Mairie", "Police"]
    assert directory.referents(build(engine), 9, ALL).empty


SCHEMES = {
    "everywhere": {},
    "quarter": {"qpv_id": 1},
    "landlord 2": {"landlord_id": 2},
    "landlord 2 in the quarter": {"landlord_id": 2, "qpv_id": 1},
    "service 2": {"district_id": 2},
    "91": {"departement_code": "91"},
}
JANUARY = IncidentFilter(Period(date(2026, 1, 1), date(2026, 2, 1)))


@pytest.fixture(scope="module", params=ENGINES)
def with_schemes(request, tmp_path_factory) -> Iterator[Snapshot]:
    nowhere = dict.fromkeys(["qpv_id", "landlord_id", "district_id", "departement_code"])
    dates = {"kind": "cctv", "starts_on": date(2025, 3, 1), "ends_on": None}
    with new_store(request.param, request, tmp_path_factory.mktemp("schemes")) as engine:
        small_store(with_nomenclature(engine))
        with change(engine, "essai") as made:
            add(made, s.Scheme, *(nowhere | dates | {"label": label} | named for label, named in SCHEMES.items()))
            add(
                made,
                s.Scheme,
                nowhere | {"label": "older", "kind": "GPIS"} | {"starts_on": YEAR.start, "ends_on": YEAR.end},
            )
        yield build(engine)


def borne(snapshot: Snapshot, chosen: IncidentFilter = JANUARY, scope: Scope = ALL) -> set[str]:
    return set(directory.schemes(snapshot, chosen=chosen, scope=scope)["label"])


def test_schemes_bear_on_the_residences_that_lie_in_every_place_they_name(with_schemes: Snapshot):
    # Residence 1 is inside the QPV; 3 in gendarmerie zone and in 77; 4, of landlord 2, has no service.
    whole = {"everywhere", "older"}
    assert borne(with_schemes) == {*SCHEMES, "older"} - {"landlord 2 in the quarter"}
    assert borne(with_schemes, JANUARY.at(residence_ids=(1,))) == whole | {"quarter", "91"}
    assert borne(with_schemes, JANUARY.at(residence_ids=(2,))) == whole | {"91"}
    assert borne(with_schemes, JANUARY.at(residence_ids=(3,))) == whole | {"landlord 2", "service 2"}
    assert borne(with_schemes, JANUARY.at(residence_ids=(4,))) == whole | {"landlord 2", "91"}


def test_schemes_do_not_depend_on_the_kinds_of_facts_asked_for(with_schemes: Snapshot):
    assert borne(with_schemes, replace(JANUARY, type_codes=("INC-01",), severities=(4,))) == borne(with_schemes)


def test_schemes_beyond_the_scope_are_not_told(with_schemes: Snapshot):
    assert borne(with_schemes, scope=Scope(landlord_ids=frozenset({1}))) == {"everywhere", "older", "quarter", "91"}
    assert borne(with_schemes, JANUARY.at(residence_ids=(1,)), Scope(landlord_ids=frozenset({2}))) == set()
    assert borne(with_schemes, scope=Scope.nothing()) == set()


def test_schemes_come_by_first_day_with_their_kind_in_french_and_no_end_while_they_run(with_schemes: Snapshot):
    found = directory.schemes(with_schemes, chosen=JANUARY, scope=ALL)
    assert found["label"].tolist() == ["91", "everywhere", "landlord 2", "older", "quarter", "service 2"]
    told = found.set_index("label")
    assert told["kind_label"].loc[["91", "older"]].tolist() == ["Vidéoprotection", "GPIS"]
    assert pd.isna(told.loc["91", "ends_on"])
    assert pd.Timestamp(told.loc["older", "ends_on"]).date() == YEAR.end


def test_scheme_of_a_quarter_of_2015_bears_on_what_lay_inside_it(engine: Engine):
    with change(engine, "essai") as made:
        qpv = {"qpv_code": "QP091F1X", "generation": 2015, "qpv_name": "Anciens Essais", "departement_code": "91"}
        add(made, s.Qpv, qpv | {"qpv_id": 2, "population": None, "social_dwelling_count": None, "outline": None})
        inside, near = {"qpv_2015_status": "inside"}, {"qpv_2015_status": "near"}
        add(made, s.Residence, residence(5, 1, "91001", qpv_2015_id=2, **inside))
        add(made, s.Residence, residence(6, 1, "91001", qpv_2015_id=2, **near))
        row = {"label": "ancien", "kind": "cctv", "starts_on": YEAR.start, "ends_on": None, "qpv_id": 2}
        add(made, s.Scheme, row)
    snapshot = build(engine)
    assert borne(snapshot, JANUARY.at(residence_ids=(5,))) == {"ancien"}
    assert borne(snapshot, JANUARY.at(residence_ids=(6,))) == set()


def test_store_without_a_scheme_tells_none(snapshot: Snapshot):
    found = directory.schemes(snapshot, chosen=JANUARY, scope=ALL)
    assert (len(found), list(found.columns)) == (0, ["label", "kind_label", "starts_on", "ends_on"])


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("false", False), (None, False)])
def test_invented_facts_are_said_by_the_store(engine: Engine, value: str | None, expected: bool):
    if value is not None:
        with change(engine, "essai") as made:
            save_setting(made, IS_SYNTHETIC, value)
    assert directory.is_synthetic(build(engine)) is expected


def test_residence_no_longer_let_leaves_the_places_of_the_scope(engine: Engine):
    with change(engine, "essai") as made:
        row = residence(5, 1, "91001", active_to=date(2024, 1, 1))
        add(made, s.Residence, row)
        add(made, s.Incident, incident("old", 5, date(2026, 1, 1)))
    assert 5 not in directory.residences(build(engine), ALL)["residence_id"].tolist()


def test_point_known_by_protected_facts_alone_has_no_position_and_no_row(engine: Engine):
    with change(engine, "essai") as made:
        add(made, s.Residence, residence(5, 2, "77002", dwelling_count=0), residence(6, 2, "77002", dwelling_count=0))
        add(made, s.Incident, incident("p1", 5, date(2026, 1, 9), "PEL-03"), incident("p2", 6, date(2026, 1, 9)))
    snapshot = build(engine)
    assert directory.residences(snapshot, ALL)["residence_id"].tolist() == [1, 2, 3, 4, 6]
    chosen = IncidentFilter(Period(date(2026, 1, 1), date(2026, 3, 1)))
    listed = queries.place_figures(snapshot, Level.RESIDENCE, chosen=chosen, scope=ALL)
    assert sorted(listed["place_key"]) == [1, 2, 3, 4, 6]


def test_halls_are_those_that_facts_name_without_the_protected_ones(engine: Engine):
    with change(engine, "essai") as made:
        add(
            made,
            s.Incident,
            incident("h1", 1, date(2026, 1, 9), building_code="B", hall_code=None),
            incident("h2", 1, date(2026, 1, 9), building_code="A", hall_code="2"),
            incident("h3", 1, date(2026, 2, 9), building_code="A", hall_code="2"),
            incident("h4", 3, date(2026, 1, 9), building_code=None, hall_code="C"),
            incident("h6", 3, date(2026, 1, 9), building_code="D", hall_code="D1"),
            incident("h5", 1, date(2026, 1, 9), "PEL-03", building_code="Z", hall_code="9"),
        )
    snapshot = build(engine)
    assert directory.hall_codes(snapshot, ALL) == {1: ["A-2"], 3: ["C", "D1"]}
    assert directory.hall_codes(snapshot, Scope(landlord_ids=frozenset({2}))) == {3: ["C", "D1"]}


def test_halls_come_in_the_order_in_which_one_counts(engine: Engine):
    codes = (("A", "10"), ("A", "2"), ("B", "1"), (None, "C"), ("A", "2bis"))
    with change(engine, "essai") as made:
        add(
            made,
            s.Incident,
            *(
                incident(f"h{number}", 1, date(2026, 1, 9), building_code=building, hall_code=hall)
                for number, (building, hall) in enumerate(codes)
            ),
        )
    assert directory.hall_codes(build(engine), ALL) == {1: ["A-2", "A-2bis", "A-10", "B-1", "C"]}
