import pytest

from lib.errors import LayoutError
from lib.ingest.official.ssmsi import read_ssmsi

HEAD = "classe;annee;Code.département;Code.région;unité.de.compte;millPOP;millLOG;faits;POP;LOG;tauxpourmille\n"


def read(tmp_path, row: str):
    (tmp_path / "a.csv").write_text(HEAD + row + "\n", encoding="utf-8-sig")
    return read_ssmsi(tmp_path / "a.csv").iloc[0]


def test_year_has_four_digits_and_the_rate_its_decimals(tmp_path):
    row = read(tmp_path, "Cambriolages;16;01;84;infraction;16;16;1437;638425;308491,16;2,25085")
    assert row.tolist() == ["Cambriolages", 2016, "01", "infraction", 1437, 638425, 308491, 2.25085]


def test_a_blank_count_is_missing(tmp_path):
    assert read(tmp_path, "Cambriolages;16;01;84;infraction;16;16;;638425;308491;").isna()["fact_count"]


def test_a_year_of_four_digits_is_kept(tmp_path):
    assert read(tmp_path, "Cambriolages;2021;01;84;infraction;16;16;1;1;1;1")["year"] == 2021


def test_a_year_that_is_no_number_is_refused(tmp_path):
    with pytest.raises(LayoutError, match="annee"):
        read(tmp_path, "Cambriolages;x;01;84;infraction;16;16;1;1;1;1")
