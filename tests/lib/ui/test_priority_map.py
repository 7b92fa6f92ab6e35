from collections.abc import Callable
from dataclasses import replace

import pytest
import streamlit as st

from lib.analysis.criteria import DEFAULT_WEIGHTS, Unit
from lib.domain.scope import Scope
from lib.maps.values import NO_DATA, MapValues
from lib.snapshot import directory
from lib.ui import carte, map_blocks
from lib.ui.carte import Click
from lib.ui.priority import Ranked, ranked
from lib.ui.priority_map import CLASSES, KEY, _around, _legend, _of_outlines, _of_residences, chosen_place
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


def chosen(visit: Visit, told: Ranked, asked: str | None = None, click: Click | None = None) -> object | None:
    """The place chosen by an address, or by a click on the map."""
    st.query_params.from_dict({} if asked is None else {"lieu": asked})
    carte.choose(KEY, click)
    return chosen_place(visit, told)


@pytest.mark.parametrize(
    ("unit", "asked", "key"),
    [
        (Unit.RESIDENCE, f"residence:{WORST}", WORST),
        (Unit.RESIDENCE, f"hall:{WORST}", None),
        (Unit.RESIDENCE, "residence:1", None),  # in the store, told of too little to be ranked
        (Unit.RESIDENCE, None, None),
        (Unit.QPV, "quartier:QN091F1X", 1),
        (Unit.QPV, "quartier:1", 1),
        (Unit.QPV, "residence:1", None),
    ],
)
def test_place_of_the_address_is_one_that_is_ranked_of_the_same_unit(
    year: Year, unit: Unit, asked: str | None, key: object
):
    visit = year()
    assert chosen(visit, found(visit, unit), asked) == key


def test_place_clicked_is_told_in_the_address_and_the_click_counts_once(year: Year):
    visit = year()
    told = found(visit, Unit.QPV)
    assert chosen(visit, told, "quartier:2", Click("qpv", "QN091F1X")) == 1
    assert st.query_params["lieu"] == "quartier:QN091F1X"
    assert carte.chosen(KEY) is None


@pytest.mark.parametrize("scope", [Scope.everything(), Scope(landlord_ids=frozenset({2}))], ids=["all", "second"])
def test_residence_clicked_is_found_by_its_rank_among_those_of_the_scope(year: Year, scope: Scope):
    visit = year(scope)
    told = found(visit)
    positions = visit.ask_store(directory.residences, visit.scope)
    last = len(positions) - 1
    assert chosen(visit, told, click=Click("residence", last)) == positions["residence_id"].iloc[last]
    for rank in (-1, last + 1, "nowhere"):
        assert chosen(visit, told, click=Click("residence", rank)) is None


def test_place_of_which_too_little_is_known_is_dotted(year: Year):
    visit = year()
    told = found(visit, Unit.DISTRICT)
    told = replace(told, places=told.places.iloc[:1], short=told.places.iloc[1:])
    shapes = _of_outlines(visit, told, None).shapes
    assert {code for code, shape in shapes.items() if shape == (NO_DATA, "trop peu de données pour classer")} == set(
        told.short["map_code"]
    )
    assert len(shapes) == 2


@pytest.mark.parametrize(
    ("unit", "stands_out", "words"),
    [
        (Unit.RESIDENCE, True, "Carré sombre : résidence prioritaire"),
        (Unit.HALL, True, "Carré sombre : résidence d’un hall prioritaire"),
        (Unit.DISTRICT, True, "Couleur foncée : prioritaire"),
        (Unit.RESIDENCE, False, "Les nombres sont ceux des faits."),
        (Unit.QPV, False, "Pointillé : trop peu de données."),
    ],
)
def test_legend_says_what_is_drawn(year: Year, unit: Unit, stands_out: bool, words: str):
    visit = year()
    told = ranked(visit, unit, DEFAULT_WEIGHTS, 1 if stands_out else 50)
    said = _legend(told).replace("\u00a0", " ")
    assert words in said
    assert ("ne se distingue" in said) != stands_out


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


@pytest.mark.parametrize("draw", [_of_residences, _of_outlines])
def test_file_of_positions_sent_is_that_of_the_scope(year: Year, draw: Callable[..., MapValues]):
    visit = year(Scope(landlord_ids=frozenset({2})))
    sent = draw(visit, found(visit, Unit.RESIDENCE if draw is _of_residences else Unit.DISTRICT), None).residences
    assert sent is not None
    assert sent.digest == visit.ask_store(map_blocks.positions_file, visit.scope).name
    assert sent.digest != visit.ask_store(map_blocks.positions_file, Scope.everything()).name


def test_map_holds_every_outline_whole():
    assert _around([((48.1, 2.5), (48.3, 2.6)), ((48.2, 2.4), (48.4, 2.5))]) == ((48.1, 2.4), (48.4, 2.6))
    assert _around([]) is None
