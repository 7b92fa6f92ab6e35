from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from lib.ui.links import base_path


def href(page: str, query: dict[str, object], /, **place: object) -> str:
    def draw(page, place):
        import streamlit as st  # noqa: PLC0415 - the body is a script of its own

        from lib.ui import links  # noqa: PLC0415 - the body is a script of its own

        st.session_state["made"] = links.href(page, **place)

    app = AppTest.from_function(draw, args=(page, place), default_timeout=60)
    app.query_params.update(query)
    app.run()
    assert not app.exception, app.exception[0].value
    return app.session_state["made"]


def test_address_keeps_the_filters_and_adds_the_place():
    made = urlsplit(href("circonscriptions", {"familles": ["Accès", "Biens"], "periode": "Année 2025"}, service=3))
    assert made.path == "/circonscriptions"
    assert parse_qs(made.query) == {"familles": ["Accès", "Biens"], "periode": ["Année 2025"], "service": ["3"]}


def test_address_leaves_out_what_is_no_filter():
    assert href("carte", {"service": "1", "quartier": "Q", "x": "y"}) == "/carte"


def test_address_keeps_the_projection():
    assert href("carte", {"projection": "oui"}, quartier="Q") == "/carte?projection=oui&quartier=Q"
    assert href("carte", {"projection": "oui"}, projection=None) == "/carte"


def test_address_keeps_the_constant_panel():
    assert href("tendances", {"panel": "true"}, types="Tags") == "/tendances?panel=true&types=Tags"


def test_word_of_an_address_may_be_called_page():
    assert href("carte", {}, **{"page": "x"}) == "/carte?page=x"


def test_missing_place_is_left_out():
    assert href("carte", {}, service=None, residence=0) == "/carte?residence=0"


def test_address_without_anything_has_no_question_mark():
    assert href("tendances", {}) == "/tendances"


def test_home_page_is_the_root():
    assert href("", {"forces": ["Police"]}) == "/?forces=Police"


@pytest.mark.parametrize("value", ["a&b=c", "l’été #1", "é?/\\", "+ %"])
def test_hostile_values_come_back_whole(value: str):
    made = href("carte", {"bailleurs": [value]}, quartier=value)
    assert parse_qs(urlsplit(made).query) == {"bailleurs": [value], "quartier": [value]}
    assert made.isascii()


@pytest.mark.parametrize("path", ["obs", "/obs/", "/obs"])
def test_address_starts_under_the_path_of_the_site(option: Callable, path: str):
    option("server.baseUrlPath", path)
    assert base_path() == "/obs"
    assert href("carte", {}) == "/obs/carte"
