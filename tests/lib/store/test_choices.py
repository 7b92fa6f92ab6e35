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


def test_default_stands_until_something_is_chosen(store: Engine):
    with store.connect() as connection:
        assert latest_choice(connection, WEIGHTS, {"a": 1}) == Choice(WEIGHTS, 0, {"a": 1})
        assert choices(connection, WEIGHTS) == []


def test_each_choice_is_a_version_and_the_former_ones_stay(store: Engine):
    save(store, {"a": 1, "b": 2})
    second = save(store, {"a": 2, "b": 2}, read_version=1)
    assert save(store, {"b": 2, "a": 2}) == second
    save(store, {"rules": []}, ChoiceKind.RESPONSES)
    with store.connect() as connection:
        assert latest_choice(connection, WEIGHTS, {}) == second
        assert choices(connection, WEIGHTS) == [
            Choice(WEIGHTS, 2, {"a": 2, "b": 2}, AT, Partner.PREFECTURE),
            Choice(WEIGHTS, 1, {"a": 1, "b": 2}, AT, Partner.PREFECTURE),
        ]


def test_choice_made_on_another_version_than_the_newest_is_refused_and_undoes_nothing(store: Engine):
    first = save(store, {"a": 1})
    with pytest.raises(ConflictError) as raised:
        save(store, {"a": 2})
    assert (raised.value.theirs, raised.value.changed_by, raised.value.changed_at) == (first, Partner.PREFECTURE, AT)
    assert "poids du comité ont été modifiés le 1er février 2026 par la préfecture (version 1)" in str(raised.value)
    with store.connect() as connection:
        assert choices(connection, WEIGHTS) == [first]
    assert save(store, {"a": 2}, read_version=1).version == 2


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
