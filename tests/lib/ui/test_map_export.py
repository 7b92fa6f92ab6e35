import io
from collections.abc import Callable
from datetime import date
from zipfile import ZipFile

import pandas as pd
import pytest

from lib.analysis.trends import Verdict
from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.snapshot.places import Level
from lib.ui.map_export import _HEADINGS, _line, as_csv, as_xlsx
from lib.ui.map_places import places
from lib.ui.session import Visit

NAN = float("nan")
CHOSEN = IncidentFilter(Period(date(2026, 1, 1), date(2026, 3, 1)))


def line(**more: object) -> dict[str, object]:
    row = {
        "map_code": "QN1",
        "place_name": "Les Essais",
        "commune_name": "Ville",
        "force": None,
        "incident_count": 12,
        "previous_incident_count": 20,
        "dwelling_count": 100,
        "dwelling_months": 1200,
        "reporting_dwelling_months": 600,
        "reporting_residence_count": 1,
        "rate_per_1000_dwellings": 240.0,
        "rate_low": 124.04,
        "rate_high": 419.2,
        "shrunk_rate_per_1000_dwellings": 230.0,
        "severity_index": 30,
        "severity_per_1000_dwellings": 600.0,
        "shrunk_severity_per_1000_dwellings": 590.0,
        "year_on_year_ratio": 0.6,
        "ratio_low": 0.27,
        "ratio_high": 1.29,
        "verdict": Verdict.FLAT,
        "complaint_count": 3,
        "eligible_count": 9,
        "staff_count": 0,
    } | more
    cells = _line(next(pd.DataFrame([row]).itertuples()), Level.QPV)
    return dict(zip(_HEADINGS, cells, strict=True))


def test_each_figure_stands_under_its_heading():
    told = line()
    assert (told["Faits"], told["Faits, période comparée"], told["Taux"]) == (12, 20, 240.0)
    assert (told["Couverture déclarative (%)"], told["Évolution (%)"]) == (50.0, -40.0)
    assert told["Verdict"] == "évolution non significative"


def test_name_is_written_as_the_table_shows_it():
    assert line(place_name="Gendarmerie - L'Essai")["Nom"] == "Gendarmerie - L'Essai"


def test_share_on_a_base_under_ten_is_said_and_a_true_zero_is_a_zero():
    told = line()
    assert (told["Plaintes déposées"], told["Taux de plainte (%)"]) == (3, "effectif insuffisant")
    assert (told["Faits visant le personnel"], told["Part visant le personnel (%)"]) == (0, 0.0)


def test_silence_is_told_from_a_zero():
    silent = {"incident_count": 0, "reporting_residence_count": 0, "reporting_dwelling_months": 0}
    rates = {"rate_per_1000_dwellings": NAN, "rate_low": NAN, "rate_high": NAN, "previous_incident_count": NAN}
    told = line(**silent, **rates, verdict=Verdict.UNKNOWN, year_on_year_ratio=NAN)
    assert told["Faits"] == told["Taux"] == told["Faits, période comparée"] == "aucune déclaration"
    assert told["Évolution (%)"] == "non comparable"
    assert line(incident_count=0)["Faits"] == 0


def test_change_on_a_small_base_is_said():
    assert line(verdict=Verdict.FEW, year_on_year_ratio=NAN, ratio_high=NAN)["Évolution (%)"] == "effectif insuffisant"


def test_upper_bound_that_is_infinite_is_no_number():
    assert line(ratio_high=float("inf"))["Évolution, borne haute (%)"] == "sans borne"


def test_csv_opens_in_french():
    content = as_csv([["Nom", "Taux"], ["Été", 1.5], [], ["a;b", -2]])
    assert content.decode("utf-8-sig").split("\r\n") == ["Nom;Taux", "Été;1,5", "", '"a;b";-2', ""]
    assert content.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("hostile", ["=1+1", "+A1", "@SUM(1)", "-A1"])
def test_no_cell_runs(hostile: str):
    assert as_csv([[hostile]]).decode("utf-8-sig") == f"'{hostile}\r\n"
    with ZipFile(io.BytesIO(as_xlsx([[hostile]]))) as book:
        assert f"<t>{hostile}</t>" in book.read("xl/sharedStrings.xml").decode()
        assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()


def test_numbers_stay_numbers_in_the_workbook():
    with ZipFile(io.BytesIO(as_xlsx([["Faits", 12], ["Taux", 1.5]]))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<v>12</v>" in sheet
    assert "<v>1.5</v>" in sheet


def test_facts_without_a_service_are_taken_away_too(visit: Callable[..., Visit]):
    found = places(visit(), Level.DISTRICT, CHOSEN)
    lines = [_line(row, Level.DISTRICT) for row in found.itertuples()]
    assert sorted(line[1:3] for line in lines) == [
        ["", "Service non renseigné"],
        ["1", "Commissariat d’essai"],
        ["2", "Brigade d’essai"],
    ]
    assert as_xlsx(lines)
