from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, select, update

from lib.domain import meeting_text
from lib.domain.action_text import FREE_TEXTS
from lib.domain.actions import JointAction
from lib.domain.meetings import Decision, Meeting
from lib.domain.responses import as_rows
from lib.domain.scope import Scope
from lib.domain.vocabulary import ActionStatus, ChoiceKind, MeetingBody, Partner
from lib.store import schema as s
from lib.store.actions import actions, history, save_action
from lib.store.choices import RULES, TAKEN_OUT, choices, default_rules, save_choice
from lib.store.erasing import erase_meeting_text, erase_rule_text, erase_text
from lib.store.meetings import history as meeting_history
from lib.store.meetings import meetings, save_meeting
from lib.store.revisions import change, current_revision
from tests.factories import add, small_store
from tests.lib.store.test_meetings import older

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
        return [(one.version, getattr(one.said, field), one.erased_field) for one in versions]


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
    assert (mark.changed_by, mark.changed_at, mark.said.means) == (Partner.JUSTICE, AT, "Deux rondes")


def test_text_of_another_action_stays_and_only_the_one_that_changed_is_of_the_revision(store: Engine):
    first, other = save(store, JointAction("A", problem=NAMED)), save(store, JointAction("B", problem="Bruit"))
    assert erase(store, first.action_id, "problem") == 1
    own = select(s.JointAction.action_id, s.JointAction.problem, s.JointAction.version, s.JointAction.revision)
    with store.connect() as connection:
        last = current_revision(connection)
        assert list(map(tuple, connection.execute(own.order_by(s.JointAction.action_id)))) == [
            (first.action_id, "", 2, last),
            (other.action_id, "Bruit", 1, last - 1),
        ]
        of_versions = select(s.ActionVersion.revision).order_by(s.ActionVersion.action_id, s.ActionVersion.version)
        assert list(connection.scalars(of_versions)) == [last, last, last - 1]
    assert told(store, other.action_id, "problem") == [(1, "Bruit", "")]


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
    with pytest.raises(ValueError, match="no action 99"):
        erase(store, 99, "problem")
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


@pytest.mark.parametrize("version", [1, 2])
def test_version_that_cannot_be_read_goes_whole(store: Engine, version: int):
    first = save(store, JointAction("A", problem=NAMED))
    save(store, replace(first, title="B"))
    broken = update(s.ActionVersion).where(s.ActionVersion.version == version)
    with change(store, "essai") as made:
        made.connection.execute(broken.values(content=f'{{"problem": "{NAMED}"'))
    assert erase(store, first.action_id, "problem") == 2
    assert "Dupont" not in contents(store)
    assert told(store, first.action_id, "problem")[0] == (3, "", "problem")
    assert erase(store, first.action_id, "problem") == 0


# Meetings.

MEETING = Meeting(MeetingBody.COPIL, date(2026, 1, 15), NAMED, decisions=(Decision("Passer"), Decision(NAMED)))


def met(engine: Engine, meeting: Meeting) -> Meeting:
    with change(engine, "essai") as made:
        return save_meeting(made, meeting, by=Partner.LANDLORD)


def erase_met(engine: Engine, field: str, **more: bool) -> int:
    with change(engine, "essai") as made:
        return erase_meeting_text(made, 1, field, by=Partner.JUSTICE, at=AT, **more)


def told_met(engine: Engine) -> list[tuple[int, str, list[str], str]]:
    """Version, label, decisions and mark of each version, the newest first."""
    with engine.connect() as connection:
        return [
            (one.version, one.said.label, [decision.text for decision in one.said.decisions], one.erased_field)
            for one in meeting_history(connection, 1, ALL)
        ]


def contents_met(engine: Engine) -> str:
    with engine.connect() as connection:
        tables = (s.Meeting, s.MeetingVersion, s.Decision)
        return "\n".join(str(row) for table in tables for row in connection.execute(select(table.__table__)))


