from collections.abc import Callable

import pytest

from lib.analysis.criteria import DEFAULT_WEIGHTS, Unit
from lib.domain.scope import Scope
from lib.maps.values import MapValues
from lib.snapshot import directory
from lib.ui.priority import Ranked, ranked
from lib.ui.priority_map import CLASSES, _of_outlines, _of_residences
from lib.ui.session import Visit
from tests.ranked import FACTS, FIRST, WORST

Year = Callable[..., Visit]


def found(visit: Visit, unit: Unit = Unit.RESIDENCE) -> Ranked:
    return ranked(visit, unit, DEFAULT_WEIGHTS, 5)


def facts_by_residence(visit: Visit, values: MapValues) -> dict[int, int | None]:
    assert values.residences is not None
    positions = visit.ask_store(directory.residences, visit.scope)
    return dict(zip(positions["residence_id"], values.residences.facts, strict=True))


@pytest.mark.parametrize("unit", [Unit.RESIDENCE, Unit.HALL])
def test_residences_to_treat_alone_have_a_symbol_with_their_facts(year: Year, unit: Unit):
    visit = year()
    told = found(visit, unit)
    facts = facts_by_residence(visit, _of_residences(visit, told, None))
    kept = told.places[told.places["band"] != "other"]
    expected = kept.groupby("residence_id")["incident_count"].sum().to_dict()
    assert {key: count for key, count in facts.items() if count is not None} == expected
    assert expected[WORST] == FACTS[0]


def test_residences_to_treat_first_stand_apart_and_are_named(year: Year):
    visit = year()
    told = found(visit)
    told.places["band"] = ["priority", "discuss", *["other"] * (len(told.places) - 2)]
    sent = _of_residences(visit, told, None).residences
    assert sent is not None
    positions = visit.ask_store(directory.residences, visit.scope)
    named = [int(positions["residence_id"].iloc[rank]) for rank in sent.prominent]
    assert named == [int(told.places["residence_id"].iloc[0])]
    assert sent.is_named
    assert sum(count is not None for count in sent.facts) == 2


def test_place_chosen_is_lit(year: Year):
    visit = year()
    told = found(visit)
    selection = _of_residences(visit, told, WORST).selection
    assert selection is not None
    positions = visit.ask_store(directory.residences, visit.scope)
    assert (selection[0], positions["residence_id"].iloc[selection[1]]) == ("residence", WORST)
    assert _of_residences(visit, told, None).selection is None
    assert _of_outlines(visit, found(visit, Unit.QPV), 1).selection == ("qpv", "QN091F1X")


@pytest.mark.parametrize(("unit", "layer"), [(Unit.QPV, "qpv"), (Unit.DISTRICT, "districts")])
def test_outlines_that_cannot_stand_out_have_neither_the_class_of_a_band_nor_a_chance(
    year: Year, unit: Unit, layer: str
):
    visit = year()
    told = found(visit, unit)
    values = _of_outlines(visit, told, None)
    assert values.level == layer
    assert {shape[0] for shape in values.shapes.values()} == {CLASSES["other"]}  # fewer places than first ones
    assert all("ne se distingue" in words and "tirages" not in words for _, words in values.shapes.values())
    assert values.bounds is not None
    assert set(facts_by_residence(visit, values).values()) == {None}


def test_outlines_have_the_class_of_their_band_and_their_chance_in_words(year: Year):
    visit = year()
    told = ranked(visit, Unit.DISTRICT, DEFAULT_WEIGHTS, 1)
    told.places.loc[0, told.chance] = 0.9995
    values = _of_outlines(visit, told, None)
    assert {code: shape[0] for code, shape in values.shapes.items()} == {
        row.map_code: CLASSES[row.band] for row in told.places.itertuples()
    }
    said = [values.shapes[code][1].replace("\u00a0", " ") for code in told.places["map_code"]]
    assert said[0].endswith(", 99 % des tirages")  # rounded, it would read 100 %
    assert all(words.endswith("% des tirages") for words in said)


def test_map_of_a_scope_has_the_residences_of_the_scope_alone(year: Year):
    visit = year(Scope(landlord_ids=frozenset({2})))
    facts = facts_by_residence(visit, _of_residences(visit, found(visit), None))
    assert WORST not in facts
    assert set(facts) == {3, 4, *range(FIRST + len(FACTS) - 4, FIRST + len(FACTS))}
