"""Errors of a regression against scikit-learn, and the F-test against two other sources of F."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.datasets import load_iris
from sklearn.feature_selection import f_regression
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_squared_error as their_error
from sklearn.metrics import r2_score

from tidu.metrics import f_test, mean_squared_error, r_squared

numbers = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=20)


@settings(deadline=None, max_examples=40)
@given(numbers, st.integers(0, 1000))
def test_errors_equal_scikit_learn(truth: list[float], seed: int) -> None:
    torch.manual_seed(seed)
    true = torch.tensor(truth).double()
    guess = true + torch.randn(len(true)).double()
    theirs = their_error(true.numpy(), guess.numpy())
    assert float(mean_squared_error(guess, true)) == pytest.approx(theirs)
    assert float(r_squared(guess, true)) == pytest.approx(r2_score(true, guess), rel=1e-6, abs=1e-6)
    assert float(r_squared(true, true)) == 1.0


def test_a_truth_that_never_changes_gives_no_division_by_zero() -> None:
    same = torch.ones(4)
    assert float(r_squared(same, same)) == 1.0
    assert float(r_squared(same + 1, same)) == 0.0
    guess = (same + 1).requires_grad_()
    r_squared(guess, same).backward()
    assert guess.grad is not None
    assert torch.isfinite(guess.grad).all()


def test_f_of_one_feature_equals_scikit_learn() -> None:
    """A line against a constant."""
    measured = load_iris().data
    x, y = measured[:, :1], measured[:, 1]
    line = LinearRegression().fit(x, y)
    small, large = ((y - y.mean()) ** 2).sum(), ((y - line.predict(x)) ** 2).sum()
    found = f_test(float(small), float(large), 1, 2, len(y))
    theirs, chance = f_regression(x, y)
    assert found.f == pytest.approx(theirs[0])
    assert found.p_value == pytest.approx(chance[0])


def test_f_of_groups_equals_the_analysis_of_variance() -> None:
    """A mean for each species against one for all."""
    measured, species = load_iris(return_X_y=True)
    y = measured[:, 1]
    groups = [y[species == k] for k in range(3)]
    small, large = ((y - y.mean()) ** 2).sum(), sum(((g - g.mean()) ** 2).sum() for g in groups)
    found = f_test(float(small), float(large), 1, 3, len(y))
    theirs = stats.f_oneway(*groups)
    assert (found.above, found.below) == (2, 147)
    assert found.f == pytest.approx(theirs.statistic)
    assert found.p_value == pytest.approx(theirs.pvalue)


def test_chances_are_even_where_the_small_model_is_true() -> None:
    random = np.random.default_rng(0)
    chances: list[float] = []
    for _ in range(400):
        y = random.normal(size=30)
        groups = y.reshape(3, 10)
        small, large = ((y - y.mean()) ** 2).sum(), groups.var(axis=1).sum() * 10
        chances.append(f_test(float(small), float(large), 1, 3, 30).p_value)
    assert stats.kstest(chances, "uniform").pvalue > 0.001


def test_an_exact_fit_is_certain() -> None:
    assert f_test(1.0, 0.0, 1, 2, 10).p_value == 0.0


@pytest.mark.parametrize(("small", "large", "rows"), [(2, 2, 10), (3, 2, 10), (1, 5, 5)])
def test_models_that_cannot_be_compared_are_refused(small: int, large: int, rows: int) -> None:
    with pytest.raises(ValueError, match="F-test"):
        f_test(2.0, 1.0, small, large, rows)
