from collections.abc import Callable

import pandas as pd
import pytest
from sqlalchemy import Engine, update

from lib.analysis.criteria import DEFAULT_WEIGHTS, Criterion, Unit
from lib.domain.filters import IncidentFilter
from lib.domain.scope import Scope
from lib.snapshot.copies import build
from lib.store import schema as s
from lib.store.revisions import change
from lib.ui.priority import LABELLED, UNITS, Ranked, address, named_criteria, ranked
from lib.ui.session import Visit
from tests.ranked import EAST, FACTS, FIRST, FORMULA, HALLS, HTML, WORST, YEAR, ranked_store

Year = Callable[..., Visit]
RESIDENCES = set(range(FIRST, FIRST + len(FACTS)))


def found(visit: Visit, unit: Unit = Unit.RESIDENCE, first_count: int = 5, weights=DEFAULT_WEIGHTS) -> Ranked:
    return ranked(visit, unit, weights, first_count)


def row(places, key: object):
    return next(places[places["place_key"] == key].itertuples())


def test_every_unit_has_its_words_and_its_label():
    assert set(UNITS) == set(LABELLED.values()) == set(Unit)


def test_residences_are_either_ranked_or_of_too_little_data(year: Year):
    told = found(year())
    assert set(told.places["place_key"]) == RESIDENCES
    assert set(told.short["place_key"]) == {1, 2, 3, 4}


def test_worst_residences_come_first_and_the_order_is_that_of_the_chances(year: Year):
    told = found(year())
    assert told.places["place_key"].tolist()[:2] == [WORST, WORST + 1]
    chances = told.places[told.chance].tolist()
    assert chances == sorted(chances, reverse=True)
    assert told.places["band"].iloc[0] == "priority"
    assert told.places["band"].iloc[-1] == "other"


def test_row_of_a_place_is_its_own_in_the_draws(year: Year):
    for unit in Unit:
        told = found(year(), unit)
        assert told.places["place_key"].tolist() == told.drawn.place_keys[told.places["row"]].tolist()


def test_same_visit_has_the_same_chances(year: Year):
    assert found(year()).places.equals(found(year()).places)


def test_first_places_asked_for_make_the_bands(year: Year):
    ten = found(year(), first_count=10)
    assert ten.chance == "p_top_10"
    assert (ten.places["p_top_10"] >= ten.places["p_top_5"]).all()
    assert set(found(year(), first_count=20).places["band"]) == {"discuss"}  # fewer places than asked for


def test_weights_choose_who_comes_first(year: Year):
    trend = found(year(), weights={Criterion.TREND: 1.0})
    assert trend.places["score"].iloc[0] != found(year()).places["score"].iloc[0]


@pytest.mark.parametrize("unit", list(Unit))
def test_every_place_has_a_name_and_a_code(year: Year, unit: Unit):
    told = found(year(), unit)
    for places in (told.places, told.short):
        assert places["place_name"].notna().all()
        assert places["map_code"].notna().all()


def test_names_are_those_of_the_register(year: Year):
    names = found(year()).places.set_index("place_key")["place_name"]
    assert (names[WORST], names[WORST + 1], names[WORST + 2]) == ("Les Érables", HTML, FORMULA)
    (quarter,) = found(year(), Unit.QPV).places["place_name"]
    assert quarter == "Les Essais"
    services = found(year(), Unit.DISTRICT).places.set_index("place_key")["place_name"]
    assert services.to_dict() == {1: "Commissariat d’essai", 2: "Brigade d’essai"}


def test_force_of_a_quarter_is_that_of_its_residences_and_none_where_both_answer(store: Engine):
    def answering(**places: tuple) -> list:
        chosen = IncidentFilter(YEAR, **places)
        return named_criteria(build(store), Unit.QPV, chosen=chosen, scope=Scope.everything())["answering"].tolist()

    ranked_store(store)
    assert answering() == ["PN"]
    with change(store, "essai") as made:
        east = s.Residence.residence_id == EAST[0]
        made.connection.execute(update(s.Residence).where(east).values(qpv_2024_id=1, qpv_2024_status="inside"))
    assert pd.isna(answering()).all()
    assert answering(departement_codes=("77",)) == ["GN"]


def test_halls_are_named_with_their_residence(year: Year):
    told = found(year(), Unit.HALL).places
    assert len(told) == 3 * HALLS
    one = row(told, f"{WORST}|A|1")
    assert one.place_name.endswith(", Les Érables")
    assert (one.residence_id, one.map_code, one.commune_name) == (WORST, str(WORST), "Ville-A")


def test_protected_facts_never_count_nor_name_a_hall(year: Year):
    worst = row(found(year()).places, WORST)
    assert worst.incident_count == FACTS[0]
    halls = found(year(), Unit.HALL)
    assert f"{WORST}|Z|9" not in {*halls.places["place_key"], *halls.short["place_key"]}


@pytest.mark.parametrize("unit", list(Unit))
def test_filter_on_a_departement_leaves_its_places_alone(year: Year, unit: Unit):
    told = found(year(departement_codes=("77",)), unit)
    keys = {*told.places["place_key"], *told.short["place_key"]}
    assert keys == {Unit.RESIDENCE: {*EAST, 3}, Unit.DISTRICT: {2}}.get(unit, set())


@pytest.mark.parametrize("unit", list(Unit))
def test_places_of_another_landlord_are_not_ranked(year: Year, unit: Unit):
    visit = year(Scope(landlord_ids=frozenset({2})))
    told = found(visit, unit)
    keys = {*told.places["place_key"], *told.short["place_key"]}
    assert keys == {Unit.RESIDENCE: {*EAST, 3, 4}, Unit.DISTRICT: {2}}.get(unit, set())


def test_visitor_of_nothing_has_no_place(year: Year):
    for unit in Unit:
        told = found(year(Scope.nothing()), unit)
        assert (len(told.places), len(told.short)) == (0, 0)


@pytest.mark.parametrize(
    ("unit", "key", "words"),
    [
        (Unit.RESIDENCE, WORST, {"residence": str(WORST)}),
        (Unit.HALL, f"{WORST}|A|1", {"residence": WORST, "batiment": "A", "hall": "1"}),
        (Unit.QPV, 1, {"quartier": "QN091F1X"}),
        (Unit.DISTRICT, 2, {"service": "2"}),
    ],
)
def test_sheet_of_a_place_is_at_the_words_of_its_unit(year: Year, unit: Unit, key: object, words: dict):
    assert address(unit, row(found(year(), unit).places, key)) == words
