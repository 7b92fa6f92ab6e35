from datetime import date

import pandas as pd
import plotly.graph_objects as go
import pytest

from lib.figures.months import month_list
from lib.figures.schemes import (
    Scheme,
    label_row_count,
    mark_schemes,
    scheme_labels,
    scheme_lines,
    schemes_of,
    write_labels,
)
from lib.figures.tokens import LIGHT

MONTHS = month_list(pd.date_range("2020-01-01", periods=80, freq="MS"))
EARLY = [("Confinement", date(2020, 3, 17), date(2020, 5, 11))]


def scheme(starts_on: date, ends_on: date | None = None, label: str = "Ronde") -> Scheme:
    return Scheme(label, "Patrouille", starts_on, ends_on)


WARDENS, PATROL = scheme(date(2025, 3, 1), label="Correspondants"), scheme(date(2025, 1, 1))


def labels(*schemes: Scheme, contexts=(), is_small: bool = False, months=MONTHS):
    return scheme_labels(schemes, contexts, months, is_small=is_small)


def test_rows_become_schemes_without_an_end_while_they_run():
    days = pd.to_datetime(["2025-01-01", "2025-03-01"])
    rows = pd.DataFrame(
        {
            "label": ["A", "B"],
            "kind_label": ["GPIS", "Patrouille"],
            "starts_on": days,
            "ends_on": pd.to_datetime([None, "2026-01-01"]),
        }
    )
    assert schemes_of(rows) == [
        Scheme("A", "GPIS", date(2025, 1, 1), None),
        Scheme("B", "Patrouille", date(2025, 3, 1), date(2026, 1, 1)),
    ]
    assert schemes_of(rows.iloc[:0]) == []


def test_list_gives_number_kind_and_dates_with_the_last_day():
    ended = Scheme("Place du Marché", "GPIS", date(2024, 2, 1), date(2025, 3, 1))
    team = Scheme("Équipe", "Équipe mobile (EMTR)", date(2025, 1, 1), None)
    assert scheme_lines([ended, team, PATROL._replace(label="Patrouille de nuit")], MONTHS) == [
        "1. Place du Marché (GPIS), du 1er février 2024 au 28 février 2025",
        "2. Équipe (équipe mobile (EMTR)), depuis le 1er janvier 2025",
        "3. Patrouille de nuit, depuis le 1er janvier 2025",
    ]


def test_scheme_that_neither_starts_nor_ends_in_the_months_has_no_number():
    before, after = scheme(date(2019, 1, 1)), scheme(date(2026, 9, 1))
    assert scheme_lines([before, PATROL, after], MONTHS) == ["1. Ronde (patrouille), depuis le 1er janvier 2025"]
    assert [label.text for label in labels(before, after)] == []


def test_scheme_that_starts_on_the_first_day_or_ended_just_before_it_is_marked():
    first, end = MONTHS[0], date(2026, 9, 1)
    assert [label.on for label in labels(scheme(first))] == [first]
    assert [label.on for label in labels(scheme(date(2019, 1, 1), first))] == [first]
    assert labels(scheme(end), scheme(date(2019, 1, 1), end)) == []


def test_line_stands_at_each_end_inside_the_months_dotted_where_the_scheme_stops():
    chart = go.Figure()
    mark_schemes(chart, [scheme(date(2019, 1, 1), date(2021, 1, 1)), PATROL], LIGHT, months=MONTHS)
    lines = [(line.x0, line.x1, line.line.dash) for line in chart.layout.shapes]
    assert lines == [(date(2021, 1, 1),) * 2 + ("dot",), (date(2025, 1, 1),) * 2 + ("solid",)]


def test_scheme_begun_before_the_months_is_numbered_at_its_end():
    assert [label.on for label in labels(scheme(date(2019, 1, 1), date(2021, 1, 1)))] == [date(2021, 1, 1)]


def test_wide_figure_names_three_schemes_at_most_and_a_small_one_none():
    three = [scheme(date(2021, 1, 1)), scheme(date(2022, 7, 1)), scheme(date(2024, 1, 1))]
    assert [label.text for label in labels(*three)] == ["<b>1</b> Ronde", "<b>2</b> Ronde", "<b>3</b> Ronde"]
    assert [label.text for label in labels(*three, is_small=True)] == ["<b>1</b>", "<b>2</b>", "<b>3</b>"]
    assert [label.text for label in labels(*three, PATROL)] == ["<b>1</b>", "<b>2</b>", "<b>3</b>", "<b>4</b>"]


