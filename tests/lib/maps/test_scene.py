import pandas as pd
import pytest

from lib.maps.scene import RATE_BREAKS, extent, qpv_labels, qpv_shapes, rate_class, residence_facts
from lib.maps.values import NO_DATA, ZERO

NAN = float("nan")


def qpv(rate: float, count: int, *, code: str = "QN1", commune: str | None = "Ville") -> dict[str, object]:
    names = {"place_code": code, "place_name": "Les Essais", "commune_name": commune}
    return names | {"rate_per_1000_dwellings": rate, "incident_count": count}


def state(rate: float, count: int = 1):
    return rate_class(next(pd.DataFrame([qpv(rate, count)]).itertuples()))


def test_quarter_without_a_fact_is_a_true_zero():
    assert state(0.0, 0) == ZERO


def test_quarter_where_nobody_reported_has_no_class():
    assert state(NAN, 0) == NO_DATA


def test_facts_where_nobody_reported_still_have_no_class():
    assert state(NAN, 3) == NO_DATA


def test_tiny_rate_is_the_lowest_class_and_never_zero():
    assert state(0.2) == 0


@pytest.mark.parametrize(
    ("rate", "expected"), [(149.4, 0), (149.6, 1), (150.0, 1), (249.4, 1), (250.0, 2), (499.4, 3), (499.6, 4), (9e4, 4)]
)
def test_class_agrees_with_the_rate_as_it_is_shown(rate: float, expected: int):
    assert state(rate) == expected


@pytest.mark.parametrize(("rate", "shown"), [(249.5, "250"), (350.5, "351"), (149.5, "150"), (348.5, "349")])
def test_class_and_label_round_the_same_way(rate: float, shown: str):
    row = next(pd.DataFrame([qpv(rate, 10)]).itertuples())
    label = qpv_labels(pd.DataFrame([qpv(rate, 10)]))["QN1"]
    assert label == shown
    assert rate_class(row) == sum(int(shown) >= lower for lower in RATE_BREAKS)


def test_phrase_gives_the_count_before_the_rate():
    shapes = qpv_shapes(pd.DataFrame([qpv(180.0, 3), qpv(12.0, 1, code="QN2", commune=None)]))
    assert shapes["QN1"] == (1, "Les Essais (Ville)\u00a0: 3\u00a0faits, 180 pour 1\u00a0000 logements")
    assert shapes["QN2"] == (0, "Les Essais\u00a0: 1\u00a0fait, 12 pour 1\u00a0000 logements")


def test_phrase_says_when_nobody_reported():
    quarter = pd.DataFrame([qpv(NAN, 0)])
    assert qpv_shapes(quarter)["QN1"] == (NO_DATA, "Les Essais (Ville)\u00a0: aucune déclaration sur la période")
    assert qpv_labels(quarter) == {"QN1": "—"}


def test_commune_missing_from_a_frame_is_not_written():
    frame = pd.DataFrame([qpv(12.0, 1), qpv(12.0, 1, code="QN2", commune=None)]).astype({"commune_name": "str"})
    assert "nan" not in qpv_shapes(frame)["QN2"][1]


def told(key: int, count: int, *, months: int = 200, reporting: int = 200, residences: int = 1) -> dict[str, int]:
    return {
        "place_key": key,
        "incident_count": count,
        "dwelling_months": months,
        "reporting_dwelling_months": reporting,
        "reporting_residence_count": residences,
    }


def positions(*keys: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "residence_id": keys,
            "latitude": [48.0 + key / 10 for key in keys],
            "longitude": [2.0 + key / 10 for key in keys],
        }
    )


def test_facts_stand_in_the_order_of_the_positions():
    residences = pd.DataFrame([told(3, 30), told(1, 10), told(2, 20)])
    assert residence_facts(positions(1, 2, 3), residences) == [10, 20, 30]


def test_residence_outside_the_selection_has_no_symbol():
    assert residence_facts(positions(1, 2), pd.DataFrame([told(2, 5)])) == [None, 5]


def test_residence_that_is_not_located_shifts_nothing():
    assert residence_facts(positions(1, 3), pd.DataFrame([told(1, 10), told(2, 20), told(3, 30)])) == [10, 30]


def test_silence_is_told_from_a_true_zero():
    silent = told(1, 0, reporting=0, residences=0)
    assert residence_facts(positions(1, 2), pd.DataFrame([silent, told(2, 0)])) == [NO_DATA, 0]


def test_fact_in_a_silent_residence_is_shown():
    assert residence_facts(positions(1), pd.DataFrame([told(1, 2, reporting=0, residences=0)])) == [2]


def test_residence_of_unknown_size_that_reported_nothing_is_a_zero():
    assert residence_facts(positions(1), pd.DataFrame([told(1, 0, months=0, reporting=0)])) == [0]


def test_extent_holds_the_residences_of_the_selection_alone():
    assert extent(positions(1, 2, 3), [None, 4, 0]) == ((48.2, 2.2), (48.3, 2.3))


def test_extent_is_not_moved_by_a_filter_on_the_facts():
    few, many = [0, NO_DATA, 0], [5, 9, 12]
    assert extent(positions(1, 2, 3), few) == extent(positions(1, 2, 3), many)


def test_extent_of_an_empty_selection_is_unknown():
    assert extent(positions(1, 2), [None, None]) is None
    assert extent(positions(), []) is None
