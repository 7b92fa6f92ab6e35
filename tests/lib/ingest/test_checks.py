import pandas as pd

from lib.ingest.checks import checks_of
from lib.ingest.territories import load_reference
from lib.store import housing
from lib.store.revisions import change


def residence(reference: str, **more) -> dict:
    told = dict.fromkeys(housing.RESIDENCE_COLUMNS)
    return told | {"landlord_code": "ESSAI", "reference": reference, "residence_name": "A", "dwelling_count": 1} | more


def counts(engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {check.label: check.count for check in checks_of(connection)}


def test_an_empty_store_has_nothing_to_look_at(empty_store):
    assert set(counts(empty_store).values()) == {0}


def test_communes_without_service_are_counted_arrondissements_and_not_paris(empty_store):
    load_reference(empty_store)
    # 1,285 communes and arrondissements, less the 701 of Seine-et-Marne and Essonne, which have a service.
    assert counts(empty_store)["Communes sans service"] == 1285 - 701


def test_each_fault_of_a_residence_is_counted(empty_store):
    rows = [
        residence("R1"),
        residence("r 1", longitude=-1.5, latitude=53.8),
        residence("R2", longitude=2.6, latitude=48.5),
    ]
    with change(empty_store, "essai") as made:
        housing.save_landlords(made, pd.DataFrame({"landlord_code": ["ESSAI"], "landlord_name": ["A"]}))
        housing.save_residences(made, pd.DataFrame(rows))
    found = counts(empty_store)
    assert found["Résidences placées hors de France"] == 1
    assert found["Résidences sans commune"] == 3
    assert found["Résidences sans service (service non renseigné)"] == 3
    assert found["Résidences sans situation QPV 2024"] == 3
    assert found["Références de résidence en double (casse, espaces)"] == 1
    assert found["Résidences dont aucun registre ne parle (couverture)"] == 3


def test_every_check_says_what_to_do(empty_store):
    with empty_store.connect() as connection:
        assert all(check.advice.endswith(".") for check in checks_of(connection))
