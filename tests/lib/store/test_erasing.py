from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select

from lib.domain.action_text import FREE_TEXTS
from lib.domain.actions import JointAction
from lib.domain.scope import Scope
from lib.domain.vocabulary import ActionStatus, Partner
from lib.store import schema as s
from lib.store.actions import actions, history, save_action
from lib.store.erasing import erase_text
from lib.store.revisions import change

ALL = Scope.everything()
NAMED = "Joindre Dupont"
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def save(engine: Engine, action: JointAction) -> JointAction:
    with change(engine, "essai") as made:
        return save_action(made, action, by=Partner.LANDLORD)


def erase(engine: Engine, action_id: int | None, field: str, **more: bool) -> int:
    with change(engine, "essai") as made:
        return erase_text(made, action_id or 0, field, by=Partner.JUSTICE, at=AT, **more)


def told(engine: Engine, action_id: int | None, field: str) -> list[tuple[int, str, str]]:
    """Version, text and mark of each version, the newest first."""
    with engine.connect() as connection:
        versions = history(connection, action_id or 0, ALL)
        return [(one.version, getattr(one.action, field), one.erased_field) for one in versions]


def contents(engine: Engine) -> str:
    with engine.connect() as connection:
        texts = list(connection.scalars(select(s.ActionVersion.content)))
        return "\n".join([*texts, *map(str, connection.execute(select(s.JointAction)).all())])


def test_text_leaves_every_version_and_a_dated_mark_stays(store: Engine):
    first = save(store, JointAction("A", problem=NAMED, means="Deux rondes"))
    save(store, replace(first, title="B", problem=f"{NAMED} demain"))
    assert erase(store, first.action_id, "problem") == 2
    assert told(store, first.action_id, "problem") == [(3, "", "problem"), (2, "", ""), (1, "", "")]
    assert "Dupont" not in contents(store)
    with store.connect() as connection:
        assert actions(connection, ALL) == [replace(first, title="B", problem="", version=3)]
        mark = history(connection, first.action_id or 0, ALL)[0]
    assert (mark.changed_by, mark.changed_at, mark.action.means) == (Partner.JUSTICE, AT, "Deux rondes")


def test_text_put_right_before_stays_where_it_is_asked(store: Engine):
    first = save(store, JointAction("A", means=NAMED))
    save(store, replace(first, means="Joindre le gardien"))
    assert erase(store, first.action_id, "means", keeps_current=True) == 1
    assert told(store, first.action_id, "means") == [
        (3, "Joindre le gardien", "means"),
        (2, "Joindre le gardien", ""),
        (1, "", ""),
    ]
    with store.connect() as connection:
        assert actions(connection, ALL)[0].means == "Joindre le gardien"


def test_text_that_an_action_needs_is_replaced_by_words_that_say_so(store: Engine):
    first = save(store, JointAction(NAMED))
    save(store, replace(first, status=ActionStatus.ABANDONED, abandon_reason=NAMED))
    assert erase(store, first.action_id, "title") == 2
    assert erase(store, first.action_id, "abandon_reason") == 2  # the version that tells of the title has it too
    assert [text for _, text, _ in told(store, first.action_id, "title")] == ["Texte retiré"] * 4
    reasons = [text for _, text, _ in told(store, first.action_id, "abandon_reason")]
    assert reasons == ["Texte retiré", "Texte retiré", "Texte retiré", ""]
    assert "Dupont" not in contents(store)


def test_nothing_to_take_out_writes_nothing(store: Engine):
    first, other = save(store, JointAction("A")), save(store, JointAction("B", problem=NAMED))
    assert erase(store, first.action_id, "problem") == 0
    assert erase(store, 99, "problem") == 0
    assert [version for version, *_ in told(store, first.action_id, "problem")] == [1]
    assert told(store, other.action_id, "problem") == [(1, NAMED, "")]


def test_field_that_is_no_free_text_is_a_fault_of_ours(store: Engine):
    first = save(store, JointAction("A"))
    with pytest.raises(ValueError, match="no free text pilot"):
        erase(store, first.action_id, "pilot")


def test_every_text_of_an_action_can_be_taken_out():
    assert set(FREE_TEXTS) == {name for name, value in vars(JointAction("")).items() if isinstance(value, str)} - {
        "kind",
        "status",
    }
