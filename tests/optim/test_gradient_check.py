"""Checks find wrong gradients and pass right ones, of any function and module."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tidu.nn import GPT, LSTM, Dropout, LeNet5, SelfAttention
from tidu.optim import (
    Checked,
    gradient_check,
    gradient_field,
    largest_error,
    numerical_gradient,
)

MODULES: dict[str, Callable[[], tuple[nn.Module, list[Any]]]] = {
    "linear": lambda: (nn.Linear(3, 2), [torch.randn(5, 3)]),
    "convolution": lambda: (LeNet5(4, size=16, channels=(2, 3)), [torch.randn(2, 1, 16, 16)]),
    "lstm": lambda: (LSTM(3, 4, peephole=True), [torch.randn(2, 5, 3)]),
    "torch's lstm": lambda: (nn.LSTM(3, 4, 2, batch_first=True), [torch.randn(2, 5, 3)]),
    "attention": lambda: (SelfAttention(6, 4), [torch.randn(2, 5, 6)]),
    "transformer": lambda: (
        nn.TransformerEncoderLayer(8, 2, 16, dropout=0.3, batch_first=True),
        [torch.randn(2, 5, 8)],
    ),
    "language model": lambda: (
        GPT(11, context=6, dim=8, layers=1, num_heads=2),
        [torch.randint(11, (2, 6))],
    ),
    "batch normalisation": lambda: (nn.BatchNorm1d(4), [torch.randn(6, 4)]),
    "dropout": lambda: (nn.Sequential(nn.Linear(4, 4), Dropout(0.5)), [torch.randn(6, 4)]),
}


@pytest.mark.parametrize("name", MODULES)
def test_every_module_passes_in_training_as_it_is(name: str) -> None:
    module, inputs = MODULES[name]()
    before = copy.deepcopy(module.state_dict())
    state = torch.get_rng_state()
    found = gradient_check(module, inputs, most=12)
    assert set(dict(module.named_parameters())) <= set(found)
    worst, error = largest_error(found)
    assert error < 1e-6, worst
    for key, value in module.state_dict().items():  # running means are put back too
        assert torch.equal(value, before[key])
    assert all(p.grad is None for p in module.parameters())
    assert torch.equal(torch.get_rng_state(), state)


class WrongSquare(torch.autograd.Function):
    """x², with the factor 2 forgotten on the way back."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    def backward(ctx: Any, *given: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return given[0] * x


