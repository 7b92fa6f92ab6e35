import re

import pytest
from streamlit.testing.v1 import AppTest

from lib.config import ROOT
from tests.screen import bodies, links

PAGES = [("Accueil", ""), ("Carte", "carte")]


def drawn(**query: str) -> AppTest:
    def draw(pages):
        from lib.ui import projection  # noqa: PLC0415 - the body is a script of its own

        projection.door("carte")
        if projection.is_projected():
            projection.bar(pages, "carte")

    app = AppTest.from_function(draw, args=(PAGES,), default_timeout=60)
    app.query_params.update(query)
    app.run()
    assert not app.exception, app.exception[0].value
    return app


def test_door_keeps_the_place_and_the_filters():
    address = links(drawn(quartier="Q1", familles="Biens"))["Projeter cette page"]
    assert address == "/carte?familles=Biens&quartier=Q1&projection=oui"


def test_projected_page_leads_to_the_others_projected_and_back_to_itself():
    app = drawn(quartier="Q1", projection="oui")
    assert links(app)["Accueil"] == "/?projection=oui"
    assert links(app)["Quitter la projection"] == "/carte?quartier=Q1"
    assert '<a href="/carte?projection=oui" aria-current="page">Carte</a>' in "".join(bodies(app))


@pytest.mark.parametrize("value", ["", "non", "<script>"])
def test_page_is_projected_only_when_asked(value: str):
    assert "o-projected" not in "".join(bodies(drawn(projection=value)))


def test_no_rule_of_an_ordinary_page_looks_below_the_root():
    """A browser judges «html:has(…)» again at each change of the page: half a second on a page of nine charts."""
    look = (ROOT / "static" / "look.css").read_text(encoding="utf-8")
    assert not re.findall(r"(?:html|body|\.stApp)\S*:has\(", look)
