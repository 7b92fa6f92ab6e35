import pytest
import xlsxwriter

from lib.errors import LayoutError
from lib.ingest.official.recorded_crime import read_recorded_crime, sheets_of

PN = [
    ["Année 2019 - services de police", "Départements", "95", "75", "92"],
    ["", "Périmètres", "DCSP", "DCPAF", "DSPAP"],
    ["Code index", "Libellé index \\ CSP", "CIAT D'ESSAI", "DCPAF BCF", "CIE SECURISATION INTERVENTION 92"],
    [27, "Cambriolages", 12, 3, 4],
]
GN = [
    ["Année 2019 - compagnies de gendarmerie", "Départements", "95"],
    ["Code index", "Libellé index \\ CGD", "CGD ESSAI"],
    [27, "Cambriolages", 5],
    [96, "Index non utilisé", ""],
]


def workbook(tmp_path, **sheets):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name.replace("_", " "))
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return tmp_path / "a.xlsx"


def test_police_and_gendarmerie_sheets_have_three_and_two_header_rows(tmp_path):
    found = read_recorded_crime(workbook(tmp_path, Présentation=[["x"]], Services_PN_2019=PN, Services_GN_2019=GN))
    first = found.query('service_name == "CIAT D\'ESSAI"').iloc[0]
    assert first.tolist() == ["PN", "CIAT D'ESSAI", 2019, "27", "Cambriolages", 12, True]
    last = found.query("service_name == 'CGD ESSAI' and index_code == '27'").iloc[0]
    assert last.tolist() == ["GN", "CGD ESSAI", 2019, "27", "Cambriolages", 5, True]


def test_services_that_cut_across_territories_are_marked(tmp_path):
    found = read_recorded_crime(workbook(tmp_path, Services_PN_2019=PN)).set_index("service_name")["is_territorial"]
    assert found.to_dict() == {"CIAT D'ESSAI": True, "DCPAF BCF": False, "CIE SECURISATION INTERVENTION 92": False}


def test_a_blank_cell_is_missing_not_zero(tmp_path):
    found = read_recorded_crime(workbook(tmp_path, Services_GN_2019=GN))
    assert found.set_index("index_code")["fact_count"].isna().to_dict() == {"27": False, "96": True}


def test_text_in_place_of_a_count_is_refused(tmp_path):
    with pytest.raises(LayoutError, match=r"CGD ESSAI.*autre chose que des nombres"):
        read_recorded_crime(workbook(tmp_path, Services_GN_2019=[*GN[:2], [27, "Cambriolages", "beaucoup"]]))


def test_a_head_that_moved_is_refused(tmp_path):
    with pytest.raises(LayoutError, match=r"«\u00a0Code index\u00a0» attendu en ligne 3"):
        read_recorded_crime(workbook(tmp_path, Services_PN_2019=GN))


def test_another_workbook_is_refused_by_its_sheets(tmp_path):
    path = workbook(tmp_path, Feuille=[["a"]])
    assert sheets_of(path) == []
    with pytest.raises(LayoutError, match=r"trouvées\u00a0: Feuille"):
        read_recorded_crime(path)
