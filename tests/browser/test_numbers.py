import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.answers import WITH, Ask, number, one, rates
from tests.browser.serving import ready

pytestmark = pytest.mark.browser
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
FIGURES = """(list) => Object.fromEntries([...list.children].map(
  (figure) => [figure.querySelector("dt").innerText, figure.querySelector("strong").innerText]))"""
# First line of each cell, and the address that the first one leads to.
ROWS = """(rows) => rows.map((row) => [row.querySelector("a")?.getAttribute("href") ?? "",
  ...[...row.children].map((cell) => cell.innerText.trim().split("\\n")[0])])"""
PANEL = """(name) => [...document.querySelectorAll(".js-plotly-plot")]
  .find((chart) => chart.layout.title.text.includes(name))._fullData.map((line) => Array.from(line.y))"""


@pytest.fixture
def opened(page: Page, site: str) -> Callable[[str], Page]:
    def at(path: str) -> Page:
        page.goto(site + path)
        page.wait_for_selector("h1")
        return ready(page)

    return at


def rows(table: Locator) -> list[list[str]]:
    lines = table.locator("tbody tr")
    lines.first.wait_for()
    return lines.evaluate_all(ROWS)


def table_of(page: Page, heading: str) -> Locator:
    """The table whose first column is so named."""
    return page.locator("table.o-t", has=page.locator(f"thead th:first-child:text-is('{heading}')")).first


def asked(address: str, name: str) -> str:
    found = re.search(rf"[?&]{name}=([^&]+)", address)
    assert found, address
    return found[1]


def test_the_key_figures_of_the_home_page_are_those_of_the_store(opened: Callable, ask: Ask):
    page = opened("/")
    shown = page.locator("dl.o-figs").evaluate(FIGURES)
    months = one(ask, "SELECT sum(dwelling_count) FROM told")
    facts = one(ask, "SELECT count(*) FROM recent")
    staff = one(ask, "SELECT count(*) FROM recent WHERE family_code = 'PER'")
    weight = one(
        ask,
        """SELECT sum(CASE coalesce(severity_override, severity_default)
        WHEN 1 THEN 1 WHEN 2 THEN 2 WHEN 3 THEN 5 WHEN 4 THEN 10 END) FROM recent""",
    )
    filed = one(ask, "SELECT count(*) FROM recent WHERE is_eligible AND is_filed")
    assert shown == {
        "Faits recensés": number(facts),
        "Pour 1\u00a0000 logements et par an": number(facts * 12_000 / months),
        "Indice de gravité pour 1\u00a0000 logements et par an": number(weight * 12_000 / months),
        "Faits envers le personnel": number(staff),
        "Plaintes déposées": number(filed),
    }
    said = page.locator("dl.o-figs").inner_text()
    assert number(months / 12) in said
    assert number(one(ask, "SELECT count(*) FROM recent WHERE is_eligible")) in said


def test_the_coverage_said_at_the_head_is_that_of_the_store(opened: Callable, ask: Ask):
    told = one(ask, "SELECT sum(dwelling_count) FROM told")
    every_month = one(
        ask,
        """, months AS (SELECT DISTINCT month_on FROM told)
        SELECT sum(dwelling_count) FROM homes, months
        WHERE coalesce(active_from <= month_on, 1) AND coalesce(active_to > month_on, 1)""",
    )
    assert opened("/").locator(".o-cov b").inner_text() == f"{number(100 * told / every_month)}\u00a0%"


def test_the_table_of_the_map_gives_each_quarter_its_own_numbers(opened: Callable, ask: Ask):
    shown = rows(opened("/carte").locator(".st-key-maptable table"))
    expected = rates(ask, "qpv_code")
    assert {asked(row[0], "quartier"): (row[2], row[3]) for row in shown} == expected
    counts = [int(row[2].replace("\u00a0", "")) for row in shown]
    assert counts == sorted(counts, reverse=True)


def test_the_families_of_the_trends_page_are_counted_over_both_years(opened: Callable, ask: Ask):
    shown = {row[1]: row[2] for row in rows(table_of(opened("/tendances"), "Famille"))}
    counted = ask(
        f"""{WITH} SELECT family_label, coalesce(former.n, 0), coalesce(latter.n, 0) FROM incident_family
        LEFT JOIN (SELECT family_code, count(*) AS n FROM earlier GROUP BY 1) AS former USING (family_code)
        LEFT JOIN (SELECT family_code, count(*) AS n FROM recent GROUP BY 1) AS latter USING (family_code)"""
    )
    assert shown == {label: f"{number(former)}\u00a0→\u00a0{number(latter)}" for label, former, latter in counted}


