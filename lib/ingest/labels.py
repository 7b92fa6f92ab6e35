"""What a landlord's labels probably are among our codes, for a person to confirm."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import zip_longest

import pandas as pd

from lib.domain import terms
from lib.ingest import lexicon as lx
from lib.ingest.cleaning import is_unknown, plain
from lib.ingest.columns import LISTS

MIN_SCORE, TIE, TIED_CONFIDENCE = 0.5, 0.03, 0.8
IGNORED = 0.9  # a label is none of ours when it reads as one known to be
NONE_OF_OURS = ""
MAX_PROPOSED, MAX_LABEL_CHARS = 2_000, 200  # a column of a million labels, or of whole pages, is no list
NO_CODE = (None, 0.0)


@dataclass(frozen=True)
class LabelProposal:
    """What one label of the landlord probably is; ``code`` is None where none is likely."""

    label: str
    row_count: int
    code: str | None
    confidence: float


def propose_labels(column: str, texts: pd.Series, types: pd.DataFrame | None = None) -> list[LabelProposal]:
    """One proposal per label of a column, the most frequent first; spellings of one label count together.

    Only the ``MAX_PROPOSED`` most frequent may have a code, and none longer than ``MAX_LABEL_CHARS``.

    Args:
        column: A column of ``LISTS``, or ``type_code``.
        texts: Cells of the file, text or None.
        types: The nomenclature, ``type_code`` and ``type_label``: needed for ``type_code``.

    Raises:
        ValueError: If the column has no closed list, or the nomenclature is missing.
    """
    known = _labels_of(column, types)
    said = texts.dropna().loc[lambda cells: cells.str.strip() != ""]
    counts = said.groupby(said.map(plain), sort=False).agg(["first", "size"])
    counts = counts.sort_values("size", ascending=False, kind="stable")
    labels = [(str(label), int(count)) for label, count in counts.itertuples(index=False)]
    codes = [_code_of(column, known, label) for label, _ in labels[:MAX_PROPOSED]]
    return [LabelProposal(*label, *code) for label, code in zip_longest(labels, codes, fillvalue=NO_CODE)]


@cache
def known_labels(column: str) -> lx.Lexicon:
    """Labels of a closed list, those of the screens included; for types, the synonyms alone."""
    own = [(code.value, label) for code, label in terms.LISTS.get(column, {}).items()]
    return _lexicon(column, own)


def _labels_of(column: str, types: pd.DataFrame | None) -> lx.Lexicon:
    if column in LISTS:
        return known_labels(column)
    if column != "type_code" or types is None:
        raise ValueError(f"no closed list for {column}")
    return _type_lexicon(tuple(zip(types["type_code"], types["type_label"], strict=True)))


@lru_cache(maxsize=4)
def _type_lexicon(types: tuple[tuple[str, str], ...]) -> lx.Lexicon:
    return _lexicon("type_code", types, {code for code, _ in types})


def _lexicon(column: str, own: Sequence[tuple[str, str]], codes: set[str] | None = None) -> lx.Lexicon:
    table = lx.synonyms()
    known = [
        (code, p) for code, found in table["values"][column].items() for p in found if codes is None or code in codes
    ]
    ignored = [(NONE_OF_OURS, phrase) for phrase in table["ignored_labels"]] if column == "type_code" else []
    return lx.lexicon([lx.Phrase(code, lx.tokens(text)) for code, text in [*own, *known, *ignored]], unknown_weight=0.6)


def _code_of(column: str, known: lx.Lexicon, label: str) -> tuple[str | None, float]:
    if len(label) > MAX_LABEL_CHARS:
        return NO_CODE
    codes = {phrase.code for phrase in known.phrases} - {NONE_OF_OURS}
    own = {plain(code): code for code in codes}
    if plain(label) in own:
        return own[plain(label)], 1.0
    if column in LISTS and is_unknown(label):
        return "unknown", 1.0
    near = lx.scores(known, lx.tokens(label))
    ignored = near.pop(NONE_OF_OURS, 0.0)
    ranked = sorted(near.items(), key=lambda pair: -pair[1])
    if not ranked or ranked[0][1] < MIN_SCORE or ignored >= max(IGNORED, ranked[0][1]):
        return NO_CODE
    code, best = ranked[0]
    second = max(ignored, ranked[1][1] if len(ranked) > 1 else 0.0)
    is_tied = second == best or (best < 1 and second >= best - TIE)
    return code, round(min(best, TIED_CONFIDENCE) if is_tied else best, 2)
