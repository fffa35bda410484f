"""Gradient check: every gradient against a slope that needs no calculus.

Four things are measured, all in double precision. Networks of tidu and of PyTorch are checked
tensor by tensor (``largest_error``). Gradients that were spoiled on purpose must be found out
(``caught``, the share of them). Of a formula of yours with two variables the gradient is computed
at every place of a grid, as arrows, and checked there (``field_error``). And at one place the step
of the difference is swept from large to tiny, to see the error fall and rise again
(``lowest_error`` and where it was, ``best_step``).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import torch

from tidu import nn, optim
from tidu.errors import TiduError
from tidu.expression import Expression, parse
from tidu.fields import PositiveFloat, PositiveInt

if TYPE_CHECKING:
    from torch import Tensor

    from tidu.runs import Run

Net = Literal["mlp", "convolution", "lstm", "attention", "transformer", "batch-norm"]
NETS: tuple[Net, ...] = get_args(Net)


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    expression: str = "sin(x) * cos(y) + x*y/5"  # a formula of two variables, for the field
    reach: PositiveFloat = 3.0  # the field is drawn on a square from -reach to reach
    arrows: PositiveInt = 21  # arrows along each side
    at: tuple[float, float] = (1.0, 0.5)  # where the step of the difference is swept
    steps: PositiveInt = 97  # steps tried, from 1 down to 1e-16
    nets: tuple[Net, ...] = NETS  # the networks to check
    entries: PositiveInt = 60  # entries checked of each tensor, drawn at random
    threshold: PositiveFloat = 1e-6  # an error above it counts as a wrong gradient


PRESETS = {
    "quick": Config(entries=12, arrows=17, nets=("mlp", "lstm", "attention")),
    "standard": Config(),
}
PICTURES = "gradient_check"  # drawn by this file of tidu.views.systems
THREADS = 1


def run(config: Config, run: Run) -> dict[str, float]:
    """Check, spoil, draw and sweep; return the errors."""
    expression = expression_of(config)
    field_error = record_field(config, run, expression)
    checked = check_networks(config, run)
    largest = [float(one.error) for found in checked.values() for one in found.values()]
    caught = check_spoiled(config, run)

    point = torch.tensor(config.at, dtype=torch.float64)
    exact = slope_at(expression, point)
    widths = 10 ** torch.linspace(0, -16, config.steps, dtype=torch.float64)
    errors = torch.full((2, config.steps), math.nan, dtype=torch.float64)  # central, forward
    for step in run.steps(config.steps, keep={"errors": errors}):
        width = float(widths[step])
        errors[0, step] = error_of(expression, point, exact, width, "central")
        errors[1, step] = error_of(expression, point, exact, width, "forward")
        run.log(step, width=width, central=errors[0, step], forward=errors[1, step])

    run.record("sweep", width=widths, central=errors[0], forward=errors[1])
    best = int(errors[0].argmin())
    return {
        "largest_error": max(largest),
        "caught": caught,
        "field_error": field_error,
        "lowest_error": float(errors[0, best]),
        "best_step": float(widths[best]),
    }


def expression_of(config: Config) -> Expression:
    """The formula, a function of its two variables in the order of the alphabet."""
    names = parse(config.expression).variables
    if len(names) != 2:
        raise TiduError(
            f"--expression must have two variables; {config.expression!r} has {len(names)}: "
            f"{', '.join(names)}.",
            "For example: --expression 'x^2 - y^2'. Any number of them: tidu run autograd",
        )
    return parse(config.expression, sorted(names))


def record_field(config: Config, run: Run, expression: Expression) -> float:
    """Keep heights and arrows; return the largest error of the gradient where it is finite."""
    fine = torch.linspace(-config.reach, config.reach, 101, dtype=torch.float64)
    coarse = torch.linspace(-config.reach, config.reach, config.arrows, dtype=torch.float64)
    height = optim.gradient_field(expression, fine, fine)[0]
    there, along_x, along_y = optim.gradient_field(expression, coarse, coarse)
    finite = (there + along_x + along_y).isfinite()
    if not finite.any():
        raise TiduError(
            f"{config.expression} has no finite gradient anywhere from {-config.reach:g} to "
            f"{config.reach:g}.",
            "Choose another --reach, or another formula.",
        )
    along_x, along_y = (slope.where(finite, math.nan) for slope in (along_x, along_y))
    run.record("field", fine=fine, height=height, coarse=coarse, along_x=along_x, along_y=along_y)
    run.write_json("variables", list(expression.variables))
    ys, xs = torch.meshgrid(coarse, coarse, indexing="ij")
    checked = optim.gradient_check(expression, [xs[finite], ys[finite]], most=200, seed=run.seed)
    return optim.largest_error(checked)[1]


def check_networks(config: Config, run: Run) -> dict[str, dict[str, optim.Checked]]:
    """Check each network by its parameters and inputs; keep the errors for the picture."""
    checked: dict[str, dict[str, optim.Checked]] = {}
    for name in dict.fromkeys(config.nets):
        torch.manual_seed(run.seed)
        network, inputs = new_network(name)
        checked[name] = optim.gradient_check(network, inputs, most=config.entries, seed=run.seed)
    run.write_json(
        "errors",
        [
            {"net": net, "tensor": tensor, "error": float(one.error)}
            for net, found in checked.items()
            for tensor, one in found.items()
        ],
    )
    return checked


def new_network(name: Net) -> tuple[torch.nn.Module, list[Tensor]]:
    """An untrained network and something to give it."""
    match name:
        case "mlp":
            return nn.MLP((4, 8, 8, 3), torch.nn.Tanh), [torch.randn(6, 4)]
        case "convolution":
            return nn.LeNet5(5, size=16, channels=(3, 4), hidden=(8,)), [torch.randn(2, 1, 16, 16)]
        case "lstm":
            return nn.LSTM(3, 5, peephole=True), [torch.randn(2, 6, 3)]
        case "attention":
            return nn.MultiHeadAttention(8, 2), [torch.randn(2, 5, 8)]
        case "transformer":
            layer = torch.nn.TransformerEncoderLayer(8, 2, 16, dropout=0.2, batch_first=True)
            return layer, [torch.randn(2, 5, 8)]
        case "batch-norm":
            layers = torch.nn.Linear(4, 6), torch.nn.BatchNorm1d(6), torch.nn.Tanh()
            return torch.nn.Sequential(*layers), [torch.randn(8, 4)]


SPOILED: dict[str, Callable[[Any], Any]] = {
    "sign": lambda g: -g,
    "factor": lambda g: 2 * g,
    "permille": lambda g: 1.001 * g,
    "entry": lambda g: g * (torch.arange(g.numel()) > 0).view_as(g),
    "transposed": lambda g: g.mT,
    "lost": lambda g: 0 * g,
}


def check_spoiled(config: Config, run: Run) -> float:
    """Spoil a right gradient in every way, and return the share of those that were found out."""
    point = torch.randn(4, 4, generator=run.generator(), dtype=torch.float64)

    def spoiled(spoil: Callable[[Any], Any]) -> Callable[[Tensor], Tensor]:
        def function(x: Tensor) -> Tensor:
            if x.requires_grad:
                x.register_hook(spoil)
            return x.sin() * x

        return function

    errors = {
        name: optim.largest_error(optim.gradient_check(spoiled(spoil), [point]))[1]
        for name, spoil in SPOILED.items()
    }
    run.write_json("spoiled", errors)
    return sum(error > config.threshold for error in errors.values()) / len(errors)


def slope_at(expression: Expression, point: Tensor) -> Tensor:
    """The gradient by backpropagation, which must be finite."""
    leaf = point.clone().requires_grad_()
    value = expression(*leaf.unbind())
    slope = torch.autograd.grad(value, leaf)[0]
    if not bool(slope.isfinite().all()) or not bool(value.isfinite()):
        place = ", ".join(f"{v:g}" for v in point.tolist())
        raise TiduError(
            f"{expression.text} has no finite value and gradient at ({place}).",
            "Choose another place with --at.",
        )
    return slope


def error_of(
    expression: Expression, point: Tensor, exact: Tensor, width: float, difference: optim.Difference
) -> float:
    """The largest error of the two slopes, as a share of the larger slope."""

    def function(moved: Tensor) -> Tensor:
        return expression(*moved.unbind())

    found = optim.numerical_gradient(function, point, width, difference)
    return float((found - exact).abs().max() / exact.abs().max().clamp(min=1e-300))
