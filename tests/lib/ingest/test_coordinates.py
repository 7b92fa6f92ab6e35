import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from lib.ingest import coordinates
from lib.ingest.cleaning import Reason
from lib.ingest.coordinates import (
    ILLEGIBLE,
    MISSING,
    NULL_POINT,
    OUT_OF_RANGE,
    OUTSIDE,
    CoordinateReading,
    decide_coordinates,
    point_reference,
    read_pairs,
)

MELUN = (2.66, 48.54)
TO_LAMBERT = Transformer.from_crs("EPSG:4326", "EPSG:2154", always_xy=True)
TO_MERCATOR = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
TOWNS = [MELUN, (-4.48, 48.39), (7.75, 48.57), (5.37, 43.3), (1.44, 43.6), (3.06, 50.63), (-1.55, 43.48), (8.74, 41.92)]


def columns(*pairs):
    x, y = zip(*pairs, strict=True)
    return pd.Series(x, dtype=object), pd.Series(y, dtype=object)


def decided(*pairs, is_worldwide=False):
    return decide_coordinates(*columns(*pairs), is_worldwide=is_worldwide)


def points(*pairs):
    return read_pairs(*columns(*pairs), decided(*pairs)[0]).tolist()


def test_degrees_are_read_with_a_point_or_a_comma():
    reading, said = decided(("2,66", "48,54"), ("2.35", "48.85"))
    assert reading == CoordinateReading("wgs84", False)
    assert said == "Coordonnées lues en degrés décimaux (WGS84)."
    assert reading.read("2,66", "48,54") == MELUN


def test_a_swapped_column_is_decided_on_all_its_values_and_said():
    reading, said = decided(("48.54", "2.66"), ("48.85", "2.35"), ("2.40", "48.80"))
    assert reading == CoordinateReading("wgs84", True)
    assert "colonnes inversées" in said
    assert "1 sur 3 hors de France" in said
    assert reading.read("48.54", "2.66") == MELUN
    assert reading.read("2.40", "48.80") == OUTSIDE


@pytest.mark.parametrize("is_swapped", [False, True])
def test_lambert_93_is_recognised_in_either_order(is_swapped):
    east, north = (f"{value:.2f}".replace(".", ",") for value in TO_LAMBERT.transform(*MELUN))
    pair = (north, east) if is_swapped else (east, north)
    reading, said = decided(pair)
    assert reading == CoordinateReading("lambert93", is_swapped)
    assert "mètres en Lambert-93" in said
    assert reading.read(*pair) == pytest.approx(MELUN, abs=1e-6)


def test_metres_may_be_written_with_spaces():
    assert points(("652 000,50", "6\u202f862\u00a0000"))[0] == pytest.approx((2.34582, 48.85625), abs=1e-5)


@pytest.mark.parametrize("town", TOWNS)
def test_lambert_93_is_never_taken_for_mercator(town):
    pair = tuple(str(value) for value in TO_LAMBERT.transform(*town))
    assert decided(pair)[0].kind == "lambert93"


@pytest.mark.parametrize("town", [MELUN, (2.35, 48.85), (5.37, 43.3), (7.75, 48.57), (8.74, 41.92)])
def test_web_mercator_is_recognised(town):
    pair = tuple(str(value) for value in TO_MERCATOR.transform(*town))
    reading, said = decided(pair)
    assert reading.kind == "mercator"
    assert "Mercator" in said
    assert reading.read(*pair) == pytest.approx(town, abs=1e-9)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [("48°32'24\"N", "2°39'36\"E"), ("48° 32′ 24″ N", "2° 39′ 36″ E"), ("N 48°32'24''", "E 2°39'36''"),
     ("48°32.4'N", "2°39,6'E"), ("48.54°N", "2.66 Est"), ("48 32 24", "2 39 36"), ("48°32’24”", "2°39’36”")],
)  # fmt: skip
def test_degrees_minutes_and_seconds_are_read(latitude, longitude):
    reading, _ = decided((longitude, latitude))
    assert reading.read(longitude, latitude) == pytest.approx(MELUN, abs=1e-9)
    assert points((latitude, longitude))[0] == pytest.approx(MELUN, abs=1e-9)


def test_minutes_say_their_kind_and_the_west_is_negative():
    reading, said = decided(("1°33'O", "47°12'N"))
    assert reading.kind == "dms"
    assert "degrés, minutes et secondes" in said
    assert reading.read("1°33'O", "47°12'N") == pytest.approx((-1.55, 47.2))
    assert isinstance(reading.read("1°63'O", "47°12'N"), Reason)
    assert reading.read("47°12'N", "48°12'N") == ILLEGIBLE


