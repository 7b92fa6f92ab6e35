"""An invented register of any size, and what its import costs: seconds, and memory at the most."""

import csv
import multiprocessing
import tempfile
import threading
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from sqlalchemy import Engine, func, select

from bench.memory import most_mb
from lib.ingest.mapping import declare
from lib.ingest.pipeline import ingest
from lib.store.engine import open_store
from lib.store.housing import save_landlords, save_residences
from lib.store.nomenclature import save_nomenclature
from lib.store.revisions import change
from lib.store.schema import Incident

RESIDENCES = 2_000
HEADINGS = {
    "external_reference": "N° de fiche",
    "residence_reference": "Code résidence",
    "occurred_on": "Date du fait",
    "start_minute": "Heure",
    "type_code": "Nature",
    "place_type": "Lieu",
    "building_code": "Bâtiment",
    "hall_code": "Hall",
    "report_channel": "Canal",
    "repair_cost_estimated": "Coût estimé",
    "complaint_status": "Plainte",
}
LABELS = {
    "type_code": {"Tag": "BIE-02", "Dégradation hall": "BIE-01", "Squat de hall": "OCC-02", "Regroupement": "OCC-01"},
    "place_type": {"Hall": "hall", "Cave": "cellar", "Parking": "parking", "Ascenseur": "lift"},
    "report_channel": {"Gardien": "caretaker", "Locataire": "tenant", "Patrouille": "patrol"},
    "complaint_status": {"Oui": "filed", "Non": "not_considered"},
}
TODAY = date(2026, 10, 31)


def write_register(path: Path, row_count: int) -> None:
    """Writes a register of a landlord: one row in fifty cannot be stored, one in a hundred has a label unknown."""
    rng = np.random.default_rng(row_count)
    days = [f"{date(2016, 1, 1) + timedelta(days=n):%d/%m/%Y}" for n in range(3650)]
    drawn = {
        "external_reference": [f"F-{number:07d}" for number in range(row_count)],
        "residence_reference": [f"R-{n:05d}" for n in rng.integers(0, RESIDENCES, row_count)],
        "occurred_on": rng.choice([*days, *["31/02/2020"] * 73], row_count),
        "start_minute": [f"{n // 60:02d}h{n % 60:02d}" for n in rng.integers(0, 1440, row_count)],
        "type_code": rng.choice([*LABELS["type_code"]] * 25 + ["Graff"], row_count),
        "building_code": rng.choice(list("ABCDEF"), row_count),
        "hall_code": rng.choice(["1", "2", "3", ""], row_count),
        "repair_cost_estimated": [f"{n},50 €" if n % 3 else "" for n in rng.integers(0, 2000, row_count)],
    }
    drawn |= {name: rng.choice(list(LABELS[name]), row_count) for name in HEADINGS if name not in drawn}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADINGS.values())
        writer.writerows(zip(*(drawn[name] for name in HEADINGS), strict=True))


def measured(row_count: int) -> dict[str, float]:
    """Seconds and megabytes of the import of a new register, alone in a process of its own."""
    with tempfile.TemporaryDirectory() as folder, multiprocessing.get_context("spawn").Pool(1) as pool:
        path = Path(folder) / "registre.csv"
        write_register(path, row_count)
        return pool.apply(_import, (str(path),))


def _import(path: str) -> dict[str, float]:
    address = f"sqlite:///{Path(path).with_name('store.db')}"
    engine = open_store(address)
    _fill(engine)
    mapping = declare({"columns": HEADINGS, "values": LABELS})
    base_mb = most_mb()
    waits: list[float] = []
    is_over = threading.Event()
    reader = threading.Thread(target=_read_meanwhile, args=(open_store(address), waits, is_over))
    reader.start()
    start, cpu = time.perf_counter(), time.process_time()
    report = ingest(engine, Path(path), mapping, landlord_code="ESSAI", imported_by="mesure", today=TODAY)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    is_over.set()
    reader.join()
    assert (
        report.batch.read_count
        == report.batch.accepted_count + report.batch.to_qualify_count + report.batch.rejected_count
    )
    return {"seconds": seconds, "cpu": cpu, "most_mb": most_mb(), "before_mb": base_mb, "read_ms": 1000 * max(waits)}


def _read_meanwhile(engine: Engine, waits: list[float], is_over: threading.Event) -> None:
    """What a page waits for while the import runs."""
    while not is_over.wait(0.2):
        start = time.perf_counter()
        with engine.connect() as connection:
            connection.scalar(select(func.count()).select_from(Incident))
        waits.append(time.perf_counter() - start)


def _fill(engine: Engine) -> None:
    residences = pd.DataFrame({"reference": [f"R-{n:05d}" for n in range(RESIDENCES)]})
    names = ["address", "commune_code", "longitude", "latitude", "active_from", "active_to"]
    residences = residences.assign(landlord_code="ESSAI", residence_name="Les Essais", dwelling_count=40)
    residences = residences.assign(**dict.fromkeys(names))
    with change(engine, "essai") as made:
        save_nomenclature(made)
        save_landlords(made, pd.DataFrame({"landlord_code": ["ESSAI"], "landlord_name": ["Bailleur d’essai"]}))
        save_residences(made, residences)
