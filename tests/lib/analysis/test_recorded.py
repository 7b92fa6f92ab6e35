import pandas as pd
import pytest

from lib.analysis.recorded import class_series, incomparable_count, index_series, years_of
from lib.config import REFERENCE
from lib.domain.recorded import EARLIER_LABELS, INDEXES, Cell, Tie

VIOLENCE, BURGLARY = "Violences physiques hors cadre familial", "Cambriolages de logement"
TYPES = pd.DataFrame(
    {
        "type_code": ["PER-03", "PER-01", "PEL-02", "BIE-06"],
        "ssmsi_class": [VIOLENCE, None, VIOLENCE, BURGLARY],
        "comparability": ["direct", "none", "direct", "direct"],
    }
)


def ssmsi(*rows: tuple, unit: str = "Infraction") -> pd.DataFrame:
    """Class, year, count, and whether it is published."""
    frame = pd.DataFrame(rows, columns=["ssmsi_class", "year", "fact_count", "is_published"])
    return frame.assign(unit=unit, fact_count=frame["fact_count"].astype("Int64"))


def crimes(*rows: tuple) -> pd.DataFrame:
    """Service, year, index, count and tie."""
    frame = pd.DataFrame(rows, columns=["service_name", "year", "index_code", "fact_count", "tie"])
    return frame.assign(fact_count=frame["fact_count"].astype("Int64"))


def states(series) -> dict[int, str]:
    return {int(year): str(state) for year, state in series.cells["state"].items()}


@pytest.fixture(scope="module")
def nomenclature() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "nomenclature.csv", keep_default_na=False, na_values={"ssmsi_class": [""]})


def test_a_value_a_zero_a_hidden_cell_and_an_absent_year_are_four_states():
    rows = ssmsi((BURGLARY, 2016, 12, True), (BURGLARY, 2017, 0, True), (BURGLARY, 2018, None, False))
    (series,) = class_series(pd.concat([rows, ssmsi((BURGLARY, 2020, None, True))]), TYPES)
    assert states(series) == {
        2016: Cell.VALUE,
        2017: Cell.ZERO,
        2018: Cell.HIDDEN,
        2019: Cell.ABSENT,
        2020: Cell.ABSENT,
    }
    assert series.cells["fact_count"].dropna().to_dict() == {2016: 12, 2017: 0}


def test_a_number_left_in_a_hidden_cell_is_not_given():
    (series,) = class_series(ssmsi((BURGLARY, 2016, 7, False)), TYPES)
    assert series.cells["fact_count"].isna().all()


def test_only_classes_of_our_types_are_told_each_once_in_their_order():
    rows = ssmsi((BURGLARY, 2016, 1, True), ("Vols de véhicule", 2016, 2, True), (VIOLENCE, 2016, 3, True))
    told = [(one.label, one.comparability) for one in class_series(rows, TYPES)]
    assert told == [(VIOLENCE, "direct"), (BURGLARY, "direct")]


def test_a_class_is_found_under_its_earlier_name_and_two_editions_are_not_joined():
    (earlier,) = EARLIER_LABELS[VIOLENCE]
    old, new = ssmsi((earlier, 2016, 5, True)), ssmsi((VIOLENCE, 2020, 8, True))
    assert [one.label for one in class_series(old, TYPES)] == [earlier]
    (both,) = class_series(pd.concat([old, new]), TYPES)
    assert (both.label, both.cells["fact_count"].dropna().to_dict()) == (VIOLENCE, {2020: 8})


def test_counts_of_two_units_are_two_series_whatever_the_capital():
    rows = pd.concat(
        [
            ssmsi((BURGLARY, 2016, 1, True), unit="Infraction"),
            ssmsi((BURGLARY, 2017, 2, True), unit="infraction"),
            ssmsi((BURGLARY, 2018, 4, True), unit="Victime"),
        ]
    )
    told = {one.unit: one.cells["fact_count"].sum() for one in class_series(rows, TYPES)}
    assert told == {"infractions": 3, "victimes": 4}


def test_a_table_without_hidden_cells_needs_not_say_so():
    (series,) = class_series(ssmsi((BURGLARY, 2016, 1, True)).drop(columns="is_published"), TYPES)
    assert states(series) == {2016: Cell.VALUE}


def test_every_series_of_a_table_has_the_years_of_the_table():
    rows = ssmsi((BURGLARY, 2016, 1, True), (VIOLENCE, 2019, 1, True))
    series = class_series(rows, TYPES)
    assert [list(one.cells.index) for one in series] == [[2016, 2017, 2018, 2019]] * 2
    assert years_of(series) == (2016, 2019)


def test_nothing_loaded_gives_no_series():
    assert class_series(ssmsi(), TYPES) == []
    assert index_series(crimes(), TYPES) == []
    with pytest.raises(ValueError, match="empty"):
        years_of([])


def test_parts_of_one_service_are_added_under_one_index_never_across_two():
    rows = crimes(
        ("A", 2018, "27", 10, Tie.PART),
        ("B", 2018, "27", 5, Tie.PART),
        ("A", 2018, "7", 3, Tie.PART),
        ("C", 2019, "27", 14, Tie.NAME),
        ("C", 2019, "107", 99, Tie.NAME),
    )
    told = {one.label[:12]: one.cells["fact_count"].dropna().to_dict() for one in index_series(rows, TYPES)}
    assert told == {"Autres coups": {2018: 3}, "Cambriolages": {2018: 15, 2019: 14}}


def test_a_year_of_another_perimeter_is_marked():
    rows = crimes(
        ("A", 2017, "27", 10, Tie.EXACT),
        ("A", 2018, "27", 10, Tie.PART),
        ("A", 2019, "27", 10, Tie.WIDER),
        ("A", 2020, "27", 10, Tie.NAME),
        ("B", 2020, "27", 10, Tie.PART),
    )
    (series,) = index_series(rows, TYPES)
    assert series.cells["is_same_place"].tolist() == [True, False, False, False]


def test_a_sum_with_a_blank_part_is_absent_rather_than_too_small():
    rows = crimes(("A", 2018, "27", 10, Tie.PART), ("B", 2018, "27", None, Tie.PART))
    (series,) = index_series(rows, TYPES)
    assert states(series) == {2018: Cell.ABSENT}


def test_indexes_of_a_class_that_no_type_shown_has_are_left_out():
    rows = crimes(("A", 2018, "27", 10, Tie.EXACT), ("A", 2018, "57", 4, Tie.EXACT))
    assert [one.ssmsi_class for one in index_series(rows, TYPES)] == [BURGLARY]


def test_twenty_three_types_of_the_nomenclature_have_no_class(nomenclature):
    assert (incomparable_count(nomenclature), len(nomenclature)) == (23, 40)
    assert ((nomenclature["comparability"] == "none") == nomenclature["ssmsi_class"].isna()).all()


def test_indexes_stand_for_classes_of_the_nomenclature_never_more_comparable_than_they_are(nomenclature):
    rank = {"direct": 0, "partial": 1, "thematic": 2}
    held = nomenclature.dropna(subset=["ssmsi_class"]).drop_duplicates("ssmsi_class").set_index("ssmsi_class")
    assert all(rank[index.comparability] >= rank[held.at[index.ssmsi_class, "comparability"]] for index in INDEXES)
    assert len({index.code for index in INDEXES}) == len(INDEXES)
    drawn = [index.ssmsi_class for index in INDEXES if index.is_main]
    assert sorted(drawn) == sorted({index.ssmsi_class for index in INDEXES})
