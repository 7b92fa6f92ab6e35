import geopandas as gpd
import pytest
from shapely import Polygon, box

from lib.errors import LayoutError
from lib.ingest.official.qpv_outlines import departement_of, read_qpv_outlines

SQUARE = box(2.0, 49.0, 2.01, 49.01)
SPIKE = Polygon([(2, 49), (2.1, 49.1), (2, 49), (2, 49)])
BOW_TIE = Polygon([(2, 49), (2.1, 49.1), (2.1, 49), (2, 49.1)])


def written(tmp_path, name="a.geojson", *, crs="EPSG:4326", geometry=(SQUARE,), **columns):
    layer = gpd.GeoDataFrame(columns, geometry=list(geometry), crs="EPSG:4326").to_crs(crs)
    layer.to_file(tmp_path / name)
    return tmp_path / name


@pytest.mark.parametrize(
    "columns",
    [
        {"code_qp": ["QN09501I"], "lib_qp": ["Les Essais"], "insee_com": ["95001"]},
        {"CODE_QP": ["QN09501I"], "NOM_QP": ["Les Essais"], "COM_INSEE": ["95001"]},
    ],
)
@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.shp"])
def test_each_spelling_and_format_gives_the_same_row(tmp_path, name, columns):
    row = read_qpv_outlines(written(tmp_path, name, **columns)).qpvs.iloc[0]
    assert (row["qpv_code"], row["qpv_name"], row["commune_codes"]) == ("QN09501I", "Les Essais", ["95001"])
    assert (row["generation"], row["departement_code"]) == (2024, "95")


def test_generation_is_told_by_the_code_even_in_a_mixed_file(tmp_path):
    path = written(tmp_path, geometry=[SQUARE, SQUARE], code_qp=["QP095001", "QN09501I"], lib_qp=["Avant", "Après"])
    assert read_qpv_outlines(path).qpvs["generation"].tolist() == [2015, 2024]


def test_a_layer_in_lambert_93_comes_out_in_degrees(tmp_path):
    path = written(tmp_path, "a.gpkg", crs="EPSG:2154", code_qp=["QN09501I"], lib_qp=["A"])
    assert read_qpv_outlines(path).qpvs.total_bounds == pytest.approx([2.0, 49.0, 2.01, 49.01], abs=1e-4)


def test_several_communes_are_split(tmp_path):
    path = written(tmp_path, code_qp=["QN07701M"], lib_qp=["A"], insee_com=["77083, 77337"])
    assert read_qpv_outlines(path).qpvs["commune_codes"][0] == ["77083", "77337"]


def test_an_outline_that_collapses_keeps_its_code(tmp_path):
    path = written(tmp_path, geometry=[SPIKE, BOW_TIE], code_qp=["QN09501I", "QN09502I"], lib_qp=["A", "B"])
    found = read_qpv_outlines(path)
    assert found.qpvs["qpv_code"].tolist() == ["QN09501I", "QN09502I"]
    assert (found.collapsed_codes, found.repaired_codes) == (["QN09501I"], ["QN09502I"])
    assert found.qpvs.geometry[0] is None


def test_a_code_on_two_features_is_one_neighbourhood_with_both_outlines(tmp_path):
    other = box(2.02, 49.0, 2.03, 49.01)
    path = written(
        tmp_path,
        geometry=[SQUARE, other],
        code_qp=["QN09501I"] * 2,
        lib_qp=["A"] * 2,
        insee_com=["95002", "95001"],
    )
    found = read_qpv_outlines(path)
    assert found.repeated_codes == ["QN09501I"]
    assert found.qpvs["commune_codes"].tolist() == [["95001", "95002"]]
    assert found.qpvs.geometry[0].area == pytest.approx(2 * SQUARE.area)


def test_another_layer_is_refused_by_its_columns(tmp_path):
    with pytest.raises(LayoutError, match=r"absentes.*code_qp.*trouvées.*nom"):
        read_qpv_outlines(written(tmp_path, nom=["A"]))


def test_a_code_of_neither_generation_is_refused(tmp_path):
    with pytest.raises(LayoutError, match=r"ZUS1234.*n’est pas un code de QPV"):
        read_qpv_outlines(written(tmp_path, code_qp=["ZUS1234"], lib_qp=["A"]))


@pytest.mark.parametrize(("code", "departement"), [("QN09503I", "95"), ("QP971012", "971"), ("QN02A01M", "2A")])
def test_departement_is_written_in_the_code(code, departement):
    assert departement_of(code) == departement
