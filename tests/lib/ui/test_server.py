import asyncio
import json
import re
import sys
from collections.abc import Callable

import pytest
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.routing import Mount, Route
from streamlit.testing.v1 import AppTest

from lib.errors import AccessError, FileError
from lib.ui import data, layers, server
from lib.ui.bundles import PackedBundles
from lib.ui.preloads import Preloads
from lib.ui.server import SecurityHeaders, content_security_policy
from tests.screen import bodies, plain

SOURCES = re.compile(r"(?:https?:|wss?:)?//[^\s;]+")


def directives(policy: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (part.split() for part in policy.split(";"))}


def test_policy_names_no_other_host_by_default():
    policy = content_security_policy(None)
    assert SOURCES.findall(policy) == []
    assert "*" not in policy
    assert directives(policy)["default-src"] == ["'self'"]


def test_policy_opens_images_alone_to_the_tile_server():
    with_tiles, without = (
        directives(content_security_policy("https://tuiles.fr")),
        directives(content_security_policy(None)),
    )
    assert with_tiles.pop("img-src") == [*without.pop("img-src"), "https://tuiles.fr"]
    assert with_tiles == without


def test_policy_closes_framing_plugins_and_foreign_forms():
    told = directives(content_security_policy(None))
    closed = {name: told[name] for name in ("frame-ancestors", "object-src", "base-uri", "form-action", "connect-src")}
    assert closed == {
        "frame-ancestors": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "connect-src": ["'self'"],
    }


def answered(kind: str) -> list[dict]:
    """Messages that pass through the middleware for a request of this kind."""
    sent: list[dict] = []
    start = "http.response.start" if kind == "http" else "websocket.accept"

    async def app(scope, receive, send) -> None:
        await send({"type": start, "status": 200, "headers": [(b"x-own", b"1")]})
        await send({"type": "http.response.body" if kind == "http" else "websocket.send", "body": b"ok"})

    async def send(message) -> None:
        sent.append(message)

    asyncio.run(SecurityHeaders(app)({"type": kind}, None, send))
    return sent


@pytest.mark.parametrize(("base", "host"), [("aucun", None), ("plan-ign", "https://data.geopf.fr")])
def test_every_answer_carries_the_headers_of_the_settings(monkeypatch: pytest.MonkeyPatch, base: str, host: str | None):
    monkeypatch.setenv("FOND_DE_CARTE", base)
    start, body = answered("http")
    headers = dict(start["headers"])
    assert headers[b"x-own"] == b"1"
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"referrer-policy"] == b"same-origin"
    assert headers[b"content-security-policy"].decode() == content_security_policy(host)
    assert body["body"] == b"ok"


def test_what_streamlit_counts_of_our_caches_is_told_to_nobody():
    sent = []

    async def send(message) -> None:
        sent.append(message)

    asyncio.run(SecurityHeaders(None)({"type": "http", "path": "/base/_stcore/metrics"}, None, send))
    assert sent[0]["status"] == 404


def test_websocket_passes_untouched():
    assert dict(answered("websocket")[0]["headers"]) == {b"x-own": b"1"}


def test_middleware_is_the_one_that_writes_the_headers():
    assert all(type(made) is Middleware for made in server.middleware())
    assert [made.cls for made in server.middleware()] == [SecurityHeaders, Preloads, PackedBundles]


def paths() -> set[str]:
    return {route.path for route in server.routes() if isinstance(route, Route | Mount)}


def test_routes_serve_health_fonts_and_what_the_map_needs():
    assert paths() == {
        "/sante",
        "/accueil",
        "/fonts",
        "/vendor/leaflet",
        "/carte/{digest}/{filename}",
        "/positions/{token}",
    }


def test_routes_stand_under_the_path_of_the_site(option: Callable):
    bare = paths()
    option("server.baseUrlPath", "obs")
    assert paths() == {f"/obs{path}" for path in bare}


def test_health_gives_the_revision_and_no_figure(small: str):
    answer = asyncio.run(server.health(None))
    assert answer.status_code == 200
    assert json.loads(answer.body) == {"etat": "ok", "revision": data.snapshot().revision}


def test_warm_up_prepares_the_map_without_importing_its_component(small: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "streamlit_folium", None)  # importing it would now raise
    monkeypatch.setattr(layers, "_published", {})
    server.warm_up()
    assert len(layers._published) == 1


@pytest.mark.parametrize(("query", "address"), [(b"", "/"), (b"forces=Police&de=x", "/?forces=Police&de=x")])
def test_home_page_asked_by_its_name_is_sent_to_the_root_with_its_filters(query: bytes, address: str):
    request = Request({"type": "http", "path": "/accueil", "query_string": query, "headers": []})
    assert asyncio.run(server.home(request)).headers["location"] == address


def failed(error: Exception) -> AppTest:
    """What the handler draws; its answer is in the session."""

    def draw(error):
        import streamlit as st  # noqa: PLC0415 - the body is a script of its own

        from lib.ui import server  # noqa: PLC0415 - the body is a script of its own

        st.session_state["answer"] = server.on_script_error(error)

    app = AppTest.from_function(draw, args=(error,), default_timeout=60).run()
    assert not app.exception
    return app


@pytest.mark.parametrize("error", [AccessError("Refusé ici."), FileError("Fichier vide."), ValueError("boom")])
def test_handler_takes_every_error_in_charge(error: Exception):
    assert failed(error).session_state["answer"] is True


def test_fault_of_a_user_is_shown_as_it_is_said():
    said = plain(bodies(failed(AccessError("Ce lieu n’existe pas.")))[0])
    assert "Ce lieu n’existe pas." in said
    assert "Les autres pages restent disponibles." in said


def test_fault_of_ours_is_shown_by_a_reference_alone(caplog: pytest.LogCaptureFixture):
    secret = "dossier de Monsieur X, table incident"
    app = failed(ValueError(secret))
    shown = "".join(bodies(app))
    reference = re.search(r'<p class="o-ref">([0-9A-F]{8})</p>', shown)
    assert reference is not None
    assert secret not in shown
    assert "ValueError" not in shown
    assert reference.group(1) in caplog.text


def test_two_faults_have_two_references():
    first, second = ("".join(bodies(failed(ValueError("x")))) for _ in range(2))
    assert first != second


@pytest.mark.parametrize("error", [AccessError("Refusé."), ValueError("column not found")])
def test_no_english_is_shown_to_the_visitor(error: Exception):
    said = set(re.findall(r"[a-zé]+", plain("".join(bodies(failed(error)))).lower()))
    assert said & {"error", "page", "the", "not", "found", "an", "occurred", "reload", "traceback", "column"} <= {
        "page"
    }
