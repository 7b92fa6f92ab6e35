"""The rules of response as partners change them, each in a browser of its own."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import without_basemap
from tests.browser.serving import APP, ready, serve
from tests.browser.test_accessibility import findings
from tests.browser.test_journey import english
from tests.browser.test_map import pick

pytestmark = pytest.mark.browser
SENT_MS = 500  # a field is sent a moment after it is left
PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def own_site(demo_path: Path, tmp_path: Path) -> Iterator[str]:
    """The application on a demonstration that one test alone writes to."""
    path = shutil.copy(demo_path, tmp_path / "store.db")
    with serve(APP, without_basemap(path)) as address:
        yield address


def rules(page: Page, site: str) -> Page:
    """The table of rules, its drawer opened."""
    page.goto(f"{site}/priorites?partie=Règles de réponse")
    page.locator(".st-key-regles-tiroir summary").click()
    page.get_by_role("combobox", name="Règle à modifier").wait_for()
    return ready(page)


def choose(page: Page, name: str, least_pct: str) -> None:
    """A rule of the list, its fields drawn; those of the one left fade, out of any role."""
    pick(page, "Règle à modifier", name)
    expect(page.get_by_role("combobox", name="Règle à modifier")).to_have_value(name)
    ready(page)
    expect(least_share(page)).to_have_value(least_pct)


def write(page: Page, field: Locator, text: str) -> None:
    field.fill(text)
    field.press("Tab")
    page.wait_for_timeout(SENT_MS)
    ready(page)


def text(page: Page, name: str) -> Locator:
    return page.get_by_role("textbox", name=name, exact=True)


def retain(page: Page, by: str) -> None:
    author = page.get_by_role("combobox", name="Au nom de")
    if author.input_value() != by:
        pick(page, "Au nom de", by)
    expect(author).to_have_value(by)
    ready(page)
    page.get_by_role("button", name="Retenir ces règles").click()


def least_share(page: Page) -> Locator:
    return page.get_by_role("spinbutton", name="Part minimale (%)")


def line(page: Page, rule: str) -> Locator:
    """The line of a rule in the table in force."""
    return page.locator("tr", has=page.locator("th", has_text=re.compile(rf"^\d+\. {rule}")))


def draft(page: Page) -> Locator:
    return page.locator(".o-late", has_text="Brouillon, non retenu")


def test_rule_changed_by_a_partner_is_reopened_in_another_browser(new_page: Callable[..., Page], own_site: str):
    page = rules(new_page(), own_site)
    choose(page, "5. Trouble de jouissance grave et répété", "15")
    write(page, least_share(page), "35")
    pick(page, "Partenaires", "Préfecture")
    expect(draft(page)).to_have_text(re.compile("Trouble de jouissance grave et répété.*part minimale, partenaires"))
    page.keyboard.press("Escape")
    retain(page, "Préfecture")
    expect(page.get_by_text(re.compile(r"version 1, .*\(Préfecture\)"))).to_be_visible()
    expect(draft(page)).to_have_count(0)

    other = rules(new_page(), own_site)
    expect(other.get_by_text(re.compile(r"version 1, .*\(Préfecture\)"))).to_be_visible()
    expect(line(other, "Trouble")).to_contain_text("au moins 35\u00a0% des faits")
    expect(line(other, "Trouble").locator("td").last).to_contain_text("Préfecture")
    choose(other, "5. Trouble de jouissance grave et répété", "35")


def test_two_partners_who_change_rules_at_once_lose_nothing(new_page: Callable[..., Page], own_site: str):
    first, second = (rules(new_page(), own_site) for _ in range(2))
    write(first, text(first, "Fondement"), "Code de la sécurité intérieure, art. L272-1")
    retain(first, "Parquet")
    expect(first.get_by_text(re.compile(r"version 1, .*\(Parquet\)"))).to_be_visible()
    write(second, text(second, "Réponse proposée"), "Rondes communes chaque soir.")
    retain(second, "Commune")
    expect(second.get_by_role("alert")).to_contain_text("ont été modifiées")
    expect(draft(second)).to_contain_text("(réponse proposée)")
    retain(second, "Commune")
    expect(second.get_by_text(re.compile(r"version 2, .*\(Commune\)"))).to_be_visible()
    kept = line(second, "Occupation abusive")
    expect(kept).to_contain_text("Rondes communes chaque soir.")
    expect(kept).to_contain_text("art. L272-1")
    expect(kept).not_to_contain_text("L272-3")


def test_text_left_for_another_rule_is_kept_and_a_rule_takes_the_name_of_its_facts(page: Page, site: str):
    rules(page, site)
    text(page, "Réponse proposée").fill("Rondes communes.")
    page.get_by_role("button", name="Ajouter une règle").click()
    expect(draft(page)).to_contain_text("(réponse proposée)")
    chosen = page.get_by_role("combobox", name="Règle à modifier")
    expect(chosen).to_have_value("9. Nouvelle règle")
    pick(page, "Types de faits", "Nuisances sonores")
    expect(draft(page)).to_contain_text("ajout de «\u00a0Nuisances sonores\u00a0»")
    page.keyboard.press("Escape")
    expect(chosen).to_have_value("9. Nuisances sonores")


def test_form_of_a_rule_is_french_reachable_and_within_a_phone(new_page: Callable[..., Page], site: str):
    page = rules(new_page(**PHONE), site)
    assert english(page) == []
    assert findings(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
