"""What a committee chose, version after version; nothing is ever written over."""

import csv
import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from numbers import Real
from typing import Any

from sqlalchemy import Connection, func, insert, select

from lib.config import REFERENCE
from lib.domain.labels import date_label
from lib.domain.meetings import Choice
from lib.domain.responses import ResponseRule, from_rows
from lib.domain.terms import PARTNER_SUBJECTS
from lib.domain.vocabulary import ChoiceKind, Partner
from lib.errors import ConflictError
from lib.store.revisions import Change
from lib.store.schema import CommitteeChoice
from lib.store.versions import PARIS, in_utc

logger = logging.getLogger(__name__)
RULES, WEIGHTS = "rules", "weights"  # in the content of a choice
TAKEN_OUT = "taken_out"  # in the content of the version that says so: code of a rule, and its field
MAX_WEIGHT = 100
SUBJECTS = {
    ChoiceKind.WEIGHTS: "Les poids du comité ont été modifiés",
    ChoiceKind.RESPONSES: "Les règles de réponse ont été modifiées",
}


def save_choice(
    change: Change,
    kind: ChoiceKind,
    content: Mapping[str, Any],
    *,
    by: Partner,
    read_version: int,
    at: datetime | None = None,
) -> Choice:
    """Writes a new version, unless the newest already says the same, which is then given back.

    Args:
        change: The transaction, given up when this raises.
        kind: What is chosen.
        content: What JSON can hold, checked (``lib.ingest.choices``); the order of its keys does not count.
        by: Who chose.
        read_version: The version that was read before choosing, 0 for the default.
        at: UTC instant of the choice, now by default.

    Raises:
        ConflictError: If the newest version is not the one read, and says something else.
    """
    newest = latest_choice(change.connection, kind, {})
    said = {name: value for name, value in newest.content.items() if name != TAKEN_OUT}
    if newest.version and content_text(said) == content_text(content):
        return newest
    if newest.version != read_version:
        raise _conflict(newest)
    return write_choice(change, kind, content, by=by, at=at)


def write_choice(
    change: Change, kind: ChoiceKind, content: Mapping[str, Any], *, by: Partner, at: datetime | None
) -> Choice:
    """A new version, whatever those before say; ``at``: UTC instant, now by default."""
    text = content_text(content)
    held = select(func.max(CommitteeChoice.version)).where(CommitteeChoice.kind == kind)
    version = (change.connection.scalar(held) or 0) + 1  # the newest may be one that cannot be read
    choice = Choice(kind, version, json.loads(text), at or datetime.now(UTC), by)
    change.connection.execute(
        insert(CommitteeChoice).values(choice._asdict() | {"content": text, "revision": change.revision})
    )
    return choice


def content_text(content: Mapping[str, Any]) -> str:
    """The content of a choice as the store keeps it."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True)


def _conflict(newest: Choice) -> ConflictError:
    assert newest.made_at is not None
    assert newest.made_by is not None
    day = date_label(newest.made_at.astimezone(PARIS).date())
    return ConflictError(
        f"{SUBJECTS[newest.kind]} le {day} par {PARTNER_SUBJECTS[newest.made_by]} (version {newest.version}) pendant "
        "que vous prépariez votre choix\u00a0: rien n’a été enregistré ni perdu, comparez puis recommencez.",
        newest,
        base=None,
        changed_by=newest.made_by,
        changed_at=newest.made_at,
    )


def choices(connection: Connection, kind: ChoiceKind) -> list[Choice]:
    """Every version that can be read, the newest first."""
    table = CommitteeChoice
    asked = select(table.kind, table.version, table.content, table.made_at, table.made_by).where(table.kind == kind)
    return [
        Choice(kind, row.version, content, in_utc(row.made_at), row.made_by)
        for row in connection.execute(asked.order_by(table.version.desc()))
        if (content := _content(kind, row.version, row.content)) is not None
    ]


def _content(kind: ChoiceKind, version: int, text: str) -> dict[str, Any] | None:
    """What was chosen; None, and a line in the log, where it cannot be read: it is then as if it were not there."""
    try:
        content = json.loads(text)
        if kind == ChoiceKind.WEIGHTS:
            is_whole = all(map(_is_weight, content[WEIGHTS].values()))
        else:
            is_whole = bool(from_rows(content[RULES]))
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        is_whole = False
    if is_whole:
        return content
    logger.error("version %s of the %s of the committee cannot be read", version, kind.value)
    return None


def _is_weight(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and 0 <= value <= MAX_WEIGHT


def latest_choice(connection: Connection, kind: ChoiceKind, default: Mapping[str, Any]) -> Choice:
    """The newest version; the default, at version 0, where nothing was ever chosen."""
    return next(iter(choices(connection, kind)), Choice(kind, 0, dict(default)))


def response_rules(connection: Connection) -> tuple[ResponseRule, ...]:
    """The rules of response in force: those of the last choice, else those of ``responses.csv``."""
    chosen = latest_choice(connection, ChoiceKind.RESPONSES, {})
    return from_rows(chosen.content[RULES]) if chosen.version else default_rules()


def default_rules() -> tuple[ResponseRule, ...]:
    """The rules of ``data/reference/responses.csv``."""
    with (REFERENCE / "responses.csv").open(encoding="utf-8", newline="") as file:
        return from_rows(csv.DictReader(file))
