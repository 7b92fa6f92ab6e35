"""A list of residences in which each row names its landlord."""

import pandas as pd
import pytest

from lib.errors import LayoutError
from lib.ingest.housing import Told, import_residences, is_nobody
from lib.store import housing

HEAD = "id;bailleur;adresse;logements;code_commune;coord\n"


def brought(engine, folder, *rows: str, **told: object):
    (folder / "liste.csv").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    asked = Told(columns={"reference": "id", "point": "coord"}, **told)
    return import_residences(engine, folder / "liste.csv", told=asked, imported_by="essai")


def stored(engine) -> pd.DataFrame:
    with engine.connect() as connection:
        return housing.residences(connection)


def reasons(report) -> dict[int, str]:
    return dict(zip(report.rejections["line_number"], report.rejections["reason"], strict=True))


def test_each_row_goes_to_the_landlord_it_names(referenced, tmp_path):
    report = brought(referenced, tmp_path, "1;Alpha;A;4;77288;", "1;Bêta Habitat;B;5;77288;", makes_landlords=True)
    assert (report.saved.new_count, report.rejected_count) == (2, 0)
    assert sorted(stored(referenced)["landlord_code"]) == ["ALPHA", "BETA-HABITAT"]


def test_landlord_of_the_store_is_known_by_its_name_however_it_is_written(referenced, tmp_path):
    brought(referenced, tmp_path, "1;Bêta Habitat;B;5;77288;", makes_landlords=True)
    report = brought(referenced, tmp_path, "2;BETA HABITAT;B;5;77288;", "3;beta-habitat;B;5;77288;")
    assert (report.saved.new_count, report.rejected_count) == (2, 0)
    assert set(stored(referenced)["landlord_code"]) == {"BETA-HABITAT"}


def test_landlord_that_nobody_knows_or_that_is_not_said_rejects_its_row(referenced, tmp_path):
    report = brought(referenced, tmp_path, "1;Gamma;A;4;77288;", "2;(vide);A;4;77288;", "3;;A;4;77288;")
    told = reasons(report)
    assert told[2].startswith("bailleur inconnu de la base")
    assert (told[3], told[4]) == ("bailleur manquant", "bailleur manquant")
    assert stored(referenced).empty


def test_reference_is_repeated_only_under_the_same_landlord(referenced, tmp_path):
    rows = ["1;Alpha;A;4;77288;", "1;Bêta;A;4;77288;", "1;Alpha;B;9;77288;"]
    report = brought(referenced, tmp_path, *rows, makes_landlords=True)
    assert reasons(report) == {4: "référence déjà présente plus haut"}


@pytest.mark.parametrize(
    "cell", ["48.5421, 2.6554", "2.6554 48.5421", '"{""coordinates"": [2.6554, 48.5421], ""type"": ""Point""}"']
)
def test_point_in_one_cell_is_read_in_either_order(referenced, tmp_path, cell: str):
    brought(referenced, tmp_path, f"1;Alpha;A;4;;{cell}", makes_landlords=True)
    assert stored(referenced)[["longitude", "latitude"]].iloc[0].tolist() == [2.6554, 48.5421]


@pytest.mark.parametrize("cell", ["ici", "48.5421", "12.5, 13.5"])
def test_cell_that_is_no_point_of_france_rejects_its_row(referenced, tmp_path, cell: str):
    report = brought(referenced, tmp_path, f"1;Alpha;A;4;77288;{cell}", makes_landlords=True)
    assert reasons(report) == {2: "coordonnées illisibles ou hors de France"}


def test_name_is_the_address_where_the_list_has_none_and_a_text_too_long_is_refused(referenced, tmp_path):
    report = brought(
        referenced, tmp_path, "1;Alpha;3 rue X;4;77288;", f"2;Alpha;{'x' * 201};4;77288;", makes_landlords=True
    )
    assert stored(referenced)["residence_name"].tolist() == ["3 rue X"]
    assert reasons(report)[3].startswith("texte trop long")


def test_column_that_was_named_and_is_absent_is_said(referenced, tmp_path):
    (tmp_path / "liste.csv").write_text("id;logements\n1;4\n", encoding="utf-8")
    with pytest.raises(LayoutError, match="numero"):
        import_residences(
            referenced, tmp_path / "liste.csv", told=Told(columns={"reference": "numero"}), imported_by="essai"
        )


@pytest.mark.parametrize("label", ["", "(vide)", "Inconnu", "?"])
def test_nobody_is_said_in_several_ways(label: str):
    assert is_nobody(label)
