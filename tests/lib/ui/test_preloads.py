import asyncio
import re
from pathlib import Path

import pytest
from streamlit.file_util import get_static_dir

from lib.ui import preloads
from lib.ui.preloads import Preloads

STATIC = Path(get_static_dir())


def announced(path: str, *, base: str = "", status: int = 200) -> list[str]:
    """Addresses that the answer at a path has the browser load beforehand."""
    sent = []

    async def page(_scope, _receive, send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": [(b"etag", b'"a1"')]})
        await send({"type": "http.response.body", "body": b"<html>"})

    async def send(message) -> None:
        sent.append(message)

    asyncio.run(Preloads(page, base)({"type": "http", "path": path, "headers": []}, None, send))
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    headers = dict(sent[0]["headers"])
    assert headers.pop(b"etag") == b'"a1"'
    links = headers.pop(b"link", b"").decode()
    assert headers == {}
    assert re.fullmatch(r"(<[^>]+>; rel=modulepreload(, |$))*", links)
    return re.findall(r"<([^>]+)>", links)


def named(addresses: list[str]) -> set[str]:
    return {Path(address).name.split(".")[0] for address in addresses}


@pytest.mark.parametrize("page", preloads.ON_PAGE)
def test_every_script_announced_exists_and_is_announced_by_nobody_else(page: str):
    addresses = announced(f"/{page}")
    assert len(addresses) == len(set(addresses)) > 10
    index = (STATIC / "index.html").read_text(encoding="utf-8")
    for address in addresses:
        assert (STATIC / address.lstrip("/")).is_file()
        assert Path(address).name not in index
    assert named(addresses) >= {*preloads.EVERYWHERE, *preloads.ON_PAGE[page]}


def test_every_page_of_the_frame_is_known():
    frame = Path(preloads.__file__).with_name("frame.py").read_text(encoding="utf-8")
    paths = re.findall(r'page\("\w+", "[^"]+", "(\w+)"', frame)
    assert {"", *paths} == {*preloads.ON_PAGE, "accueil"}  # the home page answers at the root


def test_what_a_script_imports_is_announced_with_it():
    kinds = named(announced("/carte"))
    assert {"Slider", "useMenuTrigger", "formatNumber"} <= kinds
    assert "PlotlyChart" not in kinds


@pytest.mark.parametrize("path", ["/static/js/index.js", "/_stcore/health", "/nulle-part", "/tendances/x"])
def test_what_is_not_a_page_announces_nothing(path: str):
    assert announced(path) == []


def test_page_that_cannot_be_given_announces_nothing():
    assert announced("/tendances", status=503) == []


def test_scripts_are_looked_for_under_the_path_of_the_product():
    addresses = announced("/residences/tendances", base="/residences")
    assert {address.split("/static/")[0] for address in addresses} == {"/residences"}
    assert "PlotlyChart" in named(addresses)
