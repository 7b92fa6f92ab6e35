"""What is decided on all the values of a column, before any row is judged, and kept for the rows that wait."""

import json
from dataclasses import asdict, dataclass, field
from datetime import date

from sqlalchemy import Connection

from lib.ingest.columns import ResidenceKey
from lib.ingest.coordinates import CoordinateReading, decide_coordinates
from lib.ingest.dates import DEFAULT_FORMATS, decide_formats
from lib.ingest.distinct import Rows
from lib.ingest.mapping import Mapping
from lib.ingest.places import distinct_rows, has_points, point_columns
from lib.ingest.readers import DATES
from lib.store.journal import READING, entries_of, note
from lib.store.revisions import Change

COORDINATES = "coordinates"


@dataclass(frozen=True)
class Decisions:
    """How the columns of one file are read.

    Attributes:
        formats: Formats of dates by our column, in the order they are tried.
        coordinates: How the points are read, where the register has some.
        sentences: The same in French, one per column.
    """

    formats: dict[str, tuple[str, ...]]
    coordinates: CoordinateReading | None = None
    sentences: list[str] = field(default_factory=list)


def decide(rows: Rows, rules: Mapping, today: date) -> Decisions:
    """Decides on every distinct value of the register; a fact is of ``today`` at the latest."""
    formats, sentences = {}, []
    for ours in DATES:
        if ours in rows.columns:
            texts = rows.columns[ours].texts[:-1]
            formats[ours], sentence = decide_formats(texts, rules.date_formats, today=today)
            sentences.append(f"«\u00a0{rules.columns[ours]}\u00a0»\u00a0: {sentence}")
    if not has_points(rows):
        return Decisions(formats, None, sentences)
    pairs, _ = distinct_rows(rows, ["longitude", "latitude"])
    is_worldwide = rules.residence_key is ResidenceKey.POINTS
    way, sentence = decide_coordinates(*point_columns(pairs, rules), is_worldwide=is_worldwide)
    return Decisions(formats, way, [*sentences, sentence])


def keep_decisions(change: Change, batch_id: int, decisions: Decisions) -> None:
    """Keeps them beside the batch: its waiting rows, too few to decide on, will be read alike."""
    kept = [(ours, json.dumps(names)) for ours, names in decisions.formats.items()]
    way = decisions.coordinates
    note(change, batch_id, READING, [*kept, (COORDINATES, json.dumps(asdict(way)))] if way else kept)


def decided_before(connection: Connection, batch_id: int, now: Decisions, rules: Mapping) -> Decisions:
    """The decisions kept beside a batch; those of now where it kept none, or where a person declared formats."""
    kept = {key: json.loads(text) for key, text in entries_of(connection, batch_id, READING).items() if text}
    way = CoordinateReading(**kept.pop(COORDINATES)) if COORDINATES in kept else now.coordinates
    is_declared = rules.date_formats not in (None, DEFAULT_FORMATS)
    formats = {ours: tuple(names) for ours, names in kept.items() if ours in now.formats and not is_declared}
    return Decisions(now.formats | formats, way, now.sentences)
