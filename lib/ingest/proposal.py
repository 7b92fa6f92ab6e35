"""What a register's columns probably are with us, by their headings and their values, for a person to confirm."""

from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache

import pandas as pd

from lib.ingest import lexicon as lx
from lib.ingest.cleaning import is_unknown
from lib.ingest.columns import LISTS, REFERENCE_COLUMNS, ResidenceKey
from lib.ingest.labels import MIN_SCORE, NONE_OF_OURS, TIE, TIED_CONFIDENCE, LabelProposal, known_labels
from lib.ingest.looks import FEW, agreement, is_prose, kinds_of, names_a_person
from lib.ingest.mapping import Mapping, declare
from lib.ingest.privacy import MASKED, PERSONAL_HEADING, is_forbidden_heading, looks_personal
from lib.ingest.reading import ReadingOptions

CONFIDENCE = 0.85  # chosen before a person looks: no wrong one in tests/data/proposals at or above it
SEEN_ROWS, SEEN_VALUES, SEEN_LABELS, SEEN_CHARS, SHOWN_EXAMPLES = 2_000, 200, 20, 500, 3
# Values that agree take away a part of the doubt; values that disagree halve the confidence.
DOUBT_LIFTED, NO_VALUE, BELIED = 0.45, 0.95, 0.5
ARGUABLE_SCORE = 0.75  # at most, of a heading with a word foreign to the column: no value makes it certain
LIST_RECOGNISED, LABEL_KNOWN, LOOK_ALONE, LOOK_CONFIDENCE = 0.5, 0.8, 0.7, 0.6
PERSONAL_SHARE, NAMES_SHARE = 0.3, 0.2
PERSONAL_VALUES = "Colonne non reprise\u00a0: ses valeurs ressemblent à des données sur des personnes."
PROSE = "Colonne non reprise\u00a0: ses valeurs sont du texte libre."


@dataclass(frozen=True)
class ColumnProposal:
    """What one column of the file probably is.

    Attributes:
        heading: The file's heading.
        column: Our column, None where none is likely.
        confidence: 0–1; at ``CONFIDENCE`` or more it may be chosen before a person confirms.
        examples: At most three distinct values, masked where they may be of a person.
        refusal: French sentence when the column may not be taken: a person's data or free text.
        also: A second column of ours that the same cells hold: the time of a date, the latitude of a point.
    """

    heading: str
    column: str | None
    confidence: float
    examples: tuple[str, ...]
    refusal: str | None = None
    also: str | None = None


def propose_columns(cells: pd.DataFrame) -> list[ColumnProposal]:
    """One proposal per column, in the order of the file; a column of ours at most once.

    Args:
        cells: Text or None, the file's headings as columns; the first rows are enough.
    """
    samples = {heading: _sample(cells[heading]) for heading in cells}
    judged = {heading: _confidences(str(heading), sample) for heading, sample in samples.items()}
    refusals = {heading: _refusal(str(heading), sample, judged[heading]) for heading, sample in samples.items()}
    chosen = _shared_out({heading: found for heading, found in judged.items() if refusals[heading] is None})
    proposals = [
        ColumnProposal(
            str(heading), *chosen.get(heading, (None, 0.0)), _examples(sample, refusals[heading]), refusals[heading]
        )
        for heading, sample in samples.items()
    ]
    return _with_seconds(proposals, samples)


def proposed_declaration(
    columns: Sequence[ColumnProposal],
    labels: Table[str, Sequence[LabelProposal]],
    *,
    options: ReadingOptions | None = None,
    minimum: float = CONFIDENCE,
) -> dict:
    """The declaration of what is proposed at or above a confidence: it may lack columns, a person completes it."""
    sure = [proposal for proposal in columns if proposal.column and proposal.confidence >= minimum]
    named = {proposal.column: proposal.heading for proposal in sure}
    named |= {proposal.also: proposal.heading for proposal in sure if proposal.also}
    named.pop("residence_name", None)  # read only where residences are made of points
    values = {
        column: {label.label: label.code for label in found if label.code and label.confidence >= minimum}
        for column, found in labels.items()
        if column in named
    }
    reading = {name: value for name, value in asdict(options or ReadingOptions()).items() if value is not None}
    tables = {
        "reading": reading,
        "columns": named,
        "values": {column: table for column, table in values.items() if table},
    }
    return {"residence_key": ResidenceKey.REFERENCE.value} | {name: table for name, table in tables.items() if table}


def proposed_mapping(
    columns: Sequence[ColumnProposal],
    labels: Table[str, Sequence[LabelProposal]],
    *,
    options: ReadingOptions | None = None,
    minimum: float = CONFIDENCE,
) -> Mapping:
    """As ``proposed_declaration``, checked.

    Raises:
        MappingError: If what is proposed is not enough to read the register.
    """
    return declare(proposed_declaration(columns, labels, options=options, minimum=minimum))


def _sample(column: pd.Series) -> list[str]:
    seen = column.dropna().head(SEEN_ROWS).astype(str).str.strip().str.slice(0, SEEN_CHARS)
    return [text for text in seen.unique()[:SEEN_VALUES] if text]


