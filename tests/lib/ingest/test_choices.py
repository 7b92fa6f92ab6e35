from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from lib.domain.responses import as_rows
from lib.domain.vocabulary import ChoiceKind, Partner
from lib.errors import ConflictError, FormError
from lib.ingest.choices import checked_responses, checked_weights, store_responses, store_weights
from lib.store.choices import choices, default_rules, latest_choice, response_rules
from lib.ui.rule_form import BLANK
from tests.conftest import new_store, with_nomenclature

RULES = default_rules()
ROWS = as_rows(RULES)


@pytest.fixture(scope="module")
def engine(request, tmp_path_factory) -> Iterator[Engine]:
    with new_store("sqlite", request, tmp_path_factory.mktemp("choices")) as opened:
        yield with_nomenclature(opened)


def faults(engine: Engine, *rows: dict) -> dict[str, str]:
    with engine.connect() as connection, pytest.raises(FormError) as raised:
        checked_responses(rows, connection)
    return raised.value.faults


def test_weights_of_0_or_more_are_kept_as_numbers(engine: Engine):
    store_weights(engine, {"severity": 2, "persistence": 0}, by=Partner.PREFECTURE, read_version=0)
    with engine.connect() as connection:
        kept = choices(connection, ChoiceKind.WEIGHTS)
    assert [one.content for one in kept] == [{"weights": {"persistence": 0.0, "severity": 2.0}}]


@pytest.mark.parametrize(
    ("weights", "fields"),
    [
        ({"a": -1, "b": 1, "c": float("nan")}, ["a", "c"]),
        ({"a": float("inf")}, ["a"]),
        ({"a": 101, "b": 100}, ["a"]),
        ({"a": 0, "b": 0}, ["weights"]),
        ({}, ["weights"]),
    ],
    ids=str,
)
def test_weights_that_weigh_nothing_are_refused(weights: dict, fields: list[str]):
    with pytest.raises(FormError) as raised:
        checked_weights(weights)
    assert sorted(raised.value.faults) == fields


def test_rules_edited_by_a_partner_are_read_back(engine: Engine):
    with engine.connect() as connection:
        assert checked_responses(ROWS, connection) == RULES
        typed = ROWS[0] | {"min_count": 5, "response": " Agir\n ensemble "}
        expected = replace(RULES[0], min_count=5, response="Agir ensemble")
        assert checked_responses([typed], connection) == (expected,)


def test_rule_just_added_is_told_what_it_lacks(engine: Engine):
    found = faults(engine, ROWS[0], BLANK | {"rule_code": "NEUVE"})
    assert set(found) == {"2.type_codes", "2.response", "2.legal_ground", "2.pilot"}


def test_rules_chosen_are_those_in_force_in_their_order(engine: Engine):
    store_responses(engine, ROWS[::-1], by=Partner.JUSTICE, read_version=0)
    with engine.connect() as connection:
        in_force = response_rules(connection)
    assert [rule.rule_code for rule in in_force] == [row["rule_code"] for row in reversed(ROWS)]
    assert [rule.position for rule in in_force] == list(range(1, len(ROWS) + 1))


def test_rules_edited_on_an_old_version_are_refused(engine: Engine):
    with engine.connect() as connection:
        newest = latest_choice(connection, ChoiceKind.RESPONSES, {})
    kept = store_responses(engine, ROWS[:2], by=Partner.LANDLORD, read_version=newest.version)
    with pytest.raises(ConflictError, match="règles de réponse ont été modifiées"):
        store_responses(engine, ROWS[:3], by=Partner.JUSTICE, read_version=newest.version)
    with engine.connect() as connection:
        assert response_rules(connection) == RULES[:2]
    assert store_responses(engine, ROWS, by=Partner.JUSTICE, read_version=kept.version).version == kept.version + 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"rule_code": "Martin Dupont"}, "retirez cette règle"),
        ({"rule_code": "X" * 41}, "retirez cette règle"),
        ({"response": " "}, "remplissez"),
        ({"response": "x" * 501}, "raccourcissez à 500"),
        ({"response": "Rappeler le 06 12 34 56 78"}, "retirez"),
        ({"legal_ground": ""}, "remplissez"),
        ({"type_codes": ""}, "un type ou une famille"),
        ({"type_codes": "OCC-99"}, "OCC-99 n’est pas dans la nomenclature"),
        ({"family_codes": "ZZZ"}, "ZZZ n’est pas dans la nomenclature"),
        ({"min_share": 0.009}, "une part de 1\u00a0% à 100\u00a0%"),
        ({"min_share": 1.1}, "à 100\u00a0%"),
        ({"min_count": 2}, "3 au moins"),
        ({"min_count": 3.5}, "entier"),
        ({"min_count": float("nan")}, "entier"),
        ({"share_of": "autre"}, "les faits"),
        ({"pilot": ""}, "choisissez qui pilote"),
        ({"partners": "justice moi"}, "partenaires"),
    ],
    ids=str,
)
def test_rule_that_cannot_be_is_told_by_its_rank_and_its_field(engine: Engine, wrong: dict, words: str):
    found = faults(engine, ROWS[1], ROWS[0] | wrong)
    (field,) = wrong
    assert set(found) == {f"2.{field}"}
    assert words in found[f"2.{field}"]
    assert found[f"2.{field}"].startswith("Règle 2, «")


def test_two_rules_of_one_code_are_refused(engine: Engine):
    assert set(faults(engine, ROWS[0], ROWS[1], ROWS[0])) == {"3.rule_code"}


def test_table_without_a_rule_is_refused(engine: Engine):
    assert set(faults(engine)) == {"rules"}
