import asyncio
import gzip
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Match

from lib.maps.files import PUBLIC_FILES, SECRET_FILES, SecretFiles, digest, pack, residence_positions, routes

ASSET = pack(b'{"lat":[]}')


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


async def fetch(path: str, base: str = "", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """The answer of our routes alone, as a server would get it."""
    sent = []
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "query_string": b"", "headers": named}
    scope["asgi"] = {"version": "3.0", "spec_version": "2.4"}  # earlier ones wait for the browser to hang up

    async def receive() -> dict:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    await Starlette(routes=routes(base))(scope, receive, send)
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, b"".join(message.get("body", b"") for message in sent[1:])


def get(path: str, base: str = "", **headers: str) -> tuple[int, dict[str, str], bytes]:
    return asyncio.run(fetch(path, base, **headers))


def status_of(files: SecretFiles, address: str) -> int:
    scope = {"type": "http", "headers": [], "path_params": {"token": address.rsplit("/", 1)[1]}}
    return asyncio.run(files.serve(Request(scope))).status_code


def test_a_public_file_is_immutable_and_named_by_its_content():
    path = PUBLIC_FILES.add("essai.json", b"[1,2]")
    status, headers, body = get(path, accept_encoding="gzip")
    assert path == f"/carte/{digest(b'[1,2]')}/essai.json"
    assert (status, gzip.decompress(body)) == (200, b"[1,2]")
    assert headers["cache-control"] == "public, max-age=31536000, immutable"


def test_a_browser_without_gzip_gets_the_plain_file():
    status, headers, body = get(PUBLIC_FILES.add("essai.json", b"[1,2]"))
    assert (status, body) == (200, b"[1,2]")
    assert "content-encoding" not in headers


def test_a_known_file_is_not_sent_again():
    path = PUBLIC_FILES.add("essai.json", b"[1,2]")
    status, _, body = get(path, if_none_match=f'"{digest(b"[1,2]")}"')
    assert (status, body) == (304, b"")


@pytest.mark.parametrize("path", ["/carte/0123456789abcdef/essai.json", "/positions/0123456789abcdef"])
def test_an_unknown_address_is_not_found_and_not_kept(path: str):
    status, headers, body = get(path)
    assert (status, headers["cache-control"], body) == (404, "no-store", b"")


def test_leaflet_is_served_by_us():
    status, _, body = get("/vendor/leaflet/leaflet.js")
    assert status == 200
    assert b"Leaflet 1.9" in body


def test_every_route_lies_under_the_base_path_of_the_server():
    path = PUBLIC_FILES.add("essai.json", b"[1,2]")
    address = SECRET_FILES.publish({}, ASSET)
    for served in (path, address, "/vendor/leaflet/leaflet.css"):
        assert get("/obs/tr" + served, base="/obs/tr")[0] == 200
        assert get(served, base="/obs/tr")[0] == 404


def test_positions_are_never_kept_by_a_shared_cache():
    status, headers, body = get(SECRET_FILES.publish({}, ASSET))
    assert (status, body) == (200, b'{"lat":[]}')
    assert headers["cache-control"] == "private, max-age=1800"


def test_an_address_is_the_same_at_each_rerun_of_a_session():
    files, session = SecretFiles(), {}
    assert files.publish(session, ASSET) == files.publish(session, ASSET)


def test_two_sessions_never_share_an_address():
    files = SecretFiles()
    assert files.publish({}, ASSET) != files.publish({}, ASSET)


def test_other_positions_close_the_former_address():
    files, session = SecretFiles(), {}
    former = files.publish(session, ASSET)
    current = files.publish(session, pack(b'{"lat":[1]}'))
    assert (status_of(files, former), status_of(files, current)) == (404, 200)


def test_an_address_expires_and_is_not_given_again():
    clock, session = Clock(), {}
    files = SecretFiles(ttl_s=60, clock=clock)
    former = files.publish(session, ASSET)
    clock.now_s = 59.0
    assert status_of(files, former) == 200
    clock.now_s = 60.0
    assert status_of(files, former) == 404
    assert files.publish(session, ASSET) != former


def test_a_session_that_goes_on_keeps_its_address_open():
    clock, session = Clock(), {}
    files = SecretFiles(ttl_s=60, clock=clock)
    address = files.publish(session, ASSET)
    clock.now_s = 50.0
    files.publish(session, ASSET)
    clock.now_s = 100.0
    assert status_of(files, address) == 200


def test_the_oldest_address_goes_when_there_are_too_many():
    files = SecretFiles(limit=2)
    addresses = [files.publish({}, ASSET) for _ in range(3)]
    assert [status_of(files, address) for address in addresses] == [404, 200, 200]


def test_sessions_of_several_threads_each_get_an_open_address():
    files = SecretFiles()
    with ThreadPoolExecutor(8) as pool:
        addresses = list(pool.map(lambda _: files.publish({}, ASSET), range(200)))
    assert len(set(addresses)) == 200
    assert {status_of(files, address) for address in addresses} == {200}


def test_positions_are_differences_of_whole_hundred_thousandths_of_a_degree():
    asset = residence_positions([48.5, 48.50001], [2.5, 2.4], homes=[30, 12], names=["Les Saules", "Le Clos"])
    assert json.loads(gzip.decompress(asset.body)) == {
        "lat": [4_850_000, 1],
        "lon": [250_000, -10_000],
        "homes": [30, 12],
        "names": ["Les Saules", "Le Clos"],
    }


def test_hall_codes_travel_only_when_they_are_given():
    asset = residence_positions([48.5], [2.5], homes=[30], names=["Les Saules"], halls=["A-1, A-2, B"])
    assert json.loads(gzip.decompress(asset.body))["halls"] == ["A-1, A-2, B"]


@pytest.mark.parametrize("columns", [{"names": []}, {"names": ["Les Saules"], "halls": []}])
def test_columns_of_different_lengths_are_refused(columns: dict[str, list[str]]):
    with pytest.raises(ValueError, match="differ in length"):
        residence_positions([48.5], [2.5], homes=[30], **columns)


def test_a_scope_without_residence_has_an_empty_file():
    asset = residence_positions([], [], homes=[], names=[])
    assert json.loads(gzip.decompress(asset.body)) == {"lat": [], "lon": [], "homes": [], "names": []}


def test_a_digest_has_no_underscore_for_the_component_to_drop():
    assert digest(b"x").isalnum()


def test_a_route_answers_reads_only():
    route = next(route for route in routes() if "positions" in route.path)
    scope = {"type": "http", "method": "POST", "path": "/positions/0", "root_path": "", "headers": []}
    assert route.matches(scope)[0] is Match.PARTIAL
