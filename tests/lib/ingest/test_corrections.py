import json
import zipfile
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest

from lib.ingest.corrections import PLACE, ROW_ID, rows_sent_back, rows_to_correct, workbook
from lib.ingest.reading import read_sheet
from lib.ui.import_words import safe_csv

WAITING = pd.DataFrame(
    {
        "rejected_row_id": [7, 9],
        "file_name": ["a.csv", "b.csv"],
        "line_number": [3, 12],
        "cells": [json.dumps({"N°": "=1+1", "Lieu": None}), json.dumps({"N°": "00123", "Hall": "@B"})],
        "reasons": ["Lieu : manquant", "Hall : trop long"],
    }
)


def test_rows_of_several_files_share_one_table_under_all_their_headings():
    rows = rows_to_correct(WAITING)
    assert list(rows.columns) == [*PLACE, "N°", "Lieu", "Hall"]
    assert list(rows.index) == [7, 9]
    assert rows.loc[9].tolist() == ["Hall : trop long", "b.csv", "12", "00123", "", "@B"]


def test_workbook_runs_no_formula_and_keeps_zeros(tmp_path: Path):
    content = workbook(rows_to_correct(WAITING))
    with zipfile.ZipFile(BytesIO(content)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    (tmp_path / "rows.xlsx").write_bytes(content)
    cells = read_sheet(tmp_path / "rows.xlsx").cells
    assert cells["N°"].tolist() == ["'=1+1", "00123"]


def test_workbook_of_no_row_has_its_headings():
    assert workbook(rows_to_correct(WAITING.head(0)))[:2] == b"PK"


def test_heading_spelt_in_two_ways_is_one_column():
    cells = [json.dumps({"Date": "31/02/2026"}), json.dumps({"DATE": "32/03/2026"})]
    rows = rows_to_correct(WAITING.assign(cells=cells))
    assert list(rows.columns) == [*PLACE, "Date"]
    assert rows["Date"].tolist() == ["31/02/2026", "32/03/2026"]


@pytest.mark.parametrize(("write", "name"), [(workbook, "lignes.xlsx"), (safe_csv, "lignes.csv")])
def test_rows_sent_back_are_those_that_left_whatever_a_spreadsheet_would_have_run(tmp_path, write, name):
    rows = pd.DataFrame({"=1+1": ["＝1", "'=2"], "Fiche": ["-1", "@x"]}, index=pd.Index([4, 7], name=ROW_ID))
    path = tmp_path / name
    path.write_bytes(write(rows))
    back = rows_sent_back(path)
    assert back[ROW_ID].tolist() == ["4", "7"]
    assert back[["=1+1", "Fiche"]].to_numpy().tolist() == rows.to_numpy().tolist()
