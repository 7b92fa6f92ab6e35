"""Which police or gendarmerie service answers for a commune, and since when."""

from datetime import date

import pandas as pd
from sqlalchemy import Connection, insert, select, update

from lib.domain.vocabulary import Force
from lib.store.revisions import Change
from lib.store.rows import Saved, frame_of
from lib.store.schema import CommuneDistrict, District

SERVICE = ["force", "district_name"]


def save_competences(change: Change, competences: pd.DataFrame, *, valid_from: date) -> Saved:
    """Writes which service answers for each commune from a date on; a blank service is kept as such.

    Where another service answered before, its link is closed on that date; where a later table is already known, the
    new link stops where that one starts. Services that no commune belongs to any more are closed. Communes absent from
    the table keep the service they had.

    Args:
        change: The transaction.
        competences: ``commune_code`` (in force, known to the store), ``force``, ``district_name``, ``district_kind``.
        valid_from: Day the table takes effect.

    Returns:
        Communes written for the first time, changed, and already so.
    """
    ids = _district_ids(change, competences, valid_from)
    links = _links_by_commune(change.connection)
    counts = {"new": 0, "changed": 0, "known": 0}
    for code, force, name in competences[["commune_code", *SERVICE]].itertuples(index=False):
        district_id = None if pd.isna(name) else ids[Force(force), name]
        counts[_place(change, code, district_id, (valid_from, links.get(code, [])))] += 1
    _refresh_validity(change)
    return Saved(counts["new"], counts["changed"], counts["known"])


def districts(connection: Connection) -> pd.DataFrame:
    """Every service: ``district_id, force, district_name, district_kind, valid_from, valid_to``, by force and name."""
    columns = [c for c in District.__table__.c if c.name != "revision"]
    return frame_of(connection, select(*columns).order_by(District.force, District.district_name))


def commune_districts(connection: Connection, on: date | None = None) -> pd.DataFrame:
    """Service of each commune on a day, by default today's last known one.

    Returns:
        ``commune_code, district_id`` (missing: «service non renseigné»)``, valid_from, valid_to``, in commune order.
    """
    columns = CommuneDistrict.__table__.c
    in_force = columns.valid_to.is_(None)
    if on is not None:
        in_force = (columns.valid_from <= on) & (columns.valid_to.is_(None) | (columns.valid_to > on))
    statement = select(columns.commune_code, columns.district_id, columns.valid_from, columns.valid_to)
    found = frame_of(connection, statement.where(in_force).order_by(columns.commune_code))
    return found.assign(district_id=found["district_id"].astype("Int64"))


def _district_ids(change: Change, competences: pd.DataFrame, valid_from: date) -> dict[tuple[Force, str], int]:
    """Key of each service of the table, those the store did not know being added."""
    named = competences.dropna(subset=SERVICE).drop_duplicates(SERVICE).sort_values(SERVICE)
    held = _held_ids(change.connection)
    rows = [
        {
            "force": Force(force),
            "district_name": name,
            "district_kind": kind,
            "valid_from": valid_from,
            "valid_to": None,
            "revision": change.revision,
        }
        for force, name, kind in named[[*SERVICE, "district_kind"]].itertuples(index=False)
        if (Force(force), name) not in held
    ]
    if rows:
        change.connection.execute(insert(District), rows)
    return _held_ids(change.connection)


def _held_ids(connection: Connection) -> dict[tuple[Force, str], int]:
    held = connection.execute(select(District.force, District.district_name, District.district_id))
    return {(Force(force), name): district_id for force, name, district_id in held}


def _links_by_commune(connection: Connection) -> dict[str, list[tuple[date, date | None, int | None]]]:
    columns = CommuneDistrict.__table__.c
    held = connection.execute(
        select(columns.commune_code, columns.valid_from, columns.valid_to, columns.district_id).order_by(
            columns.valid_from
        )
    )
    links: dict[str, list] = {}
    for code, start, end, district_id in held:
        links.setdefault(code, []).append((start, end, district_id))
    return links


def _place(change: Change, code: str, district_id: int | None, dated: tuple[date, list]) -> str:
    """Sets the service of one commune from a day on; says whether that is new, changed or known."""
    start, links = dated
    current = next((link for link in links if link[0] <= start and (link[1] is None or link[1] > start)), None)
    if current is not None and current[2] == district_id:
        return "known"
    if current is not None and current[0] == start:
        _write_link(change, code, start, district_id=district_id)
        return "changed"
    following = min((link[0] for link in links if link[0] > start), default=None)
    if current is not None:
        _write_link(change, code, current[0], valid_to=start)
    row = {"commune_code": code, "valid_from": start, "valid_to": following, "district_id": district_id}
    change.connection.execute(insert(CommuneDistrict).values(row | {"revision": change.revision}))
    return "new" if current is None else "changed"


def _write_link(change: Change, code: str, start: date, **values: object) -> None:
    columns = CommuneDistrict.__table__.c
    statement = update(CommuneDistrict).where(columns.commune_code == code, columns.valid_from == start)
    change.connection.execute(statement.values(**values, revision=change.revision))


def _refresh_validity(change: Change) -> None:
    """Dates of each service from those of its communes: open while one commune is."""
    links = frame_of(
        change.connection, select(CommuneDistrict.district_id, CommuneDistrict.valid_from, CommuneDistrict.valid_to)
    ).dropna(subset=["district_id"])
    held = districts(change.connection).set_index("district_id")
    for district_id, own in links.groupby("district_id"):
        ends = own["valid_to"]
        dates = (own["valid_from"].min(), None if ends.isna().any() else ends.max())
        before = held.loc[district_id]
        if dates != (before["valid_from"], None if pd.isna(before["valid_to"]) else before["valid_to"]):
            row = {"valid_from": dates[0], "valid_to": dates[1], "revision": change.revision}
            change.connection.execute(update(District).where(District.district_id == int(str(district_id))).values(row))
    _close_empty(change, set(held.index) - set(links["district_id"]))


def _close_empty(change: Change, district_ids: set[int]) -> None:
    """A service that no link names any more (a correction of the same day) ends the day it started."""
    columns = District.__table__.c
    statement = update(District).where(columns.district_id.in_(map(int, district_ids)), columns.valid_to.is_(None))
    change.connection.execute(statement.values(valid_to=columns.valid_from, revision=change.revision))