class NearlyRight(torch.autograd.Function):
    """A matrix product in which the way back forgets one entry of the weight."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        return x @ weight

    @staticmethod
    def backward(ctx: Any, *given: Tensor) -> tuple[Tensor, Tensor]:
        x, weight = ctx.saved_tensors
        slope = x.mT @ given[0]
        slope[0, 0] = 0
        return given[0] @ weight.mT, slope


def test_a_forgotten_factor_is_found() -> None:
    found = gradient_check(lambda x: WrongSquare.apply(x), [torch.randn(4)])
    assert largest_error(found)[1] == pytest.approx(0.5, abs=1e-6)


def test_the_wrong_tensor_is_named() -> None:
    class Layer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.randn(3, 4))
            self.bias = nn.Parameter(torch.randn(4))

        def forward(self, input: Tensor) -> Tensor:
            return NearlyRight.apply(input, self.weight) + self.bias

    found = gradient_check(Layer(), [torch.randn(5, 3)])
    worst, error = largest_error(found)
    assert worst == "weight"
    assert error == pytest.approx(1.0)
    assert found["bias"].error < 1e-6
    assert found["input"].error < 1e-6


@pytest.mark.parametrize("part", [1e-3, 1e-5])
def test_even_a_small_part_of_a_gradient_is_missed(part: float) -> None:
    def spoiled(x: Tensor) -> Tensor:
        y = x.clone()
        if y.requires_grad:
            y.register_hook(lambda g: g * (1 + part))
        return y.sin()

    error = largest_error(gradient_check(spoiled, [torch.randn(20)]))[1]
    assert error == pytest.approx(part, rel=0.1)


def test_a_gradient_that_is_cut_off_is_found() -> None:
    found = gradient_check(lambda x: x * x.detach(), [torch.randn(5)])
    assert largest_error(found)[1] == pytest.approx(0.5, abs=1e-5)


def test_a_gradient_that_is_no_number_is_the_worst() -> None:
    found = gradient_check(
        lambda x, y: x.sqrt() * 0 + y.sin().sum(), [torch.zeros(2), torch.ones(2)]
    )
    worst, error = largest_error(found)
    assert worst == "x"
    assert error != error


def test_functions_of_several_arguments_and_outputs() -> None:
    def both(x: Tensor, count: int, y: Tensor) -> dict[str, Any]:
        return {"product": (x * y, [x.sum()]), "power": y**count, "labels": torch.arange(3)}

    found = gradient_check(both, [torch.randn(3), 2, torch.randn(3)])
    assert set(found) == {"x", "y"}
    assert largest_error(found)[1] < 1e-6
    assert gradient_check(torch.atan2, [torch.ones(2), torch.ones(2)])
    assert gradient_check(both, [torch.randn(3), 2, torch.randn(3)], most=2)[
        "x"
    ].numerical.shape == (2,)


def test_a_function_may_write_into_its_input_and_draw_numbers() -> None:
    def noisy(x: Tensor) -> Tensor:
        return x.mul_(2).sin() + torch.rand(3).double() * x

    given = torch.randn(3)
    kept = given.clone()
    assert largest_error(gradient_check(noisy, [given]))[1] < 1e-6
    assert torch.equal(given, kept)


def test_single_precision_when_the_function_holds_to_it() -> None:
    weight = torch.randn(3, 2)
    found = gradient_check(lambda x: x @ weight, [torch.randn(4, 3)], double=False)
    assert largest_error(found)[1] < 1e-2
    assert found["x"].numerical.dtype == torch.float32


def test_frozen_parameters_are_left_out_and_empty_tensors_pass() -> None:
    layer = nn.Linear(3, 2)
    layer.weight.requires_grad_(False)
    assert set(gradient_check(layer, [torch.randn(4, 3)])) == {"bias", "input"}
    found = gradient_check(lambda x, y: x.sum() + y.sum() ** 2, [torch.zeros(0), torch.ones(2)])
    assert isinstance(found["x"], Checked)
    assert largest_error(found)[1] < 1e-6


def test_what_cannot_be_checked_is_told() -> None:
    with pytest.raises(ValueError, match="nothing to differentiate by"):
        gradient_check(lambda x: x, [torch.arange(3)])
    with pytest.raises(ValueError, match="depends on none"):
        gradient_check(lambda x: x.detach() * 2, [torch.ones(3)])
    with pytest.raises(ValueError, match="tensors of floats"):
        gradient_check(lambda x: "x", [torch.ones(3)])
    with pytest.raises(ValueError, match="one number"):
        numerical_gradient(torch.sin, torch.ones(3))
    with pytest.raises(ValueError, match="above 0"):
        numerical_gradient(torch.sum, torch.ones(3), step=0.0)
    with pytest.raises(ValueError, match="a number for each"):
        gradient_field(lambda x, y: (x * y).sum(), torch.ones(2), torch.ones(3))


def test_errors_fall_with_the_step_as_the_series_says_and_rise_with_rounding() -> None:
    """Central: 100 times for a step 10 times smaller; forward: 10 times; then 1/h."""
    x = torch.tensor([1.0], dtype=torch.float64)

    def error(step: float, difference: Any) -> float:
        found = numerical_gradient(lambda v: v.exp().sum(), x, step, difference)
        return float((found - x.exp()).abs())

    assert error(1e-2, "central") / error(1e-3, "central") == pytest.approx(100, rel=0.01)
    assert error(1e-2, "forward") / error(1e-3, "forward") == pytest.approx(10, rel=0.01)
    assert error(1e-13, "central") > 1e3 * error(6e-6, "central")


def test_a_field_stands_upright_on_lines_of_equal_height() -> None:
    line = torch.linspace(-2, 2, 9, dtype=torch.float64)
    height, along_x, along_y = gradient_field(lambda x, y: x**2 + y**2, line, line)
    assert height.shape == along_x.shape == along_y.shape == (9, 9)
    torch.testing.assert_close(along_x, 2 * line.expand(9, 9))
    torch.testing.assert_close(along_y, along_x.mT)
    constant = gradient_field(lambda x, y: x + 0.0, line, line)[2]
    assert not constant.any()
