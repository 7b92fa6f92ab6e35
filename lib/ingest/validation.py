"""Rows of a register → facts that can be stored, and the reasons why the other rows cannot."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lib.domain.vocabulary import TimePrecision
from lib.errors import MappingError
from lib.ingest import mapping as declared
from lib.ingest.cleaning import Reason
from lib.ingest.columns import LISTS, PLACES
from lib.ingest.dates import ReadDate
from lib.ingest.distinct import Rows, read_values
from lib.ingest.readers import KnownCodes, UnknownLabel, readers
from lib.ingest.times import ReadTime

MAX_VALUE_SAID = 120
WHOLE_LINE = "(ligne)"
OVERFLOW = "la ligne a plus de cellules que d’intitulés"
REQUIRED = {"occurred_on": "date du fait manquante", "type_code": "type manquant"}
UNPLACED = {
    "residence_reference": "résidence manquante",
    "longitude": "coordonnées manquantes",
    "latitude": "coordonnées manquantes",
    "address": "adresse manquante",
}
REASON_COLUMNS = ["line_number", "column_name", "value", "reason"]
PLACE_COLUMNS = frozenset().union(*PLACES, {"postal_code", "commune_name", "commune_code"})
KEPT = "external_reference reported_on severity_override building_code hall_code itt_days sick_leave_days"
KEPT += " repair_cost_estimated repair_cost_invoiced complaint_filed_on"


@dataclass(frozen=True)
class Read:
    """A register whose distinct texts are read, its rows not judged yet.

    Attributes:
        rows: Its rows.
        values: By our column: what each of its distinct texts says, then None (see ``distinct.read_values``).
        residences: ``residence_id`` of each row, or the ``Reason`` why there is none, or None where no place is told.
        headings: The file's heading for each column, for the reasons.
        rules: The declared mapping.
        known: Codes of the store.
    """

    rows: Rows
    values: dict[str, np.ndarray]
    residences: np.ndarray
    headings: Mapping[str, str]
    rules: declared.Mapping
    known: KnownCodes

    def value(self, ours: str, part: slice) -> np.ndarray:
        """What some rows say in a column: constants and blanks included."""
        if ours in self.values:
            return self.values[ours][self.rows.columns[ours].codes[part]]
        count = len(self.rows.lines[part])
        return np.full(count, self.rules.constants.get(ours), object)


@dataclass(frozen=True)
class Validated:
    """Rows once they are judged.

    Attributes:
        accepted: Indexed by ``line_number``: the columns of the store's facts but ``landlord_id``;
            ``external_reference`` is missing where the register gives none.
        reasons: ``line_number, column_name`` (the file's heading), ``value, reason``; a row may have several.
        to_qualify: Lines, among those that have reasons, that wait only for a label to be mapped.
    """

    accepted: pd.DataFrame
    reasons: pd.DataFrame
    to_qualify: frozenset[int]

    @property
    def refused(self) -> pd.Index:
        """Lines with at least one reason, rejected or to qualify, in the order of the file."""
        return pd.Index(sorted(set(self.reasons["line_number"])), name="line_number", dtype="int64")


def check_types(rules: declared.Mapping, known: Collection[str]) -> None:
    """Types are known by the store alone.

    Raises:
        MappingError: If the declaration names one that the nomenclature does not have.
    """
    named = {*rules.labels.get("type_code", {}).values(), *filter(None, [rules.constants.get("type_code")])}
    unknown = sorted(named - set(known))
    if unknown:
        raise MappingError(f"Type absent de la nomenclature\u00a0: {', '.join(unknown)}.")


def read_texts(
    rows: Rows, rules: declared.Mapping, known: KnownCodes, formats: Mapping[str, tuple[str, ...]]
) -> dict[str, np.ndarray]:
    """What each distinct text of each column says; places excepted, see locating.py."""
    found = readers(rules, known, formats)
    return {ours: read_values(column, found[ours]) for ours, column in rows.columns.items() if ours in found}


def judge(read: Read, part: slice) -> Validated:
    """Judges some rows: those of ``part``, in the order of the file."""
    lines = read.rows.lines[part]
    faults = [_faults(read, ours, part) for ours in read.values if ours in read.headings]
    unplaced = _residence_faults(read, part)
    if len(unplaced):  # said once, where a cell that tells the place cannot be read itself
        told = {read.headings[ours] for ours in PLACE_COLUMNS if ours in read.headings}
        lost = {
            line
            for fault in faults
            if len(fault) and fault["column_name"].iloc[0] in told
            for line in fault["line_number"]
        }
        unplaced = unplaced[~unplaced["line_number"].isin(lost)]
    faults += [unplaced, *_contradictions(read, part), _overflows(read, lines)]
    filled = [fault for fault in faults if len(fault)]
    reasons = pd.concat(filled) if filled else pd.DataFrame(columns=[*REASON_COLUMNS, "is_label"])
    reasons = reasons.sort_values("line_number", kind="stable", ignore_index=True)
    is_label = reasons.groupby("line_number")["is_label"].all()
    to_qualify = frozenset(int(line) for line in is_label.index[is_label.astype(bool)])
    is_sound = ~np.isin(lines, reasons["line_number"].to_numpy("int64"))
    return Validated(_facts(read, part, is_sound), reasons[REASON_COLUMNS], to_qualify)


def reject_lines(judged: Validated, said: Mapping[int, tuple[str, str]]) -> Validated:
    """The same judgement, these lines rejected: by line, the value said and the sentence; no column bears them."""
    if not said:
        return judged
    rows = [(line, WHOLE_LINE, value, sentence) for line, (value, sentence) in said.items()]
    added = pd.DataFrame(rows, columns=REASON_COLUMNS)
    reasons = pd.concat([judged.reasons, added]) if len(judged.reasons) else added
    reasons = reasons.sort_values("line_number", kind="stable", ignore_index=True)
    return Validated(judged.accepted.drop(index=list(said), errors="ignore"), reasons, judged.to_qualify - set(said))


def without_lines(judged: Validated, lines: Collection[int]) -> Validated:
    """The same judgement without these refused lines."""
    if not lines:
        return judged
    reasons = judged.reasons[~judged.reasons["line_number"].isin(list(lines))]
    return Validated(judged.accepted, reasons, judged.to_qualify - set(lines))


def _fault_rows(lines: np.ndarray, column: str, values: Any, sentences: Any) -> pd.DataFrame:
    said = {"column_name": column, "value": values, "reason": sentences}
    return pd.DataFrame({"line_number": lines} | said, columns=[*REASON_COLUMNS, "is_label"]).assign(is_label=False)


def _said(texts: np.ndarray) -> list[str]:
    return [(text or "")[:MAX_VALUE_SAID] for text in texts]


def _faults(read: Read, ours: str, part: slice) -> pd.DataFrame:
    """Reasons of one column: what could not be read, and what may not be blank."""
    column, values = read.rows.columns[ours], read.values[ours]
    is_refused = np.fromiter((isinstance(value, Reason) for value in values), bool, len(values))
    if ours in REQUIRED:
        is_refused |= np.fromiter((value is None for value in values), bool, len(values))
    codes = column.codes[part]
    places = np.flatnonzero(is_refused[codes])
    if not len(places):
        return pd.DataFrame()
    found, texts = values[codes[places]], column.texts[codes[places]]
    sentences = [value.sentence if isinstance(value, Reason) else REQUIRED[ours] for value in found]
    faults = _fault_rows(read.rows.lines[part][places], read.headings[ours], _said(texts), sentences)
    return faults.assign(is_label=[isinstance(value, UnknownLabel) for value in found])


def _residence_faults(read: Read, part: slice) -> pd.DataFrame:
    """Rows whose residence is not found, said of the first column that tells a place."""
    residences = read.residences[part]
    places = np.flatnonzero([not isinstance(found, int) for found in residences])
    if not len(places):
        return pd.DataFrame()
    told = [ours for names in PLACES for ours in sorted(names, reverse=True) if ours in read.rows.columns]
    faults = []
    for place in places:
        cells = {ours: read.rows.columns[ours].cells(part)[place] for ours in told}
        faults.append(_unplaced(residences[place], cells))
    columns, values, sentences = zip(*faults, strict=True)
    found = _fault_rows(read.rows.lines[part][places], "", _said(np.array(values, object)), list(sentences))
    return found.assign(column_name=[read.headings[ours] for ours in columns])


def _unplaced(found: Reason | None, cells: dict[str, str | None]) -> tuple[str, str | None, str]:
    """Column, value and sentence of a row without residence."""
    blank = [ours for ours, text in cells.items() if text is None]
    if found is None:
        ours = blank[0] if blank else next(iter(cells))
        return ours, None, UNPLACED[ours]
    ours = next(ours for ours, text in cells.items() if text is not None)
    return ours, cells[ours], found.sentence


def _contradictions(read: Read, part: slice) -> list[pd.DataFrame]:
    """What each cell says well and two cells together do not."""
    found, days = [], read.value("occurred_on", part)
    for later in ("reported_on", "complaint_filed_on"):
        if later in read.values:
            ends = read.value(later, part)
            before = [
                isinstance(a, ReadDate) and not isinstance(b, Reason | None) and b < a.day
                for a, b in zip(days, ends, strict=True)
            ]
            found.append(_contradicted(read, later, part, np.where(before, "date antérieure à celle du fait", None)))
    if "start_minute" in read.values or "end_minute" in read.values:
        column = "start_minute" if "start_minute" in read.values else "end_minute"
        moments = zip(days, read.value("start_minute", part), read.value("end_minute", part), strict=True)
        found.append(_contradicted(read, column, part, np.array([_time_fault(*three) for three in moments], object)))
    return found


def _contradicted(read: Read, ours: str, part: slice, sentences: np.ndarray) -> pd.DataFrame:
    places = np.flatnonzero([sentence is not None for sentence in sentences])
    texts = read.rows.columns[ours].cells(part)[places]
    return _fault_rows(read.rows.lines[part][places], read.headings[ours], _said(texts), list(sentences[places]))


def _time_fault(day: Any, start: Any, end: Any) -> str | None:
    if start is None and end is None:
        return None
    if isinstance(day, ReadDate) and day.is_month and isinstance(start, ReadTime):
        return "une heure est donnée sans le jour"
    if isinstance(end, int) and start is None:
        return "une heure de fin est donnée sans heure de début"
    if isinstance(end, int) and isinstance(start, ReadTime) and start.end_minute is not None:
        return "une heure de fin est donnée deux fois"
    return None


def _overflows(read: Read, lines: np.ndarray) -> pd.DataFrame:
    over = lines[np.isin(lines, list(read.rows.overflows))] if read.rows.overflows else lines[:0]
    return _fault_rows(over, WHOLE_LINE, "", OVERFLOW)


def _facts(read: Read, part: slice, is_sound: np.ndarray) -> pd.DataFrame:
    """Columns of the store's facts, from rows without any fault."""

    def sound(ours: str) -> np.ndarray:
        return read.value(ours, part)[is_sound]

    days = sound("occurred_on")
    moments = [_moment(*three) for three in zip(days, sound("start_minute"), sound("end_minute"), strict=True)]
    types = sound("type_code")
    lists = {ours: [code or "unknown" for code in sound(ours)] for ours in LISTS}
    facts = {ours: sound(ours) for ours in KEPT.split()} | lists
    facts |= {
        "residence_id": read.residences[part][is_sound],
        "type_code": types,
        "occurred_on": [day.day for day in days],
        "start_minute": [start for start, _, _ in moments],
        "end_minute": [end for _, end, _ in moments],
        "time_precision": [precision for _, _, precision in moments],
        "severity_default": [read.known.severities[code] for code in types],
        "situation_id": np.full(len(types), None, object),
    }
    index = pd.Index(read.rows.lines[part][is_sound], name="line_number")
    return pd.DataFrame({name: pd.Series(values, index, object) for name, values in facts.items()}, index=index)


def _moment(day: ReadDate, start: ReadTime | None, end: int | None) -> tuple[int | None, int | None, TimePrecision]:
    if day.is_month:
        return None, None, TimePrecision.MONTH
    if start is None:
        return None, None, TimePrecision.DAY
    last = start.end_minute if end is None else end
    if last is None or last == start.start_minute:
        return start.start_minute, None, TimePrecision.EXACT
    return start.start_minute, last, TimePrecision.RANGE
