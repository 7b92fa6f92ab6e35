"""A register opened once, before anything is written: what was recognised, and what is proposed for it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
from sqlalchemy import Engine

from lib.domain.vocabulary import RejectionStatus
from lib.errors import FileError
from lib.ingest.cleaning import ANY_OTHER, plain
from lib.ingest.columns import ResidenceKey
from lib.ingest.labels import LabelProposal, propose_labels
from lib.ingest.looks import is_of_a_person
from lib.ingest.proposal import CONFIDENCE, ColumnProposal, propose_columns
from lib.ingest.reading import ReadingOptions, Register, open_register
from lib.ingest.template import is_template, template_declaration
from lib.ingest.versions import LABELLED, fitting, known_values, of_waiting
from lib.store.housing import landlord_ids
from lib.store.mappings import SavedMapping, mapping_versions
from lib.store.nomenclature import incident_types
from lib.store.rejections import open_rejections

SAMPLE_ROWS = 1_000


@dataclass(frozen=True)
class Understood:
    """A register opened once: what was recognised, and what is proposed for its columns.

    Attributes:
        sample: Its first rows, text or None, under its own headings.
        options: As resolved: what was given, completed by what was detected.
        base: Declaration to start from: the landlord's last one that fits, the model's, or none of them (empty).
        base_name: Where it comes from, in French; empty where there is none.
        chosen: Heading of the file by our column: as declared in ``base``, else as proposed with confidence.
    """

    detected: str
    sheets: list[str]
    row_count: int
    sample: pd.DataFrame
    options: ReadingOptions
    columns: list[ColumnProposal]
    base: dict[str, Any]
    base_name: str
    chosen: dict[str, str]


@contextmanager
def held(content: bytes) -> Iterator[Path]:
    """A file of these bytes under a name of ours, in a folder of its own; both are gone when the block ends."""
    with TemporaryDirectory(prefix="registre-") as folder:
        path = Path(folder) / "registre"
        path.write_bytes(content)
        yield path


def understand(engine: Engine, path: Path, landlord_id: int, reading: Mapping[str, Any]) -> Understood:
    """Opens a register, without writing anything.

    Args:
        engine: The store.
        path: The file.
        landlord_id: Whose register it is: of its declarations, the newest whose headings are all there serves again.
        reading: Options that a person states, by name; the rest is as declared before, else detected.

    Raises:
        FileError: If it cannot be read.
    """
    with engine.connect() as connection:
        versions = mapping_versions(connection, landlord_id)
        types = set(incident_types(connection)["type_code"])
    register, saved = _opened(path, ReadingOptions(**reading), versions)
    sample = next(register.chunks(SAMPLE_ROWS)).cells if register.row_count else pd.DataFrame(columns=register.headings)
    base, base_name = _base(register.headings, saved)
    base = base | ({"values": known_values(base["values"], types)} if "values" in base else {})
    proposed = propose_columns(sample)
    return Understood(
        detected=register.detected,
        sheets=register.sheets,
        row_count=register.row_count,
        sample=sample,
        options=register.options,
        columns=proposed,
        base=base,
        base_name=base_name,
        chosen=_chosen(proposed, base),
    )


def label_proposals(
    engine: Engine, path: Path, understood: Understood, columns: Mapping[str, str]
) -> dict[str, list[LabelProposal]]:
    """Labels of the closed lists and of the types over the whole file, with our code for each where there is one.

    A label declared before keeps its code, with full confidence. One that may be of a person is left out: its rows are
    rejected, and no code is ever kept for it.

    Args:
        engine: The store, for its types.
        path: The file.
        understood: How it was opened, and what was declared before.
        columns: Heading of the file by our column; those without labels are left out.
    """
    wanted = {ours: heading for ours, heading in columns.items() if ours in LABELLED}
    texts: dict[str, list[pd.Series]] = {ours: [] for ours in wanted}
    for sheet in open_register(path, understood.options).chunks() if wanted else ():
        for ours, heading in wanted.items():
            texts[ours].append(_without_persons(sheet.cells[heading].dropna()))
    with engine.connect() as connection:
        types = incident_types(connection)
    declared = understood.base.get("values", {})
    return {
        ours: [_as_declared(one, declared.get(ours, {})) for one in propose_labels(ours, pd.concat(found), types)]
        for ours, found in texts.items()
        if found
    }


def _without_persons(cells: pd.Series) -> pd.Series:
    """The cells that may serve as labels."""
    return cells[~cells.isin([text for text in cells.unique() if is_of_a_person(text)])]


def _chosen(proposed: list[ColumnProposal], base: Mapping[str, Any]) -> dict[str, str]:
    """A heading serves as declared before; those nobody declared, as proposed with confidence."""
    free = {plain(one.heading): one.heading for one in proposed if one.refusal is None}
    chosen = {ours: free[plain(heading)] for ours, heading in base.get("columns", {}).items() if plain(heading) in free}
    taken = set(chosen.values())
    for one in proposed:
        if one.refusal is None and one.heading not in taken and one.confidence >= CONFIDENCE:
            chosen = {ours: one.heading for ours in (one.column, one.also) if ours} | chosen
    if base.get("residence_key") != ResidenceKey.POINTS:
        chosen.pop("residence_name", None)  # read only where residences are made of points
    return chosen


def _as_declared(proposal: LabelProposal, table: Mapping[str, str]) -> LabelProposal:
    known = {label if label == ANY_OTHER else plain(label): code for label, code in table.items()}
    code = known.get(plain(proposal.label))
    return replace(proposal, code=code, confidence=1.0) if code else proposal


def declared_for(path: Path, versions: list[SavedMapping]) -> SavedMapping | None:
    """The declaration that reads a file without anybody to ask: the newest whose headings are all there.

    The newest of all where none is, so that the import says what is missing; None where nothing was ever confirmed.

    Args:
        path: The register.
        versions: Those of the landlord, the newest first.

    Raises:
        FileError: If the file cannot be read.
    """
    formats = {frozenset(map(plain, one.declaration.get("columns", {}).values())) for one in versions}
    fitted = _opened(path, ReadingOptions(), versions)[1] if len(formats) > 1 else None
    return fitted or next(iter(versions), None)


def _opened(path: Path, options: ReadingOptions, versions: list[SavedMapping]) -> tuple[Register, SavedMapping | None]:
    """The register read as stated; else as declared with the newest version whose headings are then all there."""
    if options == ReadingOptions():
        declared = [one.declaration.get("reading", {}) for one in versions]
        for reading in [one for place, one in enumerate(declared) if one not in declared[:place]]:
            with suppress(FileError):
                register = open_register(path, ReadingOptions(**reading))
                alike = (one for one, said in zip(versions, declared, strict=True) if said == reading)
                if (saved := fitting(alike, register.headings)) is not None:
                    return register, saved
    register = open_register(path, options)
    return register, fitting(versions, register.headings)


def _base(headings: list[str], saved: SavedMapping | None) -> tuple[dict[str, Any], str]:
    """The declaration to start from: the one confirmed last that fits, else the model's where the file is our model."""
    if saved is not None:
        return dict(saved.declaration), f"correspondance n°\u00a0{saved.version} de ce bailleur"
    return (template_declaration(), "modèle de l’observatoire") if is_template(headings) else ({}, "")


def labels_to_qualify(engine: Engine, landlord_code: str) -> dict[str, list[LabelProposal]]:
    """Labels that the rows of a landlord wait for, by our column, each under the declaration of its own batch."""
    with engine.connect() as connection:
        rows = open_rejections(connection, landlord_code, RejectionStatus.TO_QUALIFY)
        declared = of_waiting(connection, landlord_ids(connection)[landlord_code], rows["batch_id"])
        types = incident_types(connection)
    ours_of = {
        (batch_id, plain(heading)): ours
        for batch_id, one in declared.items()
        for ours, heading in one["columns"].items()
        if ours in LABELLED
    }
    places = zip(rows["batch_id"], rows["column_name"], strict=True)
    ours = pd.Series([ours_of.get((int(one), plain(heading))) for one, heading in places], rows.index, dtype=object)
    named = rows.assign(ours=ours).dropna(subset="ours")
    return {
        str(ours): propose_labels(str(ours), _without_persons(part["value"]), types)
        for ours, part in named.groupby("ours")
    }
