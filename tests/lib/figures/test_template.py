import re

import pytest

from lib.figures.template import figure, template
from lib.figures.tokens import DARK, DIVERGING, FAMILIES_DARK, FAMILIES_LIGHT, LIGHT, RAMP, tokens


def test_numbers_are_french_and_axes_do_not_move():
    layout = template(LIGHT)["layout"]
    assert layout["separators"] == ",\u00a0"
    assert layout["xaxis"]["fixedrange"]
    assert not layout["showlegend"]


def test_every_text_has_the_size_asked_for():
    layout = figure(LIGHT, 26).layout.template.layout
    sizes = {layout.font.size, layout.xaxis.tickfont.size, layout.yaxis.tickfont.size, layout.hoverlabel.font.size}
    assert sizes == {26}


def test_both_themes_have_the_same_names():
    assert LIGHT.keys() == DARK.keys()
    assert len(FAMILIES_LIGHT) == len(FAMILIES_DARK) == 8


def test_unknown_theme_is_light():
    assert tokens(None) is LIGHT
    assert tokens("dark") is DARK


def contrast(first, second):
    low, high = sorted(luminance(color) for color in (first, second))
    return (high + 0.05) / (low + 0.05)


def luminance(color):
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colors", [LIGHT, DARK])
@pytest.mark.parametrize("name", ["text", "muted", "accent", "warn", "rise", "fall", "flat"])
def test_text_is_readable_on_page_and_sidebar(colors, name):
    assert contrast(colors[name], colors["ground"]) >= 4.5
    assert contrast(colors[name], colors["surface"]) >= 4.5


@pytest.mark.parametrize("colors", [LIGHT, DARK])
def test_borders_of_widgets_are_seen(colors):
    assert contrast(colors["edge"], colors["ground"]) >= 3


def test_more_is_darker():
    light = [luminance(color) for color in RAMP]
    assert light == sorted(light, reverse=True)


def test_no_colour_is_red():
    for color in [*LIGHT.values(), *DARK.values(), *RAMP, *DIVERGING]:
        assert re.fullmatch("#[0-9a-f]{6}", color)
        red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
        assert not (red > 150 and green < 60 and blue < 60)
