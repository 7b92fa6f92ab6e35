import numpy as np
import pandas as pd
import pytest

from lib.analysis.long_run import long_run
from lib.analysis.trends import Verdict

MONTHS = pd.date_range("2020-01-01", periods=72, freq="MS", name="month_on")


def told(counts: dict[str, np.ndarray], exposure: np.ndarray | float = 1000.0) -> pd.DataFrame:
    series = pd.DataFrame(counts, index=MONTHS)
    return long_run(series, np.broadcast_to(exposure, len(MONTHS)), rng=np.random.default_rng(3))


def drawn(level: np.ndarray | float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).poisson(level, len(MONTHS))


def test_growth_of_a_tenth_a_year_is_found_and_measured():
    years = np.arange(len(MONTHS)) / 12
    found = told({"BIE": drawn(80 * 1.1**years, 1), "CAD": drawn(80, 2)})
    assert found.loc["BIE", "annual_ratio"] == pytest.approx(1.1, abs=0.02)
    assert found["verdict"].tolist() == [Verdict.RISE, Verdict.FLAT]
    assert found.loc["BIE", "ratio_low"] < 1.1 < found.loc["BIE", "ratio_high"]


def test_change_of_level_is_dated_and_counted_at_the_dwellings_of_the_last_year():
    level = np.where(np.arange(len(MONTHS)) < 40, 60, 30)
    exposure = np.where(np.arange(len(MONTHS)) < 60, 1000.0, 2000.0)
    found = told({"OCC": drawn(level * exposure / 1000, 4)}, exposure).loc["OCC"]
    assert found["break_on"] == MONTHS[40]
    assert found["count_before"] == pytest.approx(120, rel=0.06)
    assert found["count_after"] == pytest.approx(60, rel=0.06)


def test_level_that_stays_has_no_break():
    found = told({str(seed): drawn(40, seed) for seed in range(20)})
    assert found["break_on"].notna().sum() <= 1
    assert found.loc[found["break_on"].isna(), ["count_before", "count_after"]].isna().all(axis=None)


def test_month_without_dwellings_is_left_out():
    counts, exposure = np.full(len(MONTHS), 50), np.full(len(MONTHS), 1000.0)
    counts[2:5], exposure[2:5] = 0, 0
    found = told({"BIE": counts}, exposure).loc["BIE"]
    assert found["annual_ratio"] == pytest.approx(1)
    assert found["verdict"] == Verdict.FLAT


def test_nothing_recorded_says_nothing():
    found = told({"INC": np.zeros(len(MONTHS))}).loc["INC"]
    assert found["verdict"] == Verdict.FEW
    assert pd.isna(found["break_on"])
