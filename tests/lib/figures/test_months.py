from datetime import date

import pandas as pd
import plotly.graph_objects as go

from lib.figures.months import context_labels, month_list, month_ticks, set_month_axis, shade_contexts
from lib.figures.tokens import LIGHT

CONFINEMENTS = [
    ("Premier confinement", date(2020, 3, 17), date(2020, 5, 12)),
    ("Deuxième confinement", date(2020, 10, 30), date(2020, 12, 16)),
    ("Troisième confinement", date(2021, 4, 3), date(2021, 5, 4)),
]


def months(start, count):
    return month_list(pd.date_range(start, periods=count, freq="MS"))


def test_long_axis_names_years_at_their_january():
    places, texts = month_ticks(date(2023, 11, 1), date(2026, 10, 1), is_small=False)
    assert places == [date(2024, 1, 1), date(2025, 1, 1), date(2026, 1, 1)]
    assert texts == ["2024", "2025", "2026"]


def test_axis_of_more_than_five_years_names_every_second_one_and_the_last():
    _, texts = month_ticks(date(2020, 1, 1), date(2026, 10, 1), is_small=False)
    assert texts == ["2020", "", "2022", "", "2024", "", "2026"]


def test_short_axis_names_months_in_french():
    places, texts = month_ticks(date(2025, 11, 1), date(2026, 10, 1), is_small=False)
    assert places == [date(2025, 11, 1), date(2026, 2, 1), date(2026, 5, 1), date(2026, 8, 1)]
    assert texts == ["nov.<br>2025", "févr.<br>2026", "mai<br>2026", "août<br>2026"]


def test_small_panel_keeps_first_and_last_ticks():
    places, texts = month_ticks(date(2019, 11, 1), date(2026, 10, 1), is_small=True)
    assert (places, texts) == ([date(2020, 1, 1), date(2026, 1, 1)], ["2020", "2026"])


def test_axis_of_one_month_has_one_tick():
    assert month_ticks(date(2026, 10, 1), date(2026, 10, 1), is_small=True) == ([date(2026, 10, 1)], ["oct.<br>2026"])


def test_axis_leaves_half_a_month_on_each_side():
    chart = go.Figure()
    set_month_axis(chart, months("2025-11-01", 12), size=18, is_small=False)
    assert chart.layout.xaxis.range == (date(2025, 10, 16), date(2026, 10, 16))


def test_near_periods_share_one_label_over_their_whole_extent():
    assert context_labels(CONFINEMENTS, months("2019-11-01", 84)) == [
        ("Confinements", date(2020, 3, 17), date(2021, 5, 4))
    ]


def test_period_alone_keeps_its_name():
    seen = context_labels(CONFINEMENTS, months("2021-01-01", 60))
    assert seen == [("Troisième confinement", date(2021, 4, 3), date(2021, 5, 4))]


def test_periods_far_apart_have_their_own_labels():
    far = [("Confinement", date(2020, 3, 17), date(2020, 5, 12)), ("Émeutes", date(2023, 6, 27), date(2023, 7, 8))]
    assert [label for label, _, _ in context_labels(far, months("2019-11-01", 84))] == ["Confinement", "Émeutes"]


def test_period_outside_the_months_is_neither_shaded_nor_named():
    chart = go.Figure()
    shade_contexts(chart, CONFINEMENTS, LIGHT, months=months("2022-01-01", 12))
    assert (len(chart.layout.shapes), len(chart.layout.annotations)) == (0, 0)


def test_period_cut_by_the_first_month_is_shaded_from_there():
    chart = go.Figure()
    shade_contexts(chart, CONFINEMENTS, LIGHT, months=months("2020-11-01", 72))
    shaded = [(shape.x0, shape.x1) for shape in chart.layout.shapes if shape.type == "rect"]
    assert shaded == [(date(2020, 11, 1), date(2020, 12, 16)), (date(2021, 4, 3), date(2021, 5, 4))]
    assert [note.text for note in chart.layout.annotations] == ["Confinements"]
