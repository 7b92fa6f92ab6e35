"""Each service of the Val-d'Oise on its sheet, with its real dwellings; the facts are invented, one a service."""

import json
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
from sqlalchemy import insert, select

from lib.domain.labels import number, service_label
from lib.ingest.housing import import_residences
from lib.ingest.territories import import_territory, load_reference
from lib.store import schema as s
from lib.store.engine import open_store
from lib.store.nomenclature import save_nomenclature
from lib.store.revisions import change
from lib.ui import data
from tests.factories import incident
from tests.real.test_val_doise import COMPETENCE, EDITION, FIGURES, QPVS, RPLS
from tests.screen import figures, links, opened, table, title

pytestmark = pytest.mark.real
MONTHS = [date(2026, month, 1) for month in (8, 9)]


@pytest.fixture(scope="module")
def url(real_data, tmp_path_factory):
    """A store of the real residences, told of in two months, with a fact in the first residence of each service."""
    address = f"sqlite:///{tmp_path_factory.mktemp('fiches') / 'store.db'}"
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
    yield address
    engine.dispose()
    data.store(address).dispose()


@pytest.fixture(scope="module")
def dwellings(real_data) -> dict[str, int]:
    """Dwellings of each service by the words of the page, from the two files alone."""
    points = json.loads((real_data / RPLS).read_text(encoding="utf-8"))["features"]
    homes = pd.DataFrame([point["properties"] for point in points]).groupby("c")["n"].sum()
    competence = pd.read_csv(real_data / COMPETENCE, sep=None, engine="python", dtype=str)
    services = competence.set_index("code_commune")["service"].dropna().map(service_label)
    return homes.groupby(services.reindex(homes.index)).sum().astype(int).to_dict()


@pytest.fixture(scope="module")
def quarters(url) -> dict[str, int]:
    """QPV with a residence inside, by service."""
    inside = select(s.District.district_name, s.Residence.qpv_2024_id).distinct()
    inside = inside.join(s.District, s.District.district_id == s.Residence.district_id)
    with open_store(url).connect() as connection:
        rows = pd.read_sql(inside.where(s.Residence.qpv_2024_status == "inside"), connection)
    return rows["district_name"].map(service_label).value_counts().to_dict()


def test_each_of_the_21_services_opens_with_its_real_dwellings_and_quarters(
    url: str, dwellings: dict, quarters: dict, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DATABASE_URL", url)
    addresses = {
        name: parse_qs(urlsplit(address).query)["service"][0]
        for name, address in links(opened("districts", departement="95")).items()
        if "service=" in address
    }
    assert addresses.keys() == dwellings.keys()
    assert len(addresses) == 21
    for name, key in addresses.items():
        app = opened("districts", service=key)
        assert title(app).startswith(f"{name} : 1 fait recensé en 2 mois")
        counted = f"pour {number(dwellings[name])} logements déclarants en moyenne".replace("\u00a0", " ")
        assert counted in figures(app)["Faits recensés"], name
        found = len(table(app, "Quartier")) if quarters.get(name) else 0
        assert found == quarters.get(name, 0), name
