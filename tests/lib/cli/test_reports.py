import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.cli.reports import write_rows
from lib.domain.spreadsheet import inert, original
from lib.ingest.reading import read_sheet

MARKS = "'=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
CELLS = st.text(max_size=8) | st.text(st.sampled_from(f"{MARKS}1,a "), max_size=8)


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|x", "@SUM(A1)", "-1+cmd", "\t=1", "＝1", "－1", "'=1", "''＝1", "-1\n"])
def test_a_cell_that_a_spreadsheet_would_run_is_quoted(cell):
    assert inert(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-12,50", "-2.35", "-", "Tag", "l’été", "'abc", "", 3, None])
def test_an_ordinary_cell_is_written_as_it_is(cell):
    assert inert(cell) == original(cell) == cell


@given(CELLS)
def test_an_inert_cell_is_found_again_as_it_was(cell):
    assert original(inert(cell)) == cell


@given(CELLS)
def test_an_inert_cell_starts_with_nothing_that_runs_but_the_sign_of_a_number(cell):
    written = str(inert(cell))
    assert not written.startswith(tuple(MARKS[1:])) or not written[1:].strip("0123456789., ")


@given(CELLS, CELLS)
def test_two_cells_never_become_one(cell, other):
    assert (inert(cell) == inert(other)) == (cell == other)


def test_headings_and_cells_of_a_file_written_are_inert_and_come_back(tmp_path):
    rows = pd.DataFrame({'=HYPERLINK("http://e")': ["＝1", "a"], "Fiche": ["'=1", "-1"], "'=x": ["b", "c"]})
    write_rows(rows, tmp_path / "rejets.csv")
    written = read_sheet(tmp_path / "rejets.csv").cells
    assert list(written) == ['\'=HYPERLINK("http://e")', "Fiche", "''=x"]
    assert written.to_numpy().tolist() == [["'＝1", "''=1", "b"], ["a", "-1", "c"]]
    back = written.map(original).rename(columns=original).reset_index(drop=True)
    pd.testing.assert_frame_equal(back, rows, check_names=False)
