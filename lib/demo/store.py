"""The demonstration written into a store."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection, Engine, delete, insert, select

from lib.demo.actions import save_actions
from lib.demo.frames import DEFAULT_SEED, DEPARTEMENTS, DemoFrames, demo_frames
from lib.demo.referents import referents
from lib.demo.stories import schemes
from lib.domain.vocabulary import BatchKind
from lib.errors import StoreError
from lib.ingest.links import relocate_residences
from lib.ingest.territories import load_reference
from lib.store import districts, housing, settings, territories
from lib.store.halls import save_hall_months
from lib.store.incidents import Batch, save_batch, save_incidents
from lib.store.revisions import Change, change
from lib.store.rows import records
from lib.store.schema import (
    Base,
    IngestBatch,
    JointAction,
    Landlord,
    Meeting,
    Qpv,
    RecordedCrime,
    Referent,
    ReportingMonth,
    Revision,
    Scheme,
    Situation,
    SsmsiDepartement,
)
from lib.store.schemes import COLUMNS, save_schemes

logger = logging.getLogger(__name__)

SEED = "seed"
STEPS = (
    "Communes, services et nomenclature",
    "Bailleurs, quartiers, résidences et faits inventés",
    "Écriture des résidences et des quartiers",
    "Écriture des faits",
    "Écriture du calendrier déclaratif",
)
# A store that holds any of these is somebody's: invented facts must not be mixed with it.
CONTENT = (Landlord, Qpv, IngestBatch, Scheme, SsmsiDepartement, RecordedCrime, JointAction, Meeting)
# Revision numbers go on: caches are keyed on them.
KEPT_TABLES = {Revision.__tablename__}
Progress = Callable[[str], None]


@dataclass(frozen=True)
class DemoCounts:
    """What was written."""

    landlords: int
    residences: int
    dwellings: int
    qpvs: int
    incidents: int


def build_demo(
    engine: Engine, seed: int = DEFAULT_SEED, progress: Progress | None = None, *, is_replaced: bool = False
) -> DemoCounts:
    """Fills an empty store with the demonstration; the same seed gives the same content.

    Args:
        engine: A migrated store.
        seed: Source of all chance.
        progress: Called with the French name of each step of ``STEPS`` as it begins.
        is_replaced: Empties the store first, if what it holds is itself a demonstration.

    Raises:
        StoreError: If the store holds something else, or a demonstration that was not to be replaced.
    """
    say = progress or logger.info
    make_room(engine, is_replaced=is_replaced)
    say(STEPS[0])
    load_reference(engine)
    say(STEPS[1])
    with engine.connect() as connection:
        frames = _frames(connection, seed)
    write_demo(engine, frames, seed, say)
    return _counts(frames)


def write_demo(engine: Engine, frames: DemoFrames, seed: int, progress: Progress) -> None:
    """Writes the frames in one transaction and marks the store synthetic; communes and services are there already."""
    with change(engine, "démonstration") as made:
        progress(STEPS[2])
        _save_housing(made, frames)
        settings.save_setting(made, settings.IS_SYNTHETIC, "true")
        settings.save_setting(made, SEED, str(seed))
        residences = _residence_ids(made, frames)
        progress(STEPS[3])
        _save_facts(made, frames, residences, seed)
        progress(STEPS[4])
        _save_reporting(made, frames, residences)
        save_hall_months(made, frames.hall_months.join(residences["residence_id"], on="residence"))
        _save_referents(made)
        _save_schemes(made)
        save_actions(made, residences, frames.incidents, frames.cast)


def holds_content(engine: Engine) -> bool:
    """Whether somebody's landlords, layers or files are in the store: a reference of the project does not count."""
    with engine.connect() as connection:
        return any(connection.scalar(select(table).limit(1)) is not None for table in CONTENT)


def make_room(engine: Engine, *, is_replaced: bool) -> None:
    """Leaves an empty store as it is, and empties one that holds a demonstration to be replaced.

    Raises:
        StoreError: If the store holds something else, or a demonstration that was not to be replaced.
    """
    if not holds_content(engine):
        return
    with engine.connect() as connection:
        others = select(IngestBatch.batch_id).where(IngestBatch.kind != BatchKind.DEMONSTRATION).limit(1)
        is_demo = settings.is_synthetic(connection) and connection.scalar(others) is None
    if not is_demo:
        raise StoreError(
            "La base contient des données qui ne sont pas celles de la démonstration\u00a0: choisissez-en une autre."
        )
    if not is_replaced:
        raise StoreError("La base contient déjà la démonstration\u00a0: ajoutez --remplacer pour la refaire.")
    with change(engine, "effacement de la démonstration") as made:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name not in KEPT_TABLES:
                made.connection.execute(delete(table))


