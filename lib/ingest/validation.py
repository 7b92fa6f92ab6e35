"""Cells of a register → facts that can be stored, and the reasons why the other rows cannot."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from lib.domain.vocabulary import TimePrecision
from lib.errors import MappingError
from lib.ingest import mapping as declared
from lib.ingest.cleaning import Reason
from lib.ingest.dates import ReadDate
from lib.ingest.privacy import MASKED, looks_personal
from lib.ingest.readers import KnownCodes, convert, point_reference, readers
from lib.ingest.times import ReadTime

MAX_VALUE_SAID = 120
WHOLE_LINE = "(ligne)"
REFERENCES = frozenset({"external_reference", "residence_reference", "building_code", "hall_code"})
REQUIRED = {
    "occurred_on": "date du fait manquante",
    "type_code": "type manquant",
    "residence_reference": "résidence manquante",
    "longitude": "coordonnées manquantes",
    "latitude": "coordonnées manquantes",
}
REASON_COLUMNS = ["line_number", "column_name", "value", "reason"]


@dataclass(frozen=True)
class Validated:
    """A register once every row is judged.

    Attributes:
        accepted: Indexed by ``line_number``: the columns of the store's facts but ``landlord_id``;
            ``external_reference`` is missing where the register gives none.
        reasons: ``line_number, column_name`` (the file's heading), ``value, reason``; a row may have several.
    """

    accepted: pd.DataFrame
    reasons: pd.DataFrame

    @property
    def rejected(self) -> pd.Index:
        """Lines with at least one reason, in the order of the file."""
        return pd.Index(sorted(set(self.reasons["line_number"])), name="line_number", dtype="int64")


def mask_persons(cells: pd.DataFrame) -> pd.DataFrame:
    """The same cells, those that look like a person's data replaced by «(masqué)»."""
    return pd.DataFrame({name: _masked(cells[name], name in REFERENCES) for name in cells}, index=cells.index)


def validate(cells: pd.DataFrame, headings: Mapping[str, str], rules: declared.Mapping, known: KnownCodes) -> Validated:
    """Judges every row.

    Args:
        cells: Text or None, our column names, indexed by ``line_number``, already masked.
        headings: The file's heading for each column, for the reasons.
        rules: The declared mapping.
        known: Codes of the store.

    Raises:
        MappingError: If the declaration names a type that the nomenclature does not have.
    """
    _check_types(rules, known)
    values = cells.assign(**rules.constants)
    read = {ours: convert(values[ours], reader) for ours, reader in readers(rules, known).items() if ours in values}
    faults = [_faults(ours, cells[ours], read[ours]) for ours in read if ours in cells]
    read |= {"residence_id": _residences(read, rules, known)}
    faults += [_residence_faults(cells, read), *_contradictions(cells, read)]
    reasons = pd.concat(faults, ignore_index=True) if faults else pd.DataFrame(columns=REASON_COLUMNS)
    reasons = reasons.assign(column_name=reasons["column_name"].map(headings)).sort_values("line_number", kind="stable")
    is_sound = ~cells.index.isin(reasons["line_number"])
    sound = {ours: column[is_sound] for ours, column in read.items()}
    return Validated(_facts(sound, cells.index[is_sound], known), reasons.reset_index(drop=True))


def reject_lines(judged: Validated, lines: list[int], sentence: str) -> Validated:
    """The same judgement, these lines rejected for a reason that no column bears."""
    said = pd.DataFrame({"line_number": lines, "column_name": WHOLE_LINE, "value": "", "reason": sentence})
    reasons = pd.concat([judged.reasons, said], ignore_index=True).sort_values("line_number", kind="stable")
    return Validated(judged.accepted.drop(index=lines, errors="ignore"), reasons.reset_index(drop=True))


def _check_types(rules: declared.Mapping, known: KnownCodes) -> None:
    named = {*rules.labels.get("type_code", {}).values(), *filter(None, [rules.constants.get("type_code")])}
    unknown = sorted(named - set(known.severities))
    if unknown:
        raise MappingError(f"Type absent de la nomenclature\u00a0: {', '.join(unknown)}.")


def _masked(column: pd.Series, is_reference: bool) -> pd.Series:
    personal = {text for text in column.dropna().unique() if looks_personal(text, is_reference=is_reference)}
    return column.mask(column.isin(personal), MASKED) if personal else column


def _reasons(lines: pd.Index, column: str, texts: pd.Series | None, sentences: list[str]) -> pd.DataFrame:
    said = [""] * len(lines) if texts is None else [(text or "")[:MAX_VALUE_SAID] for text in texts.loc[lines]]
    return pd.DataFrame({"line_number": lines, "column_name": column, "value": said, "reason": sentences}, dtype=object)


def _faults(ours: str, texts: pd.Series, read: pd.Series) -> pd.DataFrame:
    """Reasons of one column: what could not be read, and what may not be blank."""
    refused = read[[isinstance(value, Reason) for value in read]]
    faults = _reasons(refused.index, ours, texts, [value.sentence for value in refused])
    if ours not in REQUIRED:
        return faults
    blank = read.index[read.isna()]
    if ours == "latitude":  # said once for the point, under its longitude
        return faults
    return pd.concat([faults, _reasons(blank, ours, texts, [REQUIRED[ours]] * len(blank))])


def _residences(read: dict[str, pd.Series], rules: declared.Mapping, known: KnownCodes) -> pd.Series:
    """``residence_id`` of each row, None where the reference is unknown, absent or unreadable."""
    if rules.residence_key is declared.ResidenceKey.REFERENCE:
        keys = [reference if isinstance(reference, str) else None for reference in read["residence_reference"]]
    else:
        points = zip(read["longitude"], read["latitude"], strict=True)
        keys = [point_reference(*point) if all(isinstance(c, float) for c in point) else None for point in points]
    found = [known.residences.get(key) if key else None for key in keys]
    return pd.Series(found, index=read["occurred_on"].index, dtype=object)


def _residence_faults(cells: pd.DataFrame, read: dict[str, pd.Series]) -> pd.DataFrame:
    """Residences that the store does not have, and points of which one half is missing."""
    if "residence_reference" in read:
        pairs = zip(read["residence_reference"], read["residence_id"], strict=True)
        lines = cells.index[[isinstance(reference, str) and found is None for reference, found in pairs]]
        return _reasons(lines, "residence_reference", cells["residence_reference"], ["résidence inconnue"] * len(lines))
    half = cells.index[read["latitude"].isna() & read["longitude"].notna()]
    return _reasons(half, "latitude", None, [REQUIRED["latitude"]] * len(half))


def _contradictions(cells: pd.DataFrame, read: dict[str, pd.Series]) -> list[pd.DataFrame]:
    """What each cell says well and two cells together do not."""
    found = []
    for later in ("reported_on", "complaint_filed_on"):
        if later in read:
            pairs = zip(read["occurred_on"], read[later], strict=True)
            before = [isinstance(a, ReadDate) and isinstance(b, date) and b < a.day for a, b in pairs]
            lines = cells.index[before]
            found.append(_reasons(lines, later, cells[later], ["date antérieure à celle du fait"] * len(lines)))
    if "start_minute" not in read and "end_minute" not in read:
        return found
    blank = _blank(cells.index)
    starts, ends = read.get("start_minute", blank), read.get("end_minute", blank)
    column = "start_minute" if "start_minute" in read else "end_minute"
    sentences = [_time_fault(*three) for three in zip(read["occurred_on"], starts, ends, strict=True)]
    lines = cells.index[[sentence is not None for sentence in sentences]]
    return [*found, _reasons(lines, column, cells[column], [sentence for sentence in sentences if sentence])]


def _time_fault(day: Any, start: Any, end: Any) -> str | None:
    if isinstance(day, ReadDate) and day.is_month and isinstance(start, ReadTime):
        return "une heure est donnée sans le jour"
    if isinstance(end, int) and start is None:
        return "une heure de fin est donnée sans heure de début"
    if isinstance(end, int) and isinstance(start, ReadTime) and start.end_minute is not None:
        return "une heure de fin est donnée deux fois"
    return None


def _facts(sound: dict[str, pd.Series], lines: pd.Index, known: KnownCodes) -> pd.DataFrame:
    """Columns of the store's facts, from rows without any fault."""
    blank = _blank(lines)
    days: list[ReadDate] = list(sound["occurred_on"])
    moments = [
        _moment(*three)
        for three in zip(days, sound.get("start_minute", blank), sound.get("end_minute", blank), strict=True)
    ]
    lists = {ours: sound.get(ours, blank).map(lambda code: code or "unknown") for ours in declared.LISTS}
    kept = "external_reference reported_on severity_override building_code hall_code itt_days sick_leave_days"
    kept += " repair_cost_estimated repair_cost_invoiced complaint_filed_on"
    facts = {ours: sound.get(ours, blank) for ours in kept.split()} | lists
    return pd.DataFrame(
        facts
        | {
            "residence_id": sound["residence_id"],
            "type_code": sound["type_code"],
            "occurred_on": [day.day for day in days],
            "start_minute": [start for start, _, _ in moments],
            "end_minute": [end for _, end, _ in moments],
            "time_precision": [precision for _, _, precision in moments],
            "severity_default": sound["type_code"].map(known.severities),
            "situation_id": blank,
        },
        index=lines,
        dtype=object,
    )


def _blank(lines: pd.Index) -> pd.Series:
    """A column of None; ``Series(None)`` would hold NaN."""
    return pd.Series([None] * len(lines), index=lines, dtype=object)


def _moment(day: ReadDate, start: ReadTime | None, end: int | None) -> tuple[int | None, int | None, TimePrecision]:
    if day.is_month:
        return None, None, TimePrecision.MONTH
    if start is None:
        return None, None, TimePrecision.DAY
    last = start.end_minute if end is None else end
    if last is None or last == start.start_minute:
        return start.start_minute, None, TimePrecision.EXACT
    return start.start_minute, last, TimePrecision.RANGE
