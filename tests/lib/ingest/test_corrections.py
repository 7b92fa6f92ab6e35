import json
import zipfile
from io import BytesIO
from pathlib import Path

import pandas as pd

from lib.ingest.corrections import PLACE, rows_to_correct, workbook
from lib.ingest.reading import read_sheet

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
    assert cells["N°"].tolist() == ["=1+1", "00123"]


def test_workbook_of_no_row_has_its_headings():
    assert workbook(rows_to_correct(WAITING.head(0)))[:2] == b"PK"


def test_heading_spelt_in_two_ways_is_one_column():
    cells = [json.dumps({"Date": "31/02/2026"}), json.dumps({"DATE": "32/03/2026"})]
    rows = rows_to_correct(WAITING.assign(cells=cells))
    assert list(rows.columns) == [*PLACE, "Date"]
    assert rows["Date"].tolist() == ["31/02/2026", "32/03/2026"]
