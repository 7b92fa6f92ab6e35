import pandas as pd
import pytest

from lib.analysis.trends import Verdict
from lib.maps.scene import (
    Measure,
    change_breaks,
    extent,
    legend_labels,
    measured,
    phrases,
    residence_facts,
    short_labels,
    states,
)
from lib.maps.values import FLAT, NO_DATA, ZERO

NAN = float("nan")
BREAKS = (150, 250, 350, 500)


def place(**more: object) -> dict[str, object]:
    """A quarter of 100 dwellings with 18 facts, of which 6 gave a complaint out of 12 that could."""
    return {
        "place_name": "Les Essais",
        "commune_name": "Ville",
        "incident_count": 18,
        "previous_incident_count": 12,
        "severity_index": 40,
        "eligible_count": 12,
        "complaint_count": 6,
        "staff_count": 2,
        "dwelling_count": 100,
        "reporting_residence_count": 1,
        "rate_per_1000_dwellings": 180.0,
        "rate_low": 106.7,
        "rate_high": 284.5,
        "severity_per_1000_dwellings": 400.0,
        "shrunk_rate_per_1000_dwellings": 200.0,
        "shrunk_severity_per_1000_dwellings": 380.0,
        "year_on_year_ratio": 1.5,
        "verdict": Verdict.RISE,
    } | more


def state(measure: Measure, *, breaks=BREAKS, month_count: int = 12, **more: object):
    (found,) = states(pd.DataFrame([place(**more)]), measure, breaks, month_count=month_count)
    return found


def phrase(measure: Measure, **more: object) -> str:
    return phrases(pd.DataFrame([place(**more)]), measure)[0].replace("\u00a0", " ")


def label(measure: Measure, **more: object) -> str | None:
    (found,) = short_labels(pd.DataFrame([place(**more)]), measure)
    return None if found is None else found.replace("\u00a0", " ")


def test_rate_takes_its_class_from_the_smoothed_value():
    assert state(Measure.RATE, rate_per_1000_dwellings=900.0, shrunk_rate_per_1000_dwellings=260.0) == 2
    assert state(Measure.SEVERITY, severity_per_1000_dwellings=1.0, shrunk_severity_per_1000_dwellings=510.0) == 4


def test_place_without_a_fact_is_a_true_zero_whatever_smoothing_says():
    quiet = {"incident_count": 0, "severity_index": 0, "rate_per_1000_dwellings": 0.0}
    assert state(Measure.RATE, **quiet) == ZERO
    assert state(Measure.SEVERITY, **quiet) == ZERO
    assert state(Measure.FACTS, **quiet) == ZERO
    assert label(Measure.RATE, **quiet) == "0"


def test_place_where_nobody_reported_has_no_class():
    silent = {"incident_count": 0, "reporting_residence_count": 0, "rate_per_1000_dwellings": NAN}
    assert [state(measure, **silent) for measure in (Measure.FACTS, Measure.RATE)] == [NO_DATA, NO_DATA]
    assert label(Measure.FACTS, **silent) == "—"
    assert phrase(Measure.RATE, **silent) == "Ville, aucune déclaration sur la période"


def test_facts_where_nobody_reported_are_counted_and_have_no_rate():
    told = {"incident_count": 3, "reporting_residence_count": 0, "rate_per_1000_dwellings": NAN}
    assert state(Measure.FACTS, breaks=(5, 10), **told) == 0
    assert state(Measure.RATE, **told) == NO_DATA
    assert phrase(Measure.RATE, **told) == "Ville, 3 faits, aucun logement déclarant"


@pytest.mark.parametrize(("months", "expected"), [(12, 1), (6, 3), (24, 0)])
def test_facts_are_brought_to_twelve_months_before_their_class(months: int, expected: int):
    # 18 facts are 18, 36 and 9 a year.
    assert state(Measure.FACTS, breaks=(10, 20, 30, 40), month_count=months) == expected


def test_label_of_facts_is_the_count_itself():
    assert label(Measure.FACTS, incident_count=1234) == "1 234"


def test_tiny_rate_is_the_lowest_class_and_never_zero():
    assert state(Measure.RATE, shrunk_rate_per_1000_dwellings=0.2) == 0
    assert label(Measure.RATE, shrunk_rate_per_1000_dwellings=0.2) == "1"


@pytest.mark.parametrize(("rate", "shown"), [(149.4, "149"), (149.5, "150"), (249.5, "250"), (350.5, "351")])
def test_class_and_label_round_the_same_way(rate: float, shown: str):
    assert label(Measure.RATE, shrunk_rate_per_1000_dwellings=rate) == shown
    assert state(Measure.RATE, shrunk_rate_per_1000_dwellings=rate) == sum(int(shown) >= low for low in BREAKS)


@pytest.mark.parametrize(
    ("ratio", "verdict", "expected"),
    [
        (0.6, Verdict.FALL, 0),
        (0.7, Verdict.FALL, 1),
        (1.3, Verdict.RISE, 2),
        (1.5, Verdict.RISE, 3),
        (1.5, Verdict.FLAT, FLAT),
        (NAN, Verdict.FEW, FLAT),
        (NAN, Verdict.UNKNOWN, NO_DATA),
    ],
)
def test_change_has_a_class_only_where_it_is_significant(ratio: float, verdict: Verdict, expected: object):
    found = state(Measure.CHANGE, breaks=change_breaks(50), year_on_year_ratio=ratio, verdict=verdict)
    assert found == expected