def test_texts_leave_every_version_of_a_meeting_and_dated_marks_stay(store: Engine):
    first = met(store, MEETING)
    met(store, replace(first, decisions=(Decision(f"{NAMED} demain"),), partners=(Partner.JUSTICE,)))
    assert erase_met(store, "label") == 2
    assert erase_met(store, "decisions") == 3  # the version that tells of the label has them too
    erased = "Texte retiré"
    assert told_met(store) == [
        (4, "", [erased], "decisions"),
        (3, "", [erased], "label"),
        (2, "", [erased], ""),
        (1, "", [erased, erased], ""),
    ]
    assert "Dupont" not in contents_met(store)
    with store.connect() as connection:
        mark = meeting_history(connection, 1, ALL)[0]
        assert meetings(connection, ALL) == [mark.said]
    assert (mark.changed_by, mark.changed_at, mark.said.partners) == (Partner.JUSTICE, AT, (Partner.JUSTICE,))


def test_words_put_right_before_stay_wherever_the_meeting_says_them(store: Engine):
    first = met(store, MEETING)
    met(store, replace(first, label="Bilan", decisions=(Decision("Passer"), Decision("Joindre le gardien"))))
    assert erase_met(store, "decisions", keeps_current=True) == 1
    assert erase_met(store, "label", keeps_current=True) == 1
    right = ["Passer", "Joindre le gardien"]
    assert told_met(store) == [
        (4, "Bilan", right, "label"),
        (3, "Bilan", right, "decisions"),
        (2, "Bilan", right, ""),
        (1, "", ["Passer", "Texte retiré"], ""),
    ]
    assert "Dupont" not in contents_met(store)


def test_mark_of_a_text_taken_out_is_not_told_beyond_the_scope(store: Engine):
    small_store(store)
    met(store, replace(MEETING, departement_code="77"))
    erase_met(store, "label")
    with store.connect() as connection:
        held = meetings(connection, ALL)[0]
    met(store, replace(held, departement_code="91"))
    with store.connect() as connection:
        told = meeting_history(connection, 1, Scope(landlord_ids=frozenset({1})))
    assert [(one.version, one.is_beyond_scope, one.erased_field) for one in told] == [
        (3, False, ""),
        (2, True, ""),
        (1, True, ""),
    ]


def test_decision_keeps_the_action_that_it_led_to(store: Engine):
    action = save(store, JointAction("A"))
    met(store, replace(MEETING, decisions=(Decision(NAMED, action.action_id),)))
    erase_met(store, "decisions")
    with store.connect() as connection:
        assert meetings(connection, ALL)[0].decisions == (Decision("Texte retiré", action.action_id),)


def test_meeting_that_has_no_history_yet_is_erased_too(empty_store: Engine):
    older(empty_store)
    assert erase_met(empty_store, "decisions") == 1
    assert told_met(empty_store) == [(4, "Bilan", ["Texte retiré"], "decisions")]
    assert "Dupont" not in contents_met(empty_store)


def test_version_of_a_meeting_that_cannot_be_read_goes_whole(store: Engine):
    first = met(store, MEETING)
    met(store, replace(first, label="", decisions=()))
    with change(store, "essai") as made:
        broken = update(s.MeetingVersion).where(s.MeetingVersion.version == 1)
        made.connection.execute(broken.values(content=f'{{"decisions": "{NAMED}"}}'))
    assert erase_met(store, "decisions") == 1
    assert "Dupont" not in contents_met(store)
    assert [version for version, *_ in told_met(store)] == [3, 2]


def test_nothing_to_take_out_of_a_meeting_writes_nothing(store: Engine):
    met(store, replace(MEETING, label="", decisions=()))
    assert [erase_met(store, field) for field in meeting_text.FREE_TEXTS] == [0, 0]
    assert [version for version, *_ in told_met(store)] == [1]
    with pytest.raises(ValueError, match="no free text body"):
        erase_met(store, "body")


def test_every_text_of_a_meeting_can_be_taken_out():
    texts = {name for name, value in vars(MEETING).items() if isinstance(value, str)} - {"body"}
    assert set(meeting_text.FREE_TEXTS) == texts | {"decisions"}