def _refusal(heading: str, sample: list[str], found: dict[str, float]) -> str | None:
    if is_forbidden_heading(heading):
        return PERSONAL_HEADING
    is_reference = max(found, key=lambda column: found[column], default="") in REFERENCE_COLUMNS
    personal = sum(looks_personal(text, is_reference=is_reference) for text in sample)
    named = sum(map(names_a_person, sample))
    if sample and (personal >= PERSONAL_SHARE * len(sample) or named >= NAMES_SHARE * len(sample)):
        return PERSONAL_VALUES
    return PROSE if is_prose(sample) else None


def _examples(sample: list[str], refusal: str | None) -> tuple[str, ...]:
    if refusal is not None:
        return (MASKED,) if sample else ()
    return tuple(MASKED if looks_personal(text) or names_a_person(text) else text for text in sample[:SHOWN_EXAMPLES])


def _confidences(heading: str, sample: list[str]) -> dict[str, float]:
    """Confidence by column of ours, those that are likely only."""
    kinds = kinds_of(sample)
    said = lx.tokens(heading, is_heading=True)
    named = lx.scores(_headings(), said)
    ignored = named.pop(NONE_OF_OURS, 0.0)
    found = {
        column: _confidence(
            score if lx.is_covered(_headings(), column, said) else min(score, ARGUABLE_SCORE),
            _agrees(column, sample, kinds),
        )
        for column, score in named.items()
        if score >= MIN_SCORE and score > ignored
    }
    if (
        not found
        and not ignored
        and len(sample) > 1
        and agreement("type_code", kinds) is None
        and not kinds.get("flag")
    ):
        found = dict.fromkeys(_lists_said(sample)[:1], LOOK_CONFIDENCE)
    return found


def _confidence(score: float, agrees: bool | None) -> float:
    if agrees is False:
        return score * BELIED
    if agrees is None:
        return score * NO_VALUE
    return score + (1 - score) * DOUBT_LIFTED if score >= lx.VAGUE_SCORE else score


def _agrees(column: str, sample: list[str], kinds: dict[str, float]) -> bool | None:
    """As ``looks.agreement``; a list is also belied by «oui», «non» or the labels of another, unless it knows them."""
    if column in LISTS or column == "type_code":
        if _recognised(column, sample) >= LIST_RECOGNISED:
            return True
        if kinds.get("flag", 0.0) >= FEW or (len(sample) > 1 and _lists_said(sample)):
            return False
    return agreement(column, kinds)


def _recognised(column: str, sample: list[str]) -> float:
    """Share of the first labels that a closed list knows."""
    said = [text for text in sample[:SEEN_LABELS] if not is_unknown(text)]
    known = known_labels(column)
    sure = [text for text in said if max(lx.scores(known, lx.tokens(text)).values(), default=0.0) >= LABEL_KNOWN]
    return len(sure) / len(said) if said else 0.0


def _lists_said(sample: list[str]) -> list[str]:
    """Closed lists that know most of the labels, the best first."""
    shares = {column: _recognised(column, sample) for column in ("type_code", *LISTS)}
    return sorted((c for c, share in shares.items() if share >= LOOK_ALONE), key=lambda c: -shares[c])


def _shared_out(judged: dict[str, dict[str, float]]) -> dict[str, tuple[str | None, float]]:
    """Each heading's column: the most certain first, none twice; a tie is never certain."""
    pairs = [(heading, column, sure) for heading, found in judged.items() for column, sure in found.items()]
    chosen: dict[str, tuple[str | None, float]] = {}
    taken: set[str] = set()
    for heading, column, sure in sorted(pairs, key=lambda pair: -pair[2]):
        if heading in chosen or column in taken or sure < MIN_SCORE:
            continue
        rivals = [s for h, c, s in pairs if (h == heading) != (c == column) and s >= sure - TIE and c not in taken]
        chosen[heading] = (column, round(min(sure, TIED_CONFIDENCE) if rivals else sure, 2))
        taken.add(column)
    return chosen


def _with_seconds(proposals: list[ColumnProposal], samples: dict[str, list[str]]) -> list[ColumnProposal]:
    """Says where a date holds its time, unless another column does, and a longitude its latitude.

    Half a point is never read with a latitude from elsewhere: none is proposed beside it.
    """
    taken = {proposal.column for proposal in proposals}

    def is_held(proposal: ColumnProposal, column: str, kind: str) -> bool:
        return proposal.column == column and kinds_of(samples[proposal.heading]).get(kind, 0.0) >= LIST_RECOGNISED

    def second(proposal: ColumnProposal) -> ColumnProposal:
        if has_points and proposal.column == "latitude":
            return replace(proposal, column=None, confidence=0.0)
        if is_held(proposal, "longitude", "point"):
            return replace(proposal, also="latitude")
        is_moment = is_held(proposal, "occurred_on", "datetime") and "start_minute" not in taken
        return replace(proposal, also="start_minute") if is_moment else proposal

    has_points = any(is_held(proposal, "longitude", "point") for proposal in proposals)
    return [second(proposal) for proposal in proposals]


@cache
def _headings() -> lx.Lexicon:
    table = lx.synonyms()
    phrases = [
        lx.Phrase(column, lx.tokens(phrase, is_heading=True), is_vague=is_vague)
        for column, found in table["columns"].items()
        for key, is_vague in (("sure", False), ("vague", True))
        for phrase in found[key]
    ]
    ignored = [lx.Phrase(NONE_OF_OURS, lx.tokens(phrase, is_heading=True)) for phrase in table["ignored"]]
    return lx.lexicon([*phrases, *ignored], unknown_weight=1.0, harmless=table["harmless_words"])
