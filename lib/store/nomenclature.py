"""The shared vocabulary, read from ``data/reference`` into the store."""

import csv
from datetime import date

import pandas as pd
from sqlalchemy import Connection, delete, insert, select, update

from lib.config import REFERENCE
from lib.store.revisions import Change
from lib.store.schema import ContextPeriod, IncidentFamily, IncidentType

YES = "oui"


def save_nomenclature(change: Change) -> int:
    """Writes the 8 families and the 40 types of ``nomenclature.csv``; codes already there are brought up to date.

    Returns:
        Number of types in the store.
    """
    rows = _read("nomenclature.csv")
    families = {row["family_code"]: row["family_label"] for row in rows}
    for position, (code, label) in enumerate(families.items()):
        family = {"family_label": label, "position": position, "revision": change.revision}
        _upsert(change, IncidentFamily, IncidentFamily.family_code, code, family)
    for row in rows:
        _upsert(change, IncidentType, IncidentType.type_code, row["type_code"], _type_values(row, change.revision))
    return len(rows)


def save_context_periods(change: Change) -> None:
    """Replaces the exceptional periods by those of ``context_periods.csv``; ``ends_on`` is the day after the last."""
    change.connection.execute(delete(ContextPeriod))
    rows = [
        {
            "label": row["label"],
            "starts_on": date.fromisoformat(row["starts_on"]),
            "ends_on": date.fromisoformat(row["ends_on"]),
            "revision": change.revision,
        }
        for row in _read("context_periods.csv")
    ]
    change.connection.execute(insert(ContextPeriod), rows)


def incident_types(connection: Connection) -> pd.DataFrame:
    """One row per type, in the order of the nomenclature, with its family's label."""
    types = select(*IncidentType.__table__.columns, IncidentFamily.family_label, IncidentFamily.position)
    ordered = types.join(IncidentFamily, IncidentFamily.family_code == IncidentType.family_code).order_by(
        IncidentFamily.position, IncidentType.type_code
    )
    return pd.DataFrame(connection.execute(ordered).mappings().all())


def _read(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _type_values(row: dict[str, str], revision: int) -> dict[str, object]:
    copied = {k: row[k] for k in row if k not in {"type_code", "family_label"}}
    return copied | {
        "severity_default": int(row["severity_default"]),
        "is_complaint_eligible": row["is_complaint_eligible"] == YES,
        "is_protected": row["is_protected"] == YES,
        "ssmsi_class": row["ssmsi_class"] or None,
        "revision": revision,
    }


def _upsert(change: Change, table, key, code: str, values: dict[str, object]) -> None:
    if change.connection.scalar(select(key).where(key == code)) is None:
        change.connection.execute(insert(table).values({key.key: code} | values))
    else:
        change.connection.execute(update(table).where(key == code).values(values))
