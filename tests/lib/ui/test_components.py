import re
from collections.abc import Callable
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from lib.ui import components as c

HOSTILE = "<img src=x onerror=alert(1)>"


def shown(block: Callable[..., None], *args: object, **named: object) -> str:
    def draw(block, args, named):
        block(*args, **named)

    app = AppTest.from_function(draw, args=(block, args, named)).run()
    assert not app.exception, app.exception[0].value
    return "".join(element.proto.body for element in app.get("html"))


@pytest.mark.parametrize(
    ("block", "args", "named", "times"),
    [
        (c.header, [HOSTILE] * 2, {"coverage": None, "data_on": None}, 2),
        (c.header, "TP", {"coverage": 1, "data_on": None, "crumbs": [(HOSTILE, "?a=1"), (HOSTILE, None)]}, 2),
        (c.key_figures, [[[HOSTILE] * 4]], {}, 4),
        (c.section, [HOSTILE] * 2, {}, 2),
        (c.table, [[HOSTILE] * 2, [[HOSTILE] * 2]], {"caption": HOSTILE}, 6),
        (c.definition_card, [HOSTILE, {HOSTILE: HOSTILE}], {}, 3),
        (c.source, [HOSTILE], {}, 1),
        (c.reading, [HOSTILE], {}, 1),
        (c.empty, [HOSTILE] * 3, {}, 3),
        (c.failure, [HOSTILE], {}, 1),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_hostile_names_are_escaped(block, args, named, times):
    body = shown(block, *args, **named)
    assert "<img" not in body
    assert body.count("&lt;img") == times


def test_head_of_page_says_coverage_and_data_date():
    body = shown(c.header, "Titre", "Phrase.", coverage=0.93, data_on=date(2026, 10, 31))
    assert "Couverture déclarative <b>93\u00a0%</b>" in body
    assert "Données au <b>31 octobre 2026</b>" in body
    assert "o-low" not in body
    assert "<nav" not in body


@pytest.mark.parametrize(("coverage", "is_low"), [(0.79, True), (0.80, False), (1.0, False)])
def test_coverage_under_eighty_percent_is_marked(coverage, is_low):
    assert ("o-low" in c.coverage_chip(coverage)) == is_low
    assert ("incomplète" in c.coverage_chip(coverage)) == is_low


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_unknown_coverage_is_said_and_never_zero(missing):
    chip = c.coverage_chip(missing)
    assert "Couverture inconnue" in chip
    assert "%" not in chip


def test_trail_links_each_level_but_the_present_one():
    body = shown(
        c.header, "T", "P", coverage=1, data_on=None, crumbs=[("Essonne", "/circonscriptions?d=91"), ("Massy", None)]
    )
    assert '<a href="/circonscriptions?d=91">Essonne</a>' in body
    assert '<span aria-current="page">Massy</span>' in body
    assert "Aucune donnée importée" in body


def test_table_names_its_columns_and_rows_for_those_who_do_not_see_it():
    body = shown(c.table, ["QPV", "Faits"], [["Le Port", 1204], ["La Butte", 0]], numeric=[1], caption="Quartiers")
    assert "<caption>Quartiers</caption>" in body
    assert body.count('scope="col"') == 2
    assert body.count('scope="row"') == 2
    assert '<td data-h="Faits" class="n">1\u00a0204</td>' in body
    assert '<span class="o-zero">0</span>' in body


def test_table_beyond_forty_rows_is_refused():
    with pytest.raises(ValueError, match="41 rows"):
        c.table(["x"], [[i] for i in range(41)])


def test_key_figures_stand_in_the_order_given():
    body = shown(c.key_figures, [("A", "1", "a", ""), c.KeyFigure("B", "2", "b")])
    assert re.findall(r"<dt>(.)</dt><dd><strong>(.)</strong>", body) == [("A", "1"), ("B", "2")]


def test_failure_gives_its_reference():
    body = shown(c.failure, "4F2A0931")
    assert '<p class="o-ref">4F2A0931</p>' in body


def test_stamp_of_demonstration_data_is_a_note():
    body = shown(c.fictitious)
    assert 'role="note"><b>Données fictives</b>' in body
