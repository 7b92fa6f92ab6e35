from collections.abc import Iterator
from datetime import date

import pandas as pd
import pytest

from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.snapshot import protected, queries
from lib.snapshot.columnar import Snapshot
from lib.snapshot.copies import build
from lib.snapshot.places import Level
from lib.store.revisions import change
from lib.store.schema import Incident, ReportingMonth, Residence
from tests.conftest import ENGINES, new_store, with_nomenclature
from tests.factories import add, incident, residence, small_store

PERIOD = Period(date(2026, 1, 1), date(2026, 3, 1))
FEBRUARY = Period(date(2026, 2, 1), date(2026, 3, 1))
ALL = IncidentFilter(PERIOD)
SEEN = Scope.everything()


@pytest.fixture(scope="module", params=ENGINES)
def snapshot(request, tmp_path_factory) -> Iterator[Snapshot]:
    with new_store(request.param, request, tmp_path_factory.mktemp("queries")) as engine:
        yield build(small_store(with_nomenclature(engine)))


def by_key(frame: pd.DataFrame, column: str) -> dict:
    return {None if pd.isna(key) else key: value for key, value in zip(frame["place_key"], frame[column], strict=True)}


def test_facts_of_the_period_and_of_the_year_before_are_counted_by_residence(snapshot: Snapshot):
    figures = queries.place_figures(snapshot, Level.RESIDENCE, chosen=ALL, scope=SEEN)
    assert by_key(figures, "incident_count") == {1: 3, 2: 1, 3: 1, 4: 1}
    assert by_key(figures, "previous_incident_count") == {1: 1, 2: 1, 3: 1, 4: 0}


def test_protected_fact_is_in_no_total(snapshot: Snapshot):
    whole = queries.place_figures(snapshot, Level.ALL, chosen=ALL, scope=SEEN).iloc[0]
    assert whole["incident_count"] == 6
    asked = IncidentFilter(PERIOD, type_codes=("PEL-03",))
    assert queries.place_figures(snapshot, Level.ALL, chosen=asked, scope=SEEN)["incident_count"].sum() == 0
    assert "PEL-03" not in set(queries.monthly_facts(snapshot, PERIOD, chosen=ALL, scope=SEEN)["type_code"])
    assert "PEL-03" not in set(queries.incidents(snapshot, chosen=ALL, scope=SEEN, ranks=slice(0, 100))["type_code"])
    assert "PEL-03" not in set(queries.type_figures(snapshot, chosen=ALL, scope=SEEN)["type_code"])


def test_protected_total_is_given_by_departement_whatever_place_is_asked(snapshot: Snapshot):
    december = Period(date(2026, 12, 1), date(2027, 1, 1))
    narrow = IncidentFilter(december, residence_ids=(3,), landlord_ids=(2,), qpv_statuses=("outside",))
    totals = protected.totals(snapshot, chosen=narrow, scope=SEEN)
    assert totals[["departement_code", "incident_count"]].to_numpy().tolist() == [["91", 1]]


@pytest.mark.parametrize("end", [date(2026, 2, 1), date(2026, 3, 1), date(2026, 12, 1)])
def test_protected_total_is_that_of_a_whole_year_so_that_periods_cannot_be_subtracted(snapshot: Snapshot, end: date):
    chosen = IncidentFilter(Period(date(2026, 1, 1), end))
    assert protected.year_of(chosen.period) == 2025
    assert protected.totals(snapshot, chosen=chosen, scope=SEEN).empty


@pytest.mark.parametrize("scope", [Scope(landlord_ids=frozenset({1, 2})), Scope(district_ids=frozenset({1, 2}))])
def test_visitor_of_less_than_departements_has_no_protected_total(snapshot: Snapshot, scope: Scope):
    chosen = IncidentFilter(Period(date(2026, 12, 1), date(2027, 1, 1)))
    assert protected.totals(snapshot, chosen=chosen, scope=scope).empty


def test_silent_month_leaves_the_denominator(snapshot: Snapshot):
    figures = queries.place_figures(snapshot, Level.RESIDENCE, chosen=ALL, scope=SEEN)
    assert by_key(figures, "dwelling_months") == {1: 200, 2: 200, 3: 200, 4: 200}
    assert by_key(figures, "reporting_dwelling_months") == {1: 200, 2: 200, 3: 200, 4: 100}
    assert by_key(figures, "previous_reporting_dwelling_months") == {1: 200, 2: 200, 3: 200, 4: 200}


def test_severity_index_sums_weights_and_an_override_wins(snapshot: Snapshot):
    # Residence 1: severities 2, 3, 2 → 2 + 5 + 2. Residence 2 the year before: 3 raised to 4 → 10.
    figures = queries.place_figures(snapshot, Level.RESIDENCE, chosen=ALL, scope=SEEN)
    assert by_key(figures, "severity_index")[1] == 9
    assert by_key(figures, "previous_severity_index")[2] == 10


def test_complaints_are_counted_among_eligible_facts_only(snapshot: Snapshot):
    whole = queries.place_figures(snapshot, Level.ALL, chosen=ALL, scope=SEEN).iloc[0]
    assert (whole["eligible_count"], whole["complaint_count"]) == (5, 1)  # JOU-01 at severity 1 is not eligible