@pytest.mark.parametrize(
    ("ratio", "verdict", "shown", "expected"),
    [
        (1.496, Verdict.RISE, "+50 %", 3),
        (1.494, Verdict.RISE, "+49 %", 2),
        (0.674, Verdict.FALL, "−33 %", 0),
        (0.676, Verdict.FALL, "−32 %", 1),
    ],
)
def test_change_has_the_class_of_the_percentage_that_is_written(ratio, verdict, shown, expected):
    assert label(Measure.CHANGE, year_on_year_ratio=ratio, verdict=verdict) == shown
    assert state(Measure.CHANGE, breaks=change_breaks(50), year_on_year_ratio=ratio, verdict=verdict) == expected


def test_steep_fall_is_the_one_that_undoes_a_steep_rise():
    assert change_breaks(50) == (-33, 50)
    assert change_breaks(100) == (-50, 100)
    assert change_breaks(None) == (-20, 25)


def test_change_that_is_not_significant_says_so_and_has_no_label():
    assert phrase(Measure.CHANGE, verdict=Verdict.FLAT).endswith(", 12 → 18 faits, non significatif")
    assert phrase(Measure.CHANGE, verdict=Verdict.FEW).endswith(", 12 → 18 faits, effectif insuffisant")
    assert phrase(Measure.CHANGE).endswith(", 12 → 18 faits, +50 %, significatif")
    assert [label(Measure.CHANGE, verdict=verdict) for verdict in (Verdict.FLAT, Verdict.RISE)] == [None, "+50 %"]


def test_change_without_a_past_is_not_compared():
    unknown = {"verdict": Verdict.UNKNOWN, "previous_incident_count": NAN}
    assert phrase(Measure.CHANGE, **unknown).endswith(", 18 faits, sans comparaison")


@pytest.mark.parametrize(("base", "expected"), [(9, NO_DATA), (10, 2)])
def test_share_on_a_base_under_ten_has_no_class(base: int, expected: object):
    assert state(Measure.COMPLAINTS, breaks=(10, 40, 60), eligible_count=base, complaint_count=5) == expected
    assert state(Measure.STAFF, breaks=(10, 20), incident_count=base) == expected


def test_share_on_a_base_under_ten_gives_both_counts():
    assert label(Measure.COMPLAINTS, eligible_count=9, complaint_count=3) == "3 sur 9"
    assert phrase(Measure.COMPLAINTS, eligible_count=9, complaint_count=3).endswith(
        ", 3 plaintes sur 9 faits susceptibles de plainte, effectif insuffisant"
    )


def test_share_gives_its_part_and_its_base_before_itself():
    assert phrase(Measure.COMPLAINTS).endswith(", 6 plaintes sur 12 faits susceptibles de plainte, 50 %")
    assert phrase(Measure.STAFF).endswith(", 2 faits visant le personnel sur 18 faits, 11 %")
    assert label(Measure.STAFF) == "11 %"


def test_no_complaint_is_a_true_zero():
    assert state(Measure.COMPLAINTS, complaint_count=0) == ZERO


def test_rate_in_words_gives_the_count_the_raw_rate_and_its_interval_before_the_smoothed_one():
    assert phrase(Measure.RATE) == ("Ville, 18 faits, 180 pour 1 000 logements et par an (107 à 285), lissé 200")


def test_commune_missing_from_a_frame_is_not_written():
    frame = pd.DataFrame([place(), place(commune_name=None)]).astype({"commune_name": "str"})
    assert phrases(frame, Measure.FACTS)[1] == "18\u00a0faits, 100\u00a0logements"


def test_values_that_give_no_class_are_missing():
    places = pd.DataFrame([place(eligible_count=9), place(), place(eligible_count=0)])
    assert measured(places, Measure.COMPLAINTS, month_count=12).tolist()[1] == 50
    assert measured(places, Measure.COMPLAINTS, month_count=12).isna().tolist() == [True, False, True]


def test_legend_says_every_class():
    assert legend_labels(Measure.RATE, (150, 250)) == ["moins de 150", "150 à 249", "250 et plus"]
    changes = [words.replace("\u00a0", " ") for words in legend_labels(Measure.CHANGE, change_breaks(50))]
    assert changes == ["baisse de 33 % ou plus", "baisse moindre", "hausse moindre", "hausse de 50 % ou plus"]


def told(key: int, count: int, *, is_told: bool = True) -> dict[str, int | bool]:
    return {"place_key": key, "incident_count": count, "is_told": is_told}


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
    silent = told(1, 0, is_told=False)
    assert residence_facts(positions(1, 2), pd.DataFrame([silent, told(2, 0)])) == [NO_DATA, 0]


def test_extent_holds_the_residences_of_the_selection_alone():
    assert extent(positions(1, 2, 3), [None, 4, 0]) == ((48.2, 2.2), (48.3, 2.3))


def test_extent_is_not_moved_by_a_filter_on_the_facts():
    few, many = [0, NO_DATA, 0], [5, 9, 12]
    assert extent(positions(1, 2, 3), few) == extent(positions(1, 2, 3), many)


def test_extent_of_an_empty_selection_is_unknown():
    assert extent(positions(1, 2), [None, None]) is None
    assert extent(positions(), []) is None
