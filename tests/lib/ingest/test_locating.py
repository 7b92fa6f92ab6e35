import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.ingest.cleaning import Reason
from lib.ingest.columns import ResidenceKey
from lib.ingest.locating import (
    NO_POSTAL_CODE,
    NOTHING_NEAR,
    UNKNOWN,
    UNKNOWN_ADDRESS,
    load_index,
    locate,
    nearest,
    residence_index,
)
from lib.ingest.privacy import MASKED, PERSONAL_VALUE
from lib.store.housing import landlord_ids, save_landlords, save_residences
from lib.store.revisions import change

METRE = 1 / 111_200  # degrees of latitude, about
COMMUNES = pd.DataFrame(
    [["77288", "Melun"], ["77285", "Le Mée-sur-Seine"], ["75112", "Paris 12e arrondissement"], ["75119", "Paris 19e"]],
    columns=["commune_code", "commune_name"],
)
COLUMNS = ["residence_id", "reference", "residence_name", "address", "commune_code", "longitude", "latitude"]


def index(*rows):
    """Rows of an id, and of what differs from a residence of Melun without address nor point."""
    blank = {"address": None, "commune_code": "77288", "longitude": np.nan, "latitude": np.nan}
    full = [
        blank | {"residence_id": key, "reference": f"R{key}", "residence_name": f"Nom {key}"} | row for key, row in rows
    ]
    return residence_index(pd.DataFrame(full, columns=COLUMNS), COMMUNES)


def found(known, key=ResidenceKey.REFERENCE, geocode=None, **cells):
    read = {name: pd.Series(values, dtype=object) for name, values in cells.items()}
    return locate(known, read, key, geocode).tolist()


def at(north_m, key):
    return key, {"longitude": 2.66, "latitude": 48.54 + north_m * METRE}


def test_a_reference_is_found_exact_before_all():
    known = index((1, {"reference": "0012"}), (2, {"reference": "12"}))
    assert found(known, residence_reference=["0012", "12", None]) == [1, 2, None]


@pytest.mark.parametrize("text", ["ab 012", "AB012", " ab012", "0Ab 012", "a b 0 1 2"])
def test_a_reference_is_found_without_case_spaces_nor_leading_zeros(text):
    assert found(index((1, {"reference": "AB 012"}), (2, {})), residence_reference=[text]) == [1]


def test_a_reference_of_several_residences_names_them():
    known = index((1, {"reference": "0012"}), (2, {"reference": "012", "residence_name": "012"}))
    reason = Reason("référence ambiguë\u00a0: Nom 1 (0012) ou 012")
    assert found(known, residence_reference=["12", "99"]) == [reason, UNKNOWN]


def test_a_reason_of_the_reading_is_kept():
    refused = Reason("texte trop long")
    assert found(index((1, {})), residence_reference=[refused, "nc"]) == [refused, None]


def test_the_nearest_within_fifty_metres_is_taken():
    known = index(at(0, 1), at(200, 2), (3, {}))
    points = [(2.66, 48.54 + metres * METRE) for metres in (0, 49, 51, 190, 251)]
    assert nearest(known, points) == [1, 1, NOTHING_NEAR, 2, NOTHING_NEAR]


def test_two_residences_at_about_the_same_distance_are_named():
    known = index(at(0, 1), at(40, 2))
    near, between, farther, own = [(2.66, 48.54 + metres * METRE) for metres in (14, 17, 30, 40)]
    assert nearest(known, [near, farther, own]) == [1, 2, 2]
    assert nearest(known, [between]) == [
        Reason(
            "plusieurs résidences à moins de 50 m, sans que l’une soit la plus proche\u00a0: Nom 1 (R1) ou Nom 2 (R2)"
        )
    ]


def test_the_own_point_of_a_residence_is_that_residence_even_beside_another():
    assert nearest(index(at(0, 1), at(6, 2)), [(2.66, 48.54), (2.66, 48.54 + 6 * METRE)]) == [1, 2]
    assert isinstance(nearest(index(at(0, 1), at(0, 2)), [(2.66, 48.54)])[0], Reason)


