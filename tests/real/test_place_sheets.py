"""Each service of the Val-d'Oise on its sheet, with its real dwellings; the facts are invented, one a service."""

import json
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
from sqlalchemy import select

from lib.domain.labels import number, service_label
from lib.store import schema as s
from lib.store.engine import open_store
from lib.ui import data
from tests.real.test_val_doise import COMPETENCE, RPLS
from tests.real.told import told_store
from tests.screen import figures, links, opened, table, title

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def url(real_data, tmp_path_factory):
    """A store of the real residences, told of in two months, with a fact in the first residence of each service."""
    address = f"sqlite:///{tmp_path_factory.mktemp('fiches') / 'store.db'}"
    engine = told_store(address, real_data)
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
