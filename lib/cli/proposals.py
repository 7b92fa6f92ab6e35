"""The declaration proposed for a register, as a TOML file: what is sure, and in comments what a person checks."""

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine

from lib.errors import FileError
from lib.ingest.labels import MAX_LABEL_CHARS, LabelProposal
from lib.ingest.looks import is_of_a_person
from lib.ingest.mapping import declaration_text
from lib.ingest.privacy import MASKED
from lib.ingest.proposal import CONFIDENCE, ColumnProposal, proposed_declaration
from lib.ingest.understanding import Understood, label_proposals, understand
from lib.store.engine import open_store
from lib.store.nomenclature import save_nomenclature
from lib.store.revisions import change

NO_LANDLORD = 0
MAX_COMMENTED = 200  # labels of a column said in comments: beyond, it is no list
TO_CHECK = "À vérifier, puis ôter le «\u00a0#\u00a0»\u00a0:"
NO_CODE = "Sans code proposé\u00a0: leurs lignes seront à qualifier."
REFUSED = "Colonnes refusées, ni lues ni gardées (personnes ou texte libre)\u00a0:"
LEFT_OUT = "Colonnes que la déclaration ne reprend pas\u00a0:"


def proposal_text(path: Path) -> str:
    """The declaration proposed for a register: its sure columns and labels, the others in comments.

    Nothing is written, and no store is needed: labels are read with the types of the project.

    Raises:
        FileError: If the file cannot be read, or has no row.
    """
    types = _types_alone()
    understood = understand(types, path, NO_LANDLORD, {})
    if not understood.row_count:
        raise FileError("Le fichier n’a aucune ligne sous ses intitulés.")
    places = {one.heading: place for place, one in enumerate(understood.columns)}
    chosen = sorted(understood.chosen.items(), key=lambda pair: places[pair[1]])
    sure = {ours: heading for ours, heading in chosen if not is_of_a_person(heading)}
    doubtful = _doubtful(understood, sure)
    labels = label_proposals(types, path, understood, sure | doubtful)
    columns = [ColumnProposal(heading, ours, 1.0, ()) for ours, heading in sure.items()]
    declared = proposed_declaration(columns, labels, options=understood.options)
    told = set(sure.values()) | set(doubtful.values())
    blocks = [
        _commented([" ".join(understood.detected.split())]),
        declaration_text({key: declared[key] for key in ("residence_key", "reading") if key in declared}),
        _columns(declared, doubtful),
        *(_labels(ours, found, is_sure=ours in sure) for ours, found in labels.items() if found),
        _headings(REFUSED, [one.heading for one in understood.columns if one.refusal]),
        _headings(LEFT_OUT, [one.heading for one in understood.columns if not one.refusal and one.heading not in told]),
    ]
    return "\n\n".join(block.strip() for block in blocks if block)


def _types_alone() -> Engine:
    """A store in memory that holds nothing but the types."""
    engine = open_store("sqlite://")
    with change(engine, "proposition") as made:
        save_nomenclature(made)
    return engine


def _doubtful(understood: Understood, sure: dict[str, str]) -> dict[str, str]:
    """Headings that may be a column of ours that no other one is, by this column."""
    taken = {*sure, "residence_name"}  # read only where residences are made of points
    return {
        one.column: one.heading
        for one in understood.columns
        if one.column and one.column not in taken and one.heading not in sure.values()
        if not is_of_a_person(one.heading)
    }


def _columns(declared: dict, doubtful: dict[str, str]) -> str:
    lines = declaration_text({"columns": declared.get("columns", {})}).strip()
    return f"{lines}\n{_commented([TO_CHECK, *_pairs(doubtful)])}" if doubtful else lines


def _labels(ours: str, found: Sequence[LabelProposal], *, is_sure: bool) -> str:
    """The labels of a column: those of a doubtful one are all comments, as it is."""
    coded = {one.label: one.code for one in found if one.code and one.confidence >= CONFIDENCE}
    to_check = {one.label: one.code for one in found if one.code and one.label not in coded}
    unknown = [one.label for one in found if not one.code]
    lines = [f"[values.{ours}]", *_pairs(coded)]
    blocks = ["\n".join(lines) if is_sure else _commented(lines)]
    blocks += [_commented([TO_CHECK, *_some(_pairs(to_check))])] if to_check else []
    blocks += [_commented([NO_CODE, *_some(_pairs({label[:MAX_LABEL_CHARS]: "" for label in unknown}))])] * bool(
        unknown
    )
    return "\n".join(blocks)


def _headings(title: str, headings: Iterable[str]) -> str:
    told = [MASKED if is_of_a_person(heading) else " ".join(heading.split()) for heading in headings]
    return _commented([title, *(f"- {heading}" for heading in told)]) if told else ""


def _pairs(table: dict) -> list[str]:
    """Lines «"key" = "value"», as TOML has them."""
    return declaration_text(table).splitlines() if table else []


def _some(lines: Sequence[str]) -> list[str]:
    hidden = len(lines) - MAX_COMMENTED
    return [*islice(lines, MAX_COMMENTED), *([f"… et {hidden} autres."] if hidden > 0 else [])]


def _commented(lines: Iterable[str]) -> str:
    return "\n".join(f"# {line}" for line in lines)
