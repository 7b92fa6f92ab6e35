import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.analysis.loglinear import Family, fit_log_linear, leverages, poisson_regression

# Published or independently computed values, each with its source: tests/data/trends.json.
PUBLISHED = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[2] / "data" / "trends.json").read_text(encoding="utf-8"))
}
LINE = np.column_stack([np.ones(8), np.arange(8)])


def van_drivers() -> tuple[np.ndarray, np.ndarray, dict]:
    case = PUBLISHED["POISREG-VAN"]
    counts = np.array(case["inputs"]["counts"], dtype=float)
    t = np.arange(1, len(counts) + 1)
    months = ((t - 1) % 12)[:, None] == np.arange(1, 12)
    law = t >= case["inputs"]["law_from_index_1based"]
    return counts, np.column_stack([np.ones_like(t), t / 12, months, law]).astype(float), case["expected"]


def test_regression_with_a_step_equals_the_one_of_r():
    counts, design, expected = van_drivers()
    found = poisson_regression(counts, design)
    assert found.coefficients == pytest.approx(expected["coef"], rel=1e-4)
    assert found.standard_errors == pytest.approx(expected["se"], rel=1e-4)
    assert (found.deviance, found.pearson) == pytest.approx((expected["deviance"], expected["pearson"]), rel=1e-4)
    assert (found.degrees, found.family) == (expected["df"], Family.POISSON)
    assert found.dispersion == pytest.approx(expected["dispersion"], rel=1e-4)


def test_intercept_alone_is_the_pooled_rate_and_its_error_that_of_a_count():
    found = poisson_regression([4, 9, 3], np.ones((3, 1)), exposure=[10, 20, 10])
    assert np.exp(found.coefficients[0]) == pytest.approx(16 / 40)
    assert found.standard_errors[0] == pytest.approx(1 / 4)


def test_overdispersed_series_gets_errors_multiplied_by_the_root_of_its_dispersion():
    counts = [2, 18, 4, 25, 3, 30, 5, 22]
    usual, poisson = poisson_regression(counts, LINE), poisson_regression(counts, LINE, family=Family.POISSON)
    assert usual.family == Family.QUASI_POISSON
    assert usual.standard_errors == pytest.approx(poisson.standard_errors * np.sqrt(poisson.dispersion))
    assert (usual.p_values > poisson.p_values).all()


def test_negative_binomial_alpha_of_equal_exposures_solves_its_likelihood_equation():
    # One mean: at the maximum, Σ[Σ_{j<y} 1/(j + size)] = n·ln(1 + mean/size).
    counts = np.array([0, 1, 2, 9, 4, 15, 3, 0, 7, 5])
    found = poisson_regression(counts, np.ones((10, 1)), family=Family.NEGATIVE_BINOMIAL)
    size = 1 / found.alpha
    assert np.exp(found.coefficients[0]) == pytest.approx(counts.mean())
    score = sum((1 / (np.arange(y) + size)).sum() for y in counts) - 10 * np.log1p(counts.mean() / size)
    assert score == pytest.approx(0, abs=1e-4)


def test_negative_binomial_without_overdispersion_is_poisson():
    found = poisson_regression([5] * 10, np.ones((10, 1)), family=Family.NEGATIVE_BINOMIAL)
    assert found.alpha == 0
    assert found.standard_errors[0] == pytest.approx(1 / np.sqrt(50))


def test_series_without_a_fact_is_said_not_to_be_fitted_and_harms_no_other():
    found = fit_log_linear([[0] * 8, [1, 2, 1, 3, 2, 4, 3, 5]], LINE)
    alone = fit_log_linear([1, 2, 1, 3, 2, 4, 3, 5], LINE)
    assert found.is_fitted.tolist() == [False, True]
    assert np.isnan(found.coefficients[0]).all()
    assert found.coefficients[1] == pytest.approx(alone.coefficients[0])
    with pytest.raises(ValueError, match="fitted"):
        poisson_regression([0] * 8, LINE)


def test_too_few_observations_or_twin_columns_cannot_be_fitted():
    weights = np.array([1, 0, 0, 0, 0, 0, 0, 0])
    assert not fit_log_linear([3] * 8, LINE, weights=weights).is_fitted[0]
    assert not fit_log_linear([3] * 8, np.hstack([LINE, LINE[:, 1:] * 2])).is_fitted[0]


def test_month_without_a_fact_leaves_the_other_coefficients_as_they_are_without_it():
    months = np.tile(np.eye(3), (4, 1))
    counts = np.array([0, 4, 6, 0, 5, 9, 0, 3, 8, 0, 7, 5])
    whole = fit_log_linear(counts, months)
    part = fit_log_linear(counts, months[:, 1:], weights=months[:, 1] + months[:, 2])
    assert whole.is_fitted[0]
    assert whole.coefficients[0, 1:] == pytest.approx(part.coefficients[0])
    assert whole.means[0, 0] < 1e-4


def test_all_facts_in_the_first_month_stay_bounded():
    found = fit_log_linear([7, 0, 0, 0, 0, 0, 0, 0], LINE)
    assert np.isfinite(found.coefficients[found.is_fitted]).all()
    assert np.isfinite(found.means[found.is_fitted]).all()


def test_left_out_observations_teach_nothing():
    counts, exposure = [1.0, 2, 1, 3, 2, 4, 3, 5], np.full(8, 100.0)
    holed, exposure_holed = [*counts[:4], 50, np.nan, *counts[6:]], exposure.copy()
    exposure_holed[4] = 0
    found = fit_log_linear(holed, LINE, exposure=exposure_holed)
    kept = [0, 1, 2, 3, 6, 7]
    alone = fit_log_linear(np.array(counts)[kept], LINE[kept], exposure=100)
    assert found.coefficients[0] == pytest.approx(alone.coefficients[0])
    assert found.degrees[0] == 4
    assert found.means[0, 4] == 0


def test_leverages_add_up_to_the_number_of_coefficients():
    counts, design, _ = van_drivers()
    fit = fit_log_linear(counts, design)
    assert leverages(fit, design).sum() == pytest.approx(design.shape[1])


@settings(deadline=None, max_examples=40)
@given(
    counts=st.lists(st.lists(st.integers(0, 60), min_size=8, max_size=8), min_size=1, max_size=5),
    unit=st.sampled_from([0.01, 1.0, 500.0]),
)
def test_many_series_are_fitted_as_each_alone_and_the_unit_of_exposure_moves_the_level_only(counts, unit):
    together = fit_log_linear(counts, LINE, exposure=unit)
    for row, series in enumerate(counts):
        alone = fit_log_linear(series, LINE)
        assert together.is_fitted[row] == alone.is_fitted[0] == (sum(series) > 0)
        if alone.is_fitted[0]:
            assert together.means[row] == pytest.approx(alone.means[0], rel=1e-4, abs=1e-4)
            assert together.means[row].sum() == pytest.approx(sum(series), rel=1e-4)  # score equation of the intercept
