"""Small registers of a landlord of two residences, and what the store holds after them."""

from datetime import date

import pandas as pd
from sqlalchemy import func, select

from lib.ingest.mapping import declare
from lib.ingest.pipeline import ingest
from lib.store.housing import save_landlords, save_residences
from lib.store.revisions import change
from lib.store.schema import Base, BatchChange, IngestBatch, RegisterMapping, Revision

TODAY = date(2026, 10, 31)
RULES = {
    "columns": {
        "external_reference": "Fiche",
        "residence_reference": "Résidence",
        "occurred_on": "Date",
        "type_code": "Nature",
        "outcome": "Suite",
    },
    "values": {"type_code": {"Tag": "BIE-02"}, "outcome": {"Classé": "dropped", "Jugé": "convicted"}},
}
WIDER = RULES | {"values": RULES["values"] | {"type_code": {"Tag": "BIE-02", "Graff": "BIE-02"}}}
HISTORY = {model.__table__ for model in (Revision, IngestBatch, BatchChange, RegisterMapping)}


def fill(engine, code="B", references=("R-1", "R-2")):
    residence = {
        "landlord_code": code, "residence_name": "Les Essais", "address": None, "commune_code": None, "longitude": None,
        "latitude": None, "dwelling_count": 40, "active_from": None, "active_to": None,
    }  # fmt: skip
    with change(engine, "essai") as made:
        save_landlords(made, pd.DataFrame({"landlord_code": [code], "landlord_name": ["Bailleur d’essai"]}))
        save_residences(made, pd.DataFrame([residence | {"reference": reference} for reference in references]))


def register(folder, *lines, name="registre.csv", heading="Fiche;Résidence;Date;Nature;Suite"):
    path = folder / name
    path.write_text("\n".join((heading, *lines)) + "\n", encoding="utf-8")
    return path


def bring(engine, path, rules=RULES, **more):
    given = {"landlord_code": "B", "imported_by": "essai", "today": TODAY} | more
    return ingest(engine, path, declare(rules), **given)


def counts(report):
    """Read, accepted, known, updated, to qualify, rejected."""
    names = ("read", "accepted", "known", "updated", "to_qualify", "rejected")
    return tuple(getattr(report.batch, f"{name}_count") for name in names)


def content(engine):
    """All the store holds but its history, the declarations that served and revision numbers."""
    with engine.connect() as connection:
        return {
            table.name: sorted(map(str, connection.execute(select(*_told(table)))))
            for table in Base.metadata.sorted_tables
            if table not in HISTORY
        }


def _told(table):
    return [column for column in table.columns if column.name not in {"revision", "rejection_reason_id"}]


def stored(engine, table):
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table))
