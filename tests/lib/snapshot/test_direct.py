from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Engine

from lib.domain.actions import ActionPlace, JointAction
from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.domain.vocabulary import Partner
from lib.errors import StoreError
from lib.snapshot import actions, directory, halls, protected, queries, signals
from lib.snapshot.columnar import Snapshot, StaleSnapshotError
from lib.snapshot.copies import build
from lib.snapshot.direct import Direct
from lib.snapshot.places import Level
from lib.snapshot.search import index
from lib.store import schema as s
from lib.store.actions import save_action
from lib.store.engine import open_store
from lib.store.revisions import change
from lib.ui import data
from tests.conftest import new_store, with_nomenclature
from tests.factories import add, incident, residence, small_store

pytestmark = pytest.mark.postgres
CHOSEN = IncidentFilter(Period(date(2026, 1, 1), date(2026, 3, 1)))
EVERYTHING = Scope.everything()
ASKED = {"chosen": CHOSEN, "scope": EVERYTHING}


def in_order(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values(list(rows.columns), ignore_index=True)


QUESTIONS: dict[str, Callable[[Snapshot], pd.DataFrame]] = {
    **{
        f"place_figures {level}": lambda read, level=level: queries.place_figures(read, level, **ASKED)
        for level in Level
    },
    "constant panel": lambda read: queries.place_figures(
        read, Level.RESIDENCE, chosen=replace(CHOSEN, is_panel_constant=True), scope=EVERYTHING
    ),
    "facts_by_hour": lambda read: in_order(queries.facts_by_hour(read, **ASKED)),
    "monthly_facts_by_place_and_kind": lambda read: in_order(
        queries.monthly_facts_by_place_and_kind(read, Level.DISTRICT, "type_code", CHOSEN.period, **ASKED)
    ),
    "monthly_dwellings_of_residences": lambda read: in_order(
        queries.monthly_dwellings_of_residences(read, CHOSEN.period, **ASKED).astype(
            {"qpv_id": float, "district_id": float}
        )
    ),
    "residence_counts": lambda read: queries.residence_counts(read, **ASKED).sort_values(
        "place_key", ignore_index=True
    ),
    "type_figures": lambda read: queries.type_figures(read, **ASKED),
    "monthly_facts": lambda read: queries.monthly_facts(read, CHOSEN.period, **ASKED),
    "monthly_facts_by_place": lambda read: queries.monthly_facts_by_place(read, Level.QPV, CHOSEN.period, **ASKED),
    "monthly_coverage": lambda read: queries.monthly_coverage(read, CHOSEN.period, **ASKED),
    "incidents": lambda read: queries.incidents(read, ranks=slice(0, 40), **ASKED),
    "residence_signals": lambda read: signals.residence_signals(read, **ASKED),
    "hall_signals": lambda read: signals.hall_signals(read, **ASKED),
    "type_mix": lambda read: signals.type_mix(read, ("residence_id",), **ASKED),
    "protected_totals": lambda read: protected.totals(
        read, chosen=replace(CHOSEN, period=Period(date(2026, 12, 1), date(2027, 1, 1))), scope=EVERYTHING
    ),
    **{
        name: lambda read, name=name: getattr(directory, name)(read, EVERYTHING)
        for name in ("departements", "landlords", "districts", "qpvs", "communes", "residences")
    },
    "schemes": lambda read: directory.schemes(read, **ASKED),
    "joint_actions": lambda read: actions.joint_actions(read, **ASKED),
    "hall_states": lambda read: halls.hall_states(read, **ASKED),
    "landlord_reporting": lambda read: directory.landlord_reporting(read, CHOSEN.period, EVERYTHING),
}


@pytest.fixture
def engine(request: pytest.FixtureRequest, tmp_path) -> Iterator[Engine]:
    """The store counted by hand, on PostgreSQL."""
    with new_store("postgres", request, tmp_path) as empty:
        small_store(with_nomenclature(empty))
        scheme = {"kind": "patrol", "starts_on": date(2025, 1, 1), "ends_on": None, "qpv_id": 1}
        with change(empty, "essai") as made:
            add(made, s.Scheme, scheme | {"label": "a"}, scheme | {"label": "b", "ends_on": date(2026, 1, 1)})
            place = (ActionPlace(qpv_id=1),)
            save_action(made, JointAction("a", places=place, starts_on=date(2026, 1, 5)), by=Partner.LANDLORD)
            save_action(made, JointAction("b", places=place), by=Partner.LANDLORD)
            hall = {"residence_id": 1, "building_code": "A", "month_on": date(2026, 1, 1), "status": "free"}
            add(made, s.HallMonth, hall | {"hall_code": "A10"}, hall | {"hall_code": "A2", "status": "daily"})
        yield empty


def add_fact(engine: Engine, reference: str) -> None:
    with change(engine, "essai") as made:
        add(made, s.Incident, incident(reference, 1, date(2026, 2, 1)))


def count(read: Snapshot) -> int:
    return int(queries.place_figures(read, Level.ALL, **ASKED)["incident_count"].sum())


@pytest.mark.parametrize("name", QUESTIONS)
def test_store_answers_as_its_copy(engine: Engine, name: str):
    asked, copied = Direct(engine).snapshot(), build(engine)
    answer, expected = QUESTIONS[name](asked), QUESTIONS[name](copied)
    assert len(expected)
    pd.testing.assert_frame_equal(answer, expected, check_dtype=False, check_like=True)
    asked.release()


def test_day_that_is_missing_everywhere_is_a_day_all_the_same(engine: Engine):
    with change(engine, "essai") as made:
        add(made, s.Landlord, {"landlord_id": 3, "landlord_code": "gamma", "landlord_name": "Gamma"})
        add(made, s.Residence, residence(5, 3, "91001"))
    asked, copied = Direct(engine).snapshot(), build(engine)
    scope = replace(EVERYTHING, landlord_ids=frozenset({3}))
    told = [directory.landlord_reporting(read, CHOSEN.period, scope)["last_reported_on"] for read in (asked, copied)]
    assert [days.isna().all() for days in told] == [True, True]
    assert [str(days.dtype) for days in told] == ["datetime64[us]", "datetime64[us]"]
    asked.release()


@pytest.mark.parametrize("generation", [2015, 2024])
def test_places_to_find_are_those_of_the_copy(engine: Engine, generation: int):
    with change(engine, "essai") as made:
        unknown = {"departement_code": "91", "population": None, "social_dwelling_count": None, "outline": None}
        add(made, s.Qpv, unknown | {"qpv_id": 2, "qpv_code": "QP091002", "generation": 2015, "qpv_name": "Anciens"})
        add(made, s.Residence, residence(5, 1, "91001", qpv_2015_id=2, qpv_2015_status="inside"))
    asked = Direct(engine).snapshot()
    found = index(asked, EVERYTHING, generation)
    assert found == index(build(engine), EVERYTHING, generation)
    assert Level.QPV in {place.level for place in found.places}
    asked.release()


def test_state_is_that_of_the_copy(engine: Engine):
    asked = Direct(engine).snapshot()
    assert (asked.state, directory.months(asked)) == (build(engine).state, directory.months(build(engine)))
    asked.release()


def test_page_sees_one_revision_while_an_import_commits(engine: Engine):
    source = Direct(engine)
    before = source.snapshot()
    add_fact(engine, "n1")
    after = source.snapshot()
    assert (count(before), count(after)) == (6, 7)
    assert after.revision == before.revision + 1
    for read in (before, after):
        read.release()


def test_released_snapshot_answers_until_the_store_moves(engine: Engine):
    read = Direct(engine).snapshot()
    read.release()
    assert count(read) == 6
    add_fact(engine, "n1")
    with pytest.raises(StaleSnapshotError):
        count(read)


def test_nothing_is_written_through_it(engine: Engine):
    with Direct(engine).pinned() as connection, pytest.raises(Exception, match="read-only"):
        connection.exec_driver_sql("DELETE FROM incident")


def test_pages_ask_the_store_when_told_to(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("ANALYTICS", "store")
    read = data.snapshot()
    assert data.ask(queries.place_figures, read, Level.ALL, **ASKED)["incident_count"].sum() == 6
    assert not data.settings().copy_folder.exists()
    read.release()
    data.store(engine.url.render_as_string(hide_password=False)).dispose()


def test_empty_store_has_an_answer(request: pytest.FixtureRequest, tmp_path):
    with new_store("postgres", request, tmp_path) as empty:
        read = Direct(empty).snapshot()
        assert read.data_on is None
        assert directory.months(read) == []
        assert queries.monthly_coverage(read, CHOSEN.period, **ASKED).empty
        read.release()


def test_sqlite_is_refused_in_one_sentence(tmp_path):
    engine = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    with pytest.raises(StoreError, match="PostgreSQL"):
        Direct(engine)
    engine.dispose()
