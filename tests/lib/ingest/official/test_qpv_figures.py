import pytest

from lib.errors import LayoutError
from lib.ingest.official.qpv_figures import read_qpv_figures

HEAD = "COG,lib_com,codeQPV,popMuniQPV,nombre_logements_sociaux\n"


def read(tmp_path, *rows: str):
    (tmp_path / "a.csv").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return read_qpv_figures(tmp_path / "a.csv")


def test_totals_repeated_for_each_commune_are_counted_once(tmp_path):
    found = read(tmp_path, "95001,A,QN09501I,1200,350.0", "95002,B,QN09501I,1200,350.0", "95003,C,QN09502I,800,90.0")
    assert found.figures.to_numpy().tolist() == [["QN09501I", 1200, 350], ["QN09502I", 800, 90]]
    assert found.row_count == 3


def test_a_blank_stays_missing_and_is_not_zero(tmp_path):
    found = read(tmp_path, "95001,A,QN09501I,1200,")
    assert found.figures["social_dwelling_count"].isna().tolist() == [True]
    assert found.disagreeing_codes == []


def test_totals_that_disagree_are_reported_and_left_missing(tmp_path):
    found = read(tmp_path, "95001,A,QN09501I,1200,350", "95002,B,QN09501I,1200,351")
    assert found.disagreeing_codes == ["QN09501I"]
    assert found.figures["population"].tolist() == [1200]
    assert found.figures["social_dwelling_count"].isna().all()


def test_another_table_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    with pytest.raises(LayoutError, match=r"codeQPV.*popMuniQPV.*trouvées\u00a0: a, b"):
        read_qpv_figures(tmp_path / "a.csv")
