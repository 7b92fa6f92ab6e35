"""A store small enough to be counted by hand; each maker takes only what differs."""

from datetime import UTC, date, datetime

from shapely import box, to_wkb
from sqlalchemy import Engine, Integer, func, insert, select

from lib.store import schema as s
from lib.store.revisions import Change, change

JANUARY, END = date(2026, 1, 1), date(2026, 3, 1)


def residence(residence_id: int, landlord_id: int, commune_code: str, **more: object) -> dict[str, object]:
    return {
        "residence_id": residence_id,
        "landlord_id": landlord_id,
        "reference": f"R{residence_id}",
        "residence_name": f"Résidence {residence_id}",
        "commune_code": commune_code,
        "longitude": 2.0 + residence_id / 100,
        "latitude": 48.5,
        "dwelling_count": 100,
        "qpv_2015_status": "unknown",
        "qpv_2024_status": "outside",
        "qpv_2024_id": None,
        "district_id": None,
        "active_from": None,
        "active_to": None,
    } | more


def incident(reference: str, residence_id: int, occurred_on: date, type_code: str = "BIE-01", **more: object) -> dict:
    return {
        "landlord_id": 1 if residence_id <= 2 else 2,
        "external_reference": reference,
        "residence_id": residence_id,
        "batch_id": 1,
        "type_code": type_code,
        "occurred_on": occurred_on,
        "start_minute": None,
        "end_minute": None,
        "time_precision": "day",
        "severity_default": 2,
        "severity_override": None,
        "place_type": "hall",
        "report_channel": "caretaker",
        "victim_category": "unknown",
        "cause": "unknown",
        "weapon": "unknown",
        "complaint_status": "unknown",
        "no_complaint_reason": "unknown",
        "outcome": "unknown",
    } | more


def add(made: Change, table: type[s.Base], *rows: dict) -> None:
    made.connection.execute(insert(table), [row | {"revision": made.revision} for row in rows])
    number_on(made, table)


def number_on(made: Change, table: type[s.Base]) -> None:
    """PostgreSQL numbers the next rows after those that were given their number."""
    key = next(iter(table.__table__.primary_key))
    if made.connection.dialect.name == "postgresql" and key.autoincrement and isinstance(key.type, Integer):
        sequence = func.pg_get_serial_sequence(table.__tablename__, key.name)
        made.connection.execute(select(func.setval(sequence, select(func.max(key)).scalar_subquery())))


def fill_territory(made: Change) -> None:
    """Two départements, three communes, one service of each force; commune 91003 has no service."""
    add(
        made,
        s.Departement,
        {"departement_code": "91", "departement_name": "Essonne"},
        {"departement_code": "77", "departement_name": "Seine-et-Marne"},
    )
    communes = (("91001", "Ville-A", "91", 2.0), ("91003", "Ville-C", "91", 2.1), ("77002", "Ville-B", "77", 2.2))
    for code, name, departement, west in communes:
        outline = to_wkb(box(west, 48.4, west + 0.1, 48.6))
        row = {"commune_code": code, "commune_name": name, "departement_code": departement, "outline": outline}
        add(made, s.Commune, row | {"parent_commune_code": None, "population": 1000})
    kind = {"district_kind": "commissariat", "valid_from": date(2020, 1, 1), "valid_to": None}
    add(
        made,
        s.District,
        {"district_id": 1, "force": "PN", "district_name": "Commissariat d’essai"} | kind,
        {"district_id": 2, "force": "GN", "district_name": "Gendarmerie - Brigade d’essai"}
        | kind
        | {"district_kind": "brigade"},
    )
    dates = {"valid_from": date(2020, 1, 1), "valid_to": None}
    add(
        made,
        s.CommuneDistrict,
        {"commune_code": "91001", "district_id": 1} | dates,
        {"commune_code": "77002", "district_id": 2} | dates,
        {"commune_code": "91003", "district_id": None} | dates,
    )
    qpv = {"qpv_id": 1, "qpv_code": "QN091F1X", "generation": 2024, "qpv_name": "Les Essais", "departement_code": "91"}
    outline = to_wkb(box(2.005, 48.45, 2.015, 48.55))
    add(made, s.Qpv, qpv | {"population": None, "social_dwelling_count": None, "outline": outline})
    add(made, s.QpvCommune, {"qpv_id": 1, "commune_code": "91001"})


def fill_housing(made: Change) -> None:
    """Four residences of 100 dwellings: 1 inside the QPV, 2 outside, 3 in gendarmerie zone, 4 without service."""
    add(
        made,
        s.Landlord,
        {"landlord_id": 1, "landlord_code": "alpha", "landlord_name": "Alpha Habitat"},
        {"landlord_id": 2, "landlord_code": "beta", "landlord_name": "Beta Logis"},
    )
    add(
        made,
        s.Residence,
        residence(1, 1, "91001", qpv_2024_id=1, qpv_2024_status="inside", district_id=1),
        residence(2, 1, "91001", district_id=1),
        residence(3, 2, "77002", district_id=2),
        residence(4, 2, "91003"),
    )


def fill_facts(made: Change) -> None:
    """January and February 2026 against 2025; residence 4 is silent in February 2026."""
    batch = {"batch_id": 1, "kind": "incidents", "landlord_id": None, "file_name": "essai.csv", "file_sha256": "0" * 64}
    counts = {"read_count": 12, "accepted_count": 12, "known_count": 0, "rejected_count": 0}
    add(made, s.IngestBatch, batch | counts | {"imported_by": "essai", "imported_at": datetime(2026, 3, 1, tzinfo=UTC)})
    months = [date(year, month, 1) for year in (2025, 2026) for month in (1, 2)]
    told = [(r, m) for r in (1, 2, 3, 4) for m in months if not (r == 4 and m == date(2026, 2, 1))]
    add(made, s.ReportingMonth, *({"residence_id": r, "month_on": m, "status": "nothing_to_report"} for r, m in told))
    add(
        made,
        s.Incident,
        incident("a1", 1, date(2026, 1, 5)),
        incident("a2", 1, date(2026, 1, 31), "OCC-02", severity_default=3),
        incident("a3", 1, date(2026, 2, 28), "PER-01", complaint_status="filed"),
        incident("a4", 2, date(2026, 2, 10), "JOU-01", severity_default=1),
        incident("a5", 1, date(2026, 2, 11), "PEL-03", severity_default=4),
        incident("a6", 1, date(2025, 1, 20)),
        incident("a7", 2, date(2025, 2, 20), "OCC-02", severity_default=3, severity_override=4),
        incident("b1", 3, date(2026, 1, 15), start_minute=1320, end_minute=60, time_precision="range"),
        incident("b2", 3, date(2025, 2, 1)),
        incident("b3", 4, date(2026, 1, 2)),
    )


def small_store(engine: Engine) -> Engine:
    """All of the above in one change; ``engine`` must know the nomenclature (fixture ``store``)."""
    with change(engine, "essai") as made:
        fill_territory(made)
        fill_housing(made)
        fill_facts(made)
    return engine
