import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.analysis.multiplicity import adjusted_p_values

CASES = json.loads((Path(__file__).parents[2] / "data" / "hotspots.json").read_text(encoding="utf-8"))
BH = next(case for case in CASES if case["id"] == "BH-1995")


def test_adjusted_p_values_and_rejections_equal_those_of_benjamini_and_hochberg():
    p, q = np.array(BH["inputs"]["p"]), BH["inputs"]["q"]
    adjusted = adjusted_p_values(p)
    assert adjusted == pytest.approx(BH["expected"]["adjusted"], abs=BH["tolerance"]["atol"])
    assert (adjusted <= q).sum() == BH["expected"]["rejected_bh"]
    assert (p <= q / len(p)).sum() == BH["expected"]["rejected_bonferroni"]


def test_what_is_not_tested_stays_missing_and_weighs_nothing():
    assert list(adjusted_p_values([0.01, np.nan, 0.04])) == pytest.approx([0.02, np.nan, 0.04], nan_ok=True)
    assert np.isnan(adjusted_p_values([np.nan, np.nan])).all()
    assert len(adjusted_p_values([])) == 0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_adjusting_raises_a_p_keeps_their_order_and_does_not_depend_on_it(values, random):
    p = np.array(values)
    adjusted = adjusted_p_values(p)
    assert (adjusted >= p - 1e-12).all()
    assert (np.diff(adjusted[np.argsort(p)]) >= -1e-12).all()
    order = np.array(random.sample(range(len(p)), len(p)))
    assert adjusted_p_values(p[order]) == pytest.approx(adjusted[order])
