"""Histories: each change of what partners write kept whole, never written over by another that was not read."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, insert, select

from lib.domain import action_text, meeting_text
from lib.domain.actions import JointAction
from lib.domain.labels import date_label
from lib.domain.meetings import Meeting
from lib.domain.terms import PARTNER_SUBJECTS
from lib.domain.versions import Version
from lib.domain.vocabulary import Partner
from lib.errors import ConflictError
from lib.store import schema as s
from lib.store.revisions import Change
from lib.store.rows import table_of

logger = logging.getLogger(__name__)
PARIS = ZoneInfo("Europe/Paris")
Said = TypeVar("Said", JointAction, Meeting)
SAID = ("version", "changed_at", "changed_by", "erased_field", "content")


@dataclass(frozen=True)
class History(Generic[Said]):
    """Where the versions of one kind of thing are, and how what they say is written and read.

    Attributes:
        key: Column of the thing in ``table``, and its attribute.
        noun: What the log calls it.
        changed: What a person reads of another's change.
    """

    table: type[s.Base]
    key: str
    noun: str
    changed: str
    as_text: Callable[[Said], str]
    from_text: Callable[[str, int, int], Said]


OF_ACTIONS: History[JointAction] = History(
    s.ActionVersion,
    "action_id",
    "action",
    "Cette intervention a été modifiée",
    action_text.as_text,
    action_text.from_text,
)
OF_MEETINGS: History[Meeting] = History(
    s.MeetingVersion,
    "meeting_id",
    "meeting",
    "Cette réunion a été modifiée",
    meeting_text.as_text,
    meeting_text.from_text,
)


def write_version(
    change: Change,
    history: History[Said],
    said: Said,
    *,
    by: Partner,
    at: datetime | None = None,
    erased_field: str | None = None,
) -> None:
    """Adds to a history what is now said, at its version.

    ``at``: UTC instant of the change, now by default. ``erased_field``: of ``Version``.
    """
    row = {
        history.key: getattr(said, history.key),
        "version": said.version,
        "changed_at": at or datetime.now(UTC),
        "changed_by": by,
        "erased_field": erased_field,
        "content": history.as_text(said),
        "revision": change.revision,
    }
    change.connection.execute(insert(history.table).values(row))


def version_rows(history: History[Said]) -> Select:
    """The rows of a history, each with the key of its thing, to be restricted."""
    columns = table_of(history.table).c
    return select(columns[history.key], *(columns[name] for name in SAID))


def version_read(history: History[Said], row: Row[Any]) -> Version[Said] | None:
    """None, and a line in the log, where what it said cannot be read."""
    key = row._mapping[history.key]
    try:
        said = history.from_text(row.content, key, row.version)
    except ValueError:
        logger.error("version %s of %s %s cannot be read", row.version, history.noun, key)
        return None
    return Version(row.version, in_utc(row.changed_at), row.changed_by, said, row.erased_field or "")


def versions_read(connection: Connection, history: History[Said], asked: Select) -> list[Version[Said]]:
    """Every version of one thing that can be read, the newest first.

    ``asked``: rows of ``version_rows``, of one thing.
    """
    rows = connection.execute(asked.order_by(table_of(history.table).c.version.desc())).all()
    read = [(version, row is rows[-1]) for row in rows if (version := version_read(history, row))]
    return [version._replace(is_oldest=is_oldest) for version, is_oldest in read]


def conflict(connection: Connection, history: History[Said], read: Said, held: Said) -> ConflictError:
    """What is told to a person whose change would be written over another's.

    Args:
        connection: Of the change, given up.
        history: Of what both change.
        read: What the person was to write, at the version that was read.
        held: What the store holds.
    """
    columns = table_of(history.table).c
    rows = connection.execute(version_rows(history).where(columns[history.key] == getattr(held, history.key)))
    kept = {row.version: row for row in rows}
    last, base = kept.get(held.version), kept.get(read.version)
    begun = None if base is None else version_read(history, base)
    by, at = (None, None) if last is None else (last.changed_by, in_utc(last.changed_at))
    who = "par un autre partenaire" if last is None else f"le {_day(at)} par {PARTNER_SUBJECTS[by]}"
    return ConflictError(
        f"{history.changed} {who} pendant que vous l’écriviez\u00a0: rien n’a été enregistré ni perdu, comparez les "
        "deux versions puis enregistrez.",
        held,
        base=begun.said if begun else None,
        changed_by=by,
        changed_at=at,
    )


def _day(instant: Any) -> str:
    return date_label(instant.astimezone(PARIS).date())


def in_utc(instant: datetime) -> datetime:
    """An instant of the store, in UTC: SQLite gives it without its zone, PostgreSQL in the zone of the server."""
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
