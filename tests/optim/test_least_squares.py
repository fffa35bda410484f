"""Least squares against NumPy and scikit-learn on real data, and its properties."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression
from torch import Tensor

from tidu.optim import best_rate, gradient_descent, independent_columns, least_squares, mse_gradient


def diabetes(scaled: bool = True) -> tuple[Tensor, Tensor]:
    features, target = load_diabetes(return_X_y=True, scaled=scaled)
    ones = np.ones((len(features), 1))
    return torch.from_numpy(np.hstack([features, ones])), torch.from_numpy(target)


@pytest.mark.parametrize("scaled", [True, False])
def test_equals_numpy_and_scikit_learn_on_diabetes(scaled: bool) -> None:
    inputs, targets = diabetes(scaled)
    ours = least_squares(inputs, targets)
    theirs, *_ = np.linalg.lstsq(inputs.numpy(), targets.numpy(), rcond=None)
    np.testing.assert_allclose(ours.numpy(), theirs, rtol=1e-8, atol=1e-8)
    line = LinearRegression().fit(inputs[:, :-1].numpy(), targets.numpy())
    np.testing.assert_allclose(ours[:-1].numpy(), line.coef_, rtol=1e-8, atol=1e-8)
    assert float(ours[-1]) == pytest.approx(line.intercept_)


def test_descent_ends_in_the_closed_form_on_diabetes() -> None:
    inputs, targets = diabetes()
    inputs[:, :-1] *= len(inputs) ** 0.5  # deviation 1 instead of length 1
    closed, descent = least_squares(inputs, targets), gradient_descent(inputs, targets, 8000)
    assert float((closed - descent).abs().max()) < 1e-6
    assert float((inputs @ (closed - descent)).abs().max()) < 1e-6


seeds = st.integers(0, 10_000)


@settings(deadline=None, max_examples=25)
@given(seeds)
def test_the_error_is_orthogonal_to_every_column(seed: int) -> None:
    torch.manual_seed(seed)
    inputs, targets = torch.randn(20, 4).double(), torch.randn(20).double()
    error = inputs @ least_squares(inputs, targets) - targets
    assert float((inputs.mT @ error).abs().max()) < 1e-10
    assert float(mse_gradient(inputs, targets, least_squares(inputs, targets)).abs().max()) < 1e-10


@settings(deadline=None, max_examples=25)
@given(seeds)
def test_dependent_columns_change_no_prediction(seed: int) -> None:
    torch.manual_seed(seed)
    inputs, targets = torch.randn(20, 3).double(), torch.randn(20).double()
    more = torch.cat([inputs, inputs @ torch.randn(3, 2).double(), torch.zeros(20, 1)], dim=1)
    assert independent_columns(more).tolist() == [True] * 3 + [False] * 3
    found = least_squares(more, targets)
    assert not found[3:].any()
    theirs, *_ = np.linalg.lstsq(more.numpy(), targets.numpy(), rcond=None)
    np.testing.assert_allclose((more @ found).numpy(), more.numpy() @ theirs, atol=1e-9)


def test_keeps_digits_where_the_normal_equations_lose_them() -> None:
    """Polynomials on a grid: condition about 1e8, so XᵀX has none left in float64."""
    x = torch.linspace(0, 1, 50, dtype=torch.float64)
    inputs = x.unsqueeze(1) ** torch.arange(11)
    truth = torch.ones(11, dtype=torch.float64)
    targets = inputs @ truth
    ours = (least_squares(inputs, targets) - truth).abs().max()
    normal = (torch.linalg.solve(inputs.mT @ inputs, inputs.mT @ targets) - truth).abs().max()
    assert float(ours) < 1e-6 < float(normal)


def test_more_columns_than_rows_still_fits() -> None:
    inputs, targets = torch.randn(4, 7).double(), torch.randn(4).double()
    torch.testing.assert_close(inputs @ least_squares(inputs, targets), targets)


@settings(deadline=None, max_examples=25)
@given(seeds)
def test_the_best_rate_shrinks_the_distance_as_promised(seed: int) -> None:
    torch.manual_seed(seed)
    inputs, targets = torch.randn(30, 3).double(), torch.randn(30).double()
    values = torch.linalg.eigvalsh(2 / 30 * inputs.mT @ inputs)
    share = float((values[-1] - values[0]) / (values[-1] + values[0]))
    best = least_squares(inputs, targets)
    start = float(best.norm())
    for steps in (1, 10, 40):
        distance = float((gradient_descent(inputs, targets, steps) - best).norm())
        assert distance <= start * share**steps * (1 + 1e-9) + 1e-12


def test_descent_leaves_at_twice_the_limit() -> None:
    inputs, targets = torch.randn(30, 3).double(), torch.randn(30).double()
    largest = float(torch.linalg.eigvalsh(2 / 30 * inputs.mT @ inputs)[-1])
    assert best_rate(inputs) < 2 / largest
    assert float(gradient_descent(inputs, targets, 200, 4 / largest).norm()) > 1e20
