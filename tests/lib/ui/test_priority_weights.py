from datetime import UTC, datetime

import pytest

from lib.analysis.criteria import DEFAULT_WEIGHTS, Criterion
from lib.domain.meetings import Choice
from lib.domain.vocabulary import ChoiceKind, Partner
from lib.ingest.choices import store_weights
from lib.store.engine import open_store
from lib.ui.priority_weights import WEIGHTS, choice_words, committee_choice, points, read

PROPOSED = {name: round(100 * weight) for name, weight in DEFAULT_WEIGHTS.items()}


def test_weights_of_an_address_are_read_in_the_order_of_the_criteria():
    assert read("30-20-15-15-5-10-5") == PROPOSED
    assert read("0-0-0-0-0-0-100") == dict.fromkeys(Criterion, 0) | {Criterion.SITE_LEVEL: 100}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "30",
        "30-20-15-15-5-10",
        "30-20-15-15-5-10-5-1",
        "101-0-0-0-0-0-0",
        "-1-0-0-0-0-0-0",
        "1.5-0-0-0-0-0-0",
        "1e2-0-0-0-0-0-0",
        "nan-0-0-0-0-0-0",
        "٣٠-20-15-15-5-10-5",
        "²-20-15-15-5-10-5",
        " 30-20-15-15-5-10-5",
        "<script>-20-15-15-5-10-5",
        f"{'9' * 5000}-0-0-0-0-0-0",
        "------",
    ],
)
def test_whatever_else_an_address_says_is_no_weights(text: str):
    assert read(text) is None


def test_store_without_a_choice_has_the_proposal_of_the_observatory(small: str):
    with open_store(small).connect() as connection:
        chosen = committee_choice(connection)
    assert (chosen.version, points(chosen)) == (0, PROPOSED)
    assert choice_words(chosen) == "proposition de l’observatoire, aucun comité ne les a encore fixés"


def test_choice_says_its_version_its_date_and_its_author():
    at = datetime(2026, 9, 17, 8, tzinfo=UTC)
    chosen = Choice(ChoiceKind.WEIGHTS, 3, {WEIGHTS: {"severity": 100}}, at, Partner.PREFECTURE)
    assert choice_words(chosen) == "version 3 du comité, retenue le 17 septembre 2026 (Préfecture)"
    assert points(chosen) == dict.fromkeys(Criterion, 0) | {Criterion.SEVERITY: 100}


def test_day_of_a_choice_is_that_of_paris():
    at = datetime(2026, 9, 17, 22, 30, tzinfo=UTC)
    chosen = Choice(ChoiceKind.WEIGHTS, 3, {WEIGHTS: {"severity": 100}}, at, Partner.PREFECTURE)
    assert "18 septembre 2026" in choice_words(chosen)


def test_choice_kept_is_the_one_in_force(store):
    store_weights(store, {name.value: 20 for name in Criterion}, by=Partner.JUSTICE, read_version=0)
    with store.connect() as connection:
        chosen = committee_choice(connection)
    assert (chosen.version, chosen.made_by) == (1, Partner.JUSTICE)
    assert set(points(chosen).values()) == {20}