def test_distances_are_metres_overseas_too():
    known = index((1, {"commune_code": "97411", "longitude": 55.45, "latitude": -20.88}))
    assert nearest(known, [(55.45, -20.88 + 48 * METRE), (55.45, -20.88 + 52 * METRE)]) == [1, NOTHING_NEAR]
    east = METRE / np.cos(np.radians(20.88))
    assert nearest(known, [(55.45 + 49 * east, -20.88), (55.45 + 51 * east, -20.88)]) == [1, NOTHING_NEAR]


def test_a_landlord_without_any_point_has_nothing_near():
    assert nearest(index((1, {})), [(2.66, 48.54)]) == [NOTHING_NEAR]


def test_an_address_is_found_in_each_way_of_writing_it():
    known = index((1, {"address": "12 bis avenue de la République"}), (2, {"address": "14 avenue de la République"}))
    texts = [
        "12bis av. de la republique",
        "12 B AV REPUBLIQUE 77000 Melun",
        "14, Avenue de la République",
        "16 av. République",
    ]
    assert found(known, address=texts) == [1, 1, 2, UNKNOWN_ADDRESS]


def test_the_commune_tells_two_addresses_apart_and_without_it_they_are_named():
    known = index((1, {"address": "3 rue du Bois"}), (2, {"address": "3 r. du Bois", "commune_code": "77285"}))
    both = Reason("adresse de plusieurs résidences\u00a0: Nom 1 (R1) ou Nom 2 (R2)")
    said = {"address": ["3 rue du Bois"] * 4, "commune_name": ["MELUN", "Mée sur Seine (Le)", "Dammarie", None]}
    assert found(known, **said) == [1, 2, UNKNOWN_ADDRESS, both]
    assert found(known, address=["3 rue du Bois"] * 2, commune_code=["77285", "77288"]) == [2, 1]
    assert found(known, address=["3 rue du Bois"] * 2, postal_code=["77000", "91000"]) == [both, UNKNOWN_ADDRESS]


@pytest.mark.parametrize("code", ["75ABC", "7501", "750012", "７５００１", "75001 ou 75002"])
def test_a_postal_code_without_its_five_digits_rejects_its_row_alone(code):
    known = index((1, {"address": "1 rue des Lilas", "commune_code": "75101"}))
    assert found(known, address=["1 rue des Lilas"] * 2, postal_code=[code, "75001"]) == [NO_POSTAL_CODE, 1]


@pytest.mark.parametrize("code", ["75001 Paris", "F-75001", "NC", " ", None])
def test_a_postal_code_is_found_among_words_and_may_be_unknown(code):
    known = index((1, {"address": "1 rue des Lilas", "commune_code": "75101"}))
    assert found(known, address=["1 rue des Lilas"], postal_code=[code]) == [1]


def test_an_arrondissement_is_told_by_postal_code_name_or_whole_city():
    known = index(
        (1, {"address": "5 rue X", "commune_code": "75112"}), (2, {"address": "5 rue X", "commune_code": "75119"})
    )
    assert found(known, address=["5 rue X"] * 2, postal_code=["75012", "75019"]) == [1, 2]
    assert found(known, address=["5 rue X"] * 2, commune_name=["Paris 12", "PARIS 19EME"]) == [1, 2]
    assert found(known, address=["5 rue X 75012 Paris"], commune_code=["75056"]) == [1]
    assert isinstance(found(known, address=["5 rue X"], commune_name=["Paris"])[0], Reason)


def test_a_building_is_found_by_each_of_its_numbers_and_never_without_one():
    known = index((1, {"address": "16-20 RUE DES MEUNIERS"}))
    said = [
        "16 rue des Meuniers",
        "18 r. des Meuniers",
        "20 rue des Meuniers",
        "17 rue des Meuniers",
        "rue des Meuniers",
        "16",
    ]
    assert found(known, address=said) == [1, 1, 1, UNKNOWN_ADDRESS, UNKNOWN_ADDRESS, UNKNOWN_ADDRESS]


