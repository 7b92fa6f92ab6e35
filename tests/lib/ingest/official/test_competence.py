import pytest

from lib.errors import LayoutError
from lib.ingest.official.competence import kind_of, read_competence

HEAD = "code_commune;libelle_commune;institution;service\n"


def read(tmp_path, *rows: str):
    (tmp_path / "a.csv").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return read_competence(tmp_path / "a.csv")


def test_a_blank_service_is_kept_as_such(tmp_path):
    row = read(tmp_path, "78423;Montigny-le-Bretonneux;;").iloc[0]
    assert row["commune_code"] == "78423"
    assert [row["force"], row["district_name"], row["district_kind"]] == [None, None, None]


def test_typographic_and_straight_apostrophes_give_one_service(tmp_path):
    found = read(tmp_path, "95001;A;PN;Commissariat de police d’Ermont", "95002;B;PN;Commissariat de police  d'Ermont")
    assert found["district_name"].unique().tolist() == ["Commissariat de police d'Ermont"]


def test_a_leading_zero_lost_by_a_spreadsheet_is_given_back(tmp_path):
    assert read(tmp_path, "1004;A;GN;Gendarmerie - Brigade d'Ambérieu")["commune_code"].tolist() == ["01004"]


@pytest.mark.parametrize(
    ("name", "force", "kind"),
    [
        ("Commissariat de police de Melun", "PN", "commissariat"),
        ("Commissariat d'agglomération d'Evry-Corbeil", "PN", "commissariat d'agglomération"),
        ("Commissariat de secteur de Nemours", "PN", "commissariat de secteur"),
        ("Gendarmerie - Brigade d'Égly", "GN", "brigade"),
        ("Brigade territoriale autonome", "GN", "brigade"),
        ("", "", None),
    ],
)
def test_kind_is_told_by_the_first_words(name, force, kind):
    assert kind_of(name, force) == kind


def test_an_unknown_institution_is_refused(tmp_path):
    with pytest.raises(LayoutError, match="«\u00a0PM\u00a0»"):
        read(tmp_path, "95001;A;PM;Police municipale")
