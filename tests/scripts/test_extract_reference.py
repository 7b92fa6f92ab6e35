import geopandas as gpd
import pandas as pd
import pytest
import shapely

from lib.config import REFERENCE


@pytest.fixture(scope="module")
def communes() -> gpd.GeoDataFrame:
    return gpd.read_parquet(REFERENCE / "communes.parquet")


def test_every_commune_and_arrondissement_of_the_region_is_there_once(communes):
    assert len(communes) == 1266 + 20
    assert communes["commune_code"].is_unique
    assert set(communes["departement_code"]) == {"75", "77", "78", "91", "92", "93", "94", "95"}


def test_names_carry_their_article(communes):
    names = communes.set_index("commune_code")["commune_name"]
    assert names["77285"] == "Le Mée-sur-Seine"
    assert names["94038"] == "L'Haÿ-les-Roses"
    assert names["95018"] == "Argenteuil"
    assert names["75101"] == "Paris 1er arrondissement"


def test_arrondissements_belong_to_paris_and_add_up_to_it(communes):
    parts = communes[communes["parent_commune_code"] == "75056"]
    paris = communes.set_index("commune_code").loc["75056"]
    assert len(parts) == 20
    assert parts["population"].sum() == paris["population"]
    assert shapely.equals(shapely.union_all(parts.geometry.to_numpy()).normalize(), paris.geometry.normalize())


def test_outlines_form_one_coverage_without_hole(communes):
    pieces = communes[communes["commune_code"] != "75056"].geometry.to_numpy()
    region = shapely.coverage_union_all(pieces)
    assert communes.crs.to_epsg() == 4326
    assert shapely.coverage_is_valid(pieces)
    assert (region.geom_type, len(region.interiors)) == ("Polygon", 0)


def test_saint_denis_holds_the_territory_of_pierrefitte(communes):
    saint_denis = communes.set_index("commune_code").geometry["93066"]
    assert saint_denis.contains(shapely.Point(2.364, 48.964))


def test_populations_are_plausible(communes):
    region = communes[communes["commune_code"] != "75056"]["population"].sum()
    assert 12_000_000 < region < 12_600_000
    assert communes["population"].min() > 0


def test_aliases_lead_to_communes_in_force_and_are_not_in_force_themselves(communes):
    aliases = pd.read_csv(REFERENCE / "communes_alias.csv", sep=";", dtype=str).set_index("alias_code")["commune_code"]
    in_force = set(communes["commune_code"])
    old = ["77028", "77149", "77399", "78251", "78503", "78524", "91182", "91222", "93059", "95282"]
    assert set(old) <= set(aliases.index)
    assert set(aliases) <= in_force
    assert not set(aliases.index) & in_force
    assert aliases["93059"] == "93066"
