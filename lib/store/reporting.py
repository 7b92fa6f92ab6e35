"""What each landlord said of each residence and month: the base of every coverage."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, bindparam, extract, insert, select, update

from lib.domain.vocabulary import ReportingStatus
from lib.store.revisions import Change
from lib.store.schema import Incident, IncidentType, ReportingMonth, Residence

ResidenceMonth = tuple[int, date]


def mark_reporting(change: Change, landlord_id: int, months: Iterable[date], *, is_list_complete: bool = True) -> int:
    """States that a landlord answered for these months; see docs/guide/import.md, «Couverture déclarative».

    A residence with a fact of the store in the month is «reported»; another one, active at any day of the month, has
    «nothing to report». What already stands as «reported» is kept.

    Args:
        change: The transaction, after the facts were written.
        landlord_id: The landlord whose register it is.
        months: First days of the months the register covers.
        is_list_complete: False where the residences are only those that had facts: then «reported» alone is said.

    Returns:
        The number of residence-months written or changed.
    """
    covered = set(months)
    if not covered:
        return 0
    said = _without_facts(change.connection, landlord_id, covered) if is_list_complete else {}
    told = _with_facts(change.connection, landlord_id, covered, is_protected_told=is_list_complete)
    said |= dict.fromkeys(told, ReportingStatus.REPORTED)
    standing = _standing(change.connection, landlord_id, covered)
    fresh = {key: status for key, status in said.items() if key not in standing}
    better = [key for key, status in said.items() if _improves(standing.get(key), status)]
    if fresh:
        rows = [
            {"residence_id": residence_id, "month_on": month, "status": status, "revision": change.revision}
            for (residence_id, month), status in fresh.items()
        ]
        change.connection.execute(insert(ReportingMonth), rows)
    if better:
        change.connection.execute(
            update(ReportingMonth)
            .where(ReportingMonth.residence_id == bindparam("residence"), ReportingMonth.month_on == bindparam("month"))
            .values(status=bindparam("said"), revision=change.revision),
            [{"residence": key[0], "month": key[1], "said": said[key]} for key in better],
        )
    return len(fresh) + len(better)


def next_month(month: date) -> date:
    """First day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _improves(before: ReportingStatus | None, after: ReportingStatus) -> bool:
    """True where the register says more than what stood: silent < nothing to report < reported."""
    order = [ReportingStatus.SILENT, ReportingStatus.NOTHING_TO_REPORT, ReportingStatus.REPORTED]
    return before is not None and order.index(after) > order.index(before)


def _without_facts(
    connection: Connection, landlord_id: int, months: set[date]
) -> dict[ResidenceMonth, ReportingStatus]:
    """Nothing to report for the residences active in each month."""
    own = select(Residence.residence_id, Residence.active_from, Residence.active_to)
    residences = connection.execute(own.where(Residence.landlord_id == landlord_id)).all()
    return {
        (residence_id, month): ReportingStatus.NOTHING_TO_REPORT
        for residence_id, active_from, active_to in residences
        for month in months
        if (active_from is None or active_from < next_month(month)) and (active_to is None or active_to > month)
    }


def _with_facts(
    connection: Connection, landlord_id: int, months: set[date], *, is_protected_told: bool
) -> set[ResidenceMonth]:
    """Residence-months with a fact.

    Where only residences with facts are known, one reported for a protected fact alone would name its address.
    """
    year, month = extract("year", Incident.occurred_on), extract("month", Incident.occurred_on)
    facts = (
        select(Incident.residence_id, year, month)
        .where(
            Incident.landlord_id == landlord_id,
            Incident.occurred_on >= min(months),
            Incident.occurred_on < next_month(max(months)),
        )
        .distinct()
    )
    if not is_protected_told:
        open_types = select(IncidentType.type_code).where(IncidentType.is_protected.is_(False))
        facts = facts.where(Incident.type_code.in_(open_types))
    found = {(row[0], date(int(row[1]), int(row[2]), 1)) for row in connection.execute(facts)}
    return {(residence_id, month) for residence_id, month in found if month in months}


def _standing(connection: Connection, landlord_id: int, months: set[date]) -> dict[ResidenceMonth, ReportingStatus]:
    rows = (
        select(ReportingMonth.residence_id, ReportingMonth.month_on, ReportingMonth.status)
        .join(Residence, Residence.residence_id == ReportingMonth.residence_id)
        .where(Residence.landlord_id == landlord_id, ReportingMonth.month_on.between(min(months), max(months)))
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(rows)}
