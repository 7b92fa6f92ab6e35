import asyncio
import gzip
import json
from datetime import date

import pytest
from shapely import box, to_wkb
from sqlalchemy import Engine, update
from starlette.requests import Request

from lib.maps.files import PUBLIC_FILES
from lib.snapshot.copies import build
from lib.store import schema as s
from lib.store.revisions import change
from lib.ui.layers import addresses, extents
from tests.conftest import new_store, with_nomenclature
from tests.factories import add, incident, small_store


@pytest.fixture
def engine(request, tmp_path):
    with new_store("sqlite", request, tmp_path) as opened:
        yield small_store(with_nomenclature(opened))


def features(address: str) -> list[dict]:
    """What a browser reads at an address."""
    _, _, digest, filename = address.split("/")
    request = Request(
        {
            "type": "http",
            "path_params": {"digest": digest, "filename": filename},
            "headers": [(b"accept-encoding", b"gzip")],
        }
    )
    answer = asyncio.run(PUBLIC_FILES.serve(request))
    return [feature["properties"] for feature in json.loads(gzip.decompress(answer.body))["features"]]


def test_each_layer_is_published_with_its_places(engine: Engine):
    made = addresses(build(engine))
    assert set(made) == {"communes", "departements", "districts", "limits", "qpv"}
    assert {row["nom"] for row in features(made["communes"])} == {"Ville-A", "Ville-B", "Ville-C"}
    assert {row["code"]: row["nom"] for row in features(made["departements"])} == {
        "91": "Essonne",
        "77": "Seine-et-Marne",
    }
    assert {(row["code"], row["force"]) for row in features(made["districts"])} == {("1", "PN"), ("2", "GN")}
    assert [row["code"] for row in features(made["qpv"])] == ["QN091F1X"]


def test_new_fact_leaves_every_address_as_it_was(engine: Engine):
    before = addresses(build(engine))
    with change(engine, "essai") as made:
        add(made, s.Incident, incident("n1", 1, date(2026, 2, 1)))
    assert addresses(build(engine)) == before


def test_commune_that_changes_service_moves_the_services_alone(engine: Engine):
    before = addresses(build(engine))
    with change(engine, "essai") as made:
        moved = update(s.CommuneDistrict).where(s.CommuneDistrict.commune_code == "91003")
        made.connection.execute(moved.values(district_id=1, revision=made.revision))
    after = addresses(build(engine))
    assert {name for name in before if before[name] != after[name]} == {"districts", "limits"}


def test_quarter_that_is_renamed_gets_another_address(engine: Engine):
    before = addresses(build(engine))
    with change(engine, "essai") as made:
        made.connection.execute(update(s.Qpv).values(qpv_name="Les Épreuves", revision=made.revision))
    after = addresses(build(engine))
    assert {name for name in before if before[name] != after[name]} == {"qpv"}
    assert features(after["qpv"])[0]["nom"] == "Les Épreuves"


def test_quarter_without_outline_is_in_no_layer(engine: Engine):
    with change(engine, "essai") as made:
        made.connection.execute(update(s.Qpv).values(outline=None, revision=made.revision))
    made = addresses(build(engine))
    assert "qpv" not in made or features(made["qpv"]) == []


def test_store_without_service_has_communes_all_the_same(engine: Engine):
    with change(engine, "essai") as made:
        made.connection.execute(update(s.CommuneDistrict).values(district_id=None, revision=made.revision))
    assert set(addresses(build(engine))) == {"communes", "departements", "qpv"}


def test_commune_without_outline_is_left_out(engine: Engine):
    with change(engine, "essai") as made:
        made.connection.execute(
            update(s.Commune).where(s.Commune.commune_code == "91003").values(outline=None, revision=made.revision)
        )
    assert {row["nom"] for row in features(addresses(build(engine))["communes"])} == {"Ville-A", "Ville-B"}


def test_store_whose_communes_have_no_outline_at_all_still_has_its_layers(engine: Engine):
    with change(engine, "essai") as made:
        made.connection.execute(update(s.Commune).values(outline=None, revision=made.revision))
    assert "districts" not in addresses(build(engine))


def test_store_without_territory_has_no_layer(request, tmp_path):
    with new_store("sqlite", request, tmp_path) as empty:
        assert addresses(build(empty)) == {}


def test_extent_of_each_place_is_known_by_layer_and_code(engine: Engine):
    known = extents(build(engine))
    assert known["communes"]["91001"] == ((48.4, 2.0), (48.6, 2.1))
    assert known["departements"]["91"] == ((48.4, 2.0), (48.6, 2.2))  # two communes side by side
    assert known["districts"]["2"] == ((48.4, 2.2), (48.6, 2.3))
    assert known["qpv"]["QN091F1X"] == ((48.45, 2.005), (48.55, 2.015))


def test_quarters_of_2015_have_a_layer_of_their_own(engine: Engine):
    assert "qpv2015" not in addresses(build(engine))
    with change(engine, "essai") as made:
        names = {
            "qpv_id": 9,
            "qpv_code": "QP091001",
            "generation": 2015,
            "qpv_name": "Ancien",
            "departement_code": "91",
        }
        outline = to_wkb(box(2.0, 48.4, 2.01, 48.41))
        add(made, s.Qpv, names | {"population": None, "social_dwelling_count": None, "outline": outline})
    made_layers = addresses(build(engine))
    assert [row["code"] for row in features(made_layers["qpv2015"])] == ["QP091001"]
    assert [row["code"] for row in features(made_layers["qpv"])] == ["QN091F1X"]
