import re
from datetime import date

import numpy as np
import pandas as pd
import pytest
from markupsafe import Markup

from lib.analysis.priorities import Band
from lib.analysis.trends import Verdict
from lib.ui.marks import (
    BANDS,
    HIDDEN,
    NONE,
    VERDICTS,
    ZERO,
    band,
    bar,
    cell,
    contributions,
    force,
    interval,
    late,
    link_cell,
    two_lines,
    verdict,
)

HOSTILE = '<img src=x onerror="alert(1)">'


def test_hostile_text_is_escaped_in_every_mark():
    marks = [verdict("rise", HOSTILE), bar(0.5, HOSTILE), two_lines(HOSTILE, HOSTILE), link_cell(HOSTILE, "?a=1")]
    for mark in [*marks, cell(HOSTILE), late(HOSTILE), contributions({HOSTILE: 1.0}, most=1)]:
        assert "<img" not in mark
        assert "&lt;img" in mark


def test_mark_inside_a_mark_is_not_escaped_twice():
    assert two_lines("Les Aulnes", force("PN")).count("<span") == 1
    assert "&lt;" not in two_lines("Les Aulnes", force("PN"))


def test_every_verdict_of_the_analysis_has_its_words():
    assert set(VERDICTS) == {str(kind) for kind in Verdict}
    assert "o-few" in verdict(Verdict.FEW)
    assert "effectif insuffisant" in verdict(Verdict.FEW)


def test_every_band_of_the_analysis_has_its_words():
    assert set(BANDS) == {str(kind) for kind in Band}
    for kind, (style, words) in BANDS.items():
        assert f"o-b-{style}" in band(kind)
        assert band(kind).striptags() == words


def test_what_is_late_is_said_in_words():
    assert late("en retard de 3 jours").striptags() == "en retard de 3 jours"


def test_bars_of_contributions_are_to_one_scale_with_their_sign_and_their_figure():
    mark = contributions({"Gravité": 10, "Tendance": -5, "Personnel": 0}, most=20)
    assert re.findall(r"<i([^>]*)></i></dd><dd>(.*?)</dd>", mark) == [
        (' style="width:50%"', "+10"),
        (' class="o-minus" style="width:25%"', "−5"),
        (' style="width:0%"', "0"),
    ]
    assert re.findall(r"<dt>(.*?)</dt>", mark) == ["Gravité", "Tendance", "Personnel"]


@pytest.mark.parametrize(("points", "most", "width"), [(30, 20, 100), (-30, 20, 100), (0, 0, 0)])
def test_bar_of_a_contribution_never_leaves_its_frame(points: float, most: float, width: int):
    assert f"width:{width}%" in contributions({"Gravité": points}, most=most)


def test_force_always_bears_its_word():
    assert "Police" in force("PN")
    assert "Gendarmerie" in force("GN")


@pytest.mark.parametrize("missing", [None, ""])
def test_place_without_service_says_so(missing):
    assert "Service non renseigné" in force(missing)


def test_bar_never_leaves_its_frame():
    assert "width:100.0%" in bar(1.7, "x")
    assert "width:0.0%" in bar(-1, "x")


def test_interval_is_placed_on_its_scale():
    mark = interval(1.0, (0.75, 1.5), scale=(0.5, 1.5), mark=1.0)
    assert "--at:50.0%" in mark
    assert "left:25.0%;width:75.0%" in mark


def test_interval_without_upper_bound_stops_at_the_end_of_the_scale():
    assert "left:50.0%;width:50.0%" in interval(1.0, (1.0, float("inf")), scale=(0.5, 1.5))


def test_interval_without_reference_draws_none():
    assert "--at" not in interval(1.0, (0.75, 1.5), scale=(0.5, 1.5))


@pytest.mark.parametrize("href", ["https://ailleurs.example/", "//ailleurs.example/", "/\\ailleurs", "javascript:x"])
def test_link_never_leaves_this_server(href):
    with pytest.raises(ValueError, match="not an address of ours"):
        link_cell("x", href)


def test_address_of_a_link_is_escaped():
    assert 'href="?a=1&amp;b=&#34;"' in link_cell("x", '?a=1&b="')


def test_cell_tells_zero_from_missing_from_hidden():
    assert cell(0) == cell(np.int64(0)) == ZERO
    assert cell(None) == cell(float("nan")) == cell(pd.NA) == NONE
    assert cell(HIDDEN) == HIDDEN


def test_cell_writes_numbers_and_dates_in_french():
    assert [cell(1204), cell(np.int64(12)), cell(12.46), cell(np.float64(0.0)), cell(date(2026, 10, 1))] == [
        "1\u00a0204",
        "12",
        "12,5",
        "0,0",
        "1er octobre 2026",
    ]


def test_cell_keeps_html_of_ours():
    assert cell(Markup("<b>x</b>")) == "<b>x</b>"