FIRST, SECOND = as_rows(default_rules()[:2])
CODE = FIRST["rule_code"]


def keep_rules(engine: Engine, *rows: dict) -> None:
    with change(engine, "essai") as made:
        read = max((one.version for one in choices(made.connection, ChoiceKind.RESPONSES)), default=0)
        content = {RULES: list(rows)}
        save_choice(made, ChoiceKind.RESPONSES, content, by=Partner.POLICE, read_version=read, at=AT)


def erase_rule(engine: Engine, field: str = "response", *, keeps_current: bool = False) -> int:
    with change(engine, "essai") as made:
        return erase_rule_text(made, CODE, field, by=Partner.JUSTICE, at=AT, keeps_current=keeps_current)


def kept_rules(engine: Engine) -> list[tuple]:
    """Version, response of each rule, mark, author; the newest first."""
    with engine.connect() as connection:
        return [
            (one.version, [row["response"] for row in one.content[RULES]], one.content.get(TAKEN_OUT), one.made_by)
            for one in choices(connection, ChoiceKind.RESPONSES)
        ]


def test_text_of_a_rule_leaves_every_version_and_a_mark_stays(store: Engine):
    keep_rules(store, FIRST | {"response": NAMED}, SECOND)
    keep_rules(store, SECOND, FIRST | {"response": f"{NAMED} demain"})
    assert erase_rule(store) == 2
    said, other = "Texte retiré", SECOND["response"]
    assert kept_rules(store) == [
        (3, [other, said], [CODE, "response"], Partner.JUSTICE),
        (2, [other, said], None, Partner.POLICE),
        (1, [said, other], None, Partner.POLICE),
    ]
    assert erase_rule(store) == erase_rule(store, "legal_ground", keeps_current=True) == 0
    assert len(kept_rules(store)) == 3


def test_rules_that_say_the_same_after_a_text_is_taken_out_are_no_new_version(store: Engine):
    keep_rules(store, FIRST | {"response": NAMED}, SECOND)
    erase_rule(store)
    keep_rules(store, FIRST | {"response": "Texte retiré"}, SECOND)
    assert [version for version, *_ in kept_rules(store)] == [2, 1]


def test_what_a_rule_says_now_stays_in_every_version_when_asked(store: Engine):
    right = FIRST | {"response": "Joindre le gardien"}
    for row in (right, FIRST | {"response": NAMED}, right):
        keep_rules(store, row)
    assert erase_rule(store, keeps_current=True) == 1
    assert [texts for _, texts, *_ in kept_rules(store)] == [[right["response"]]] * 2 + [
        ["Texte retiré"],
        [right["response"]],
    ]


def test_text_of_a_rule_that_is_in_force_no_more_is_taken_out_too(store: Engine):
    keep_rules(store, FIRST | {"response": NAMED}, SECOND)
    keep_rules(store, SECOND)
    assert erase_rule(store) == 1
    assert [(texts, mark) for _, texts, mark, _ in kept_rules(store)] == [
        ([SECOND["response"]], [CODE, "response"]),
        ([SECOND["response"]], None),
        (["Texte retiré", SECOND["response"]], None),
    ]


def test_version_of_the_rules_that_cannot_be_read_goes_whole(store: Engine, caplog):
    keep_rules(store, FIRST)
    row = {"kind": "responses", "version": 2, "made_at": AT, "made_by": "police", "content": f"[{NAMED}"}
    with change(store, "essai") as made:
        add(made, s.CommitteeChoice, row)
    assert erase_rule(store, keeps_current=True) == 1
    with store.connect() as connection:
        texts = list(connection.scalars(select(s.CommitteeChoice.content)))
    assert "Dupont" not in "".join(texts)
    assert "version 2 of the responses" in caplog.text


def test_code_of_a_rule_is_no_text(store: Engine):
    with pytest.raises(ValueError, match="rule_code"):
        erase_rule(store, "rule_code")
