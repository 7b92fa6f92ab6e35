"""Versions of what partners write: who wrote each and when, and all that it says as JSON text."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any, Generic, NamedTuple, TypeVar

from lib.domain.vocabulary import Partner

Said = TypeVar("Said")
ERASED = "Texte retiré"  # where something must be said


class Version(NamedTuple, Generic[Said]):
    """What an action or a meeting said at a version, when (UTC) and by whom it was so written.

    ``erased_field``: the field whose text was then taken out of all versions before, blank at any other version.
    ``is_beyond_scope``: it was all beyond what the visitor may see; ``said`` then says nothing.
    ``is_oldest``: no version before it was ever kept.
    """

    version: int
    changed_at: datetime
    changed_by: Partner
    said: Said
    erased_field: str = ""
    is_beyond_scope: bool = False
    is_oldest: bool = False


def as_text(said: Any, *, but: Collection[str]) -> str:
    """All that something says as JSON text, but these fields; days in ISO form, codes as they are kept."""
    content = {name: value for name, value in asdict(said).items() if name not in but}
    return json.dumps(content, ensure_ascii=False, sort_keys=True, default=date.isoformat)


def from_text(kind: type[Said], text: str, readers: Mapping[str, Callable[[Any], Any]], **given: Any) -> Said:
    """What a JSON text says; a field that it does not know has its default.

    Args:
        kind: Dataclass of what it says.
        text: Of ``as_text``.
        readers: By field, how its value is read; None is left as it is where it is the default.
        given: Fields that are not in the text: key and version.

    Raises:
        ValueError: If the text says nothing of this kind.
    """
    try:
        held = json.loads(text)
        own: Any = kind
        may_be_none = {field.name for field in fields(own) if field.default is None}
        known = {field.name for field in fields(own)} & set(held) - set(given)
        values = {
            name: held[name] if held[name] is None and name in may_be_none else readers[name](held[name])
            for name in known
        }
        return kind(**values, **given)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise ValueError(f"no {kind.__name__} in the text of {given}") from error


def text_read(value: Any) -> str:
    """A text, refused where it is none."""
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def key_read(value: Any) -> int | None:
    """A key of the store, or None; refused where it is neither."""
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise TypeError("no key")
    return value
