import gzip

import pandas as pd
import pytest

from lib.config import ROOT
from lib.errors import FileError, LayoutError
from lib.ingest.official.ssmsi_communes import is_communal, read_ssmsi_communes

INVENTED = ROOT / "tests" / "data" / "ssmsi-communes-inventees.csv"
HEAD = "CODGEO_2025;annee;indicateur;unite_de_compte;nombre;taux_pour_mille;est_diffuse;insee_pop;insee_log\n"


def read(tmp_path, *rows: str, head: str = HEAD):
    (tmp_path / "a.csv").write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    return read_ssmsi_communes(tmp_path / "a.csv", {"95"}).rows


@pytest.fixture(scope="module")
def invented() -> pd.DataFrame:
    return read_ssmsi_communes(INVENTED, {"95"}).rows


def test_a_published_cell_has_its_count_its_rate_with_a_decimal_comma_and_its_unit(invented):
    row = invented.loc[2]
    assert (row["commune_code"], row["year"], row["ssmsi_class"]) == ("95901", 2016, "Cambriolages de logement")
    assert (row["fact_count"], row["rate"], row["unit"], row["is_published"]) == (1111, 111.1, "Infraction", True)
    assert (row["population"], row["dwelling_count"], row["geography_year"]) == (9999, 10_000, 2099)


def test_a_true_zero_a_hidden_cell_and_a_missing_one_are_three_states(invented):
    assert (invented.loc[3, "fact_count"], invented.loc[3, "is_published"]) == (0, True)
    assert (pd.isna(invented.loc[4, "fact_count"]), invented.loc[4, "is_published"]) == (True, False)
    assert (pd.isna(invented.loc[5, "fact_count"]), invented.loc[5, "is_published"]) == (True, True)


def test_the_mean_of_the_departement_stands_for_no_commune(invented):
    assert not (invented[["fact_count", "rate"]].isin([3, 3.3, 0.33])).to_numpy().any()
    assert not [name for name in invented.columns if name.startswith("complement")]


def test_a_number_written_in_a_hidden_cell_is_not_kept(invented):
    assert invented.loc[6, ["fact_count", "rate"]].isna().all()
    assert invented.loc[6, "population"] == 8888


def test_communes_of_other_departements_are_left_aside_and_counted():
    read = read_ssmsi_communes(INVENTED, {"95"})
    assert (len(read.rows), read.other_count) == (5, 1)
    assert len(read_ssmsi_communes(INVENTED, {"33", "95"}).rows) == 6
    assert read_ssmsi_communes(INVENTED, {"13"}).other_count == 6


def test_a_gzipped_file_is_read_as_published(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(INVENTED.read_bytes()))
    assert len(read_ssmsi_communes(tmp_path / "a.csv.gz", {"95"}).rows) == 5


def test_the_year_of_the_communes_is_that_of_the_heading_whatever_it_is(tmp_path):
    row = "95901;16;Trafic;Mis en cause;1;0,1;diff;1;1"
    assert read(tmp_path, row, head=HEAD.replace("2025", "2031"))["geography_year"].tolist() == [2031]
    assert read(tmp_path, row)["year"].tolist() == [2016]


def test_headings_are_recognised_by_their_prefix():
    assert is_communal(HEAD.strip().split(";"))
    assert not is_communal(HEAD.strip().replace("CODGEO_2025", "commune").split(";"))
    assert not is_communal(["CODGEO_2025", "LIBGEO"])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("95901;2016;Trafic;Mis en cause;1;0,1;oui;1;1", r"ligne 2.*oui.*diff"),
        ("95901;an;Trafic;Mis en cause;1;0,1;diff;1;1", "ligne 2.*an.*année"),
    ],
)
def test_what_is_neither_a_year_nor_a_state_is_refused_with_its_line(tmp_path, row, said):
    with pytest.raises(LayoutError, match=said):
        read(tmp_path, row)


def test_a_file_that_is_not_in_utf8_is_refused_rather_than_misread(tmp_path):
    text = HEAD + "95901;2016;Usage de stupéfiants;Mis en cause;1;0,1;diff;1;1\n"
    (tmp_path / "a.csv").write_bytes(text.encode("cp1252"))
    with pytest.raises(FileError, match="UTF-8"):
        read_ssmsi_communes(tmp_path / "a.csv", {"95"})
