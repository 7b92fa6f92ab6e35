"""Official statistics: context for facts, never added to them."""

import pandas as pd
from sqlalchemy import Connection, select

from lib.store.revisions import Change
from lib.store.rows import Saved, frame_of, table_of, upsert
from lib.store.schema import RecordedCrime, SsmsiDepartement

SSMSI_KEY = ["ssmsi_class", "year", "departement_code"]
RECORDED_CRIME_KEY = ["force", "service_name", "year", "index_code"]


def save_ssmsi(change: Change, ssmsi_departement: pd.DataFrame) -> Saved:
    """Writes rows of the base départementale, one per class, year and département."""
    table = table_of(SsmsiDepartement)
    existing = select(*(table.c[name] for name in ssmsi_departement.columns))
    return upsert(change, table, ssmsi_departement, key=SSMSI_KEY, existing=existing)


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
    return Saved(*(sum(counts) for counts in zip(*saved, strict=True))) if saved else Saved(0, 0, 0)


def ssmsi_departement(connection: Connection, departement_code: str | None = None) -> pd.DataFrame:
    """Rows of one département (or all), by class, département and year."""
    columns = [c for c in table_of(SsmsiDepartement).c if c.name != "revision"]
    statement = select(*columns).order_by(*(table_of(SsmsiDepartement).c[name] for name in SSMSI_KEY))
    if departement_code is not None:
        statement = statement.where(SsmsiDepartement.departement_code == departement_code)
    return frame_of(connection, statement)


def recorded_crimes(connection: Connection, *, force: str, year: int) -> pd.DataFrame:
    """Territorial services of one force and one year: one row per service and index."""
    columns = [c for c in table_of(RecordedCrime).c if c.name != "revision"]
    statement = select(*columns).where(
        RecordedCrime.force == force, RecordedCrime.year == year, RecordedCrime.is_territorial.is_(True)
    )
    return frame_of(connection, statement.order_by(RecordedCrime.service_name, RecordedCrime.index_code))