def test_what_the_reference_does_not_find_the_point_then_the_address_may():
    known = index((1, {"reference": "A"}), at(0, 2), (3, {"address": "3 rue X"}))
    cells = {
        "residence_reference": ["A", "Z", "Z", "Z", None, None],
        "point": [(0.0, 0.0), (2.66, 48.54), None, Reason("hors de France"), None, None],
        "address": [None, None, "3 rue X", "9 rue X", "3 rue X", None],
    }
    every = Reason("résidence inconnue\u00a0; hors de France\u00a0; adresse d’aucune résidence du bailleur")
    assert found(known, **cells) == [1, 2, 3, every, 3, None]


def test_a_hidden_address_is_refused_without_being_read():
    assert found(index((1, {})), address=[MASKED, "NC"]) == [Reason(PERSONAL_VALUE), None]


def test_residences_made_of_points_are_found_by_their_very_point():
    known = index((1, {"reference": "48.54000,2.66000"}))
    points = [(2.66, 48.54), (2.66001, 48.54), None, NOTHING_NEAR]
    assert found(known, ResidenceKey.POINTS, point=points) == [1, UNKNOWN, None, NOTHING_NEAR]


def test_only_the_addresses_that_no_residence_has_are_asked_to_the_geocoder():
    asked = []

    def geocode(addresses):
        asked.extend(addresses)
        return [(2.66, 48.54) if address.startswith("8 ") else Reason("trop incertain") for address in addresses]

    known = index(at(10, 1), (2, {"address": "3 rue X"}))
    cells = {"address": ["3 rue X", "8 rue Y", "8 rue Y", "9 rue Z", None], "commune_name": ["Melun"] * 5}
    assert found(known, geocode=geocode, **cells) == [2, 1, 1, Reason("trop incertain"), None]
    assert sorted(asked) == ["8 rue Y Melun", "9 rue Z Melun"]


def test_the_index_of_a_landlord_has_its_own_residences_alone(referenced):
    with change(referenced, "essai") as made:
        names = pd.DataFrame({"landlord_code": ["AAA", "BBB"], "landlord_name": ["Un", "Deux"]})
        save_landlords(made, names)
        rows = {"reference": "R1", "residence_name": "Nom", "address": "3 rue X", "commune_code": "77288"}
        rows |= {"longitude": 2.66, "latitude": 48.54, "dwelling_count": 10, "active_from": None, "active_to": None}
        save_residences(made, pd.DataFrame([{"landlord_code": code} | rows for code in ("AAA", "BBB")]))
    with referenced.connect() as connection:
        known = load_index(connection, landlord_ids(connection)["BBB"])
    assert len(known.residences) == 1
    assert found(known, address=["3 r. X, 77000 MELUN"]) == [known.residences[0].residence_id]
    assert found(known, address=["3 r. X"], commune_name=["Dammarie-les-Lys"]) == [UNKNOWN_ADDRESS]


@settings(deadline=None)
@given(st.lists(st.tuples(*[st.none() | st.text(max_size=20)] * 5), min_size=1, max_size=8))
def test_no_text_ever_raises_and_each_row_has_one_answer(rows):
    names = ["residence_reference", "address", "postal_code", "commune_name", "commune_code"]
    known = index((1, {"address": "3 rue X"}), at(0, 2))
    answers = found(known, **dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))
    assert len(answers) == len(rows)
    assert all(one is None or isinstance(one, int | Reason) for one in answers)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(2.6, 2.7), st.floats(48.5, 48.6)), min_size=1, max_size=30, unique=True))
def test_every_residence_is_found_at_its_own_point_or_named_with_its_neighbours(places):
    known = index(*((key, {"longitude": x, "latitude": y}) for key, (x, y) in enumerate(places)))
    for key, one in enumerate(nearest(known, places)):
        assert one == key or f"(R{key})" in one.sentence or "autres" in one.sentence
