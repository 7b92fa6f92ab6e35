import pandas as pd
import pytest
from sqlalchemy import Engine, func, select

from lib.store import housing
from lib.store.mappings import batch_mappings, latest_mapping, mapping_versions, save_mapping
from lib.store.revisions import change
from lib.store.schema import RegisterMapping

FIRST = {"columns": {"occurred_on": "Date du fait", "type_code": "Nature"}, "residence_key": "reference"}
SECOND = FIRST | {"values": {"type_code": {"dégradé": "BIE-01"}}}


@pytest.fixture
def peopled(store: Engine) -> Engine:
    codes = pd.DataFrame({"landlord_code": ["A", "B"], "landlord_name": ["Premier", "Second"]})
    with change(store, "essai") as made:
        housing.save_landlords(made, codes)
    return store


def landlord_id(engine: Engine, code: str = "A") -> int:
    with engine.connect() as connection:
        return housing.landlord_ids(connection)[code]


def save(engine: Engine, declaration: dict, code: str = "A", confirmed_by: str = "essai") -> int:
    with change(engine, "essai") as made:
        return save_mapping(made, landlord_id(engine, code), declaration, confirmed_by)


def latest(engine: Engine, code: str = "A"):
    with engine.connect() as connection:
        return latest_mapping(connection, landlord_id(engine, code))


def test_landlord_who_confirmed_nothing_has_no_mapping(peopled: Engine):
    assert latest(peopled) is None
    with peopled.connect() as connection:
        assert mapping_versions(connection, landlord_id(peopled)) == []


def test_declaration_comes_back_as_it_was_confirmed(peopled: Engine):
    key = save(peopled, SECOND, confirmed_by="responsable des données")
    found = latest(peopled)
    assert (found.register_mapping_id, found.version, found.declaration) == (key, 1, SECOND)
    assert found.confirmed_by == "responsable des données"


def test_same_declaration_again_makes_no_version_whatever_the_order_of_its_keys(peopled: Engine):
    assert save(peopled, FIRST) == save(peopled, dict(reversed(FIRST.items())), confirmed_by="autre")
    with peopled.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(RegisterMapping)) == 1
    assert latest(peopled).confirmed_by == "essai"


def test_each_change_is_a_version_and_the_former_ones_stay(peopled: Engine):
    keys = [save(peopled, FIRST), save(peopled, SECOND), save(peopled, FIRST)]
    assert len(set(keys)) == 3
    with peopled.connect() as connection:
        versions = mapping_versions(connection, landlord_id(peopled))
        assert batch_mappings(connection, landlord_id(peopled)) == {}
    assert [one.version for one in versions] == [3, 2, 1]
    assert [one.declaration for one in versions] == [FIRST, SECOND, FIRST]
    assert latest(peopled).register_mapping_id == keys[2]


def test_landlords_have_versions_of_their_own(peopled: Engine):
    save(peopled, FIRST)
    save(peopled, SECOND, code="B")
    assert (latest(peopled, "A").version, latest(peopled, "B").version) == (1, 1)
    assert latest(peopled, "A").declaration == FIRST


def test_version_carries_the_revision_of_its_change(peopled: Engine):
    with change(peopled, "essai") as made:
        save_mapping(made, landlord_id(peopled), FIRST, "essai")
    with peopled.connect() as connection:
        assert connection.scalar(select(RegisterMapping.revision)) == made.revision


def save_and_fail(engine: Engine) -> None:
    with change(engine, "essai") as made:
        save_mapping(made, landlord_id(engine), FIRST, "essai")
        raise ZeroDivisionError


def test_change_that_fails_leaves_no_version(peopled: Engine):
    with pytest.raises(ZeroDivisionError):
        save_and_fail(peopled)
    assert latest(peopled) is None
