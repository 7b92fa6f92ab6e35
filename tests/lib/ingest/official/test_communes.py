import geopandas as gpd
import pytest
from shapely import box

from lib.errors import LayoutError
from lib.ingest.official.communes import departement_of, parent_of, read_communes

HEAD = "TYPECOM,COM,REG,DEP,LIBELLE,COMPARENT\n"


def test_outlines_are_read_under_the_names_of_each_publisher(tmp_path):
    layer = gpd.GeoDataFrame(
        {"INSEE_COM": ["94043"], "NOM_COM": ["Le Kremlin-Bicêtre"], "POPULATION": [25661]},
        geometry=[box(2.3, 48.8, 2.4, 48.9)],
        crs="EPSG:4326",
    )
    layer.to_crs(2154).to_file(tmp_path / "a.gpkg")
    row = read_communes(tmp_path / "a.gpkg").communes.iloc[0]
    assert (row["commune_code"], row["commune_name"], row["departement_code"]) == ("94043", "Le Kremlin-Bicêtre", "94")
    assert (row["population"], row.geometry.centroid.x) == (25661, pytest.approx(2.35, abs=1e-3))


def test_a_table_gives_communes_without_outline(tmp_path):
    (tmp_path / "a.csv").write_text("code;nom;type;population\n95001;Ableiges;commune-actuelle;\n")
    row = read_communes(tmp_path / "a.csv").communes.iloc[0]
    assert row.geometry is None
    assert row.isna()["population"]


def test_delegated_communes_are_aliases_of_the_commune_they_belong_to(tmp_path):
    rows = ["COM,93066,11,93,Saint-Denis,", "COMD,93059,,,Pierrefitte-sur-Seine,93066"]
    (tmp_path / "a.csv").write_text(HEAD + "\n".join(rows))
    found = read_communes(tmp_path / "a.csv")
    assert found.communes["commune_code"].tolist() == ["93066"]
    assert found.commune_aliases.to_numpy().tolist() == [["93059", "93066"]]


@pytest.mark.parametrize(
    ("code", "parent"), [("75101", "75056"), ("69381", "69123"), ("13201", "13055"), ("95001", None)]
)
def test_arrondissements_know_their_commune(code, parent):
    assert parent_of(code) == parent


@pytest.mark.parametrize(("code", "departement"), [("95001", "95"), ("2A004", "2A"), ("97411", "974")])
def test_departement_is_written_in_the_code(code, departement):
    assert departement_of(code) == departement


def test_a_table_without_codes_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("ville;maire\nA;B\n")
    with pytest.raises(LayoutError, match=r"Communes.*trouvées\u00a0: ville, maire"):
        read_communes(tmp_path / "a.csv")


@pytest.mark.parametrize("code", ["91", "zz", "123456789", ""])
def test_a_layer_of_something_else_is_not_taken_for_communes(tmp_path, code):
    (tmp_path / "a.csv").write_text(f"code;nom;type;population\n{code};Essonne;commune-actuelle;\n")
    with pytest.raises(LayoutError, match="n’est pas un code de commune"):
        read_communes(tmp_path / "a.csv")
