"""A store of any size: invented facts over a grid of communes, written through ADBC; what the snapshot is timed on."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import adbc_driver_postgresql.dbapi
import adbc_driver_sqlite.dbapi
import numpy as np
import pyarrow as pa
from shapely import box, to_wkb
from sqlalchemy import BigInteger, Date, Engine, Integer, func, select

from lib.domain import vocabulary as v
from lib.domain.period import add_months
from lib.ingest.columns import LISTS
from lib.store import schema as s
from lib.store.nomenclature import save_nomenclature
from lib.store.revisions import change
from lib.store.rows import table_of

COMMUNES, DISTRICTS, QPVS, LANDLORDS, DEPARTEMENTS = 1_280, 190, 300, 40, 8
FIRST_MONTH, MONTHS = date(2016, 11, 1), 120
CHUNK_ROWS = 1_000_000
WEST, SOUTH, CELL_DEGREES, GRID_WIDTH = 1.5, 48.1, 0.03, 40
LAST_IMPORT = datetime(2026, 11, 2, tzinfo=UTC)
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Volume:
    """How much is invented."""

    facts: int
    residences: int = 12_000
    seed: int = 1


def fill(engine: Engine, volume: Volume) -> None:
    """Writes an invented store into a migrated, empty one; facts gather on few residences, after a gamma law."""
    rng = np.random.default_rng(volume.seed)
    with change(engine, "essai") as made:
        save_nomenclature(made)
        types = made.connection.execute(select(s.IncidentType.type_code, s.IncidentType.severity_default)).all()
        revision = made.revision
    engine.dispose()  # two SQLite libraries with the file open would lose what is written (docs/decisions/0019)
    weights = rng.gamma(0.6, size=volume.residences)
    shares = weights / weights.sum()
    with _connection(engine) as connection:
        landlords = rng.integers(1, LANDLORDS + 1, volume.residences)
        for table, columns in [
            *_territory(),
            *_housing(landlords, rng),
            *_reporting(volume.residences, rng),
            *_batch(volume.facts),
        ]:
            _append(connection, table, columns, revision)
        for start in range(0, volume.facts, CHUNK_ROWS):
            count = min(CHUNK_ROWS, volume.facts - start)
            _append(connection, s.Incident, _facts(start, count, (landlords, shares), types, rng), revision)
        connection.adbc_connection.commit()
    with engine.connect() as store:
        assert store.scalar(select(func.count()).select_from(s.Incident)) == volume.facts


def _connection(engine: Engine):
    if engine.dialect.name == "sqlite":
        connection = adbc_driver_sqlite.dbapi.connect(f"file:{engine.url.database}", autocommit=True)
        connection.execute("PRAGMA cache_size=-1000000").close()  # kB: the indexes are written everywhere at once
        connection.execute("PRAGMA synchronous=OFF").close()
        connection.adbc_connection.set_autocommit(False)
        return connection
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return adbc_driver_postgresql.dbapi.connect(address)


def _append(connection, table: type[s.Base], columns: dict, revision: int) -> None:
    """Rows into a table: days are given as numbers of days, or as dates."""
    count = len(next(iter(columns.values())))
    typed = {}
    for name, values in (columns | {"revision": np.full(count, revision)}).items():
        kind = table_of(table).c[name].type
        whole = pa.int64() if isinstance(kind, BigInteger) else pa.int32()  # PostgreSQL takes no other width
        exact = whole if isinstance(kind, Integer | Date) else None
        typed[name] = pa.array(values, exact).cast(pa.date32()) if isinstance(kind, Date) else pa.array(values, exact)
    with connection.cursor() as cursor:
        cursor.adbc_ingest(table.__tablename__, pa.table(typed), mode="append")


def _day(day: date) -> int:
    return (day - EPOCH).days


def _territory() -> list[tuple[type[s.Base], dict]]:
    numbers = np.arange(COMMUNES)
    departements = [f"{1 + number * DEPARTEMENTS // COMMUNES:02d}" for number in numbers]
    codes = [f"{departement}{number % 1000:03d}" for departement, number in zip(departements, numbers, strict=True)]
    west = WEST + CELL_DEGREES * (numbers % GRID_WIDTH)
    south = SOUTH + CELL_DEGREES * (numbers // GRID_WIDTH)
    outlines = to_wkb(box(west, south, west + CELL_DEGREES, south + CELL_DEGREES)).tolist()
    held = _commune_of_qpv(np.arange(QPVS))
    corner = west[held] + CELL_DEGREES / 4, south[held] + CELL_DEGREES / 4
    quarters = to_wkb(box(*corner, corner[0] + CELL_DEGREES / 4, corner[1] + CELL_DEGREES / 4)).tolist()
    names = sorted(set(departements))
    services = range(1, DISTRICTS + 1)
    since = np.full(DISTRICTS, _day(date(2010, 1, 1)))
    return [
        (s.Departement, {"departement_code": names, "departement_name": [f"Département {name}" for name in names]}),
        (
            s.Commune,
            {
                "commune_code": codes,
                "commune_name": [f"Commune {number}" for number in numbers],
                "departement_code": departements,
                "population": np.full(COMMUNES, 9_000),
                "outline": outlines,
            },
        ),
        (
            s.District,
            {
                "district_id": services,
                "force": ["PN" if number % 2 else "GN" for number in services],
                "district_name": [f"Service {number}" for number in services],
                "district_kind": ["service"] * DISTRICTS,
                "valid_from": since,
            },
        ),
        (
            s.CommuneDistrict,
            {
                "commune_code": codes,
                "district_id": _district_of(numbers),
                "valid_from": np.full(COMMUNES, since[0]),
            },
        ),
        (
            s.Qpv,
            {
                "qpv_id": np.arange(1, QPVS + 1),
                "qpv_code": [f"QN{number:06d}" for number in range(1, QPVS + 1)],
                "generation": np.full(QPVS, 2024),
                "qpv_name": [f"Quartier {number}" for number in range(1, QPVS + 1)],
                "departement_code": [departements[commune] for commune in held],
                "outline": quarters,
            },
        ),
        (s.QpvCommune, {"qpv_id": np.arange(1, QPVS + 1), "commune_code": [codes[commune] for commune in held]}),
    ]


def _commune_of_qpv(qpvs: np.ndarray) -> np.ndarray:
    return qpvs * (COMMUNES // QPVS)


def _district_of(communes: np.ndarray) -> np.ndarray:
    return 1 + communes * DISTRICTS // COMMUNES


def _housing(owners: np.ndarray, rng: np.random.Generator) -> list[tuple[type[s.Base], dict]]:
    count = len(owners)
    numbers = np.arange(1, count + 1)
    is_inside = rng.random(count) < 0.4
    qpvs = rng.integers(0, QPVS, count)
    communes = np.where(is_inside, _commune_of_qpv(qpvs), rng.integers(0, COMMUNES, count))
    codes = np.array(_territory()[1][1]["commune_code"])
    west, south = WEST + CELL_DEGREES * (communes % GRID_WIDTH), SOUTH + CELL_DEGREES * (communes // GRID_WIDTH)
    spread = np.where(is_inside, 0.25, 1.0) * CELL_DEGREES
    start = np.where(is_inside, 0.25, 0.0) * CELL_DEGREES
    landlords = range(1, LANDLORDS + 1)
    return [
        (
            s.Landlord,
            {
                "landlord_id": landlords,
                "landlord_code": [f"B{number}" for number in landlords],
                "landlord_name": [f"Bailleur {number}" for number in landlords],
            },
        ),
        (
            s.Residence,
            {
                "residence_id": numbers,
                "landlord_id": owners,
                "reference": [f"R-{number}" for number in numbers],
                "residence_name": [f"Résidence {number}" for number in numbers],
                "commune_code": codes[communes],
                "longitude": west + start + spread * rng.random(count),
                "latitude": south + start + spread * rng.random(count),
                "dwelling_count": rng.integers(5, 200, count),
                "qpv_2015_status": [v.QpvStatus.UNKNOWN.value] * count,
                "qpv_2024_id": pa.array(qpvs + 1, mask=~is_inside),
                "qpv_2024_status": np.where(is_inside, v.QpvStatus.INSIDE.value, v.QpvStatus.OUTSIDE.value),
                "district_id": _district_of(communes),
            },
        ),
    ]


def _reporting(count: int, rng: np.random.Generator) -> list[tuple[type[s.Base], dict]]:
    """One month in ten is silent."""
    months = np.array([_day(add_months(FIRST_MONTH, number)) for number in range(MONTHS)])
    is_told = rng.random((MONTHS, count)) < 0.9
    month, residence = np.nonzero(is_told)
    told = np.where(rng.random(len(month)) < 0.3, v.ReportingStatus.REPORTED, v.ReportingStatus.NOTHING_TO_REPORT)
    return [(s.ReportingMonth, {"residence_id": residence + 1, "month_on": months[month], "status": told})]


def _batch(fact_count: int) -> list[tuple[type[s.Base], dict]]:
    counts = {f"{became}_count": [0] for became in ("known", "updated", "to_qualify", "rejected")}
    counts |= {f"{became}_count": [fact_count] for became in ("read", "accepted")}
    told = {"kind": ["incidents"], "file_name": ["essai.csv"], "file_sha256": ["0" * 64], "imported_by": ["essai"]}
    return [(s.IngestBatch, told | counts | {"batch_id": [1], "imported_at": [LAST_IMPORT]})]


def _facts(start: int, count: int, held: tuple[np.ndarray, np.ndarray], types, rng: np.random.Generator) -> dict:
    owners, shares = held
    residences = rng.choice(len(shares), count, p=shares) + 1
    type_weights = rng.dirichlet(np.full(len(types), 0.7))
    chosen = rng.choice(len(types), count, p=type_weights)
    first, after = _day(FIRST_MONTH), _day(add_months(FIRST_MONTH, MONTHS))
    is_timed = rng.random(count) < 0.7
    drawn = {name: rng.choice([one.value for one in members], count) for name, members in LISTS.items()}
    return drawn | {
        "incident_id": np.arange(start + 1, start + count + 1),
        "landlord_id": owners[residences - 1],
        "external_reference": [f"F-{number}" for number in range(start + 1, start + count + 1)],
        "residence_id": residences,
        "batch_id": np.ones(count, int),
        "type_code": np.array([code for code, _ in types])[chosen],
        "occurred_on": rng.integers(first, after, count),
        "start_minute": pa.array(rng.integers(0, 1440, count), mask=~is_timed),
        "time_precision": np.where(is_timed, v.TimePrecision.EXACT.value, v.TimePrecision.DAY.value),
        "severity_default": np.array([severity for _, severity in types])[chosen],
        "building_code": rng.choice(list("ABCDEF"), count),
        "hall_code": rng.choice(list("12345"), count),
    }
