import gzip
import json
import re
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("path", ["/", "/carte", "/sante", "/vendor/leaflet/leaflet.js"])
def test_every_answer_carries_the_security_headers(site: str, path: str):
    with urlopen(site + path) as reply:
        headers = reply.headers
    policy = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["connect-src"] == "'self'"
    assert policy["img-src"] == "'self' data: blob:"
    assert policy["object-src"] == "'none'"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_bundles_of_the_page_travel_compressed(site: str):
    with urlopen(site) as reply:
        script = re.search(r"static/js/index[^\"]+\.js", reply.read().decode())
    assert script is not None
    asked = Request(f"{site}/{script[0]}", headers={"Accept-Encoding": "gzip"})
    with urlopen(asked) as reply:
        told, body = reply.headers, reply.read()
    assert told["Content-Encoding"] == "gzip"
    assert "immutable" in told["Cache-Control"]
    assert len(gzip.decompress(body)) > 2 * len(body)


@pytest.mark.parametrize("token", ["0" * 48, "a", "f" * 48])
def test_positions_at_a_wrong_address_are_not_found(site: str, token: str):
    with pytest.raises(HTTPError, match="404") as refused:
        urlopen(f"{site}/positions/{token}")
    assert refused.value.read() == b""
    refused.value.close()


def test_health_tells_the_revision_and_no_figure(site: str, ask):
    with urlopen(f"{site}/sante") as reply:
        said = json.load(reply)
    assert said == {"etat": "ok", "revision": ask("SELECT max(number) FROM revision")[0][0]}
