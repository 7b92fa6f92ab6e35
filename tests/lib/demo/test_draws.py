import numpy as np
import pandas as pd
import pytest

from lib.demo.draws import pick, pick_by


def test_values_come_in_the_proportion_of_their_weights():
    drawn = pd.Series(pick(np.random.default_rng(1), "hall:3 roof:1", 4_000))
    assert (drawn == "hall").mean() == pytest.approx(0.75, abs=0.03)


def test_each_key_draws_from_its_own_list():
    odds = pd.Series({"a": "one:1", "b": "two:1 none:0"})
    keys = pd.Series(["b", "a", "b"], index=[7, 8, 9])
    assert list(pick_by(np.random.default_rng(1), odds, keys)) == ["two", "one", "two"]
