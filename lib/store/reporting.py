"""What each landlord said of each residence and month: the base of every coverage."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import pandas as pd
from sqlalchemy import Connection, Row, bindparam, func, select, update

from lib.domain.period import last_complete_month_end
from lib.domain.vocabulary import BatchKind, ReportingStatus, TimePrecision
from lib.store.bulk import insert_rows
from lib.store.claims import note_claims
from lib.store.revisions import Change
from lib.store.rows import frame_of, table_of
from lib.store.schema import Incident, IncidentType, IngestBatch, ReportingMonth, Residence

ResidenceMonth = tuple[int, date]
REGISTERS = (BatchKind.INCIDENTS, BatchKind.REPORTING, BatchKind.DEMONSTRATION)


def mark_reporting(
    change: Change,
    landlord_id: int,
    months: Iterable[date],
    *,
    is_list_complete: bool = True,
    batch_id: int | None = None,
) -> int:
    """States that a landlord answered for these months; see docs/guide/import.md, «Couverture déclarative».

    A residence with a fact of the store in the month is «reported»; another one, active at any day of the month, has
    «nothing to report». What already stands as «reported» is kept.

    Args:
        change: The transaction, after the facts were written.
        landlord_id: The landlord whose register it is.
        months: First days of the months the register covers.
        is_list_complete: False where the residences are only those that had facts: then «reported» alone is said.
        batch_id: The import that says so, whose undoing takes it back; None for what is never undone.

    Returns:
        The number of residence-months written or changed.
    """
    covered = set(months)
    if not covered:
        return 0
    said = _without_facts(change.connection, landlord_id, covered) if is_list_complete else {}
    told = with_facts(change.connection, landlord_id, covered, is_protected_told=is_list_complete)
    said |= dict.fromkeys(told, ReportingStatus.REPORTED)
    standing = _standing(change.connection, landlord_id, covered)
    if batch_id is not None:
        note_claims(change, batch_id, said, standing, is_list_complete=is_list_complete)
    better = {key: status for key, status in said.items() if _improves(standing.get(key), status)} if standing else said
    write_months(change, better, standing)
    return len(better)


def mark_reported(change: Change, landlord_id: int, told: set[ResidenceMonth], *, batch_id: int) -> int:
    """«Reported», for these residence-months alone: what a replay of some rows says, which no whole month is.

    One with protected facts alone is said only where the landlord answered for it already: see ``with_facts``.

    Args:
        change: The transaction, after the facts were written.
        landlord_id: The landlord whose rows they are.
        told: Residence-months of the facts brought.
        batch_id: The replay, whose undoing takes it back.

    Returns:
        The number of residence-months written or changed.
    """
    if not told:
        return 0
    months = {month for _, month in told}
    standing = _standing(change.connection, landlord_id, months)
    shown = with_facts(change.connection, landlord_id, months, is_protected_told=False)
    said = {claim: ReportingStatus.REPORTED for claim in sorted(told) if claim in shown or claim in standing}
    note_claims(change, batch_id, said, standing, is_list_complete=False)
    better = {claim: status for claim, status in said.items() if _improves(standing.get(claim), status)}
    write_months(change, better, standing)
    return len(better)


def state_nothing_to_report(change: Change, batch_id: int, landlord_id: int, months: Iterable[date]) -> int:
    """A landlord states that some months had no fact: «nothing to report» for every residence active then.

    A residence with a fact in the store stays «reported». Undone with its batch; returns the residence-months changed.
    """
    return mark_reporting(change, landlord_id, months, batch_id=batch_id)


def reporting_calendar(connection: Connection, landlord_id: int) -> pd.DataFrame:
    """What a landlord said of its residences, each month of ``told_months``, and of those it told of after them.

    Returns:
        ``month_on, reported_count, nothing_to_report_count, silent_count``: residences of the month, those that left
        before or came after it not counted. No row for a landlord without residence.
    """
    residences = _lives(connection, landlord_id)
    told = frame_of(
        connection,
        select(ReportingMonth.residence_id, ReportingMonth.month_on, ReportingMonth.status)
        .join(Residence, Residence.residence_id == ReportingMonth.residence_id)
        .where(Residence.landlord_id == landlord_id),
    )
    rows = []
    months = set(told_months(connection)) | set(told["month_on"])
    for month in months_between(min(months), max(months)) if residences and months else []:
        counts = told.loc[told["month_on"] == month, "status"].value_counts()
        reported, nothing = (
            int(counts.get(status, 0)) for status in (ReportingStatus.REPORTED, ReportingStatus.NOTHING_TO_REPORT)
        )
        active = sum(_is_active(month, row.active_from, row.active_to) for row in residences)
        rows.append((month, reported, nothing, max(active - reported - nothing, 0)))
    return pd.DataFrame(rows, columns=["month_on", "reported_count", "nothing_to_report_count", "silent_count"])


def told_months(connection: Connection) -> list[date]:
    """Months from the first that any landlord told of to the last complete month of the data, in order.

    A month of these is silent for a landlord whose residences of that month all said nothing: see ``silent_months``.
    """
    first = connection.scalar(
        select(func.min(ReportingMonth.month_on)).where(ReportingMonth.status != ReportingStatus.SILENT)
    )
    if first is None:
        return []
    last_day = data_on(connection)
    end = first if last_day is None else last_complete_month_end(last_day)
    return [month for month in months_between(first, end) if month < end]


def silent_months(connection: Connection, landlord_id: int, months: Iterable[date]) -> list[date]:
    """Those of ``told_months`` in which a landlord had residences and none of them said anything, in order."""
    said = (
        select(ReportingMonth.month_on)
        .join(Residence, Residence.residence_id == ReportingMonth.residence_id)
        .where(Residence.landlord_id == landlord_id, ReportingMonth.status != ReportingStatus.SILENT)
        .distinct()
    )
    told, residences = set(connection.scalars(said)), _lives(connection, landlord_id)
    return [
        month
        for month in months
        if month not in told and any(_is_active(month, row.active_from, row.active_to) for row in residences)
    ]


def data_on(connection: Connection) -> date | None:
    """Last day the store tells of, as the snapshot says it; None without a fact nor a register."""
    declared_on = _last_day(connection.scalar(select(func.max(ReportingMonth.month_on))))
    registers = select(func.max(IngestBatch.imported_at)).where(
        IngestBatch.kind.in_(REGISTERS), IngestBatch.undone_at.is_(None)
    )
    read_at = connection.scalar(registers)
    read_on = None if read_at is None else read_at.date() - timedelta(days=1)
    if read_on is not None and declared_on is not None and declared_on <= read_on:
        return declared_on  # facts are of months told of: no need to read them all
    day = connection.scalar(select(func.max(Incident.occurred_on)))
    of_months = select(func.max(Incident.occurred_on)).where(Incident.time_precision == TimePrecision.MONTH)
    known = (day, _last_day(connection.scalar(of_months)), read_on)
    return max((one for one in known if one is not None), default=None)


def _last_day(month: date | None) -> date | None:
    return None if month is None else next_month(month) - timedelta(days=1)


def _lives(connection: Connection, landlord_id: int) -> Sequence[Row]:
    """When each residence of a landlord came and left."""
    own = select(Residence.residence_id, Residence.active_from, Residence.active_to)
    return connection.execute(own.where(Residence.landlord_id == landlord_id)).all()


def months_between(month: date, last: date) -> list[date]:
    """First days of the months from that of ``month`` to that of ``last``, both included."""
    months, month = [], month.replace(day=1)
    while month <= last:
        months.append(month)
        month = next_month(month)
    return months


def write_months(
    change: Change, said: dict[ResidenceMonth, ReportingStatus], standing: dict[ResidenceMonth, ReportingStatus]
) -> None:
    """Writes what is said of these residence-months; ``standing`` has those the store holds already."""
    days = {month: month.isoformat() for month in {month for _, month in said}}
    codes = {status: status.value for status in ReportingStatus}
    rows = (
        (residence, days[month], codes[status], change.revision)
        for (residence, month), status in said.items()
        if (residence, month) not in standing
    )
    names = ["residence_id", "month_on", "status", "revision"]
    insert_rows(change.connection, table_of(ReportingMonth), names, rows)
    held = [{"residence": key[0], "month": key[1], "said": said[key]} for key in said if key in standing]
    if held:
        change.connection.execute(
            update(ReportingMonth)
            .where(ReportingMonth.residence_id == bindparam("residence"), ReportingMonth.month_on == bindparam("month"))
            .values(status=bindparam("said"), revision=change.revision),
            held,
        )


def next_month(month: date) -> date:
    """First day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def with_facts(
    connection: Connection, landlord_id: int, months: set[date], *, is_protected_told: bool
) -> set[ResidenceMonth]:
    """Residence-months with a fact.

    Where only residences with facts are known, one reported for a protected fact alone would name its address.
    """
    facts = select(Incident.residence_id, Incident.occurred_on).where(
        Incident.landlord_id == landlord_id,
        Incident.occurred_on >= min(months),
        Incident.occurred_on < next_month(max(months)),
    )
    if not is_protected_told:
        open_types = select(IncidentType.type_code).where(IncidentType.is_protected.is_(False))
        facts = facts.where(Incident.type_code.in_(open_types))
    found = {(residence_id, day.replace(day=1)) for residence_id, day in connection.execute(facts)}
    return {claim for claim in found if claim[1] in months}


