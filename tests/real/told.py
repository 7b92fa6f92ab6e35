"""A store of the real residences of the Val-d'Oise; the facts are invented, one a service."""

from datetime import date
from pathlib import Path

import pandas as pd
from sqlalchemy import Engine, insert, select

from lib.ingest.housing import import_residences
from lib.ingest.territories import import_territory, load_reference
from lib.store import schema as s
from lib.store.engine import open_store
from lib.store.nomenclature import save_nomenclature
from lib.store.revisions import change
from tests.factories import incident
from tests.real.test_val_doise import COMPETENCE, EDITION, FIGURES, QPVS, RPLS

MONTHS = [date(2026, month, 1) for month in (8, 9)]


def told_store(address: str, real_data: Path) -> Engine:
    """Every residence told of in two months, with a fact in the first residence of each service."""
    engine = open_store(address)
    load_reference(engine)
    for name in (QPVS, FIGURES, COMPETENCE):
        import_territory(engine, real_data / name, valid_from=EDITION, imported_by="essai")
    told = {"landlord_code": "RPLS95", "landlord_name": "RPLS du Val-d'Oise"}
    import_residences(engine, real_data / RPLS, imported_by="essai", **told)
    with change(engine, "essai") as made:
        save_nomenclature(made)
        residences = pd.read_sql(select(s.Residence.residence_id, s.Residence.district_id), made.connection)
        batch = made.connection.scalar(select(s.IngestBatch.batch_id).order_by(s.IngestBatch.batch_id))
        reported = [
            {"residence_id": key, "month_on": month, "status": "reported", "revision": made.revision}
            for key in residences["residence_id"].tolist()
            for month in MONTHS
        ]
        made.connection.execute(insert(s.ReportingMonth), reported)
        firsts = residences.groupby("district_id")["residence_id"].min().tolist()
        facts = [incident(f"f{key}", key, date(2026, 9, 30), landlord_id=1, batch_id=batch) for key in firsts]
        made.connection.execute(insert(s.Incident), [fact | {"revision": made.revision} for fact in facts])
    return engine
