import asyncio
import gzip

import pytest

from lib.ui import bundles
from lib.ui.bundles import PackedBundles
from lib.ui.server import SecurityHeaders

SCRIPT = b"const un = 1;\n" * 500
GZIP = [(b"accept-encoding", b"br, gzip")]
IMMUTABLE = (b"cache-control", b"public, immutable")


class Bundles:
    """Serves one script, in two parts, and counts how often it is asked."""

    def __init__(self, status: int = 200, headers: list | None = None) -> None:
        self.status, self.headers, self.asked = status, headers or [(b"etag", b'"a1"'), IMMUTABLE], 0

    async def __call__(self, scope, receive, send) -> None:
        self.asked += 1
        headers = [*self.headers, (b"content-length", str(len(SCRIPT)).encode())]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": SCRIPT[:100], "more_body": True})
        await send({"type": "http.response.body", "body": SCRIPT[100:]})


def asked(app: PackedBundles, path: str, headers: list | None = None, method: str = "GET") -> tuple[dict, bytes]:
    sent = []

    async def send(message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": GZIP if headers is None else headers}
    asyncio.run(app(scope, None, send))
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return {"status": sent[0]["status"], **told}, b"".join(message["body"] for message in sent[1:])


def test_bundle_is_packed_once_and_says_so():
    source = Bundles()
    app = PackedBundles(source)
    for _ in range(3):
        told, body = asked(app, "/static/js/index.a1.js")
        assert gzip.decompress(body) == SCRIPT
        assert told["content-encoding"] == "gzip"
        assert int(told["content-length"]) == len(body) < len(SCRIPT) / 10
        assert (told["vary"], told["etag"], told["cache-control"]) == ("Accept-Encoding", 'W/"a1"', "public, immutable")
    assert source.asked == 1


def test_kept_answer_carries_the_security_headers_once():
    app = SecurityHeaders(PackedBundles(Bundles()))
    scope = {"type": "http", "method": "GET", "path": "/static/a.js", "headers": GZIP}
    sent = []

    async def send(message) -> None:
        sent.append(message)

    for _ in range(3):
        asyncio.run(app(scope, None, send))
    assert [sum(name == b"x-content-type-options" for name, _ in start["headers"]) for start in sent[::2]] == [1, 1, 1]


@pytest.mark.parametrize(
    ("path", "headers", "method"),
    [
        ("/static/js/index.js", [], "GET"),
        ("/static/js/index.js", [*GZIP, (b"range", b"bytes=0-9")], "GET"),
        ("/static/js/index.js", [*GZIP, (b"if-none-match", b'"a1"')], "GET"),
        ("/static/js/index.js", GZIP, "HEAD"),
        ("/static/media/font.woff2", GZIP, "GET"),
        ("/static/js/./index.js", GZIP, "GET"),
        ("/static/js//index.js", GZIP, "GET"),
        ("/static/js/../js/index.js", GZIP, "GET"),
        ("/positions/0000.js", GZIP, "GET"),
    ],
)
def test_anything_else_passes_as_it_is(path: str, headers: list, method: str):
    source = Bundles()
    app = PackedBundles(source)
    for _ in range(2):
        told, body = asked(app, path, headers, method)
        assert body == SCRIPT
        assert "content-encoding" not in told
    assert source.asked == 2


PACKED = (b"content-encoding", b"br")
PAGE = (b"cache-control", b"no-cache")  # Streamlit answers its page at a path that it does not know


@pytest.mark.parametrize("source", [Bundles(404), Bundles(headers=[IMMUTABLE, PACKED]), Bundles(headers=[PAGE])])
def test_absent_or_packed_or_changing_answer_is_not_kept(source: Bundles):
    app = PackedBundles(source)
    for _ in range(2):
        assert asked(app, "/static/js/autre.js")[1] == SCRIPT
    assert (source.asked, app.packed) == (2, {})


def test_no_more_answers_are_kept_than_there_are_bundles(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bundles, "MAX_KEPT", 2)
    app = PackedBundles(Bundles())
    for number in range(3):
        told, body = asked(app, f"/static/js/{number}.js")
    assert ("content-encoding" in told, body) == (False, SCRIPT)
    assert list(app.packed) == ["/static/js/0.js", "/static/js/1.js"]


def test_folder_follows_the_base_path():
    app = PackedBundles(Bundles(), "/observatoire")
    assert asked(app, "/observatoire/static/index.js")[0]["content-encoding"] == "gzip"
    assert "content-encoding" not in asked(app, "/static/index.js")[0]


def test_websocket_passes():
    async def app(scope, receive, send) -> None:
        await send({"type": "websocket.accept"})

    sent = []

    async def send(message) -> None:
        sent.append(message)

    asyncio.run(PackedBundles(app)({"type": "websocket", "path": "/static/a.js"}, None, send))
    assert sent == [{"type": "websocket.accept"}]
