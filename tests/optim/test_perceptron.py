"""Novikoff's bound on the corrections, and the margin it needs against two other solvers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.svm import SVC
from torch import Tensor

from tidu.data import two_sides
from tidu.optim import largest_margin, perceptron_learning, perceptron_rule, with_ones

seeds = st.integers(0, 10_000)
XOR = torch.tensor([[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0]]).double()
EXCLUSIVE = torch.tensor([-1.0, 1.0, 1.0, -1.0]).double()


def drawn(seed: int, gap: float) -> tuple[Tensor, Tensor]:
    points, sides = two_sides(60, torch.Generator().manual_seed(seed), gap)
    return with_ones(points), sides.double() * 2 - 1


@settings(deadline=None, max_examples=20)
@given(seeds, st.sampled_from([0.02, 0.1, 0.3]))
def test_the_margin_equals_that_of_a_support_vector_machine(seed: int, gap: float) -> None:
    inputs, targets = drawn(seed, gap)
    # with every point's mirror image in the other class, the machine's own bias is zero
    mirrored = np.vstack([inputs.numpy(), -inputs.numpy()])
    labels = np.concatenate([targets.numpy(), -targets.numpy()])
    machine = SVC(kernel="linear", C=1e9, tol=1e-9).fit(mirrored, labels)
    theirs = 1 / np.linalg.norm(machine.coef_)
    assert largest_margin(inputs, targets) == pytest.approx(theirs, rel=1e-4)


@settings(deadline=None, max_examples=10)
@given(seeds)
def test_the_margin_solves_the_quadratic_programme(seed: int) -> None:
    inputs, targets = drawn(seed, 0.2)
    signed = (targets.unsqueeze(1) * inputs).numpy()
    found = minimize(
        lambda w: w @ w,
        np.linalg.lstsq(signed, np.ones(len(signed)), rcond=None)[0] * 10,
        jac=lambda w: 2 * w,
        constraints={"type": "ineq", "fun": lambda w: signed @ w - 1, "jac": lambda w: signed},
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert largest_margin(inputs, targets) == pytest.approx(1 / np.linalg.norm(found.x), rel=1e-5)


@settings(deadline=None, max_examples=20)
@given(seeds, st.sampled_from([0.02, 0.1, 0.3]))
def test_corrections_stay_within_novikoffs_bound(seed: int, gap: float) -> None:
    inputs, targets = drawn(seed, gap)
    margin = largest_margin(inputs, targets)
    # the known line with bias is one plane through the origin, at most sqrt(1 + 0.3²) long
    assert margin >= gap / (1 + 0.3**2) ** 0.5 * (1 - 1e-9)
    bound = float(inputs.square().sum(1).max()) / margin**2
    weights, corrections, clean = torch.zeros(3).double(), 0, 0
    while clean < len(inputs):
        for input, target in zip(inputs, targets, strict=True):
            after = perceptron_rule(weights, input, target)
            wrong = bool((after != weights).any())
            weights, corrections, clean = after, corrections + wrong, 0 if wrong else clean + 1
        assert corrections <= bound
    assert bool((targets * (inputs @ weights) > 0).all())
    passes = 1 + corrections  # every pass before the last corrected something
    assert torch.equal(perceptron_learning(inputs, targets, passes), weights)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_no_plane_no_margin(scale: float) -> None:
    assert largest_margin(XOR * scale, EXCLUSIVE) == 0.0
    same = torch.ones(2, 3).double() * scale
    assert largest_margin(same, torch.tensor([1.0, -1.0]).double()) == 0.0
    assert largest_margin(same * 0, torch.tensor([1.0, -1.0]).double()) == 0.0


def test_xor_never_ends() -> None:
    """The weights come back to where they were, so what follows repeats for ever."""
    ends = [perceptron_learning(XOR, EXCLUSIVE, passes) for passes in range(1, 30)]
    assert all(bool((EXCLUSIVE * (XOR @ weights) <= 0).any()) for weights in ends)
    assert any(torch.equal(ends[-1], before) for before in ends[:-1])
