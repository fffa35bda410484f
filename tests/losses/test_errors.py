"""What each loss is made smallest by, how hard it pulls, and what outliers do to its fit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

import tidu
from tidu.losses import hinge, huber, mean_absolute_error, mean_squared_error
from tidu.runs import store

samples = st.lists(st.floats(-100, 100), min_size=1, max_size=12)


def best_constant(loss: Callable[..., Tensor], targets: Tensor) -> float:
    """The lowest loss that one number for all rows can have, on a grid."""
    tried = torch.linspace(-100, 100, 401, dtype=torch.float64).unsqueeze(1)
    every = loss(tried.expand(-1, len(targets)), targets.expand(len(tried), -1), "none")
    return float(every.mean(1).min())


@given(samples)
def test_the_mean_and_the_median_are_the_best_constants(numbers: list[float]) -> None:
    targets = torch.tensor(numbers, dtype=torch.float64)
    for loss, best in (
        (mean_squared_error, targets.mean()),
        (mean_absolute_error, targets.quantile(0.5)),
    ):
        assert float(loss(best.expand_as(targets), targets)) <= best_constant(loss, targets) + 1e-9


@given(samples, st.floats(0.01, 50))
def test_huber_lies_between_the_two_and_pulls_no_harder_than_delta(
    numbers: list[float], delta: float
) -> None:
    errors = torch.tensor(numbers, dtype=torch.float64, requires_grad=True)
    zeros = torch.zeros_like(errors)
    value = huber(errors, zeros, delta, "none")
    assert bool((value <= 0.5 * mean_squared_error(errors, zeros, "none") + 1e-9).all())
    assert bool((value <= delta * mean_absolute_error(errors, zeros, "none") + 1e-9).all())
    (slope,) = torch.autograd.grad(value.sum(), errors)
    torch.testing.assert_close(slope, errors.detach().clamp(-delta, delta))
    with pytest.raises(ValueError, match="delta must be above 0"):
        huber(errors, zeros, 0.0)


@given(st.floats(-1e6, 1e6), st.sampled_from([-1.0, 1.0]))
def test_the_hinge_is_convex_and_zero_with_room_to_spare(score: float, sign: float) -> None:
    z, y = torch.tensor(score, dtype=torch.float64), torch.tensor(sign, dtype=torch.float64)
    loss = hinge(z, y)
    assert (float(loss) == 0) == (score * sign >= 1)
    assert float(loss) <= 0.5 * float(hinge(z - 1, y) + hinge(z + 1, y)) + 1e-9


def test_an_error_that_overflows_when_squared_leaves_huber_finite() -> None:
    far = torch.tensor([1e30, -1e30], requires_grad=True)
    value = huber(far, torch.zeros(2), reduction="none")
    (slope,) = torch.autograd.grad(value.sum(), far)
    assert torch.isfinite(value).all()
    assert slope.tolist() == [1.0, -1.0]


def test_the_farther_the_outliers_the_worse_for_the_squared_error_alone() -> None:
    fields = {"preset": "quick", "quiet": True, "report": False}
    harm = [
        store.result(tidu.run("loss", far=far, **fields).path)["metrics"] for far in (4.0, 16.0)
    ]
    assert harm[1]["harm_squared"] > harm[0]["harm_squared"] > 1.05
    for loss in ("absolute", "huber"):
        assert harm[1][f"harm_{loss}"] < 1.15
        assert harm[1][f"harm_{loss}"] == pytest.approx(harm[0][f"harm_{loss}"], rel=0.05)


def test_without_outliers_no_harm_is_done() -> None:
    run = tidu.run("loss", preset="quick", outliers=0.0, quiet=True, report=True)
    metrics = store.result(run.path)["metrics"]
    for loss in ("squared", "absolute", "huber"):
        assert metrics[f"harm_{loss}"] == 1.0
