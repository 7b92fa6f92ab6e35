import re

import numpy as np
import pytest

from lib.demo.names import QUARTER_NAMES, landlords, quarter_code, residence_names

REAL_CODE = re.compile(r"Q[NP][0-9]{2}[0-9AB][0-9]{2}[0-9A-Z]")


def test_a_fictitious_quarter_code_cannot_be_an_official_one():
    assert REAL_CODE.fullmatch("QN07501M")
    assert REAL_CODE.fullmatch("QP091001")
    assert quarter_code("91", 7, 2024) == "QN091F07X"
    assert quarter_code("77", 12, 2015) == "QP077F12X"
    assert not REAL_CODE.fullmatch(quarter_code("91", 7, 2024))


def test_residence_names_are_all_different():
    names = residence_names(np.random.default_rng(1), 700)
    assert len(set(names)) == 700


def test_more_names_than_can_be_made_is_an_error():
    with pytest.raises(ValueError, match="residence names"):
        residence_names(np.random.default_rng(1), 10_000)


def test_names_of_quarters_and_landlords_are_different():
    owners = landlords()
    assert len(set(QUARTER_NAMES)) == 40
    assert owners["landlord_name"].is_unique
    assert owners["landlord_code"].is_unique
    assert owners["share"].sum() == pytest.approx(1.0)