@pytest.mark.parametrize(
    "text",
    ["48.54, 2.66", "48,54 ; 2,66", "48.54 2.66", "48.54,2.66", "48,54, 2,66", "(48.54, 2.66)", "[48.54;2.66]",
     "48°32'24\"N 2°39'36\"E", "POINT (2.66 48.54)"],
)  # fmt: skip
def test_one_cell_may_hold_both(text):
    cells = pd.Series([text, None], dtype=object)
    reading, _ = decide_coordinates(cells)
    assert read_pairs(cells, None, reading).tolist() == [pytest.approx(MELUN, abs=1e-9), None]
    assert reading.read(text, text) == reading.read(text, None) == pytest.approx(MELUN, abs=1e-9)


def test_what_is_no_point_of_france_has_its_reason():
    pairs = [("2.66", "48.54"), ("0", "0"), ("0,0", "0,0"), ("-73.9", "40.7"), ("2.66", None), ("NC", "NC"),
             ("ici", "là"), (None, None)]  # fmt: skip
    assert points(*pairs) == [MELUN, NULL_POINT, NULL_POINT, OUTSIDE, MISSING, MISSING, ILLEGIBLE, None]


def test_overseas_is_france():
    assert points(("55.5", "-21.0"), ("-61.0", "14.6")) == [(55.5, -21.0), (-61.0, 14.6)]


def test_a_register_without_list_may_lie_abroad():
    reading, said = decided(("-1.7", "53.5"), ("-1.4", "53.6"), is_worldwide=True)
    assert said == "Coordonnées hors de France, lues en degrés décimaux (WGS84), longitude puis latitude."
    assert reading.read("-1.7", "53.5") == (-1.7, 53.5)
    assert reading.read("200", "53.5") == OUT_OF_RANGE
    assert reading.read("0", "0") == NULL_POINT
    reading, said = decided(("-1.7", "53.5"))
    assert said.startswith("Coordonnées d’aucun système reconnu en France")
    assert reading.read("-1.7", "53.5") == OUTSIDE


def test_a_register_without_list_may_still_lie_in_france_swapped():
    assert decided(("48.54", "2.66"), is_worldwide=True)[0] == CoordinateReading("wgs84", True)


def test_a_column_without_any_point_says_so():
    assert decided((None, None))[1] == decided(("ici", "là"))[1] == "Aucune coordonnée lisible."


def test_a_points_reference_is_about_a_metre():
    assert point_reference(-1.706334, 53.549364) == "53.54936,-1.70633"


def sexagesimal(value, sides):
    seconds = round(abs(value) * 3600, 4)
    minutes, rest = divmod(seconds, 60)
    degrees, minutes = divmod(int(minutes), 60)
    return f"{degrees}°{minutes}'{rest:07.4f}\"{sides[0] if value >= 0 else sides[1]}"


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0.5, 6.0), st.floats(44.5, 48.9)), min_size=1, max_size=20))
def test_every_written_form_of_a_point_gives_that_point(places):
    ways = {
        "degrees": [(f"{x:.7f}", f"{y:.7f}") for x, y in places],
        "comma": [(f"{x:.7f}".replace(".", ","), f"{y:.7f}".replace(".", ",")) for x, y in places],
        "dms": [(sexagesimal(x, "EO"), sexagesimal(y, "NS")) for x, y in places],
        "lambert": [tuple(f"{value:.3f}" for value in TO_LAMBERT.transform(*place)) for place in places],
    }
    for pairs in ways.values():
        for both in (pairs, [pair[::-1] for pair in pairs]):
            assert points(*both) == [pytest.approx(place, abs=1e-6) for place in places]


TEXTS = st.none() | st.text(max_size=20) | st.from_regex(r"[+-]?\d{1,9}[.,°' ]{0,2}\d{0,9}[NSEWO\"]?", fullmatch=True)


@settings(deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=10), st.booleans())
def test_no_text_ever_raises_and_rows_are_read_as_one_by_one(pairs, is_worldwide):
    reading, said = decided(*pairs, is_worldwide=is_worldwide)
    found = read_pairs(*columns(*pairs), reading)
    assert said.endswith(".")
    for pair, one in zip(pairs, found, strict=True):
        assert one is None if pair == (None, None) else one == reading.read(*pair)


@pytest.mark.parametrize("text", ["N" * 20_000, "1 " * 10_000, "48,85" + " " * 20_000 + "x"])
def test_a_text_longer_than_a_pair_is_tried_in_no_way(monkeypatch, text):
    monkeypatch.setattr(coordinates, "_PAIR", ())
    monkeypatch.setattr(coordinates, "_SIDED", None)
    assert CoordinateReading().read(text, text) == ILLEGIBLE
