from datetime import date

import pandas as pd
import pytest

from lib.figures.schemes import Scheme
from lib.figures.series import (
    MonthPanel,
    coverage_alt,
    coverage_figure,
    month_alt,
    month_figure,
    scale_top,
)
from lib.figures.tokens import DARK, LIGHT

INDEX = pd.date_range("2026-07-01", periods=4, freq="MS", name="month_on")


def panel(**changes):
    values = {
        "title": "Biens",
        "counts": pd.Series([10, 0, 12, 14], INDEX),
        "rolling": pd.Series([None, None, 11.5, 12.5], INDEX, dtype=float),
    }
    return MonthPanel(**(values | changes))


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 2), (2, 2), (3, 4), (14, 20), (41, 60), (61, 80), (81, 200), (1234, 2000)]
)
def test_top_of_the_scale_is_round_and_its_half_whole(highest, top):
    assert scale_top([panel(counts=pd.Series([highest, 0], INDEX[:2]))]) == top


def test_common_scale_covers_every_panel():
    assert scale_top([panel(), panel(counts=pd.Series([390], INDEX[:1]))]) == 400


def test_scale_of_nothing_is_still_a_scale():
    assert scale_top([]) == 2


def test_panel_draws_months_then_mean_then_its_last_value():
    chart = month_figure(panel(), LIGHT)
    assert [trace.name for trace in chart.data] == ["mois", "moyenne sur 12 mois", None]
    assert list(chart.data[0].y) == [10, 0, 12, 14]
    assert list(chart.data[1].y) == [11.5, 12.5]
    assert [note.text for note in chart.layout.annotations] == ["<b>13</b>"]


def test_month_without_a_fact_is_drawn_as_zero_and_named_in_french():
    chart = month_figure(panel(), LIGHT)
    assert chart.data[0].y[1] == 0
    assert chart.data[0].customdata[1] == "août 2026"


def test_panel_without_a_mean_yet_draws_the_months_alone():
    chart = month_figure(panel(rolling=pd.Series([None] * 4, INDEX, dtype=float)), LIGHT)
    assert [trace.name for trace in chart.data] == ["mois", "moyenne sur 12 mois"]
    assert len(chart.data[1].x) == 0


@pytest.mark.parametrize(("kind", "arrow"), [("rise", "↗"), ("fall", "↘")])
def test_tested_change_is_said_in_the_title_in_its_colour(kind, arrow):
    title = month_figure(panel(change=(kind, "+23\u00a0%")), DARK).layout.title.text
    assert title == f'<b>Biens</b>  <span style="color:{DARK[kind]}">{arrow}\u00a0+23\u00a0%</span>'


@pytest.mark.parametrize("kind", ["flat", "few", "unknown"])
def test_change_that_was_not_established_is_not_said(kind):
    shown = panel(change=(kind, "+23\u00a0%"))
    assert month_figure(shown, LIGHT).layout.title.text == "<b>Biens</b>"
    assert "23" not in month_alt(shown)


def test_name_of_a_panel_is_escaped():
    assert month_figure(panel(title="<img onerror=x>"), LIGHT).layout.title.text == "<b>&lt;img onerror=x&gt;</b>"


def test_given_top_is_the_scale_of_the_panel():
    assert month_figure(panel(), LIGHT, top=400).layout.yaxis.range == (0, 400)
    assert month_figure(panel(), LIGHT).layout.yaxis.range == (0, 20)


def test_expected_band_never_falls_under_zero():
    expected = pd.DataFrame({"expected_low": [-2.0, 3.0], "expected_high": [9.0, 11.0]}, index=INDEX[-2:])
    band = month_figure(panel(expected=expected), LIGHT).data[0]
    assert band.name == "attendu"
    assert list(band.y) == [9.0, 11.0, 3.0, 0.0]


def test_context_makes_room_for_its_label_above_the_plot():
    seen = [("Confinement", date(2026, 8, 1), date(2026, 9, 1))]
    without, with_context = month_figure(panel(), LIGHT), month_figure(panel(), LIGHT, contexts=seen)
    assert with_context.layout.margin.t > without.layout.margin.t
    assert with_context.layout.height > without.layout.height
    assert with_context.layout.annotations[0].text == "Confinement"


def test_scheme_is_a_line_with_its_number_and_makes_room_for_it():
    seen = (Scheme("Ronde", "Patrouille", date(2026, 9, 1), None),)
    without, with_scheme = month_figure(panel(), LIGHT), month_figure(panel(schemes=seen), LIGHT)
    assert [shape.x0 for shape in with_scheme.layout.shapes] == [date(2026, 9, 1)]
    assert [note.text for note in with_scheme.layout.annotations] == ["<b>1</b>", "<b>13</b>"]
    assert with_scheme.layout.margin.t - without.layout.margin.t == 22
    assert with_scheme.layout.height - without.layout.height == 22
    assert month_figure(panel(schemes=seen), LIGHT, is_small=False).layout.annotations[0].text == "<b>1</b> Ronde"


def test_text_follows_the_size_asked_for():
    assert month_figure(panel(), LIGHT, size=26).layout.template.layout.font.size == 26


def test_alternative_text_gives_span_and_mean():
    assert month_alt(panel()) == (
        "Biens\u00a0: faits recensés par mois de juillet 2026 à octobre 2026, "
        "13 par mois en moyenne sur les 12 derniers."
    )


def test_coverage_goes_from_nothing_to_everything_and_breaks_where_unknown():
    chart = coverage_figure(pd.Series([0.9, None, 0.79, 0.8], INDEX, dtype=float), LIGHT)
    assert chart.layout.yaxis.range == (0, 104)
    assert pd.isna(chart.data[0].y[1])
    assert list(chart.data[1].x) == [INDEX[2]]
    assert chart.layout.annotations[0].text == "<b>80\u00a0%</b>"


def test_last_coverage_under_eighty_percent_is_ochre():
    chart = coverage_figure(pd.Series([0.9, 0.7], INDEX[:2]), LIGHT)
    assert chart.layout.annotations[0].font.color == LIGHT["warn"]


def test_coverage_has_the_same_months_as_the_wide_chart_above_it():
    above = month_figure(panel(), LIGHT, is_small=False)
    below = coverage_figure(pd.Series([0.9] * 4, INDEX), LIGHT)
    assert (above.layout.margin.l, above.layout.margin.r) == (below.layout.margin.l, below.layout.margin.r)
    assert above.layout.xaxis.range == below.layout.xaxis.range


def test_coverage_is_told_in_words():
    told = coverage_alt(pd.Series([0.9, None, 0.7, 0.8], INDEX, dtype=float))
    assert told == (
        "Couverture déclarative par mois\u00a0: 80\u00a0% en octobre 2026, au plus bas 70\u00a0%, "
        "1 mois sous 80\u00a0%."
    )
    assert coverage_alt(pd.Series([None], INDEX[:1], dtype=float)) == "Couverture déclarative inconnue."


def test_alternative_text_elides_the_month_it_begins_with():
    from_august = panel(counts=pd.Series([0, 12, 14], INDEX[1:]))
    assert "par mois d’août 2026 à octobre 2026" in month_alt(from_august)
