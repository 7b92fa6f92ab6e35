from datetime import date

import geopandas as gpd
import pytest
from shapely import Point

from lib.errors import FileError, LayoutError
from lib.ingest.official.residences import as_points, civil_date, read_residence_list, read_rpls_points

HEAD = "reference;nom;adresse;code_commune;logements;longitude;latitude\n"
GOOD = "R1;Résidence d’essai;1 rue des Essais;95001;40;2,05;49,05"


def listed(tmp_path, *rows: str, head: str = HEAD):
    (tmp_path / "a.csv").write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    return read_residence_list(tmp_path / "a.csv")


def reasons(found) -> list[tuple]:
    return list(found.rejections[["line_number", "column_name"]].itertuples(index=False, name=None))


def test_decimal_commas_are_read(tmp_path):
    row = listed(tmp_path, GOOD).residences.iloc[0]
    assert (row["reference"], row["dwelling_count"], row["longitude"], row["latitude"]) == ("R1", 40, 2.05, 49.05)


def test_lambert_93_is_converted(tmp_path):
    found = listed(
        tmp_path, "R1;A;;;40;700000;6600000", head=HEAD.replace("longitude;latitude", "coord_x_l93;coord_y_l93")
    )
    assert found.residences[["longitude", "latitude"]].iloc[0].tolist() == pytest.approx([3.0, 46.5])


def test_a_row_without_coordinates_is_kept_for_its_commune(tmp_path):
    found = listed(tmp_path, "R1;A;;95001;40;;")
    assert found.rejections.empty
    assert as_points(found.residences).geometry.iloc[0] is None


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (";A;;95001;40;2,05;49,05", "reference"),
        ("R2;A;;95001;quarante;2,05;49,05", "dwelling_count"),
        ("R2;A;;95001;-1;2,05;49,05", "dwelling_count"),
        ("R2;A;;95001;1,5;2,05;49,05", "dwelling_count"),
        ("R2;A;;95001;40;-1,5;53,8", "x"),
        ("R2;A;;95001;40;ici;là", "x"),
        ("R2;A;;95001;40;2,05;", "x"),
        ("R1;A;;95001;40;2,05;49,05", "reference"),
    ],
)
def test_every_row_is_accepted_or_rejected_with_its_line_and_column(tmp_path, row, column):
    found = listed(tmp_path, GOOD, row)
    assert reasons(found) == [(3, column)]
    assert len(found.residences) + found.rejections["line_number"].nunique() == len(found.cells) == 2


def test_a_line_may_have_several_reasons(tmp_path):
    assert reasons(listed(tmp_path, ";A;;95001;x;2,05;49,05")) == [(2, "reference"), (2, "dwelling_count")]


def test_dates_of_service_are_read_or_rejected(tmp_path):
    head = "reference;nom;logements;mise_en_service\n"
    found = listed(tmp_path, "R1;A;4;01/03/1975", "R2;A;4;printemps", head=head)
    assert found.residences["active_from"].tolist() == [date(1975, 3, 1)]
    assert reasons(found) == [(3, "active_from")]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31/12/2020", date(2020, 12, 31)),
        ("2020-12-31 00:00:00", date(2020, 12, 31)),
        ("1975", date(1975, 1, 1)),
        ("31/02/2020", None),
        ("", None),
    ],
)
def test_civil_dates(text, day):
    assert civil_date(text) == day


def test_a_list_without_dwellings_is_refused(tmp_path):
    with pytest.raises(LayoutError, match="logements"):
        listed(tmp_path, "R1;A", head="reference;nom\n")


def rpls(tmp_path, name: str, *rows: tuple):
    columns = {"n": [r[0] for r in rows], "c": [r[1] for r in rows], "a": [r[2] for r in rows]}
    points = [Point(2.05 + r[3], 49.05) for r in rows]
    gpd.GeoDataFrame(columns, geometry=points, crs="EPSG:4326").to_file(tmp_path / name)
    return read_rpls_points(tmp_path / name)


def test_each_building_point_is_a_residence_with_its_dwellings(tmp_path):
    found = rpls(tmp_path, "a.geojson", (3, "95001", "1 RUE A", 0), (5, "95001", "1 RUE A", 0.01))
    assert found.residences["dwelling_count"].tolist() == [3, 5]
    assert found.residences["reference"].is_unique
    assert found.rejections.empty


def test_a_building_keeps_its_reference_whatever_its_rank_and_dwellings(tmp_path):
    first = rpls(tmp_path, "a.geojson", (3, "95001", "1 RUE A", 0), (5, "95002", "2 RUE B", 0.01))
    second = rpls(tmp_path, "b.geojson", (6, "95002", "2 RUE B", 0.01), (3, "95001", "1 RUE A", 0))
    assert set(first.residences["reference"]) == set(second.residences["reference"])


def test_identical_points_are_both_kept(tmp_path):
    found = rpls(tmp_path, "a.geojson", (3, "95001", "1 RUE A", 0), (5, "95001", "1 RUE A", 0))
    assert found.residences["dwelling_count"].sum() == 8
    assert found.residences["reference"].is_unique


@pytest.mark.parametrize("name", ["06 12 34 56 78", "a.b@exemple.fr"])
def test_a_personal_value_is_rejected_and_kept_nowhere(tmp_path, name):
    found = listed(tmp_path, GOOD.replace("Résidence d’essai", name))
    assert found.residences.empty
    assert reasons(found) == [(2, "residence_name")]
    assert name not in found.rejections.to_string()
    assert name not in found.cells.to_string()


def test_a_quote_never_closed_loses_no_row_in_silence(tmp_path):
    with pytest.raises(FileError, match="guillemet jamais refermé"):
        listed(tmp_path, 'R1;"Résidence;1 rue;95001;40;2,05;49,05', "R2;B;;95001;3;2,05;49,05")
