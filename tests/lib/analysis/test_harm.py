import json
from pathlib import Path

import numpy as np
import pytest

from lib.analysis.harm import difference, harm_weighted

PUBLISHED = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[2] / "data" / "priorities.json").read_text(encoding="utf-8"))
}


def test_effects_by_type_and_their_sum_by_harm_equal_the_published_ones():
    case = PUBLISHED["HARM-WDD"]
    given, expected, rel = case["inputs"], case["expected"], case["tolerance"]["rtol"]
    found = difference(given["treated"], given["control"])
    assert found.difference == pytest.approx(expected["wdd"], rel=rel)
    assert found.standard_error == pytest.approx(expected["se"], rel=rel)
    harm = harm_weighted(*found, given["weights"])
    assert harm == pytest.approx((expected["harm"], expected["se_harm"], expected["z"], *expected["ci95"]), rel=rel)


def test_areas_where_facts_may_have_moved_are_added_to_their_own_side_as_published():
    case = PUBLISHED["WDD-PAPER"]
    given, expected, tolerance = case["inputs"], case["expected"], case["tolerance"]
    treated, control = (np.add(given[name], given[f"displacement_{name}"]) for name in ("treated", "control"))
    found = harm_weighted(*difference(treated, control), 1, level=1 - given["alpha"])
    assert found.difference == expected["wdd"]
    assert found.standard_error == pytest.approx(expected["se"], rel=tolerance["se_rtol"])
    assert found.z == pytest.approx(expected["z"], abs=tolerance["z_atol"])
    assert (found.low, found.high) == pytest.approx(expected["ci"], abs=tolerance["ci_atol"])


def test_same_change_on_both_sides_is_no_effect():
    assert difference([10, 7], [20, 17]).difference == 0


def test_harm_in_other_units_changes_the_effect_but_not_its_z():
    found = difference([[130, 74], [327, 202]], [[133, 91], [388, 305]])
    days, years = (harm_weighted(*found, np.array([365, 730]) / unit) for unit in (1, 365))
    assert np.array(days)[[0, 1, 3, 4]] == pytest.approx(np.array(years)[[0, 1, 3, 4]] * 365)
    assert days.z == pytest.approx(years.z)


def test_without_a_fact_nothing_is_known_of_z():
    assert np.isnan(harm_weighted(*difference([0, 0], [0, 0]), 1).z)


@pytest.mark.parametrize("treated", [[1, 2, 3], [1, -2]])
def test_counts_that_are_not_before_and_after_are_refused(treated):
    with pytest.raises(ValueError, match="before and after"):
        difference(treated, treated)
