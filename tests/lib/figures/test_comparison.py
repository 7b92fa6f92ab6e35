import pandas as pd

from lib.figures.comparison import comparison_alt, comparison_figure
from lib.figures.tokens import LIGHT

COMPARISON = pd.DataFrame(
    {
        "label": ["Biens", "<b>Tirs</b>"],
        "previous_incident_count": [3011, 0],
        "incident_count": [3704, 6],
        "verdict": ["rise", "few"],
    }
)


def test_first_row_stands_at_the_top():
    chart = comparison_figure(COMPARISON, LIGHT)
    assert chart.layout.yaxis.ticktext == ("&lt;b&gt;Tirs&lt;/b&gt;", "Biens")
    assert list(chart.data[-1].x) == [6, 3704]
    assert list(chart.data[-2].x) == [0, 3011]


def test_only_tested_changes_take_a_colour():
    chart = comparison_figure(COMPARISON, LIGHT)
    assert chart.data[-1].marker.color == (LIGHT["flat"], LIGHT["rise"])


def test_both_counts_are_written_beside_each_line():
    chart = comparison_figure(COMPARISON, LIGHT)
    assert [note.text for note in chart.layout.annotations] == ["0\u00a0→\u00a06", "3\u00a0011\u00a0→\u00a03\u00a0704"]


def test_zero_is_inside_the_scale():
    low, high = comparison_figure(COMPARISON, LIGHT).layout.xaxis.range
    assert low < 0
    assert high > 4000


def test_comparison_of_nothing_is_an_empty_figure():
    chart = comparison_figure(COMPARISON.iloc[:0], LIGHT)
    assert len(chart.layout.annotations) == 0


def test_alternative_text_gives_the_counts():
    assert comparison_alt(COMPARISON.iloc[:1]) == (
        "Faits de la période précédente puis de la période\u00a0: Biens 3\u00a0011\u00a0→\u00a03\u00a0704."
    )