def _improves(before: ReportingStatus | None, after: ReportingStatus) -> bool:
    """True where the register says more than what stood: silent < nothing to report < reported."""
    order = [ReportingStatus.SILENT, ReportingStatus.NOTHING_TO_REPORT, ReportingStatus.REPORTED]
    return before is None or order.index(after) > order.index(before)


def _without_facts(
    connection: Connection, landlord_id: int, months: set[date]
) -> dict[ResidenceMonth, ReportingStatus]:
    """Nothing to report for the residences active in each month."""
    return {
        (residence_id, month): ReportingStatus.NOTHING_TO_REPORT
        for residence_id, active_from, active_to in _lives(connection, landlord_id)
        for month in months
        if _is_active(month, active_from, active_to)
    }


def _is_active(month: date, active_from: date | None, active_to: date | None) -> bool:
    return (active_from is None or active_from < next_month(month)) and (active_to is None or active_to > month)


def _standing(connection: Connection, landlord_id: int, months: set[date]) -> dict[ResidenceMonth, ReportingStatus]:
    rows = (
        select(ReportingMonth.residence_id, ReportingMonth.month_on, ReportingMonth.status)
        .join(Residence, Residence.residence_id == ReportingMonth.residence_id)
        .where(Residence.landlord_id == landlord_id, ReportingMonth.month_on.between(min(months), max(months)))
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(rows)}
