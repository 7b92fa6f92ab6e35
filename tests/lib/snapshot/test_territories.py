from collections.abc import Iterator
from datetime import date

import geopandas as gpd
import pytest
from shapely import box, to_wkb
from sqlalchemy import Engine, update

from lib.domain.scope import Scope
from lib.snapshot import territories
from lib.snapshot.columnar import Snapshot
from lib.snapshot.copies import build
from lib.snapshot.places import Level
from lib.store import schema as s
from lib.store.revisions import change
from tests.conftest import ENGINES, new_store, with_nomenclature
from tests.factories import add, small_store


@pytest.fixture(scope="module", params=ENGINES)
def snapshot(request, tmp_path_factory) -> Iterator[Snapshot]:
    with new_store(request.param, request, tmp_path_factory.mktemp("territories")) as engine:
        yield build(small_store(with_nomenclature(engine)))


@pytest.fixture(params=ENGINES)
def engine(request, tmp_path) -> Iterator[Engine]:
    with new_store(request.param, request, tmp_path) as opened:
        yield small_store(with_nomenclature(opened))


def test_communes_have_their_outline_in_degrees_and_their_service(snapshot: Snapshot):
    communes = territories.communes(snapshot)
    assert isinstance(communes, gpd.GeoDataFrame)
    assert communes.crs.to_epsg() == 4326
    assert communes["commune_code"].tolist() == ["77002", "91001", "91003"]
    assert communes.geometry.iloc[1].equals(box(2.0, 48.4, 2.1, 48.6))
    assert communes["district_id"].tolist()[:2] == [2, 1]
    assert communes["district_id"].isna().tolist() == [False, False, True]


def test_commune_has_one_row_after_a_change_of_service(engine: Engine):
    with change(engine, "essai") as made:
        old = update(s.CommuneDistrict).where(s.CommuneDistrict.commune_code == "77002")
        made.connection.execute(old.values(valid_to=date(2026, 2, 1)))
        row = {"commune_code": "77002", "district_id": 1, "valid_from": date(2026, 2, 1), "valid_to": None}
        add(made, s.CommuneDistrict, row)
    communes = territories.communes(build(engine))
    assert communes["commune_code"].tolist() == ["77002", "91001", "91003"]
    assert communes["district_id"].tolist()[:2] == [1, 1]


def test_services_come_in_the_order_of_their_ids(snapshot: Snapshot):
    assert territories.districts(snapshot).to_numpy().tolist() == [
        [1, "Commissariat d’essai", "PN"],
        [2, "Gendarmerie - Brigade d’essai", "GN"],
    ]


def quarter(qpv_id: int, *, generation: int = 2024, outline: bytes | None = None) -> dict[str, object]:
    names = {"qpv_id": qpv_id, "qpv_code": f"QN091F{qpv_id}X", "generation": generation, "qpv_name": f"Q{qpv_id}"}
    return names | {"departement_code": "91", "population": None, "social_dwelling_count": None, "outline": outline}


def test_quarters_are_those_of_the_generation_in_force(engine: Engine):
    with change(engine, "essai") as made:
        add(made, s.Qpv, quarter(2, generation=2015, outline=to_wkb(box(2.0, 48.0, 2.1, 48.1))))
    quarters = territories.qpvs(build(engine))
    assert quarters["qpv_id"].tolist() == [1]
    assert quarters.geometry.iloc[0].equals(box(2.005, 48.45, 2.015, 48.55))


def test_quarter_without_outline_is_kept_without_geometry(engine: Engine):
    with change(engine, "essai") as made:
        add(made, s.Qpv, quarter(2))
    quarters = territories.qpvs(build(engine)).set_index("qpv_id")
    assert quarters.geometry.isna().to_dict() == {1: False, 2: True}


def test_commune_without_outline_is_kept_without_geometry(engine: Engine):
    with change(engine, "essai") as made:
        made.connection.execute(update(s.Commune).where(s.Commune.commune_code == "91003").values(outline=None))
    assert territories.communes(build(engine)).geometry.isna().tolist() == [False, False, True]


def test_store_without_territory_has_empty_layers(request, tmp_path):
    with new_store("sqlite", request, tmp_path) as empty:
        snapshot = build(empty)
    assert territories.communes(snapshot).empty
    assert territories.qpvs(snapshot).empty


def test_quarters_of_2015_are_told_apart(engine: Engine):
    with change(engine, "essai") as made:
        add(made, s.Qpv, quarter(5, generation=2015))
    snapshot = build(engine)
    assert territories.qpvs(snapshot, 2015)["qpv_id"].tolist() == [5]
    assert [territories.qpv_count(snapshot, generation) for generation in (2015, 2024)] == [1, 1]


@pytest.mark.parametrize(
    ("scope", "residences"),
    [
        (Scope.everything(), [1, 2, 3, 4]),
        (Scope(landlord_ids=frozenset({2})), [3, 4]),
        (Scope(departement_codes=frozenset({"77"})), [3]),
        (Scope(district_ids=frozenset({1})), [1, 2]),
        (Scope.nothing(), []),
    ],
    ids=str,
)
def test_residences_named_are_those_of_the_scope(snapshot: Snapshot, scope: Scope, residences: list[int]):
    named = territories.place_names(snapshot, Level.RESIDENCE, scope)
    assert sorted(named["place_key"]) == residences
    assert set(named["place_name"]) == {f"Résidence {key}" for key in residences}


def test_quarters_and_services_are_named_to_everybody(snapshot: Snapshot):
    quarters = territories.place_names(snapshot, Level.QPV, Scope.nothing())
    columns = ["place_key", "place_code", "place_name"]
    assert quarters[columns].to_numpy().tolist() == [[1, "QN091F1X", "Les Essais"]]
    services = territories.place_names(snapshot, Level.DISTRICT, Scope.nothing())
    assert services[["place_key", "force"]].sort_values("place_key").to_numpy().tolist() == [[1, "PN"], [2, "GN"]]


def test_level_whose_places_have_no_name_is_refused(snapshot: Snapshot):
    with pytest.raises(ValueError, match="no name"):
        territories.place_names(snapshot, Level.ALL, Scope.everything())
