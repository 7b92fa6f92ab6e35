import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from lib.store import territories
from lib.store.revisions import change
from lib.store.rows import Saved

SQUARE = box(2, 49, 2.1, 49.1)


def communes(*rows: tuple, geometry=SQUARE) -> gpd.GeoDataFrame:
    frame = pd.DataFrame(rows, columns=["commune_code", "commune_name"])
    frame = frame.assign(departement_code=frame["commune_code"].str[:2], parent_commune_code=None, population=None)
    return gpd.GeoDataFrame(frame, geometry=[geometry] * len(frame), crs="EPSG:4326")


def qpvs(*codes: str, geometry=SQUARE, commune_codes=("95001",)) -> gpd.GeoDataFrame:
    columns = {
        "qpv_code": list(codes),
        "generation": [2024 if code.startswith("QN") else 2015 for code in codes],
        "qpv_name": [f"Quartier {code}" for code in codes],
        "departement_code": "95",
        "commune_codes": [list(commune_codes) for _ in codes],
    }
    return gpd.GeoDataFrame(columns, geometry=[geometry] * len(codes), crs="EPSG:4326")


@pytest.fixture
def peopled(empty_store):
    """Two communes, one of which replaced 95999."""
    with change(empty_store, "essai") as made:
        territories.save_communes(made, communes(("95001", "La Ville-Essai"), ("95002", "Autre-Ville")))
        territories.save_aliases(made, pd.DataFrame({"alias_code": ["95999"], "commune_code": ["95002"]}))
    return empty_store


def test_communes_come_back_with_their_outline(peopled):
    with peopled.connect() as connection:
        found = territories.communes(connection)
    assert found["commune_code"].tolist() == ["95001", "95002"]
    assert found.geometry[0].equals(SQUARE)
    assert found.crs.to_epsg() == 4326


def test_a_departement_nobody_named_is_added_then_named(peopled):
    named = pd.DataFrame({"departement_code": ["95"], "departement_name": ["Val-d'Oise"]})
    with change(peopled, "essai") as made:
        assert territories.departements(made.connection).to_numpy().tolist() == [["95", "95"]]
        territories.save_departements(made, named)
        assert territories.departements(made.connection).to_numpy().tolist() == [["95", "Val-d'Oise"]]


def test_a_name_without_its_article_does_not_replace_the_name_with_it(peopled):
    with change(peopled, "essai") as made:
        assert territories.save_communes(made, communes(("95001", "Ville-Essai"))) == Saved(0, 0, 1)
        assert territories.save_communes(made, communes(("95001", "Nouvelle-Ville"))) == Saved(0, 1, 0)


def test_a_file_without_outlines_keeps_those_of_the_store(peopled):
    with change(peopled, "essai") as made:
        territories.save_communes(made, communes(("95001", "La Ville-Essai"), geometry=None))
        assert territories.communes(made.connection).geometry[0].equals(SQUARE)


def test_a_neighbourhood_without_outline_is_kept(peopled):
    with change(peopled, "essai") as made:
        territories.save_qpvs(made, qpvs("QN09501I", geometry=None))
        assert territories.qpvs(made.connection).geometry.tolist() == [None]


def test_neighbourhoods_are_tied_to_the_communes_in_force_only(peopled):
    with change(peopled, "essai") as made:
        territories.save_qpvs(made, qpvs("QN09501I", commune_codes=["95999", "95001", "01001"]))
        territories.save_qpvs(made, qpvs("QN09501I", commune_codes=["95999", "95001", "01001"]))
        assert territories.qpvs(made.connection)["commune_codes"].tolist() == [["95001", "95002"]]


def test_generations_are_read_apart(peopled):
    with change(peopled, "essai") as made:
        territories.save_qpvs(made, qpvs("QN09501I", "QP095001"))
        assert territories.qpvs(made.connection, 2015)["qpv_code"].tolist() == ["QP095001"]
        assert len(territories.qpvs(made.connection)) == 2


def test_figures_are_written_once_and_missing_ones_stay_missing(peopled):
    figures = pd.DataFrame(
        {
            "qpv_code": ["QN09501I"],
            "population": pd.array([1200], dtype="Int64"),
            "social_dwelling_count": pd.array([pd.NA], dtype="Int64"),
        }
    )
    with change(peopled, "essai") as made:
        territories.save_qpvs(made, qpvs("QN09501I"))
        assert territories.save_qpv_figures(made, figures) == Saved(0, 1, 0)
        assert territories.save_qpv_figures(made, figures) == Saved(0, 0, 1)
        row = territories.qpvs(made.connection).iloc[0]
    assert row["population"] == 1200
    assert pd.isna(row["social_dwelling_count"])


def test_figures_of_an_unknown_neighbourhood_are_a_fault_of_the_caller(peopled):
    figures = pd.DataFrame({"qpv_code": ["QN0"], "population": [1], "social_dwelling_count": [1]})
    with change(peopled, "essai") as made, pytest.raises(ValueError, match="1 neighbourhoods"):
        territories.save_qpv_figures(made, figures)