def test_commune_without_service_is_a_place_of_its_own(snapshot: Snapshot):
    figures = queries.place_figures(snapshot, Level.DISTRICT, chosen=ALL, scope=SEEN)
    assert by_key(figures, "incident_count") == {1: 4, 2: 1, None: 1}
    unknown = queries.place_figures(snapshot, Level.ALL, chosen=IncidentFilter(PERIOD, forces=("",)), scope=SEEN)
    assert unknown.iloc[0]["incident_count"] == 1


def test_qpv_level_counts_only_residences_inside(snapshot: Snapshot):
    figures = queries.place_figures(snapshot, Level.QPV, chosen=ALL, scope=SEEN)
    row = figures.iloc[0]
    assert (len(figures), row["place_code"], row["commune_name"]) == (1, "QN091F1X", "Ville-A")
    assert (row["incident_count"], row["dwelling_count"]) == (3, 100)


def test_place_with_dwellings_and_no_fact_is_a_true_zero(snapshot: Snapshot):
    asked = IncidentFilter(PERIOD, type_codes=("OCC-02",))
    figures = queries.place_figures(snapshot, Level.RESIDENCE, chosen=asked, scope=SEEN)
    assert by_key(figures, "incident_count") == {1: 1, 2: 0, 3: 0, 4: 0}


def test_facts_of_a_residence_no_longer_let_are_not_lost(store):
    small_store(store)
    with change(store, "essai") as made:
        leaving = Residence.__table__.update().where(Residence.residence_id == 3)
        made.connection.execute(leaving.values(active_to=date(2025, 2, 1)))
    figures = queries.place_figures(build(store), Level.COMMUNE, chosen=ALL, scope=SEEN)
    row = figures[figures["place_key"] == "77002"].iloc[0]
    assert (row["incident_count"], row["dwelling_count"], row["place_name"]) == (1, 0, "Ville-B")


@pytest.mark.parametrize(
    ("restriction", "expected"),
    [
        ({"family_codes": ("BIE",)}, 3),
        ({"type_codes": ("JOU-01", "OCC-02")}, 2),
        ({"severities": (3,)}, 1),
        ({"landlord_ids": (2,)}, 2),
        ({"departement_codes": ("91",)}, 5),
        ({"forces": ("GN",)}, 1),
        ({"forces": ("GN", "")}, 2),
        ({"district_ids": (1,)}, 4),
        ({"qpv_statuses": ("inside",)}, 3),
        ({"qpv_ids": (1,)}, 3),
        ({"commune_codes": ("91003",)}, 1),
        ({"residence_ids": (2, 3)}, 2),
        ({"period": Period(date(2026, 1, 1), date(2026, 2, 1))}, 4),
    ],
)
def test_each_restriction_keeps_its_facts_in_every_question(snapshot: Snapshot, restriction: dict, expected: int):
    asked = IncidentFilter(**({"period": PERIOD} | restriction))
    whole = queries.place_figures(snapshot, Level.ALL, chosen=asked, scope=SEEN)
    assert whole["incident_count"].sum() == expected
    assert queries.residence_counts(snapshot, chosen=asked, scope=SEEN)["incident_count"].sum() == expected
    assert queries.type_figures(snapshot, chosen=asked, scope=SEEN)["incident_count"].sum() == expected
    assert queries.monthly_facts(snapshot, asked.period, chosen=asked, scope=SEEN)["incident_count"].sum() == expected
    assert len(queries.incidents(snapshot, chosen=asked, scope=SEEN, ranks=slice(0, 100))) == expected


OTHER_SCOPES = [Scope.nothing(), Scope(departement_codes=frozenset({"95"})), Scope(district_ids=frozenset({9}))]


@pytest.mark.parametrize("scope", OTHER_SCOPES)
def test_visitor_of_another_scope_gets_nothing_from_any_question(snapshot: Snapshot, scope: Scope):
    for level in Level:
        assert queries.place_figures(snapshot, level, chosen=ALL, scope=scope).empty
    assert queries.residence_counts(snapshot, chosen=ALL, scope=scope).empty
    assert queries.type_figures(snapshot, chosen=ALL, scope=scope)["incident_count"].sum() == 0
    assert queries.monthly_facts(snapshot, PERIOD, chosen=ALL, scope=scope).empty
    assert queries.monthly_coverage(snapshot, PERIOD, chosen=ALL, scope=scope).empty
    assert queries.incidents(snapshot, chosen=ALL, scope=scope, ranks=slice(0, 10)).empty
    assert protected.totals(snapshot, chosen=ALL, scope=scope).empty
    assert queries.facts_by_hour(snapshot, chosen=ALL, scope=scope).empty
    by_kind = ("family_code", PERIOD)
    assert queries.monthly_facts_by_place_and_kind(snapshot, Level.DISTRICT, *by_kind, chosen=ALL, scope=scope).empty
    assert queries.monthly_dwellings_of_residences(snapshot, PERIOD, chosen=ALL, scope=scope).empty


CONSTANT = IncidentFilter(PERIOD, is_panel_constant=True)


