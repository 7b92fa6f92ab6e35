"""Taking out of an action, and of all its history, a text that should not have been kept."""

from datetime import UTC, datetime

from sqlalchemy import insert, select, update

from lib.domain.action_text import FREE_TEXTS, from_text, without_text
from lib.domain.vocabulary import Partner
from lib.store import schema as s
from lib.store.revisions import Change


def erase_text(
    change: Change, action_id: int, field: str, *, by: Partner, at: datetime | None = None, keeps_current: bool = False
) -> int:
    """Takes one text of an action out of every version, and leaves a version that says so, without the text.

    Args:
        change: The transaction.
        action_id: Of the store.
        field: Of ``FREE_TEXTS``.
        by: Who asks for it.
        at: UTC instant of the change, now by default.
        keeps_current: Leave what the action says now: it was put right already.

    Returns:
        How many versions held a text there; nothing is written where none did.

    Raises:
        ValueError: If the field is no free text.
    """
    if field not in FREE_TEXTS:
        raise ValueError(f"no free text {field}")
    table = s.ActionVersion
    asked = select(table.version, table.content).where(table.action_id == action_id).order_by(table.version)
    held = {row.version: row.content for row in change.connection.execute(asked)}
    newest = max(held, default=0)
    bare = {version: without_text(text, field) for version, text in held.items()}
    changed = {v: text for v, text in bare.items() if text != held[v] and not (keeps_current and v == newest)}
    if not changed:
        return 0
    for version, text in changed.items():
        rewritten = update(table).where(table.action_id == action_id, table.version == version)
        change.connection.execute(rewritten.values(content=text, revision=change.revision))
    row = {"action_id": action_id, "version": newest + 1, "changed_at": at or datetime.now(UTC), "changed_by": by}
    content = bare[newest] if newest in changed else held[newest]
    said = {"erased_field": field, "content": content, "revision": change.revision}
    change.connection.execute(insert(table).values(row | said))
    own = {field: getattr(from_text(content, action_id, newest), field), "version": newest + 1}
    kept = update(s.JointAction).where(s.JointAction.action_id == action_id)
    change.connection.execute(kept.values(own | {"revision": change.revision}))
    return len(changed)
