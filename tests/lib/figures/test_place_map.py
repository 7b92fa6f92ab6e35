import pandas as pd
import pytest
from shapely import MultiPolygon, box

from lib.analysis.hot_spots import HotSpot
from lib.figures.place_map import MIN_SPAN_M, place_map, place_map_alt
from lib.figures.tokens import LIGHT


def residences(**different: list) -> pd.DataFrame:
    given = {
        "place_key": [7, 8],
        "x_m": [1000.0, 3000.0],
        "y_m": [500.0, 700.0],
        "incident_count": [4, 0],
        "place_name": ["Les Essais", "<b>Tour</b>"],
        "hot_spot": [HotSpot.HOT, HotSpot.NEITHER],
        "shrunk_rate_per_1000_dwellings": [120.0, float("nan")],
    }
    return pd.DataFrame(given | different)


def test_extent_is_that_of_the_residences_with_room_around():
    chart = place_map(residences(), [], LIGHT)
    assert chart.layout.xaxis.range == pytest.approx((840, 3160))
    assert chart.layout.yaxis.range == pytest.approx((600 - MIN_SPAN_M / 2, 600 + MIN_SPAN_M / 2))
    assert chart.layout.yaxis.scaleanchor == "x"


def test_each_kind_has_its_symbol_and_its_count():
    chart = place_map(residences(), [], LIGHT)
    assert {trace.name: trace.marker.symbol for trace in chart.data} == {
        "dans l’ordre du hasard (1)": "circle",
        "alentours plus touchés (1)": "square",
    }


def test_name_of_a_residence_is_escaped_and_an_unknown_rate_is_said():
    (trace,) = (trace for trace in place_map(residences(), [], LIGHT).data if "hasard" in trace.name)
    assert trace.customdata[0] == "&lt;b&gt;Tour&lt;/b&gt;<br>0\u00a0fait, taux inconnu"


def test_outlines_of_several_parts_are_drawn_under_the_residences():
    outline = MultiPolygon([box(0, 0, 10, 10), box(20, 20, 30, 30)])
    lines = [trace.mode for trace in place_map(residences(), [outline], LIGHT).data]
    assert lines == ["lines", "lines", "markers", "markers"]


def test_words_count_each_kind():
    assert place_map_alt(residences()) == (
        "Carte de 2\u00a0résidences\u00a0: 1 dans l’ordre du hasard, 1 alentours plus touchés."
    )


def test_residence_that_the_profile_is_of_is_named_on_its_point():
    (note,) = place_map(residences(), [], LIGHT, named=8).layout.annotations
    assert (note.x, note.y, note.text) == (3000, 700, "<b>&lt;b&gt;Tour&lt;/b&gt;</b>")
    assert not place_map(residences(), [], LIGHT).layout.annotations
