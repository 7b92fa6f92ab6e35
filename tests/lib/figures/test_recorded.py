import pandas as pd
import pytest

from lib.analysis.recorded import RecordedSeries
from lib.domain.recorded import Cell
from lib.figures.recorded import recorded_alt, recorded_figure, year_ranges
from lib.figures.tokens import DARK, LIGHT


def series(*cells: tuple, label: str = "Cambriolages de logement", first: int = 2016) -> RecordedSeries:
    """Count and state of each year, and whether it is the place shown."""
    rows = pd.DataFrame(
        [(count, state, *(rest or [True])) for count, state, *rest in cells],
        columns=["fact_count", "state", "is_same_place"],
        index=pd.RangeIndex(first, first + len(cells), name="year"),
    )
    rows = rows.assign(fact_count=rows["fact_count"].astype("Int64"))
    return RecordedSeries(label, label, "direct", "infractions", rows)


ALL = series((12, Cell.VALUE), (0, Cell.ZERO), (None, Cell.HIDDEN), (None, Cell.ABSENT), (30, Cell.VALUE, False))


def bars(chart) -> dict[str, dict]:
    return {trace.name: dict(zip(trace.x, trace.y, strict=True)) for trace in chart.data}


def test_each_state_is_drawn_in_its_own_way():
    chart = recorded_figure(ALL, LIGHT)
    assert bars(chart) == {"ressort affiché": {2016: 12}, "autre ressort": {2020: 30}, "non diffusé": {2018: 40}}
    assert [(note.x, note.text) for note in chart.layout.annotations] == [(2017, "0"), (2020, "<b>30</b>")]


def test_hidden_cells_are_hatched_to_the_top_and_the_others_are_not():
    chart = recorded_figure(ALL, LIGHT)
    hidden = chart.data[2]
    assert (hidden.marker.pattern.shape, hidden.marker.pattern.fgcolor) == ("/", LIGHT["hatch"])
    assert max(hidden.y) == chart.layout.yaxis.range[1]
    assert [trace.marker.pattern.shape for trace in chart.data[:2]] == [None, None]


def test_a_pale_bar_with_an_outline_is_another_perimeter():
    shown, other = recorded_figure(ALL, DARK).data[:2]
    assert (shown.marker.color, shown.marker.line.width) == (DARK["accent"], 0)
    assert (other.marker.color, other.marker.line.width) == (DARK["accent_bg"], 1)


def test_unit_stands_in_the_title_under_the_label_whole():
    label = "Destructions et dégradations <volontaires>"
    title = recorded_figure(series((1, Cell.VALUE), label=label), LIGHT).layout.title.text
    assert title.startswith("<b>Destructions et dégradations<br>&lt;volontaires&gt;</b><br>")
    assert title.endswith(">infractions</span>")


def test_bars_are_equally_wide_however_few_a_state_has():
    assert {trace.width for trace in recorded_figure(ALL, LIGHT).data} == {0.75}


@pytest.mark.parametrize("state", [Cell.HIDDEN, Cell.ABSENT])
def test_series_without_a_number_is_still_a_figure(state):
    chart = recorded_figure(series((None, state)), LIGHT)
    assert list(chart.layout.yaxis.range) == [0, 2]
    assert list(chart.layout.xaxis.tickvals) == [2016]


def test_text_follows_the_size_asked_for():
    small, large = (recorded_figure(ALL, LIGHT, size=size) for size in (16, 26))
    assert (small.layout.title.font.size, large.layout.title.font.size) == (16, 26)
    assert large.layout.height > 1.5 * small.layout.height


def test_alternative_text_tells_ends_unit_and_years_without_a_number():
    assert recorded_alt(ALL).replace("\u00a0", " ") == (
        "Cambriolages de logement (infractions), par an : 12 en 2016, 30 en 2020 ; non diffusé : 2018 ; absent : 2019."
    )
    assert "aucune année chiffrée" in recorded_alt(series((None, Cell.HIDDEN)))


def test_years_that_follow_each_other_are_a_range():
    assert year_ranges([2012, 2013, 2014, 2016]) == "2012 à 2014, 2016"
    assert year_ranges([2020]) == "2020"
