import numpy as np
import pandas as pd
import pytest

from lib.analysis.funnel import funnel
from lib.figures import funnel as module
from lib.figures.funnel import drawn_places, funnel_alt, funnel_figure, funnel_note, funnel_title
from lib.figures.tokens import LIGHT


def found(*rows: tuple[str, int, float]):
    frame = pd.DataFrame(rows, columns=["place_name", "incident_count", "reporting_dwelling_months"])
    return funnel(frame, month_count=12)


def quiet(count: int) -> list[tuple[str, int, float]]:
    return [(f"Lieu {i}", 10, 1000 + i) for i in range(count)]


ONE_ABOVE = [*quiet(20), ("Les Deux <Tours>", 30, 1000), ("Sans logement", 2, 0)]


def marks(chart):
    return [trace for trace in chart.data if trace.name == "lieux"]


def words(chart):
    return {text.strip("\u00a0"): trace for trace in chart.data if trace.mode == "text" for text in trace.text}


def test_only_places_outside_the_limits_are_named_and_in_accent():
    chart = funnel_figure(found(*ONE_ABOVE), LIGHT)
    inside, outside = marks(chart)
    assert (len(inside.x), len(outside.x)) == (20, 1)
    assert (inside.marker.color, outside.marker.color) == (LIGHT["edge"], LIGHT["accent"])
    named = words(chart)
    assert named["<b>Les Deux &lt;Tours&gt;</b>"].textfont.color == LIGHT["accent"]
    assert not any("Lieu" in text for text in named)


def test_places_stand_at_their_dwellings_and_rate():
    _, outside = marks(funnel_figure(found(*ONE_ABOVE), LIGHT))
    assert (outside.x[0], outside.y[0]) == pytest.approx((1000 / 12, 360))
    assert list(outside.customdata[0]) == [30, 83, 360]
    assert outside.text[0] == "Les Deux &lt;Tours&gt;"


def test_curves_and_the_rate_of_all_are_named_where_they_are():
    result = found(*ONE_ABOVE)
    chart = funnel_figure(result, LIGHT)
    assert {"95\u00a0%", "99,8\u00a0%", "ensemble\u00a0: 130"} <= words(chart).keys()
    lines = [trace for trace in chart.data if trace.mode == "lines"]
    assert [line.name for line in lines] == ["99,8\u00a0%"] * 2 + ["95\u00a0%"] * 2 + ["ensemble"]
    assert list(lines[0].y) == pytest.approx(result.curves["limit_998_low"].to_list())


def test_rate_far_above_the_others_stands_as_a_triangle_on_the_edge():
    rows = [*quiet(200), ("Deux logements", 40, 24)]
    _, outside = marks(funnel_figure(found(*rows), LIGHT))
    top = funnel_figure(found(*rows), LIGHT).layout.yaxis.range[1]
    assert (outside.y[0], outside.marker.symbol[0]) == (top, "triangle-up")
    assert outside.customdata[0][2] == 20_000


def test_names_that_would_cover_each_other_are_left_to_the_hover():
    rows = [*quiet(30), ("Premier", 42, 1000), ("Second", 41, 1000)]
    chart = funnel_figure(found(*rows), LIGHT)
    assert len(marks(chart)[1].x) == 2
    assert [text for text in words(chart) if "<b>" in text] == ["<b>Premier</b>"]


def test_twelve_thousand_places_stay_light_and_none_outside_is_lost():
    rng = np.random.default_rng(0)
    dwellings = np.exp(rng.normal(3.6, 0.9, 12_000)).round() + 1
    counts = rng.poisson(0.4 * dwellings * rng.gamma(3, 1 / 3, 12_000))
    rows = zip([f"Résidence {i}" for i in range(12_000)], counts, dwellings * 12, strict=True)
    result = found(*rows)
    drawn = drawn_places(result)
    outside = result.places["position"].isin(["above", "below"])
    assert len(drawn) == 2000
    assert drawn["position"].isin(["above", "below"]).sum() == outside.sum() > 0
    assert drawn["mean_dwelling_count"].median() == pytest.approx(
        result.places["mean_dwelling_count"].median(), rel=0.15
    )
    assert len(funnel_figure(result, LIGHT).to_json()) < 300_000
    assert funnel_note(result).startswith(
        "Sont dessinés tous les lieux hors des limites à 99,8\u00a0% et, des 11\u00a0"
    )


def test_places_outside_are_all_drawn_even_above_the_most_marks(monkeypatch):
    monkeypatch.setattr(module, "MAX_MARKS", 1)
    rows = [*quiet(40), ("Premier", 42, 1000), ("Second", 41, 1000)]
    assert list(drawn_places(found(*rows))["place_name"]) == ["Premier", "Second"]


def test_note_says_the_places_that_told_nothing_and_else_nothing():
    assert funnel_note(found(*ONE_ABOVE)) == "Sans logement déclarant, non renseigné\u00a0: 1\u00a0lieu."
    assert funnel_note(found(*quiet(20))) == ""


def test_alternative_text_names_the_places_outside_and_the_false_alarms():
    assert funnel_alt(found(*ONE_ABOVE)) == (
        "Taux des lieux selon leur nombre de logements\u00a0: 21\u00a0lieux, 130 faits pour 1\u00a0000 logements et "
        "par an pour l’ensemble\u00a0; 1 (Les Deux <Tours>) au-dessus de la limite à 99,8\u00a0%, aucun au-dessous de "
        "la limite à 99,8\u00a0%. Si aucun ne sortait de l’ordinaire, il y en aurait moins d’un hors de ces limites."
    )


@pytest.mark.parametrize("rows", [[], [("Sans logement", 2, 0)]])
def test_without_an_exposed_place_the_figure_is_empty_and_says_so(rows):
    assert len(funnel_figure(found(*rows), LIGHT).data) == 0
    assert funnel_alt(found(*rows)) == "Aucun lieu n’a de logement déclarant sur la période."


@pytest.mark.parametrize("rows", [[("Seul", 7, 240)], [("A", 0, 240), ("B", 0, 9000)]])
def test_one_place_or_no_fact_still_draws(rows):
    chart = funnel_figure(found(*rows), LIGHT, size=26)
    assert len(marks(chart)[0].x) == len(rows)
    assert chart.layout.template.layout.font.size == 26


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        (ONE_ABOVE, "1 lieu au-dessus de la limite, aucun au-dessous, sur 21"),
        ([*quiet(20), ("Calme", 1, 3000)], "Aucun lieu au-dessus de la limite, 1 au-dessous, sur 21"),
        (quiet(20), "Aucun lieu hors des limites, sur 20"),
        ([("Sans logement", 2, 0)], "Aucun lieu n’a de logement déclarant"),
    ],
)
def test_title_counts_the_places_outside_the_limits(rows, title):
    assert funnel_title(found(*rows)).replace("\u00a0", " ") == title
