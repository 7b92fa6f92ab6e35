"""Official statistics: context for facts, never added to them."""

from datetime import datetime

import pandas as pd
from sqlalchemy import Connection, and_, bindparam, delete, func, select

from lib.domain.vocabulary import BatchKind
from lib.store.bulk import insert_rows, plain_columns
from lib.store.revisions import Change
from lib.store.rows import Saved, frame_of, table_of, upsert
from lib.store.schema import Base, IngestBatch, RecordedCrime, SsmsiCommune, SsmsiDepartement

SSMSI_KEY = ["ssmsi_class", "year", "departement_code"]
RECORDED_CRIME_KEY = ["force", "service_name", "year", "index_code"]
COMMUNAL_KEY = ["commune_code", "ssmsi_class", "year"]
COMMUNAL_VALUES = [
    "unit",
    "is_published",
    "fact_count",
    "population",
    "dwelling_count",
    "rate",
    "geography_year",
]


def save_ssmsi(change: Change, ssmsi_departement: pd.DataFrame) -> Saved:
    """Writes rows of the base départementale, one per class, year and département."""
    table = table_of(SsmsiDepartement)
    existing = select(*(table.c[name] for name in ssmsi_departement.columns))
    return upsert(change, table, ssmsi_departement, key=SSMSI_KEY, existing=existing)


def save_ssmsi_communes(change: Change, ssmsi_commune: pd.DataFrame) -> Saved:
    """Writes rows of the base communale, year by year.

    A row replaces whole the one held for its commune, class and year: a later edition may hide what an earlier one
    published.

    Args:
        change: The transaction.
        ssmsi_commune: ``COMMUNAL_KEY`` and ``COMMUNAL_VALUES``; one row per key.
    """
    rows = ssmsi_commune[[*COMMUNAL_KEY, *COMMUNAL_VALUES]]
    return _summed([_save_communal_year(change, int(str(year)), own) for year, own in rows.groupby("year", sort=True)])


def save_recorded_crimes(change: Change, recorded_crimes: pd.DataFrame) -> Saved:
    """Writes rows of the état 4001, sheet by sheet: a million rows do not fit twice in memory."""
    table = table_of(RecordedCrime)
    saved = [
        upsert(
            change,
            table,
            sheet,
            key=RECORDED_CRIME_KEY,
            existing=select(*(table.c[name] for name in sheet.columns)).where(
                table.c.force == force, table.c.year == int(str(year))
            ),
        )
        for (force, year), sheet in recorded_crimes.groupby(["force", "year"], sort=False)
    ]
    return _summed(saved)


def ssmsi_departement(connection: Connection, departement_code: str | None = None) -> pd.DataFrame:
    """Rows of one département (or all), by class, département and year."""
    columns = [c for c in table_of(SsmsiDepartement).c if c.name != "revision"]
    statement = select(*columns).order_by(*(table_of(SsmsiDepartement).c[name] for name in SSMSI_KEY))
    if departement_code is not None:
        statement = statement.where(SsmsiDepartement.departement_code == departement_code)
    return frame_of(connection, statement)


def ssmsi_commune(connection: Connection, commune_code: str) -> pd.DataFrame:
    """Rows of one commune, by class and year; ``fact_count`` and ``rate`` missing where not published."""
    columns = [c for c in table_of(SsmsiCommune).c if c.name != "revision"]
    statement = select(*columns).where(SsmsiCommune.commune_code == commune_code)
    return frame_of(connection, statement.order_by(SsmsiCommune.ssmsi_class, SsmsiCommune.year))


def recorded_crimes(connection: Connection, *, force: str, year: int) -> pd.DataFrame:
    """Territorial services of one force and one year: one row per service and index."""
    columns = [c for c in table_of(RecordedCrime).c if c.name != "revision"]
    statement = select(*columns).where(
        RecordedCrime.force == force, RecordedCrime.year == year, RecordedCrime.is_territorial.is_(True)
    )
    return frame_of(connection, statement.order_by(RecordedCrime.service_name, RecordedCrime.index_code))


def latest_file(connection: Connection, table_name: str) -> tuple[str, datetime] | None:
    """Name and day of the last file written to a table of statistics; None where the table is empty.

    Args:
        connection: To the store.
        table_name: ``ssmsi_departement``, ``ssmsi_commune`` or ``recorded_crime``.
    """
    last = select(func.max(Base.metadata.tables[table_name].c.revision)).scalar_subquery()
    named = and_(IngestBatch.kind == BatchKind.STATISTICS, IngestBatch.revision == last)
    found = connection.execute(select(IngestBatch.file_name, IngestBatch.imported_at).where(named)).first()
    return None if found is None else (found.file_name, found.imported_at)


def _save_communal_year(change: Change, year: int, rows: pd.DataFrame) -> Saved:
    table, names, width = table_of(SsmsiCommune), list(rows.columns), len(COMMUNAL_KEY)
    statement = select(*(table.c[name] for name in names)).where(table.c.year == year)
    held = {tuple(row[:width]): tuple(row) for row in change.connection.execute(statement)}
    read = list(zip(*plain_columns(table, rows), strict=True))
    differing = [row for row in read if held.get(row[:width]) != row]
    changed = [row[:width] for row in differing if row[:width] in held]
    if changed:
        removed = delete(table).where(*(table.c[name] == bindparam(f"key_{name}") for name in COMMUNAL_KEY))
        keys = [f"key_{name}" for name in COMMUNAL_KEY]
        change.connection.execute(removed, [dict(zip(keys, key, strict=True)) for key in changed])
    insert_rows(change.connection, table, [*names, "revision"], ((*row, change.revision) for row in differing))
    return Saved(len(differing) - len(changed), len(changed), len(read) - len(differing))


def _summed(saved: list[Saved]) -> Saved:
    return Saved(*(sum(counts) for counts in zip(*saved, strict=True))) if saved else Saved(0, 0, 0)
