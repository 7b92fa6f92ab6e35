"""Which saved declaration serves: that of a file by its headings, that of a waiting row by its batch."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from lib.ingest.cleaning import plain
from lib.ingest.columns import LISTS
from lib.store.incidents import default_severities
from lib.store.mappings import SavedMapping, batch_mappings, mapping_versions

LABELLED = frozenset(LISTS) | {"type_code"}
Declaration = dict[str, Any]


def fitting(versions: Iterable[SavedMapping], headings: Iterable[str]) -> SavedMapping | None:
    """The newest version whose headings are all in a file; None where none is.

    Args:
        versions: Those of the landlord, the newest first.
        headings: Those of the file.
    """
    present = {plain(heading) for heading in headings}
    return next((one for one in versions if set(_headings(one.declaration).values()) <= present), None)


def of_batch(versions: Sequence[SavedMapping], key: int | None, types: Collection[str]) -> Declaration:
    """The declaration under which the waiting rows of a batch are read.

    It is its own, as it was confirmed last for the same columns, with the labels given since to columns of the same
    heading, whatever the format of the file they came with.

    Args:
        versions: Those of the landlord, the newest first; at least one.
        key: ``register_mapping_id`` of the batch; the newest version where it has none.
        types: Types of the nomenclature: a label whose code is gone waits for another one.
    """
    own = next((one for one in versions if one.register_mapping_id == key), versions[0])
    since = [one.declaration for one in versions if one.version >= own.version]
    headings = _headings(own.declaration)
    start = next(one for one in since if _headings(one) == headings)
    values = {ours: _labels(since, ours, headings[ours]) for ours in sorted(LABELLED & set(headings))}
    return start | {"values": known_values(values, types)}


def of_waiting(connection: Connection, landlord_id: int, batch_ids: Iterable[int]) -> dict[int, Declaration]:
    """``of_batch`` for some batches of a landlord; nothing where no declaration was ever confirmed."""
    versions = mapping_versions(connection, landlord_id)
    keys, types = batch_mappings(connection, landlord_id), default_severities(connection)
    return {one: of_batch(versions, keys[one], types) for one in sorted(set(batch_ids))} if versions else {}


def known_values(values: dict[str, dict[str, str]], types: Collection[str]) -> dict[str, dict[str, str]]:
    """Labels by column of ours, without those whose code is known no more."""
    codes = {ours: {code.value for code in kind} for ours, kind in LISTS.items()} | {"type_code": set(types)}
    kept = {
        ours: {label: code for label, code in table.items() if code in codes.get(ours, ())}
        for ours, table in values.items()
    }
    return {ours: table for ours, table in kept.items() if table}


def _headings(declaration: Declaration) -> dict[str, str]:
    """Plain heading by column of ours."""
    return {ours: plain(heading) for ours, heading in declaration.get("columns", {}).items()}


def _labels(since: Iterable[Declaration], ours: str, heading: str) -> dict[str, str]:
    """Labels of a column over several declarations, the newest first; the newest wins."""
    labels: dict[str, str] = {}
    for declaration in since:
        if _headings(declaration).get(ours) == heading:
            labels = {plain(name): code for name, code in declaration.get("values", {}).get(ours, {}).items()} | labels
    return labels