def test_names_that_would_touch_stand_on_lines_of_their_own():
    assert [label.row for label in labels(PATROL, WARDENS)] == [0, 1]
    assert [label.row for label in labels(scheme(date(2021, 1, 1)), WARDENS)] == [0, 0]


def test_numbers_that_would_touch_share_one_label():
    near = [scheme(date(2025, month, 1)) for month in (1, 2, 4)]
    (shared,) = labels(*near, is_small=True)
    assert (shared.text, shared.row, shared.on) == ("<b>1–3</b>", 0, date(2025, 2, 15))
    early, late = labels(*near, scheme(date(2021, 1, 1)), is_small=True)
    assert (early.text, late.text) == ("<b>4</b>", "<b>1–3</b>")
    begun_before = scheme(date(2019, 1, 1), date(2025, 3, 1))
    (together, apart) = labels(begun_before, scheme(date(2021, 1, 1)), scheme(date(2025, 2, 1)), is_small=True)[::-1]
    assert (together.text, apart.text) == ("<b>1, 3</b>", "<b>2</b>")


@pytest.mark.parametrize("is_small", [True, False])
def test_label_is_never_over_that_of_an_exceptional_period(is_small: bool):
    over = labels(scheme(date(2020, 6, 1)), contexts=EARLY, is_small=is_small)
    assert [label.row for label in over] == [1]
    assert [label.row for label in labels(PATROL, contexts=EARLY, is_small=is_small)] == [0]


@pytest.mark.parametrize(("day", "row"), [(date(2023, 5, 1), 1), (date(2024, 4, 1), 1), (date(2024, 10, 1), 0)])
def test_number_stands_about_its_line_clear_of_a_period_written_from_its_start(day: date, row: int):
    # The period is written over 3 to 62 % of the width, the number over 10 %: 45-55, 59-69, 66-76 %.
    assert [label.row for label in labels(scheme(day), contexts=EARLY, is_small=True)] == [row]


def test_numbers_that_touch_one_after_the_other_share_one_label():
    chain = [scheme(day) for day in (date(2025, 1, 1), date(2025, 7, 20), date(2026, 2, 5))]
    assert [label.text for label in labels(*chain, is_small=True)] == ["<b>1–3</b>"]


@pytest.mark.parametrize(("day", "name"), [(date(2024, 6, 1), "Ronde"), (date(2023, 1, 1), "x" * 44)])
def test_name_starts_at_its_line_where_it_has_room_and_in_the_first_half(day: date, name: str):
    assert [label.anchor for label in labels(scheme(day, label=name))] == ["left"]


def test_name_without_room_on_its_right_ends_at_its_line():
    late = scheme(date(2026, 5, 1), label="Médiation de soirée")
    assert [(label.anchor, label.row) for label in labels(scheme(date(2021, 1, 1)), late)] == [
        ("left", 0),
        ("right", 0),
    ]


def test_name_is_shortened_and_escaped():
    (long,) = labels(scheme(date(2025, 1, 1), label="x" * 45))
    assert long.text == f"<b>1</b> {'x' * 43}…"
    (marked,) = labels(scheme(date(2025, 1, 1), label="<img onerror=x>"))
    assert marked.text == "<b>1</b> &lt;img onerror=x&gt;"


def test_room_above_is_as_many_lines_as_labels_and_periods_take():
    assert label_row_count([], [], MONTHS) == 0
    assert label_row_count([], EARLY, MONTHS) == 1
    assert label_row_count(labels(PATROL, contexts=EARLY), EARLY, MONTHS) == 1
    assert label_row_count(labels(PATROL, WARDENS), [], MONTHS) == 2


def test_each_line_of_labels_is_written_above_the_one_before():
    chart = go.Figure()
    write_labels(chart, labels(PATROL, WARDENS), LIGHT, line_px=22.4)
    assert [(note.x, note.yshift) for note in chart.layout.annotations] == [
        (date(2025, 1, 1), 0),
        (date(2025, 3, 1), 22),
    ]
