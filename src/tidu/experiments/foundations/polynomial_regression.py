"""Polynomial regression: as the degree grows the training error falls, and the test error turns.

For every degree from 0 on, the polynomial with the least squared error on the training rows is
found, in Chebyshev's basis, so that it is still exact where powers of x have lost their digits.
Cross-validation within the training rows chooses the degree: *the turn*, behind which a higher
degree fits the training rows better and new rows worse. The test rows have no say in it; what the
turn and the highest degree cost on them is reported.

By default diabetes is predicted from one measurement. ``--points sine`` draws few points from a
known curve, sin(2πx) with noise (Bishop 2006, "Pattern Recognition and Machine Learning",
section 1.1); ``--data my.csv --target price --feature size`` takes your own table.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch

from tidu import data, metrics, nn, runs
from tidu.errors import TiduError
from tidu.fields import NonNegativeFloat, NonNegativeInt, OpenFraction, PositiveInt

if TYPE_CHECKING:
    from torch import Tensor

    from tidu.data import Table
    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    points: Literal["diabetes", "sine"] = "diabetes"  # a real table, or a drawn curve
    feature: str | None = None  # the table's column; by default s5, or the first of your own
    max_degree: NonNegativeInt = 12  # the highest degree
    folds: PositiveInt = 10  # parts of the cross-validation; at most one for every row
    count: PositiveInt = 15  # training points drawn from the curve
    noise: NonNegativeFloat = 0.3  # deviation of the noise on the curve
    test_fraction: OpenFraction = 0.2  # share of a table's rows kept for the test


PRESETS = {"quick": Config(points="sine", folds=15), "standard": Config()}
PICTURES = "polynomial_regression"  # drawn by this file of tidu.views.systems
TAKES = ("data", "target")
USE_EXAMPLE = "new.csv"
THREADS = 1
TEST_POINTS = 1000
GRID = 241


def run(config: Config, run: Run) -> dict[str, float]:
    """Fit every degree; return the turn, and what it and the highest degree cost."""
    train, test = load_points(config, run)
    x, y = train.features[:, 0], train.target
    check(config, x)
    folds = torch.randperm(len(x), generator=run.generator(2)) % min(config.folds, len(x))
    errors = torch.zeros(config.max_degree + 1, 3, dtype=torch.float64)
    for degree in run.steps(config.max_degree + 1, keep={"errors": errors}):
        curve = nn.Polynomial.fit(x, y, degree)
        validation = cross_validation(x, y, degree, folds)
        errors[degree] = torch.stack([error(curve, train), validation, error(curve, test)])
        named = zip(("train_mse", "validation_mse", "test_mse"), errors[degree], strict=True)
        run.log(degree, **{name: float(value) for name, value in named})

    turn = int(errors[:, 1].argmin())
    best = nn.Polynomial.fit(x, y, turn)
    run.save_weights(best)
    run.write_json("columns", data.Schema.of(train, run.data).as_json() | {"degree": turn})
    grid = torch.linspace(float(x.min()), float(x.max()), GRID, dtype=torch.float64)
    with torch.no_grad():
        degrees = range(config.max_degree + 1)
        curves = torch.stack([nn.Polynomial.fit(x, y, degree)(grid) for degree in degrees])
        predictions = best(test.features[:, 0])
    run.record("fits", x=x, y=y, grid=grid, curves=curves)
    run.record("errors", errors=errors)
    at_turn, at_end = errors[turn].tolist(), errors[-1].tolist()
    return {
        "turn_degree": float(turn),
        "train_mse_at_turn": at_turn[0],
        "train_mse_at_end": at_end[0],
        "test_mse_at_turn": at_turn[2],
        "test_mse_at_end": at_end[2],
        "train_fall": at_end[0] / at_turn[0] if at_turn[0] else 1.0,
        "test_rise": at_end[2] / at_turn[2] if at_turn[2] else 1.0,
        "test_r2": float(metrics.r_squared(predictions, test.target)),
    }


def load_points(config: Config, run: Run) -> tuple[Table, Table]:
    """Training and test rows with one feature."""
    if run.data is None and config.points == "sine":
        generator = run.generator(1)
        even = torch.linspace(0, 1, config.count, dtype=torch.float64)
        new = torch.rand(TEST_POINTS, generator=generator, dtype=torch.float64)
        return sine(even, config.noise, generator), sine(new, config.noise, generator)
    table = data.own_or("diabetes", run.data, run.options.target, task="regression")
    table = table.only([table.column(config.feature, "s5" if run.data is None else "")])
    return table.split(config.test_fraction, run.generator())


def sine(x: Tensor, noise: float, generator: torch.Generator) -> Table:
    """Points of sin(2πx) with noise of this deviation."""
    y = torch.sin(2 * math.pi * x)
    y = y + noise * torch.randn(len(x), generator=generator, dtype=torch.float64)
    return data.Table(x.unsqueeze(1), y, ("x",), "y", "regression")


def check(config: Config, x: Tensor) -> None:
    """Every degree needs its own polynomial: more different x than the degree, in all folds."""
    different = len(x.unique())
    if different <= config.max_degree:
        raise TiduError(
            f"--max-degree {config.max_degree} needs more than {config.max_degree} different "
            f"values of the feature among the training rows; there are {different}.",
            f"Give --max-degree {different - 1} or less, or a feature that varies more.",
        )
    if config.folds < 2:
        raise TiduError(
            f"--folds must be at least 2; got {config.folds}.",
            "One part is left out in turn, and the others are learned from.",
        )


def error(curve: torch.nn.Module, rows: Table) -> Tensor:
    """The mean squared error on some rows."""
    with torch.no_grad():
        return metrics.mean_squared_error(curve(rows.features[:, 0]), rows.target)


def cross_validation(x: Tensor, y: Tensor, degree: int, folds: Tensor) -> Tensor:
    """The mean squared error on every row, by a polynomial that has not seen the row's fold."""
    squared = torch.zeros_like(y)
    for fold in folds.unique():
        out = folds == fold
        with torch.no_grad():
            curve = nn.Polynomial.fit(x[~out], y[~out], degree, float(x.min()), float(x.max()))
            squared[out] = (curve(x[out]) - y[out]).square()
    return squared.mean()


def model(config: Config, run: Run) -> torch.nn.Module:
    """The polynomial at the turn; it takes the feature in its own units."""
    degree = run.read_json("columns")["degree"]
    return run.load_weights(nn.Polynomial(degree, dtype=torch.float64))


Use = runs.RowsFile


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Predict the target of every row of a CSV file."""
    return runs.predicted_rows(options, model(config, run), run)


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two values of the feature."""
    return runs.two_rows(run)
