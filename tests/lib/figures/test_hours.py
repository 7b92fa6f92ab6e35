import numpy as np
import pandas as pd
import pytest

from lib.analysis.hours import HourTable
from lib.figures.hours import classes, hour_alt, hour_figure, hour_title, unknown_sentence
from lib.figures.tokens import DARK, LIGHT, RAMP


def table(*, unknown: int = 0, **cells: float) -> HourTable:
    """Cells as ``d1h22=4``: Monday, 22 h."""
    counts = pd.DataFrame(0.0, pd.Index(range(1, 8), name="weekday"), pd.Index(range(24), name="hour"))
    for name, count in cells.items():
        day, hour = name.removeprefix("d").split("h")
        counts.loc[int(day), int(hour)] = count
    return HourTable(counts, round(sum(cells.values())), unknown)


def test_days_are_rows_from_monday_and_hours_are_named_every_six():
    chart = hour_figure(table(d1h0=1), LIGHT)
    assert list(chart.data[0].y) == ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
    assert chart.layout.yaxis.autorange == "reversed"
    assert list(chart.layout.xaxis.ticktext) == ["0\u00a0h", "6\u00a0h", "12\u00a0h", "18\u00a0h"]
    assert list(chart.data[0].x)[22] == 22.5  # a cell covers its hour, from tick to tick


def test_classes_are_fixed_multiples_of_the_mean_and_zero_is_its_own():
    multiples = np.array([0, 0.01, 0.49, 0.5, 0.99, 1, 1.5, 1.99, 2, 40, np.nan])
    assert classes(multiples)[:-1].tolist() == [0, 1, 1, 2, 2, 3, 4, 4, 5, 5]
    assert np.isnan(classes(multiples)[-1])


def test_classes_do_not_move_when_all_facts_are_ten_times_as_many():
    small, large = (hour_figure(table(d1h0=10 * k, d2h5=30 * k, d3h9=k), LIGHT).data[0].z for k in (1, 10))
    assert np.array_equal(small, large)


@pytest.mark.parametrize("tokens", [LIGHT, DARK])
def test_cells_lie_on_paper_in_both_themes_in_the_five_colours_of_the_ramp(tokens):
    scale = hour_figure(table(d1h0=1), tokens).data[0].colorscale
    assert [color for _, color in scale[::2]] == [tokens["paper"], *RAMP]
    assert [color for _, color in scale[1::2]] == [tokens["paper"], *RAMP]


def test_hover_says_day_hours_facts_and_multiple():
    chart = hour_figure(table(d5h23=3.5, d1h0=164.5), LIGHT)
    assert chart.data[0].customdata[4][23] == ("vendredi, de 23\u00a0h à 24\u00a0h<br>3,5 faits<br>3,5 fois la moyenne")


def test_key_shows_the_five_classes_with_their_breaks():
    chart = hour_figure(table(d1h0=1), LIGHT)
    assert [shape.fillcolor for shape in chart.layout.shapes] == list(RAMP)
    assert [note.text for note in chart.layout.annotations][:5] == ["½", "1", "1½", "2", "fois la moyenne"]


def test_share_unknown_stands_under_the_cells():
    chart = hour_figure(table(d1h0=83, unknown=17), LIGHT)
    assert chart.layout.annotations[-1].text == (
        "17\u00a0% des faits ont une heure inconnue\u00a0:<br>absents du graphique."
    )


def test_sentence_of_the_unknown_share_when_all_is_known_or_nothing_recorded():
    assert unknown_sentence(table(d1h0=8)) == (
        "L’heure de tous les faits est connue\u00a0: aucun n’est absent du graphique."
    )
    assert unknown_sentence(table()) == "Aucun fait recensé sur la période."
    assert unknown_sentence(table(unknown=4)).startswith("100\u00a0% des faits ont une heure inconnue")


def test_without_a_known_hour_every_cell_is_paper():
    assert np.array_equal(hour_figure(table(unknown=4), LIGHT).data[0].z, np.zeros((7, 24)))


def test_alternative_text_gives_the_fullest_cell():
    assert hour_alt(table(d6h22=6, d1h0=162, unknown=42)) == (
        "Faits recensés par heure et jour de la semaine\u00a0: 168\u00a0faits à l’heure connue, le plus le lundi de "
        "0\u00a0h à 1\u00a0h (162,0 fois la moyenne d’une case). 20\u00a0% des faits ont une heure inconnue\u00a0: "
        "absents du graphique."
    )
    assert hour_alt(table()) == (
        "Faits recensés par heure et jour de la semaine\u00a0: aucun fait recensé sur la période."
    )


def test_text_and_height_follow_the_size_asked_for():
    small, large = hour_figure(table(d1h0=1), LIGHT), hour_figure(table(d1h0=1), LIGHT, size=32)
    assert large.layout.template.layout.font.size == 32
    assert large.layout.height == pytest.approx(2 * small.layout.height, abs=2)


@pytest.mark.parametrize(
    ("cells", "title"),
    [
        ({"d1h17": 30, "d6h22": 30, "d3h9": 40}, "60 % des faits entre 17 h et 23 h"),
        ({"d1h22": 30, "d6h2": 30}, "100 % des faits entre 21 h et 3 h"),
        ({"d1h22": 2, "d6h2": 1}, "Aucun moment de la journée ne se détache"),
        ({f"d1h{hour}": 10 for hour in range(24)}, "Aucun moment de la journée ne se détache"),
        ({}, "Aucun moment de la journée ne se détache"),
    ],
    ids=["evening", "over midnight", "few facts", "all alike", "none"],
)
def test_title_names_the_fullest_hours_only_where_chance_would_not(cells, title):
    assert hour_title(table(**cells)).replace("\u00a0", " ") == title
