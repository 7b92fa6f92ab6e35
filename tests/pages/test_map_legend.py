from collections.abc import Callable

from sqlalchemy import update

from lib.store import schema as s
from lib.store.revisions import change
from tests.conftest import with_nomenclature
from tests.factories import small_store
from tests.screen import opened, told


def test_legend_shows_the_limits_that_are_drawn(filled: Callable):
    def neighbours(engine) -> None:
        moved = update(s.CommuneDistrict).where(s.CommuneDistrict.commune_code == "91003").values(district_id=2)
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            made.connection.execute(moved)

    filled(neighbours)
    said = told(opened("map"))
    assert "limite de la police limite de la gendarmerie limite entre police et gendarmerie" in said


def test_legend_shows_no_limit_where_there_is_none(small: None):
    said = told(opened("map"))
    assert "limite de la police limite de la gendarmerie" in said
    assert "limite entre" not in said
