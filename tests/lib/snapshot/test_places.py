from collections.abc import Iterator

import pandas as pd
import pytest
from sqlalchemy import select, update

from lib.snapshot.columnar import Snapshot
from lib.snapshot.copies import build
from lib.snapshot.places import KEYS, Level, key_of, names_of
from lib.snapshot.tables import EXPOSURE, FACT
from lib.store import schema as s
from lib.store.revisions import change
from tests.conftest import new_store, with_nomenclature
from tests.factories import add, small_store


@pytest.fixture(scope="module")
def snapshot(request, tmp_path_factory) -> Iterator[Snapshot]:
    with new_store("sqlite", request, tmp_path_factory.mktemp("places")) as engine:
        yield build(small_store(with_nomenclature(engine)))


def named(snapshot: Snapshot, level: Level) -> dict[object, tuple]:
    statement = names_of(level)
    assert statement is not None
    frame = snapshot.frame(statement)
    assert frame.columns.tolist() == ["place_key", "place_code", "place_name", "force", "commune_name"]
    cells = frame.astype(object).where(frame.notna(), None)
    return {row[0]: row[1:] for row in cells.itertuples(index=False, name=None)}


@pytest.mark.parametrize(
    ("level", "key", "expected"),
    [
        (Level.DEPARTEMENT, "91", ("91", "Essonne", None, None)),
        (Level.LANDLORD, 2, ("beta", "Beta Logis", None, None)),
        (Level.DISTRICT, 1, ("commissariat", "Commissariat d’essai", "PN", None)),
        (Level.COMMUNE, "91003", ("91003", "Ville-C", None, None)),
        (Level.QPV, 1, ("QN091F1X", "Les Essais", None, "Ville-A")),
        (Level.RESIDENCE, 3, ("R3", "Résidence 3", None, "Ville-B")),
    ],
)
def test_place_has_its_code_its_name_and_what_it_belongs_to(
    snapshot: Snapshot, level: Level, key: object, expected: tuple
):
    assert named(snapshot, level)[key] == expected


@pytest.mark.parametrize("level", [Level.ALL, Level.FORCE])
def test_level_without_names_has_none(level: Level):
    assert names_of(level) is None


@pytest.mark.parametrize("level", [level for level in Level if names_of(level) is not None])
def test_each_place_has_one_row(snapshot: Snapshot, level: Level):
    frame = snapshot.frame(names_of(level))
    assert not frame["place_key"].duplicated().any()


def test_quarter_of_two_communes_has_one_row_that_names_both(request, tmp_path):
    with new_store("sqlite", request, tmp_path) as engine:
        small_store(with_nomenclature(engine))
        with change(engine, "essai") as made:
            add(made, s.QpvCommune, {"qpv_id": 1, "commune_code": "91003"})
        frame = build(engine).frame(names_of(Level.QPV))
    assert len(frame) == 1
    assert set(frame["commune_name"].iloc[0].split(", ")) == {"Ville-A", "Ville-C"}


def test_residence_without_commune_keeps_its_name(request, tmp_path):
    with new_store("sqlite", request, tmp_path) as engine:
        small_store(with_nomenclature(engine))
        with change(engine, "essai") as made:
            made.connection.execute(update(s.Residence).where(s.Residence.residence_id == 4).values(commune_code=None))
        frame = build(engine).frame(names_of(Level.RESIDENCE)).set_index("place_key")
    assert frame.loc[4, "place_name"] == "Résidence 4"
    assert pd.isna(frame.loc[4, "commune_name"])


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("table", [FACT, EXPOSURE], ids=lambda table: table.name)
def test_every_level_has_its_key_in_both_tables(snapshot: Snapshot, table, level: Level):
    keys = set(snapshot.frame(select(key_of(table, level)).distinct())["place_key"].dropna())
    expected = {
        Level.ALL: {1},
        Level.DEPARTEMENT: {"77", "91"},
        Level.FORCE: {"PN", "GN"},
        Level.LANDLORD: {1, 2},
        Level.DISTRICT: {1, 2},
        Level.COMMUNE: {"91001", "91003", "77002"},
        Level.QPV: {1},
        Level.RESIDENCE: {1, 2, 3, 4},
    }
    assert keys == expected[level]
    assert (level in KEYS) == (level != Level.ALL)
