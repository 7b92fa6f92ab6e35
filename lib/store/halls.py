"""The monthly register of halls: what the store keeps."""

from collections.abc import Iterable
from datetime import date

import pandas as pd
from sqlalchemy import Connection, bindparam, func, select, union, update

from lib.domain.vocabulary import HallOccupancy
from lib.store.bulk import insert_rows, plain_columns
from lib.store.revisions import Change
from lib.store.rows import Saved, table_of
from lib.store.schema import ActionPlace, HallMonth, Incident, IncidentType

HALL = ["residence_id", "building_code", "hall_code"]
COLUMNS = [*HALL, "month_on", "status"]
Hall = tuple[int, str, str]


def save_hall_months(change: Change, rows: pd.DataFrame) -> Saved:
    """Writes the state of halls, month by month; what a row says replaces what was held of that hall and month.

    Args:
        change: The transaction.
        rows: ``COLUMNS``; ``building_code`` blank where none, ``month_on`` the first day. One row per hall and month.
    """
    saved = [_save_month(change, month_on, own) for month_on, own in rows[COLUMNS].groupby("month_on", sort=True)]
    return Saved(*(sum(counts) for counts in zip(*saved, strict=True))) if saved else Saved(0, 0, 0)


def halls(connection: Connection) -> list[Hall]:
    """Every hall that a register ever told of: ``residence_id``, building, hall."""
    known = select(*(table_of(HallMonth).c[name] for name in HALL)).distinct()
    return [tuple(row) for row in connection.execute(known)]


def unknown_halls(connection: Connection, asked: Iterable[Hall], action_id: int | None = None) -> set[Hall]:
    """Those of the halls that nothing names: no register of halls, no fact of their residence, nor this action.

    A fact of a protected type names none: the answer would be its address. What an action already bears on stays
    known to it, even once the file that named it is undone.
    """
    wanted = set(asked)
    homes = {residence_id for residence_id, *_ in wanted}
    register, fact, place = (table_of(table).c for table in (HallMonth, Incident, ActionPlace))
    named = (
        select(*(register[name] for name in HALL)).where(register.residence_id.in_(homes)),
        select(fact.residence_id, func.coalesce(fact.building_code, ""), fact.hall_code)
        .join(IncidentType, IncidentType.type_code == fact.type_code)
        .where(IncidentType.is_protected.is_(False), fact.residence_id.in_(homes), fact.hall_code.is_not(None)),
        select(*(place[name] for name in HALL)).where(place.action_id == action_id),
    )
    return wanted - {tuple(row) for row in connection.execute(union(*named))} if wanted else set()


def _save_month(change: Change, month_on: date, rows: pd.DataFrame) -> Saved:
    held = _held(change.connection, month_on)
    before = [held.get(hall) for hall in zip(*(rows[name].tolist() for name in HALL), strict=True)]
    is_new = pd.Series([status is None for status in before], index=rows.index)
    is_known = rows["status"] == pd.Series(before, index=rows.index, dtype=object)
    table, new = table_of(HallMonth), rows[is_new].assign(revision=change.revision)
    names = [str(name) for name in new.columns]
    insert_rows(change.connection, table, names, zip(*plain_columns(table, new), strict=True))
    changed = rows[~is_new & ~is_known]
    if len(changed):
        key = [table.c[name] == bindparam(f"key_{name}") for name in [*HALL, "month_on"]]
        rewritten = update(table).where(*key).values(status=bindparam("said"), revision=change.revision)
        said = changed.rename(columns={name: f"key_{name}" for name in COLUMNS} | {"status": "said"})
        change.connection.execute(rewritten, said.to_dict("records"))
    return Saved(len(new), len(changed), int(is_known.sum()))


def _held(connection: Connection, month_on: date) -> dict[Hall, HallOccupancy]:
    """The halls that the store knows of a month."""
    columns = [table_of(HallMonth).c[name] for name in HALL]
    rows = connection.execute(select(*columns, HallMonth.status).where(HallMonth.month_on == month_on))
    return {tuple(row[:3]): row[3] for row in rows}