def test_the_types_of_the_trends_page_are_counted_over_both_years(opened: Callable, ask: Ask):
    shown = {row[1]: row[2] for row in rows(table_of(opened("/tendances?onglet=Types&detail=Biens"), "Type"))}
    counted = ask(
        f"""{WITH} SELECT type_label, coalesce(former.n, 0), coalesce(latter.n, 0) FROM incident_type
        LEFT JOIN (SELECT type_code, count(*) AS n FROM earlier GROUP BY 1) AS former USING (type_code)
        LEFT JOIN (SELECT type_code, count(*) AS n FROM recent GROUP BY 1) AS latter USING (type_code)
        WHERE family_code = 'BIE'"""
    )
    assert shown == {label: f"{number(former)}\u00a0→\u00a0{number(latter)}" for label, former, latter in counted}


def test_the_curve_of_a_family_has_the_count_of_every_month(opened: Callable, ask: Ask):
    page = opened("/tendances")
    page.wait_for_selector(".js-plotly-plot .main-svg")
    monthly = ask(f"{WITH} SELECT count(*) FROM facts WHERE family_code = 'BIE' GROUP BY substr(occurred_on, 1, 7)")
    assert [count for (count,) in monthly] in page.evaluate(PANEL, "Biens")


def test_the_table_of_services_gives_each_one_its_own_numbers(opened: Callable, ask: Ask):
    shown = rows(table_of(opened("/circonscriptions"), "Service"))
    expected = {str(service): figures for service, figures in rates(ask, "service_id").items()}
    listed = {asked(row[0], "service"): (row[2], row[3]) for row in shown}
    assert listed == {service: expected[service] for service in listed}
    counts = sorted((int(facts.replace("\u00a0", "")) for facts, _ in expected.values()), reverse=True)
    assert [int(row[2].replace("\u00a0", "")) for row in shown] == counts[: len(shown)]
    assert len(shown) == min(40, len(expected))


def test_the_share_in_qpv_of_a_service_is_that_of_its_facts(opened: Callable, ask: Ask):
    shown = rows(table_of(opened("/circonscriptions"), "Service"))
    counted = ask(
        f"""{WITH} SELECT service_id, inside, n
        FROM (SELECT service_id, count(qpv_code) AS inside, count(*) AS n FROM recent GROUP BY 1)
        WHERE n >= 10"""
    )
    expected = {str(key): part(inside, n) for key, inside, n in counted}
    listed = {asked(row[0], "service"): row[5] for row in shown}
    assert {key: cells for key, cells in listed.items() if key in expected} == {
        key: cells for key, cells in expected.items() if key in listed
    }


def test_a_residence_lists_its_own_facts_with_their_dates(opened: Callable, ask: Ask):
    residence, name, dwellings, count = ask(
        f"""{WITH} SELECT residence_id, residence_name, dwelling_count, n FROM homes JOIN
        (SELECT residence_id, count(*) AS n FROM recent GROUP BY 1) USING (residence_id)
        WHERE n BETWEEN 12 AND 30 ORDER BY n DESC, residence_id LIMIT 1"""
    )[0]
    page = opened(f"/circonscriptions?residence={residence}")
    assert page.locator("h1").inner_text().startswith(f"{name}\u00a0: {count}\u00a0faits recensés en 12 mois")
    facts = ask(
        f"""{WITH} SELECT occurred_on, type_label, coalesce(severity_override, severity_default) FROM recent
        WHERE residence_id = ? ORDER BY occurred_on DESC, incident_id DESC""",
        residence,
    )
    shown = [(row[1], row[3], row[4]) for row in rows(table_of(page, "Date"))]
    assert shown == [(day(occurred_on), label, str(severity)) for occurred_on, label, severity in facts]
    identity = page.locator(".o-card dl", has_text="Référence").inner_text()
    assert re.search(rf"Logements\s+{number(dwellings)}\b", identity)


def part(count: int, whole: int) -> str:
    """«44,7 %», halves upwards; none is said in a word."""
    tenths = int(1000 * count / whole + 0.5)
    return f"{tenths // 10},{tenths % 10}\u00a0%" if count else "aucun"


def day(occurred_on: str) -> str:
    year, month, date = (int(part) for part in occurred_on.split("-"))
    return f"{'1er' if date == 1 else date} {MONTHS[month - 1]} {year}"
