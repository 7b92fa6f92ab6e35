"""How each column of a register is read, once the declaration and the store are known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from lib.domain.terms import REGISTER_COLUMNS
from lib.ingest import mapping as declared
from lib.ingest.accounting import MADE
from lib.ingest.cleaning import (
    Reason,
    code_reader,
    read_amount,
    read_day_count,
    read_severity,
    text_reader,
)
from lib.ingest.columns import LISTS
from lib.ingest.dates import read_date, read_day
from lib.ingest.distinct import MAX_CELL, Reader
from lib.ingest.times import read_minute, read_time

MAX_REFERENCE, MAX_CODE = 200, 40  # widths of the store's columns
PLACE_COLUMNS = ("longitude", "latitude", "address", "postal_code", "commune_name", "commune_code", "residence_name")
DATES = ("occurred_on", "reported_on", "complaint_filed_on")


@dataclass(frozen=True)
class UnknownLabel(Reason):
    """A label that nobody mapped yet: its row is not wrong, it waits to be qualified."""


@dataclass(frozen=True)
class KnownCodes:
    """What the store knows when a register arrives.

    Attributes:
        residences: ``residence_id`` by the landlord's reference.
        severities: Default severity by ``type_code``.
        today: Last day a fact may bear.
    """

    residences: Mapping[str, int]
    severities: Mapping[str, int]
    today: date


def readers(rules: declared.Mapping, known: KnownCodes, formats: Mapping[str, tuple[str, ...]]) -> dict[str, Reader]:
    """The reader of each column a register may have; ``formats``, those of its columns of dates."""
    lists = {ours: frozenset(code.value for code in kind) for ours, kind in LISTS.items()}
    lists["type_code"] = frozenset(known.severities)
    days = {ours: partial(read_day, formats=formats[ours], today=known.today) for ours in DATES if ours in formats}
    if "occurred_on" in formats:
        days["occurred_on"] = partial(read_date, formats=formats["occurred_on"], today=known.today)
    return {
        **days,
        "start_minute": read_time,
        "end_minute": read_minute,
        "severity_override": read_severity,
        "itt_days": read_day_count,
        "sick_leave_days": read_day_count,
        "repair_cost_estimated": read_amount,
        "repair_cost_invoiced": read_amount,
        **dict.fromkeys(PLACE_COLUMNS, text_reader(MAX_CELL)),
        "external_reference": _read_reference,
        "residence_reference": text_reader(MAX_REFERENCE),
        "building_code": text_reader(MAX_CODE),
        "hall_code": text_reader(MAX_CODE),
        **{ours: _label_reader(ours, codes, rules.labels.get(ours, {})) for ours, codes in lists.items()},
    }


def _read_reference(text: str) -> str | Reason:
    """A reference of the landlord's, that none of ours can be taken for."""
    if text.lstrip().startswith(MADE):
        return Reason(f"référence qui commence par «\u00a0{MADE}\u00a0»\u00a0: réservée à l’observatoire")
    return text_reader(MAX_REFERENCE)(text)


def _to_qualify(ours: str) -> str:
    """What to do with an unknown label, as true of the page as of the command line."""
    where = "un type de fait" if ours == "type_code" else f"une valeur de «\u00a0{REGISTER_COLUMNS[ours]}\u00a0»"
    return f"libellé inconnu\u00a0: à rattacher à {where} pour qualifier la ligne"


def _label_reader(ours: str, codes: frozenset[str], labels: Mapping[str, str]) -> Reader:
    read, unknown = code_reader(codes, labels), UnknownLabel(_to_qualify(ours))

    def labelled(text: str) -> object:
        found = read(text)
        return unknown if isinstance(found, Reason) else found

    return labelled
