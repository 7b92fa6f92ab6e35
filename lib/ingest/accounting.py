"""Facts that can be stored → those that are new, known, changed, or said twice; nothing is lost between them."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from lib.ingest import mapping as declared
from lib.store.incidents import CONTENT

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
MADE_REFERENCE = re.compile(r"empreinte:([0-9a-f]{32}):([1-9][0-9]*)")  # the identity, and its rank
REPEATED = "la référence est déjà celle d’une autre ligne du fichier, avec un autre contenu"
MOMENT = ("start_minute", "end_minute", "time_precision")
ALWAYS = frozenset({"residence_id", "type_code", "occurred_on"})


@dataclass
class Memory:
    """What was met so far in a file, whose rows come in parts.

    Attributes:
        contents: Fingerprint of the content of each reference.
        ranks: How many facts alike, among those without reference, by their identity.
    """

    contents: dict[str, int] = field(default_factory=dict)
    ranks: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Sorted:
    """Facts of a part of a file, told apart by what the file itself says; all indexed by ``line_number``.

    Attributes:
        first: Each reference met for the first time, ``external_reference`` always filled.
        known_count: Rows that say again what an earlier row of the file says.
        repeated: Reference of each row that bears the reference of an earlier one and says otherwise.
    """

    first: pd.DataFrame
    known_count: int
    repeated: pd.Series


@dataclass(frozen=True)
class Compared:
    """Facts told apart by what the store holds.

    Attributes:
        new: To be written.
        before: Stored facts that the register says otherwise, as ``stored_facts`` gives them.
        after: The same facts as the register says them, in the same order: ``CONTENT`` and ``severity_default``.
        known_count: Facts stored as they are.
    """

    new: pd.DataFrame
    before: list[dict[str, Any]]
    after: pd.DataFrame
    known_count: int


def sort_known(facts: pd.DataFrame, is_duplicate: np.ndarray, memory: Memory, residences: Mapping[int, str]) -> Sorted:
    """Tells apart the first row of each reference from those that repeat it.

    Args:
        facts: Facts that can be stored, in the order of the file.
        is_duplicate: Whether the whole row is identical to an earlier one; in the same order.
        memory: What earlier parts of the file said; completed.
        residences: Reference by ``residence_id``: a made reference must not depend on the store's own numbers.
    """
    is_copy = is_duplicate & facts["external_reference"].isna().to_numpy(bool)
    own = facts[~is_copy]
    named = own.assign(external_reference=_references(own, memory.ranks, residences))
    is_first, is_repeated = np.zeros(len(named), bool), np.zeros(len(named), bool)
    contents = zip(*(named[name].tolist() for name in CONTENT), strict=True)
    for place, (reference, content) in enumerate(zip(named["external_reference"], contents, strict=True)):
        said = hash(content)
        before = memory.contents.get(reference)
        is_first[place] = before is None
        is_repeated[place] = before is not None and before != said
        memory.contents.setdefault(reference, said)
    known_count = len(facts) - int(is_first.sum() + is_repeated.sum())
    return Sorted(named[is_first], known_count, named.loc[is_repeated, "external_reference"])


def compare(
    facts: pd.DataFrame, stored: Mapping[str, dict[str, Any]], read: frozenset[str], severities: Mapping[str, int]
) -> Compared:
    """Tells new facts from those the store holds, as they are or otherwise.

    Args:
        facts: Facts of distinct references.
        stored: Those of the store, by reference (see ``stored_facts``).
        read: Columns of the facts that the register tells (see ``told_columns``): the others keep what is stored.
        severities: Default severity by ``type_code``.
    """
    is_held = facts["external_reference"].isin(stored).to_numpy(bool)
    before, after = [], []
    for row in facts[is_held].to_dict("records"):
        held = stored[row["external_reference"]]
        names = read | set(MOMENT) if row["occurred_on"] != held["occurred_on"] else read
        if any(row[name] != held[name] for name in names):
            content = {name: row[name] if name in names else held[name] for name in CONTENT}
            before.append(held)
            after.append(content | {"severity_default": _severity(content, held, severities)})
    rewritten = pd.DataFrame(after, columns=[*CONTENT, "severity_default"], dtype=object)
    return Compared(facts[~is_held], before, rewritten, int(is_held.sum()) - len(before))


def told_columns(rules: declared.Mapping) -> frozenset[str]:
    """Columns of a fact that a register with this declaration tells; the hour makes one whole with its precision."""
    named = set(rules.columns) | set(rules.constants)
    return ALWAYS | (named & set(CONTENT)) | (set(MOMENT) if named & {"start_minute", "end_minute"} else set())


def as_json(cells: Mapping[str, Iterable[str | None]], headings: Mapping[str, str]) -> list[str]:
    """One JSON text per row, the mapped cells under the file's headings."""
    names = [headings[ours] for ours in cells]
    rows = zip(*cells.values(), strict=True)
    return [json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) for row in rows]


def _severity(content: dict[str, Any], held: dict[str, Any], severities: Mapping[str, int]) -> int:
    return held["severity_default"] if content["type_code"] == held["type_code"] else severities[content["type_code"]]


def _references(facts: pd.DataFrame, ranks: Counter[str], residences: Mapping[int, str]) -> pd.Series:
    """The landlord's reference, or one made of the fact's identity and its rank among the facts that share it.

    The rank counts facts that are alike, so that the order of the lines changes nothing.
    """
    references = facts["external_reference"].to_numpy(object, copy=True)
    places = np.flatnonzero([reference is None for reference in references])
    nameless = facts.iloc[places]
    identity = nameless.assign(residence_id=nameless["residence_id"].map(residences))[IDENTITY]
    for place, row in zip(places, zip(*(identity[name].tolist() for name in IDENTITY), strict=True), strict=True):
        own = _print(row)
        ranks[own] += 1
        references[place] = f"{MADE}{own}:{ranks[own]}"
    return pd.Series(references, index=facts.index, dtype=object)


def _print(row: Iterable[Any]) -> str:
    text = "\x1f".join("" if value is None else str(value) for value in row)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]
