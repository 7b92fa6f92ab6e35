"""Opening a page as a visitor does, and reading what stands on it."""

import re
from html import unescape

from streamlit.testing.v1 import AppTest

from lib.config import ROOT

FRAME = ROOT / "lib" / "ui" / "frame.py"
PATIENCE_S = 120


def opened(page: str = "home", **query: object) -> AppTest:
    """A page of the frame after its first run, at an address with this query."""
    app = AppTest.from_file(FRAME, default_timeout=PATIENCE_S)
    app.query_params.update(query)
    app.run()
    if page != "home":
        app.switch_page(str(ROOT / "pages" / f"{page}.py"))
        app.query_params.update(query)
        app.run()
    return app


def plain(body: str) -> str:
    """Words of some HTML: tags become spaces, no-break spaces ordinary ones."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


def bodies(app: AppTest) -> list[str]:
    """Blocks of HTML in the order of the page, the style sheet and its script left out."""
    found = [element.proto.body for element in app.get("html")]
    return [body for body in found if "<script" not in body and not body.endswith(".css") and "</style" not in body]


def told(app: AppTest) -> str:
    """All that the blocks of a page say; fails on a page that raised."""
    assert [(error.proto.type, error.value) for error in app.exception] == []
    return "\n".join(plain(body) for body in bodies(app))


def title(app: AppTest) -> str:
    assert [(error.proto.type, error.value) for error in app.exception] == []
    return plain(re.findall(r"<h1>(.*?)</h1>", "".join(bodies(app)))[0])


def trail(app: AppTest) -> list[str]:
    """Labels of the levels above a place, and its own."""
    found = re.search(r'<ol class="o-crumbs">(.*?)</ol>', "".join(bodies(app)))
    return [plain(step) for step in re.findall(r"<li>(.*?)</li>", found.group(1))] if found else []


def tables(app: AppTest) -> list[list[list[str]]]:
    """Cells of each table, headings left out."""
    return [
        [
            [plain(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
            for row in re.findall(r"<tr>(.*?)</tr>", table.split("<tbody>")[1])
        ]
        for table in re.findall(r"<table.*?</table>", "".join(bodies(app)), re.DOTALL)
    ]


def table(app: AppTest, heading: str) -> list[list[str]]:
    """Cells of the table whose first column has this heading."""
    found = re.findall(r"<table.*?</table>", "".join(bodies(app)), re.DOTALL)
    heads = [plain(re.findall(r"<th[^>]*>(.*?)</th>", body)[0]) for body in found]
    return tables(app)[heads.index(heading)]


def figures(app: AppTest) -> dict[str, str]:
    """Label of each key figure and what stands under it."""
    band = re.search(r'<dl class="o-figs">(.*?)</dl>', "".join(bodies(app)))
    pairs = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", band.group(1)) if band else []
    return {plain(label): plain(value) for label, value in pairs}


def card(app: AppTest, name: str) -> dict[str, str]:
    """Terms and values of the card of this title; the first card without a title when it is empty."""
    found = re.findall(r'<div class="o-card">(?:<h3>(.*?)</h3>)?<dl>(.*?)</dl></div>', "".join(bodies(app)), re.DOTALL)
    for heading, items in found:
        if plain(heading) == name:
            return {plain(t): plain(v) for t, v in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", items, re.DOTALL)}
    raise AssertionError(f"no card «{name}»")


def links(app: AppTest) -> dict[str, str]:
    """Address of each link, by its words."""
    found = re.findall(r'<a href="([^"]*)">(.*?)</a>', "".join(bodies(app)))
    return {plain(label): unescape(address) for address, label in found}
