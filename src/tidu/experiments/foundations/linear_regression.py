"""Linear regression: one line found twice, in closed form and by gradient descent.

    prediction = features · weights + bias,   chosen to minimise the mean squared error.

The closed form solves the least-squares problem at once by QR decomposition; descent walks down
the gradient from zero. Both look at the same training rows, so they must end in the same place:
``max_gap`` is the largest difference between their coefficients or predictions. By default the
data are scikit-learn's diabetes table; ``--data my.csv --target price`` brings your own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from tidu import data, metrics, optim, runs
from tidu.fields import OpenFraction, PositiveFloat, PositiveInt

if TYPE_CHECKING:
    from torch import Tensor

    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    test_fraction: OpenFraction = 0.2  # share of the rows kept for the test
    standardise: bool = True  # give every feature mean 0 and deviation 1 first
    steps: PositiveInt = 20_000  # steps of gradient descent
    lr: PositiveFloat | None = None  # step size; without it the best one for the curvature


PRESETS = {"quick": Config(steps=10_000), "standard": Config()}
PICTURES = "linear_regression"  # drawn by this file of tidu.views.systems
TAKES = ("data", "target")
USE_EXAMPLE = "new.csv"
THREADS = 1  # matrices this small are slower on two


def run(config: Config, run: Run) -> dict[str, float]:
    """Solve in closed form, then descend; return errors on unseen rows and the gap."""
    table = data.own_or("diabetes", run.data, run.options.target, task="regression")
    train, test = table.split(config.test_fraction, run.generator())
    scaler = data.Standardiser.fit(train.features)
    if not config.standardise:
        scaler = data.Standardiser(torch.zeros_like(scaler.mean), torch.ones_like(scaler.deviation))
    inputs, test_inputs = (optim.with_ones(scaler.apply(t.features)) for t in (train, test))
    targets = train.target

    closed = optim.least_squares(inputs, targets)
    best = float(metrics.mean_squared_error(inputs @ closed, targets))

    rate = config.lr or optim.best_rate(inputs)
    weights = torch.zeros_like(closed)
    every = max(1, config.steps // 200)
    for step in run.steps(config.steps, keep={"weights": weights}):
        if step % every == 0:
            loss = float(metrics.mean_squared_error(inputs @ weights, targets))
            run.log(step, loss=loss, above_closed_form=loss - best)
        weights -= rate * optim.mse_gradient(inputs, targets, weights)

    run.save_weights(scaler.folded_into(optim.linear_layer(weights)))
    run.write_json("columns", data.Schema.of(train, run.data).as_json())
    predictions = test_inputs @ weights
    run.record("fit", closed=closed, descent=weights, predictions=predictions, truth=test.target)
    return {
        "test_mse": float(metrics.mean_squared_error(predictions, test.target)),
        "test_r2": float(metrics.r_squared(predictions, test.target)),
        "train_mse": float(metrics.mean_squared_error(inputs @ weights, targets)),
        "max_gap": max_gap(inputs, closed, weights),
    }


def max_gap(inputs: Tensor, closed: Tensor, descent: Tensor) -> float:
    """The largest difference in a prediction, and in a coefficient where those are unique."""
    gap = (inputs @ (closed - descent)).abs().max()
    if bool(optim.independent_columns(inputs).all()):
        gap = torch.maximum(gap, (closed - descent).abs().max())
    return float(gap)


def model(config: Config, run: Run) -> torch.nn.Module:
    """The trained line, from features in their own units to the target."""
    features = len(run.read_json("columns")["features"])
    return run.load_weights(torch.nn.Linear(features, 1, dtype=torch.float64))


Use = runs.RowsFile


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Predict the target of every row of a CSV file."""
    return runs.predicted_rows(options, model(config, run), run)


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two rows in the features' own units."""
    return runs.two_rows(run)
