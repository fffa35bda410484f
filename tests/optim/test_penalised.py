"""Ridge and lasso on real data against scikit-learn, and what must hold of any penalty."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Lasso, Ridge, lasso_path
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from torch import Tensor

from tidu.optim import largest_l1, lasso, lasso_violation, least_squares, ridge, with_ones


def diabetes(products: bool = False) -> tuple[Tensor, Tensor]:
    features, target = load_diabetes(return_X_y=True, scaled=False)
    features = StandardScaler().fit_transform(features)
    if products:
        wide = PolynomialFeatures(2, include_bias=False).fit_transform(features)
        features = StandardScaler().fit_transform(wide)
    return torch.from_numpy(features), torch.from_numpy(target)


@pytest.mark.parametrize("l2", [1e-6, 0.01, 1.0, 100.0])
@pytest.mark.parametrize("products", [False, True])
def test_ridge_equals_scikit_learn_on_diabetes(l2: float, products: bool) -> None:
    inputs, targets = diabetes(products)
    ours = ridge(inputs, targets, l2)
    theirs = Ridge(alpha=l2 * len(targets), solver="svd").fit(inputs.numpy(), targets.numpy())
    np.testing.assert_allclose(ours[:-1].numpy(), theirs.coef_, rtol=1e-6, atol=1e-6)
    assert float(ours[-1]) == pytest.approx(theirs.intercept_)


def test_lasso_equals_scikit_learn_on_diabetes_along_the_path() -> None:
    inputs, targets = diabetes()
    l1 = largest_l1(inputs, targets) * torch.logspace(0, -3, 20, dtype=torch.float64)
    ours = lasso(inputs, targets, l1)
    centred = (targets - targets.mean()).numpy()
    alphas, theirs, _ = lasso_path(
        inputs.numpy(), centred, alphas=(l1 / 2).numpy(), tol=1e-12, max_iter=100_000
    )
    np.testing.assert_allclose(alphas * 2, l1.numpy())
    np.testing.assert_allclose(ours[:, :-1].numpy(), theirs.T, rtol=1e-5, atol=1e-5)
    assert bool((ours[:, :-1] == 0).numpy()[theirs.T == 0].all())
    np.testing.assert_allclose(ours[:, -1].numpy(), float(targets.mean()))


def test_lasso_predicts_as_scikit_learn_where_columns_depend_on_each_other() -> None:
    inputs, targets = diabetes(products=True)
    price = torch.tensor(0.1, dtype=torch.float64) * largest_l1(inputs, targets)
    ours = with_ones(inputs) @ lasso(inputs, targets, price)
    theirs = Lasso(alpha=float(price) / 2, tol=1e-12, max_iter=1_000_000)
    theirs.fit(inputs.numpy(), targets.numpy())
    np.testing.assert_allclose(ours.numpy(), theirs.predict(inputs.numpy()), rtol=1e-6)


seeds = st.integers(0, 10_000)


def drawn(seed: int, rows: int = 20, columns: int = 4) -> tuple[Tensor, Tensor]:
    torch.manual_seed(seed)
    return torch.randn(rows, columns).double(), torch.randn(rows).double()


@settings(deadline=None, max_examples=20)
@given(seeds, st.floats(-1e3, 1e3), st.floats(-1e3, 1e3))
def test_the_bias_is_free(seed: int, up: float, aside: float) -> None:
    """Moving targets or features moves the bias alone, however heavy the penalty."""
    inputs, targets = drawn(seed)
    for solve in (lambda x, y: ridge(x, y, 2.0), lambda x, y: lasso(x, y, 0.05)):
        before, after = solve(inputs, targets), solve(inputs + aside, targets + up)
        torch.testing.assert_close(after[:-1], before[:-1], rtol=1e-6, atol=1e-8)
        moved = before[-1] + up - aside * before[:-1].sum()
        torch.testing.assert_close(after[-1], moved, rtol=1e-6, atol=1e-6)


@settings(deadline=None, max_examples=20)
@given(seeds)
def test_no_penalty_is_least_squares_and_an_endless_one_the_mean(seed: int) -> None:
    inputs, targets = drawn(seed)
    plain = least_squares(with_ones(inputs), targets)
    torch.testing.assert_close(ridge(inputs, targets, 0.0), plain)
    torch.testing.assert_close(lasso(inputs, targets, 0.0), plain, rtol=1e-5, atol=1e-6)
    assert float(ridge(inputs, targets, 1e12)[:-1].abs().max()) < 1e-9
    flat = lasso(inputs, targets, largest_l1(inputs, targets) * (1 + 1e-12))
    assert not flat[:-1].any()
    assert float(flat[-1]) == pytest.approx(float(targets.mean()))


@settings(deadline=None, max_examples=20)
@given(seeds)
def test_a_heavier_penalty_means_smaller_weights(seed: int) -> None:
    inputs, targets = drawn(seed)
    l1 = largest_l1(inputs, targets) * torch.tensor([0.9, 0.5, 0.1, 0.01]).double()
    size = lasso(inputs, targets, l1)[:, :-1].abs().sum(1)
    assert bool((size.diff() > -1e-9).all())
    squares = [float(ridge(inputs, targets, l2)[:-1].square().sum()) for l2 in (10, 1, 0.1, 0)]
    assert squares == sorted(squares)


@settings(deadline=None, max_examples=20)
@given(seeds)
def test_the_violation_is_zero_at_the_minimum_alone(seed: int) -> None:
    inputs, targets = drawn(seed)
    l1 = largest_l1(inputs, targets) * torch.tensor([0.5, 0.1]).double()
    found = lasso(inputs, targets, l1)
    assert float(lasso_violation(inputs, targets, l1, found).max()) < 1e-6
    for column in range(found.shape[1]):
        moved = found.clone()
        moved[:, column] += 0.1
        assert float(lasso_violation(inputs, targets, l1, moved).min()) > 1e-3


def test_columns_that_never_change_get_no_weight() -> None:
    inputs, targets = drawn(0)
    inputs[:, 1] = 7.0
    assert float(lasso(inputs, targets, 0.01)[1]) == 0.0
    assert float(ridge(inputs, targets, 0.01)[1]) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("solve", [ridge, lasso])
def test_a_penalty_below_zero_is_refused(solve: object) -> None:
    inputs, targets = drawn(0)
    with pytest.raises(ValueError, match="at least 0"):
        solve(inputs, targets, -1.0)  # type: ignore[operator]
