from datetime import date

import geopandas as gpd
import pandas as pd
import pytest

from lib.store import districts, territories
from lib.store.revisions import change
from lib.store.rows import Saved

JANUARY, JUNE, DECEMBER = date(2025, 1, 1), date(2025, 6, 1), date(2025, 12, 1)


def competences(**services: str | None) -> pd.DataFrame:
    rows = [(code[1:], name and "PN", name, name and "commissariat") for code, name in services.items()]
    return pd.DataFrame(rows, columns=["commune_code", "force", "district_name", "district_kind"], dtype=object)


def save(engine, day: date, **services: str | None) -> Saved:
    with change(engine, "essai") as made:
        return districts.save_competences(made, competences(**services), valid_from=day)


def service_on(engine, day: date | None = None) -> dict[str, str | None]:
    with engine.connect() as connection:
        names = districts.districts(connection).set_index("district_id")["district_name"]
        links = districts.commune_districts(connection, day)
    return {
        code: None if pd.isna(district_id) else names[district_id]
        for code, district_id in zip(links["commune_code"], links["district_id"], strict=True)
    }


def validity(engine) -> dict[str, tuple]:
    with engine.connect() as connection:
        found = districts.districts(connection)
    ends = [None if pd.isna(end) else end for end in found["valid_to"]]
    return dict(zip(found["district_name"], zip(found["valid_from"], ends, strict=True), strict=True))


@pytest.fixture
def peopled(empty_store):
    codes = ["95001", "95002"]
    frame = {"commune_code": codes, "commune_name": codes, "departement_code": "95"}
    with change(empty_store, "essai") as made:
        territories.save_communes(
            made,
            gpd.GeoDataFrame(
                pd.DataFrame(frame).assign(parent_commune_code=None, population=None),
                geometry=[None, None],
                crs="EPSG:4326",
            ),
        )
    return empty_store


def test_each_commune_has_its_service_and_a_blank_one_is_kept(peopled):
    assert save(peopled, JANUARY, c95001="A", c95002=None) == Saved(2, 0, 0)
    assert service_on(peopled) == {"95001": "A", "95002": None}


def test_the_same_table_again_changes_nothing(peopled):
    save(peopled, JANUARY, c95001="A", c95002=None)
    assert save(peopled, JUNE, c95001="A", c95002=None) == Saved(0, 0, 2)
    assert validity(peopled) == {"A": (JANUARY, None)}


def test_a_commune_that_changes_service_keeps_its_past(peopled):
    save(peopled, JANUARY, c95001="A", c95002="A")
    assert save(peopled, JUNE, c95001="A", c95002="B") == Saved(0, 1, 1)
    assert service_on(peopled, date(2025, 5, 31)) == {"95001": "A", "95002": "A"}
    assert service_on(peopled, JUNE) == service_on(peopled) == {"95001": "A", "95002": "B"}


def test_a_service_no_commune_belongs_to_any_more_is_closed(peopled):
    save(peopled, JANUARY, c95001="A", c95002="A")
    save(peopled, JUNE, c95001="B", c95002="B")
    assert validity(peopled) == {"A": (JANUARY, JUNE), "B": (JUNE, None)}


def test_a_service_that_comes_back_is_open_again(peopled):
    save(peopled, JANUARY, c95001="A")
    save(peopled, JUNE, c95001="B")
    save(peopled, DECEMBER, c95001="A")
    assert validity(peopled) == {"A": (JANUARY, None), "B": (JUNE, DECEMBER)}


def test_an_older_table_loaded_later_stops_where_the_newer_one_starts(peopled):
    save(peopled, JUNE, c95001="B")
    save(peopled, JANUARY, c95001="A")
    assert service_on(peopled, JANUARY) == {"95001": "A"}
    assert service_on(peopled) == {"95001": "B"}
    assert validity(peopled) == {"A": (JANUARY, JUNE), "B": (JUNE, None)}


def test_a_correction_of_the_same_day_replaces_the_service(peopled):
    save(peopled, JANUARY, c95001="A")
    assert save(peopled, JANUARY, c95001="B") == Saved(0, 1, 0)
    assert service_on(peopled, JANUARY) == {"95001": "B"}
    assert validity(peopled) == {"A": (JANUARY, JANUARY), "B": (JANUARY, None)}


def test_a_commune_absent_from_the_table_keeps_its_service(peopled):
    save(peopled, JANUARY, c95001="A", c95002="A")
    save(peopled, JUNE, c95001="B")
    assert service_on(peopled) == {"95001": "B", "95002": "A"}
