from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from lib.domain.meetings import Choice
from lib.domain.responses import as_rows
from lib.domain.vocabulary import ChoiceKind, Partner
from lib.errors import ConflictError
from lib.store import schema as s
from lib.store.choices import RULES, choices, default_rules, latest_choice, response_rules, save_choice
from lib.store.revisions import change
from tests.factories import add

AT = datetime(2026, 2, 1, 9, tzinfo=UTC)
WEIGHTS = ChoiceKind.WEIGHTS


def save(engine: Engine, content: dict, kind: ChoiceKind = WEIGHTS, *, read_version: int = 0) -> Choice:
    with change(engine, "essai") as made:
        return save_choice(made, kind, content, by=Partner.PREFECTURE, read_version=read_version, at=AT)


def weights(**own: float) -> dict:
    return {"weights": own}


def test_default_stands_until_something_is_chosen(store: Engine):
    with store.connect() as connection:
        assert latest_choice(connection, WEIGHTS, {"a": 1}) == Choice(WEIGHTS, 0, {"a": 1})
        assert choices(connection, WEIGHTS) == []


def test_each_choice_is_a_version_and_the_former_ones_stay(store: Engine):
    save(store, weights(a=1, b=2))
    second = save(store, weights(a=2, b=2), read_version=1)
    assert save(store, weights(b=2, a=2)) == second
    save(store, {RULES: as_rows(default_rules())}, ChoiceKind.RESPONSES)
    with store.connect() as connection:
        assert latest_choice(connection, WEIGHTS, {}) == second
        assert choices(connection, WEIGHTS) == [
            Choice(WEIGHTS, 2, weights(a=2, b=2), AT, Partner.PREFECTURE),
            Choice(WEIGHTS, 1, weights(a=1, b=2), AT, Partner.PREFECTURE),
        ]


def test_choice_made_on_another_version_than_the_newest_is_refused_and_undoes_nothing(store: Engine):
    first = save(store, weights(a=1))
    with pytest.raises(ConflictError) as raised:
        save(store, weights(a=2))
    assert (raised.value.theirs, raised.value.changed_by, raised.value.changed_at) == (first, Partner.PREFECTURE, AT)
    assert "poids du comité ont été modifiés le 1er février 2026 par la préfecture (version 1)" in str(raised.value)
    with store.connect() as connection:
        assert choices(connection, WEIGHTS) == [first]
    assert save(store, weights(a=2), read_version=1).version == 2


def test_one_version_is_written_once(store: Engine):
    row = {"kind": "weights", "version": 1, "made_at": AT, "made_by": "police", "content": "{}"}
    with pytest.raises(IntegrityError), change(store, "essai") as made:
        add(made, s.CommitteeChoice, row, row)


def test_rules_chosen_replace_those_of_the_table(store: Engine):
    with store.connect() as connection:
        assert response_rules(connection) == default_rules()
    save(store, {RULES: as_rows(default_rules()[:1])}, ChoiceKind.RESPONSES)
    with store.connect() as connection:
        assert response_rules(connection) == default_rules()[:1]


UNREADABLE_WEIGHTS = ("{bad", "[]", "{}", "null", '{"weights": []}', *(f'{{"weights": {{"a": {word}}}}}' for word in (
    "250", "-1", "null", "NaN", "Infinity", "true", '"12"', "[1]"
)))  # fmt: skip
UNREADABLE_RULES = ("{bad", '{"rules": []}', '{"rules": [{"rule_code": "A"}]}', '{"rules": 1}', "[" * 50_000)


@pytest.mark.parametrize("content", UNREADABLE_WEIGHTS)
def test_weights_that_cannot_be_read_are_as_if_they_were_not_there(store: Engine, content: str, caplog):
    first = save(store, weights(a=1))
    row = {"kind": "weights", "version": 2, "made_at": AT, "made_by": "police", "content": content}
    with change(store, "essai") as made:
        add(made, s.CommitteeChoice, row)
    with store.connect() as connection:
        assert latest_choice(connection, WEIGHTS, {}) == first
    assert "version 2 of the weights" in caplog.text
    assert save(store, weights(a=3), read_version=1).version == 3


@pytest.mark.parametrize("content", UNREADABLE_RULES)
def test_rules_that_cannot_be_read_leave_those_of_the_table(store: Engine, content: str, caplog):
    row = {"kind": "responses", "version": 1, "made_at": AT, "made_by": "police", "content": content}
    with change(store, "essai") as made:
        add(made, s.CommitteeChoice, row)
    with store.connect() as connection:
        assert response_rules(connection) == default_rules()
        assert choices(connection, ChoiceKind.RESPONSES) == []
    assert "version 1 of the responses" in caplog.text
    save(store, {RULES: as_rows(default_rules()[:1])}, ChoiceKind.RESPONSES)
    with store.connect() as connection:
        assert response_rules(connection) == default_rules()[:1]