def test_constant_panel_drops_a_month_silent_in_either_year_from_both(store):
    small_store(store)
    with change(store, "essai") as made:
        add(made, Incident, incident("b8", 4, date(2025, 2, 3)), incident("b9", 4, date(2026, 2, 3)))
    figures = queries.place_figures(build(store), Level.RESIDENCE, chosen=CONSTANT, scope=SEEN)
    assert by_key(figures, "incident_count") == {1: 3, 2: 1, 3: 1, 4: 1}
    assert by_key(figures, "previous_incident_count") == {1: 1, 2: 1, 3: 1, 4: 0}
    for side in ("", "previous_"):
        assert by_key(figures, f"{side}reporting_dwelling_months") == {1: 200, 2: 200, 3: 200, 4: 100}
        assert by_key(figures, f"{side}dwelling_months") == {1: 200, 2: 200, 3: 200, 4: 100}


def test_constant_panel_follows_the_years_asked_for(snapshot: Snapshot):
    two_years = IncidentFilter(PERIOD, years_back=2, is_panel_constant=True)
    assert queries.place_figures(snapshot, Level.ALL, chosen=two_years, scope=SEEN).empty  # nothing told of 2024


def test_facts_are_grouped_by_day_of_the_week_and_what_is_known_of_their_hour(snapshot: Snapshot):
    moments = queries.facts_by_hour(snapshot, chosen=ALL, scope=SEEN).fillna(-1)
    columns = ["weekday", "start_minute", "end_minute", "time_precision", "incident_count"]
    days = sorted(tuple(row) for row in moments[columns].astype(object).to_numpy().tolist())
    assert days == [
        (1, -1, -1, "day", 1),
        (2, -1, -1, "day", 1),
        (4, 1320, 60, "range", 1),
        (5, -1, -1, "day", 1),
        (6, -1, -1, "day", 2),
    ]


def test_facts_and_dwellings_by_month_of_a_service_leave_out_what_has_none(snapshot: Snapshot):
    asked = {"chosen": ALL, "scope": SEEN}
    facts = queries.monthly_facts_by_place_and_kind(snapshot, Level.DISTRICT, "family_code", PERIOD, **asked)
    told = {(row.month_on.month, row.place_key, row.family_code): row.incident_count for row in facts.itertuples()}
    assert told == {(1, 1, "BIE"): 1, (1, 1, "OCC"): 1, (2, 1, "PER"): 1, (2, 1, "JOU"): 1, (1, 2, "BIE"): 1}
    dwellings = queries.monthly_dwellings_of_residences(snapshot, PERIOD, **asked).fillna(-1)
    counted = {(row.month_on.month, row.residence_id): row[3:] for row in dwellings.itertuples()}
    assert counted == {
        **{(month, 1): (1, 1, 100) for month in (1, 2)},
        **{(month, 2): (1, -1, 100) for month in (1, 2)},
        **{(month, 3): (2, -1, 100) for month in (1, 2)},
        (1, 4): (-1, -1, 100),
    }


def test_symbols_count_facts_and_tell_silence_from_zero(store):
    small_store(store)
    with change(store, "essai") as made:
        add(made, Residence, residence(5, 2, "77002"), residence(6, 2, "77002", dwelling_count=0))
        days = {"month_on": PERIOD.start, "status": "nothing_to_report"}
        add(made, ReportingMonth, {"residence_id": 6} | days)
        add(made, Incident, incident("b9", 5, PERIOD.start))
    # In February 3 reported no fact, 4 was silent; nobody reported for 5, which has one in January.
    for period, told in ((PERIOD, {4: True, 5: True}), (FEBRUARY, {1: True, 3: True, 4: False, 5: False})):
        counts = queries.residence_counts(build(store), chosen=IncidentFilter(period), scope=SEEN)
        figures = queries.place_figures(build(store), Level.RESIDENCE, chosen=IncidentFilter(period), scope=SEEN)
        assert by_key(counts, "incident_count") == by_key(figures, "incident_count")
        assert by_key(counts, "is_told").items() >= told.items()


def test_scope_of_one_landlord_hides_the_other(snapshot: Snapshot):
    figures = queries.place_figures(snapshot, Level.RESIDENCE, chosen=ALL, scope=Scope(landlord_ids=frozenset({2})))
    assert set(figures["place_key"]) == {3, 4}


def test_monthly_coverage_follows_the_silence(snapshot: Snapshot):
    months = queries.monthly_coverage(snapshot, PERIOD, chosen=ALL, scope=SEEN)
    assert months["dwelling_count"].tolist() == [400, 400]
    assert months["reporting_dwelling_count"].tolist() == [400, 300]


def test_incidents_come_newest_first_and_never_more_than_asked(snapshot: Snapshot):
    listed = queries.incidents(snapshot, chosen=ALL, scope=SEEN, ranks=slice(0, 2))
    assert [day.day for day in listed["occurred_on"]] == [28, 10]
    following = queries.incidents(snapshot, chosen=ALL, scope=SEEN, ranks=slice(1, 2))
    assert [day.day for day in following["occurred_on"]] == [10]
