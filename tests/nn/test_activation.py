"""Activations at extreme numbers, and the slopes that make or break learning."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tidu.nn import Activation, gelu, leaky_relu, relu, sigmoid, softplus, tanh
from tidu.nn.activation import ACTIVATIONS

numbers = st.floats(allow_nan=False, allow_infinity=False, width=64)
SMOOTH = {name: ACTIVATIONS[name] for name in ("sigmoid", "tanh", "gelu", "softplus")}


@given(numbers)
def test_value_and_slope_are_finite_for_every_number(number: float) -> None:
    for name, function in ACTIVATIONS.items():
        leaf = torch.tensor(number, dtype=torch.float64, requires_grad=True)
        value = function(leaf)
        assert torch.isfinite(value), name
        if value.requires_grad:
            (slope,) = torch.autograd.grad(value, leaf)
            assert torch.isfinite(slope), name
            assert -0.2 <= float(slope) <= 1.2, name


@given(numbers)
def test_symmetries(number: float) -> None:
    x = torch.tensor(number, dtype=torch.float64)
    assert float(sigmoid(x) + sigmoid(-x)) == pytest.approx(1)
    assert torch.equal(tanh(-x), -tanh(x))
    for function in (relu, gelu, softplus):  # what comes through, less what comes through mirrored
        assert float(function(x) - function(-x)) == pytest.approx(number)


@pytest.mark.parametrize("name", SMOOTH)
def test_slopes_are_those_of_the_difference_quotient(name: str) -> None:
    x = torch.linspace(-5, 5, 101, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(SMOOTH[name](x).sum(), x)
    step = 1e-5
    with torch.no_grad():
        quotient = (SMOOTH[name](x + step) - SMOOTH[name](x - step)) / (2 * step)
    torch.testing.assert_close(slope, quotient, rtol=1e-6, atol=1e-8)


def test_small_numbers_keep_their_digits() -> None:
    tiny = torch.tensor([1e-300, 1e-20, 1e-9], dtype=torch.float64)
    torch.testing.assert_close(tanh(tiny), tiny, rtol=1e-15, atol=0)
    low = torch.tensor([-30.0, -300.0], dtype=torch.float64)
    torch.testing.assert_close(sigmoid(low), torch.exp(low), rtol=1e-12, atol=0)
    torch.testing.assert_close(softplus(low), torch.exp(low), rtol=1e-12, atol=0)


def test_a_leak_is_what_it_is_told_to_be() -> None:
    x = torch.tensor([-3.0, 2.0])
    assert leaky_relu(x, 0.25).tolist() == [-0.75, 2.0]
    with pytest.raises(ValueError, match="an activation is one of"):
        Activation("swoosh")
