import geopandas as gpd
import pytest
from shapely import box

from lib.errors import FileError, LayoutError
from lib.ingest.official.natures import Nature, is_rpls, recognise

HEADS = {
    "code_commune;libelle_commune;institution;service": Nature.COMPETENCE,
    "COG,lib_com,codeQPV,popMuniQPV,nombre_logements_sociaux": Nature.QPV_FIGURES,
    "classe;annee;Code.département;unité.de.compte;faits;POP;LOG;tauxpourmille": Nature.SSMSI,
    "CODGEO_2025;annee;indicateur;unite_de_compte;nombre;taux_pour_mille;est_diffuse;insee_pop;insee_log": (
        Nature.SSMSI_COMMUNES
    ),
    "code;nom;type;departement;population": Nature.COMMUNES,
}


def layer(tmp_path, **columns):
    gpd.GeoDataFrame(columns, geometry=[box(2, 49, 2.1, 49.1)], crs="EPSG:4326").to_file(tmp_path / "a.geojson")
    return tmp_path / "a.geojson"


@pytest.mark.parametrize(("head", "nature"), HEADS.items())
def test_a_table_is_recognised_by_its_columns(tmp_path, head, nature):
    (tmp_path / "a.csv").write_text(head + "\n", encoding="utf-8-sig")
    assert recognise(tmp_path / "a.csv") == nature


def test_a_layer_of_neighbourhoods_is_not_one_of_communes(tmp_path):
    path = layer(tmp_path, code_qp=["QN09501I"], lib_qp=["A"], insee_com=["95001"], lib_com=["B"])
    assert recognise(path) == Nature.QPV_OUTLINES


def test_a_layer_of_communes_is_recognised(tmp_path):
    assert recognise(layer(tmp_path, code=["95001"], nom=["A"])) == Nature.COMMUNES


def test_points_of_the_rpls_are_told_from_other_layers(tmp_path):
    assert is_rpls(layer(tmp_path, n=[3], c=["95001"], a=["1 RUE A"]))
    assert not is_rpls(layer(tmp_path, code=["95001"], nom=["A"]))


def test_an_unknown_table_is_refused_with_its_columns_and_the_natures(tmp_path):
    (tmp_path / "a.csv").write_text("x;y\n")
    with pytest.raises(LayoutError, match=r"trouvées\u00a0: x, y.*contours-qpv.*etat-4001"):
        recognise(tmp_path / "a.csv")


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(FileError, match="introuvable"):
        recognise(tmp_path / "a.csv")
