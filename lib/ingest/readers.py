"""How each column of a register is read, once the declaration and the store are known."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import pandas as pd

from lib.ingest import mapping as declared
from lib.ingest.cleaning import (
    Reason,
    code_reader,
    read_amount,
    read_day_count,
    read_degrees,
    read_severity,
    text_reader,
)
from lib.ingest.dates import read_date, read_day
from lib.ingest.privacy import MASKED, PERSONAL_VALUE
from lib.ingest.times import read_minute, read_time

Reader = Callable[[str], Any]
MAX_CELL = 500
MAX_REFERENCE, MAX_CODE = 200, 40  # widths of the store's columns
POINT_READERS: dict[str, Reader] = {
    "longitude": partial(read_degrees, limit=180),
    "latitude": partial(read_degrees, limit=90),
}


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


def readers(rules: declared.Mapping, known: KnownCodes) -> dict[str, Reader]:
    """The reader of each column a register may have."""
    day = partial(read_day, formats=rules.date_formats, today=known.today)
    lists = {ours: frozenset(code.value for code in kind) for ours, kind in declared.LISTS.items()}
    lists["type_code"] = frozenset(known.severities)
    return {
        "occurred_on": partial(read_date, formats=rules.date_formats, today=known.today),
        "start_minute": read_time,
        "end_minute": read_minute,
        "reported_on": day,
        "complaint_filed_on": day,
        "severity_override": read_severity,
        "itt_days": read_day_count,
        "sick_leave_days": read_day_count,
        "repair_cost_estimated": read_amount,
        "repair_cost_invoiced": read_amount,
        "external_reference": text_reader(MAX_REFERENCE),
        "residence_reference": text_reader(MAX_REFERENCE),
        "building_code": text_reader(MAX_CODE),
        "hall_code": text_reader(MAX_CODE),
        **POINT_READERS,
        **{ours: code_reader(codes, rules.labels.get(ours, {}), f"values.{ours}") for ours, codes in lists.items()},
    }


def convert(column: pd.Series, reader: Reader) -> pd.Series:
    """Each cell read once per distinct text; None stays None, a refusal is a ``Reason``, same index."""

    def read(text: str) -> Any:
        if text == MASKED:
            return Reason(PERSONAL_VALUE)
        return reader(text) if len(text) <= MAX_CELL else Reason("texte trop long")

    read_texts = {text: read(text) for text in column.dropna().unique()}
    return pd.Series([read_texts.get(text) for text in column], index=column.index, dtype=object)


def point_reference(longitude: float, latitude: float) -> str:
    """Reference of a residence made from a point: its coordinates to five decimals, about a metre."""
    return f"{latitude:.5f},{longitude:.5f}"


def read_points(cells: pd.DataFrame) -> pd.DataFrame:
    """``longitude`` and ``latitude`` of the rows where both can be read, same index."""
    both = {name: convert(cells[name], POINT_READERS[name]) for name in ("longitude", "latitude")}
    readable = pd.DataFrame(both).map(lambda value: isinstance(value, float)).all(axis="columns")
    return pd.DataFrame(both)[readable].astype(float)
