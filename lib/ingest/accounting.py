"""Facts that can be stored → those that are new and those already known; nothing is lost between the two."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

# What makes two rows without reference the same fact; the complaint, its outcome and the costs change over time.
IDENTITY = [
    "residence_id",
    "type_code",
    "occurred_on",
    "time_precision",
    "start_minute",
    "end_minute",
    "place_type",
    "building_code",
    "hall_code",
]
MADE = "empreinte:"


@dataclass(frozen=True)
class Sorted:
    """Facts of a file, told apart.

    Attributes:
        new: To be stored, ``external_reference`` always filled; indexed by ``line_number``.
        known: Number of rows already in the store or earlier in the file, exact duplicates included.
        duplicates: Of these, rows identical in all cells of the file to an earlier one.
        references: References of every fact of the file, new or known.
    """

    new: pd.DataFrame
    known: int
    duplicates: int
    references: frozenset[str]


def sort_known(facts: pd.DataFrame, is_duplicate: pd.Series, stored: set[str], residences: Mapping[str, int]) -> Sorted:
    """Tells new facts from known ones.

    Args:
        facts: Facts that can be stored, in the order of the file.
        is_duplicate: True where the whole row of the file is identical to an earlier one; same index.
        stored: References of the landlord's facts already in the store.
        residences: ``residence_id`` by reference: a made reference must not depend on the store's own numbers.
    """
    distinct = facts[~is_duplicate]
    named = distinct.assign(external_reference=_references(distinct, residences))
    is_known = named["external_reference"].isin(stored) | named["external_reference"].duplicated()
    return Sorted(
        new=named[~is_known],
        known=int(is_duplicate.sum() + is_known.sum()),
        duplicates=int(is_duplicate.sum()),
        references=frozenset(named["external_reference"]),
    )


def unseen(rows: pd.Series, waiting: Counter[str]) -> pd.Series:
    """Rejected rows that do not wait in the store yet: a content waiting twice hides two of its rows, no more.

    Args:
        rows: JSON text of the cells, in the order of the file.
        waiting: How many times each text waits in the store.
    """
    rank = rows.groupby(rows).cumcount()
    return rows[rank >= rows.map(lambda text: waiting[text]).astype("int64")]


def as_json(cells: pd.DataFrame, headings: Mapping[str, str]) -> pd.Series:
    """One JSON text per row, the mapped cells under the file's headings; same index."""
    names = [headings[ours] for ours in cells]
    texts = [json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) for row in _rows(cells)]
    return pd.Series(texts, index=cells.index, dtype=object)


def _references(facts: pd.DataFrame, residences: Mapping[str, int]) -> pd.Series:
    """The landlord's reference, or one made of the fact's identity and its rank among the facts that share it.

    The rank counts facts that are alike, so that the order of the lines changes nothing.
    """
    nameless = facts[facts["external_reference"].isna()]
    names = {residence_id: reference for reference, residence_id in residences.items()}
    identity = nameless.assign(residence_id=nameless["residence_id"].map(names))[IDENTITY]
    prints = pd.Series([_print(row) for row in _rows(identity)], index=nameless.index, dtype=object)
    ranks = prints.groupby(prints).cumcount() + 1
    return facts["external_reference"].fillna(MADE + prints + ":" + ranks.astype(str))


def _print(row: list[Any]) -> str:
    text = "\x1f".join("" if pd.isna(value) else str(value) for value in row)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _rows(frame: pd.DataFrame) -> list[list[Any]]:
    return [list(row) for row in frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None)]
