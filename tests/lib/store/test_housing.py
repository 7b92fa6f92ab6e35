import pandas as pd
import pytest

from lib.errors import StoreError
from lib.store import housing
from lib.store.revisions import change
from lib.store.rows import Saved


def residence(reference: str, **more) -> dict:
    told = dict.fromkeys(housing.RESIDENCE_COLUMNS)
    return told | {"landlord_code": "ESSAI", "reference": reference, "residence_name": "A", "dwelling_count": 40} | more


def residences(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame(list(rows))


@pytest.fixture
def peopled(empty_store):
    with change(empty_store, "essai") as made:
        housing.save_landlords(made, pd.DataFrame({"landlord_code": ["ESSAI"], "landlord_name": ["Bailleur d’essai"]}))
    return empty_store


def test_a_residence_is_named_by_landlord_and_reference(peopled):
    with change(peopled, "essai") as made:
        assert housing.save_residences(made, residences(residence("R1"), residence("R2"))) == Saved(2, 0, 0)
        again = residences(residence("R1", dwelling_count=41), residence("R2"))
        assert housing.save_residences(made, again) == Saved(0, 1, 1)
        assert housing.residences(made.connection)["dwelling_count"].tolist() == [41, 40]


def test_a_new_residence_is_unknown_to_neighbourhoods(peopled):
    with change(peopled, "essai") as made:
        housing.save_residences(made, residences(residence("R1")))
        row = housing.residences(made.connection).iloc[0]
    assert (row["qpv_2015_status"], row["qpv_2024_status"]) == ("unknown", "unknown")
    assert pd.isna(row["district_id"])


def test_links_are_written_and_taken_away(peopled):
    with change(peopled, "essai") as made:
        housing.save_residences(made, residences(residence("R1")))
        links = housing.residences(made.connection)[["residence_id", *housing.LINK_COLUMNS]]
        assert housing.save_links(made, links.assign(qpv_2024_status="outside")) == 1
        assert housing.save_links(made, links.assign(qpv_2024_status="outside")) == 0
        assert housing.residences(made.connection)["qpv_2024_status"].tolist() == ["outside"]


def test_a_residence_written_again_keeps_its_links(peopled):
    with change(peopled, "essai") as made:
        housing.save_residences(made, residences(residence("R1")))
        links = housing.residences(made.connection)[["residence_id", *housing.LINK_COLUMNS]]
        housing.save_links(made, links.assign(qpv_2024_status="outside"))
        housing.save_residences(made, residences(residence("R1", dwelling_count=1)))
        assert housing.residences(made.connection)["qpv_2024_status"].tolist() == ["outside"]


def test_links_already_computed_are_saved_with_the_residence(peopled):
    known = residence("R1", qpv_2015_status="unknown", qpv_2024_status="near", qpv_2015_id=None, qpv_2024_id=None)
    with change(peopled, "essai") as made:
        housing.save_residences(made, residences(known))
        assert housing.residences(made.connection)["qpv_2024_status"].tolist() == ["near"]


def test_an_unknown_landlord_is_said(peopled):
    with change(peopled, "essai") as made, pytest.raises(StoreError, match=r"Bailleur inconnu.*AUTRE"):
        housing.save_residences(made, residences(residence("R1", landlord_code="AUTRE")))