def _frames(connection: Connection, seed: int) -> DemoFrames:
    forces = districts.districts(connection)[["district_id", "force"]]
    competences = districts.commune_districts(connection).merge(forces, on="district_id", how="left")
    return demo_frames(seed, territories.communes(connection), competences[["commune_code", "force"]])


def _save_housing(made: Change, frames: DemoFrames) -> None:
    stock = frames.housing
    housing.save_landlords(made, stock.landlords)
    territories.save_qpvs(made, stock.qpvs)
    territories.save_qpv_figures(made, stock.qpv_figures)
    housing.save_residences(made, stock.residences)
    relocate_residences(made)


def _residence_ids(made: Change, frames: DemoFrames) -> pd.DataFrame:
    """``residence_id``, ``landlord_id`` and ``landlord_code`` of each residence, in the order of row numbers."""
    key = ["landlord_code", "reference"]
    stored = housing.residences(made.connection)[[*key, "residence_id", "landlord_id"]]
    return frames.housing.residences[key].merge(stored, on=key, how="left", validate="one_to_one")


def _save_facts(made: Change, frames: DemoFrames, residences: pd.DataFrame, seed: int) -> None:
    keys = residences[["residence_id", "landlord_id"]]
    facts = frames.incidents.join(keys, on="residence")
    situation_ids = _save_situations(made, frames.situations.join(keys, on="residence"))
    facts["situation_id"] = facts["situation"].map(situation_ids).astype("Int64")
    for name in ("occurred_on", "reported_on", "complaint_filed_on"):
        facts[name] = facts[name].dt.date
    for landlord_code, own in facts.groupby("landlord_code", sort=True):
        batch = _batch(str(landlord_code), int(own["landlord_id"].iloc[0]), len(own), seed)
        save_incidents(made, save_batch(made, batch), own)


def _save_situations(made: Change, situations: pd.DataFrame) -> dict[int, int]:
    """``situation_id`` of each situation number."""
    rows = situations.assign(
        opened_on=situations["opened_on"].dt.date,
        closed_on=situations["closed_on"].dt.date,
        revision=made.revision,
    )
    columns = ["residence_id", "type_code", "opened_on", "closed_on", "revision"]
    ids = [
        made.connection.execute(insert(Situation).values(row)).inserted_primary_key for row in records(rows[columns])
    ]
    return {number: int(key[0]) for number, key in enumerate(ids) if key is not None}


def _batch(landlord_code: str, landlord_id: int, count: int, seed: int) -> Batch:
    name = f"demonstration-{landlord_code}.csv"
    return Batch(
        kind=BatchKind.DEMONSTRATION,
        landlord_id=landlord_id,
        file_name=name,
        file_sha256=hashlib.sha256(f"{seed} {name}".encode()).hexdigest(),
        imported_by="démonstration",
        read_count=count,
        accepted_count=count,
        known_count=0,
        rejected_count=0,
    )


def _save_reporting(made: Change, frames: DemoFrames, residences: pd.DataFrame) -> None:
    rows = frames.reporting_months.join(residences["residence_id"], on="residence")
    rows = rows[["residence_id", "month_on", "status"]].assign(revision=made.revision)
    made.connection.execute(insert(ReportingMonth), records(rows))


def _save_referents(made: Change) -> None:
    served = housing.residences(made.connection)["district_id"].dropna().unique()
    services = districts.districts(made.connection)
    shown = services[services["district_id"].isin(served)]
    found = referents(shown, housing.landlords(made.connection), list(DEPARTEMENTS))
    made.connection.execute(insert(Referent), records(found.assign(revision=made.revision)))


def _save_schemes(made: Change) -> None:
    qpvs = territories.qpvs(made.connection, generation=2024)
    save_schemes(made, schemes(qpvs.set_index("qpv_name")["qpv_id"]).reindex(columns=COLUMNS))


def _counts(frames: DemoFrames) -> DemoCounts:
    stock = frames.housing
    return DemoCounts(
        landlords=len(stock.landlords),
        residences=len(stock.residences),
        dwellings=int(stock.residences["dwelling_count"].sum()),
        qpvs=int((stock.qpvs["generation"] == 2024).sum()),
        incidents=len(frames.incidents),
    )
