"""A store of residences to rank, small enough to be read: 14 that told of every month of two years."""

from datetime import date

from sqlalchemy import Engine

from lib.domain.filters import IncidentFilter
from lib.domain.period import Period, add_months
from lib.store import schema as s
from lib.store.revisions import change
from tests.factories import add, incident, residence, small_store

YEAR = Period(date(2025, 3, 1), date(2026, 3, 1))
CHOSEN = IncidentFilter(YEAR)
FIRST = 11  # residences of ``tests.factories`` come before, and told of too few months to be ranked
FACTS = (90, 60, 14, 9, 7, 6, 5, 4, 3, 3, 2, 1, 1, 0)
WORST, WORST_TYPES = FIRST, ("OCC-02", "PER-01", "TRA-01", "BIE-01")
FORMULA, HTML = '=HYPERLINK("http://x")', "<img src=x onerror=alert(1)>"
NAMES = {FIRST: "Les Érables", FIRST + 1: HTML, FIRST + 2: FORMULA}
EAST = range(FIRST + len(FACTS) - 4, FIRST + len(FACTS))  # in Seine-et-Marne, of the second landlord and service
HALLS = 3
NO_HALL = {"building_code": None, "hall_code": None}


def ranked_store(engine: Engine) -> Engine:
    """The small store with these residences: the first two have most facts; the last four are in Seine-et-Marne.

    The first is in the QPV of the small store; facts of the first three name one of three halls of building A. Hall
    Z 9 of the first is named by a protected fact alone.
    """
    small_store(engine)
    with change(engine, "essai") as made:
        ids = range(FIRST, FIRST + len(FACTS))
        add(made, s.Residence, *map(_home, ids))
        months = [add_months(date(2024, 3, 1), rank) for rank in range(24)]
        told = ({"residence_id": key, "month_on": month, "status": "reported"} for key in ids for month in months)
        add(made, s.ReportingMonth, *told)
        add(made, s.Incident, *(fact for key, count in zip(ids, FACTS, strict=True) for fact in _facts(key, count)))
        hall = {"building_code": "Z", "hall_code": "9"}
        add(
            made,
            s.Incident,
            incident("z9", WORST, date(2025, 5, 1), "PEL-03", severity_default=4, landlord_id=1, **hall),
        )
    return engine


def _home(key: int) -> dict:
    inside = {"qpv_2024_id": 1, "qpv_2024_status": "inside"} if key == WORST else {}
    name = NAMES.get(key, f"Résidence {key}")
    owner, commune = (2, "77002") if key in EAST else (1, "91001")
    return residence(key, owner, commune, residence_name=name, district_id=owner, **inside)


def _facts(key: int, count: int) -> list[dict]:
    """Facts month after month, and a third as many the year before."""
    types = WORST_TYPES if key == WORST else ("BIE-01",)
    found = []
    for rank in range(count + count // 3):
        year, month = (YEAR.start, rank % 12) if rank < count else (date(2024, 3, 1), (rank - count) % 12)
        has_hall = key < FIRST + 3
        hall = {"building_code": "A", "hall_code": str(rank % HALLS + 1)} if has_hall else NO_HALL
        filed = {"complaint_status": "filed" if rank % 2 else "not_considered", "landlord_id": 2 if key in EAST else 1}
        found.append(incident(f"{key}-{rank}", key, add_months(year, month), types[rank % len(types)], **hall, **filed))
    return found
