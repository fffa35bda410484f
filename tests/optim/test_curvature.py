"""Curvature against autograd and NumPy; the promised steps against steps that were taken."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tidu.optim import (
    condition_number,
    curvatures,
    gradient_descent,
    largest_rate,
    least_squares,
    mse_gradient,
    steps_to,
)

seeds = st.integers(0, 10_000)


def drawn(seed: int) -> tuple[Tensor, Tensor]:
    torch.manual_seed(seed)
    spread = torch.tensor([0.3, 1.0, 4.0]).double()
    return torch.randn(30, 3).double() * spread + 1, torch.randn(30).double()


def loss(inputs: Tensor, weights: Tensor, targets: Tensor) -> float:
    return float((inputs @ weights - targets).square().mean())


@settings(deadline=None, max_examples=20)
@given(seeds)
def test_curvatures_are_the_eigenvalues_of_the_hessian(seed: int) -> None:
    inputs, targets = drawn(seed)
    hessian = torch.autograd.functional.hessian(
        lambda w: torch.nn.functional.mse_loss(inputs @ w, targets), torch.zeros(3).double()
    )
    found = torch.linalg.eigvalsh(hessian)
    torch.testing.assert_close(curvatures(inputs), found)
    assert condition_number(inputs) == pytest.approx(np.linalg.cond(inputs.numpy()) ** 2)


def test_a_column_that_repeats_another_does_not_count() -> None:
    inputs, _ = drawn(0)
    twice = torch.cat([inputs, inputs[:, :1]], dim=1)
    assert len(curvatures(twice)) == 3


@settings(deadline=None, max_examples=20)
@given(seeds, st.sampled_from([0.2, 0.5, 0.9]), st.sampled_from([0.5, 0.1, 0.01]))
def test_the_steps_told_are_the_steps_taken(seed: int, part: float, share: float) -> None:
    inputs, targets = drawn(seed)
    rate = part * largest_rate(inputs)
    lowest = loss(inputs, least_squares(inputs, targets), targets)
    weights, taken = torch.zeros(3).double(), 0
    first = loss(inputs, weights, targets) - lowest
    while loss(inputs, weights, targets) - lowest > share * first:
        weights = weights - rate * mse_gradient(inputs, targets, weights)
        taken += 1
    assert steps_to(inputs, targets, rate, share) == taken


def test_the_largest_rate_is_where_descent_begins_to_leave() -> None:
    inputs, targets = drawn(3)
    best = least_squares(inputs, targets)
    for part, arrives in ((0.99, True), (1.01, False)):
        rate = part * largest_rate(inputs)
        distance = float((gradient_descent(inputs, targets, 3000, rate) - best).norm())
        assert (distance < float(best.norm())) == arrives


@pytest.mark.parametrize(("part", "share"), [(1.0, 0.1), (0.0, 0.1), (0.5, 0.0)])
def test_steps_without_end_are_refused(part: float, share: float) -> None:
    inputs, targets = drawn(0)
    with pytest.raises(ValueError, match="converges"):
        steps_to(inputs, targets, part * largest_rate(inputs), share)
