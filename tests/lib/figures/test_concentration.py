import numpy as np
import pandas as pd
import pytest

from lib.analysis.concentration import concentration
from lib.figures.concentration import concentration_alt, concentration_figure, concentration_sentence
from lib.figures.tokens import LIGHT


def found(counts, dwelling_months=1200):
    rows = pd.DataFrame({"incident_count": counts, "reporting_dwelling_months": dwelling_months})
    return concentration(rows, rng=np.random.default_rng(0), draws=50)


UNEVEN = found([520, 480, 0, 0, 0, 0, 0, 0, 0, 0])


def test_curve_is_drawn_over_chance_and_equal_shares_from_nothing_to_all():
    chart = concentration_figure(UNEVEN, LIGHT)
    lines = {trace.name: trace for trace in chart.data if trace.mode == "lines"}
    assert list(lines) == ["parts égales", "hasard seul", "faits recensés"]
    curve = lines["faits recensés"]
    assert (curve.x[0], curve.y[0], curve.x[-1], curve.y[-1]) == pytest.approx((0, 0, 100, 100))
    assert (curve.x[10], curve.y[10]) == pytest.approx((10, 52))
    assert curve.customdata[10] == "10\u00a0% des résidences\u00a0: 52\u00a0% des faits"
    assert curve.line.color == LIGHT["accent"]


def test_first_tenth_is_marked_and_named_with_what_chance_gives():
    chart = concentration_figure(UNEVEN, LIGHT, noun="QPV")
    point = next(trace for trace in chart.data if trace.mode == "markers")
    assert (point.x[0], point.y[0]) == pytest.approx((10, 52))
    assert [note.text for note in chart.layout.annotations] == [
        "<b>10\u00a0% des QPV\u00a0:<br>52\u00a0% des faits</b><br>(hasard seul\u00a0: 12\u00a0%)",
        "hasard seul",
        "parts égales",
    ]


def test_sentence_sets_chance_beside_the_share_of_the_first_tenth():
    assert concentration_sentence(UNEVEN) == (
        "10\u00a0% des résidences\u00a0: 52\u00a0% des faits recensés\u00a0; le seul hasard en donnerait 12\u00a0%."
    )


def test_concentration_that_chance_explains_is_said_so():
    rng = np.random.default_rng(1)
    said = concentration_sentence(found(rng.poisson(0.4, 300)))
    assert said.startswith("10\u00a0% des résidences\u00a0: ")
    assert ", ce que le seul hasard donnerait aussi (" in said


def test_without_a_fact_nothing_is_claimed():
    empty = found([0, 0, 0])
    chart = concentration_figure(empty, LIGHT)
    assert len(chart.layout.annotations) == 0
    assert concentration_sentence(empty) == "Aucun fait recensé sur la période."
    assert concentration_alt(empty) == "Concentration des faits\u00a0: aucun fait recensé sur la période."


def test_alternative_text_gives_totals_share_and_chance():
    assert concentration_alt(UNEVEN) == (
        "Concentration de 1\u00a0000\u00a0faits recensés sur 10\u00a0résidences. 10\u00a0% des résidences\u00a0: "
        "52\u00a0% des faits recensés\u00a0; le seul hasard en donnerait 12\u00a0%. Hasard seul, à taux égal par "
        "logement\u00a0: 11 à 12\u00a0%."
    )


def test_text_and_height_follow_the_size_asked_for():
    small, large = concentration_figure(UNEVEN, LIGHT), concentration_figure(UNEVEN, LIGHT, size=32)
    assert large.layout.template.layout.font.size == 32
    assert large.layout.height == 2 * small.layout.height
