"""Linear regression: one line found twice, in closed form and by gradient descent.

    prediction = features · weights + bias,   chosen to minimise the mean squared error.

The closed form solves the least-squares problem at once by QR decomposition; descent walks down
the gradient from zero. Both look at the same training rows, so they must end in the same place:
``max_gap`` is the largest difference between their coefficients or predictions. By default the
data are scikit-learn's diabetes table; ``--data my.csv --target price`` brings your own.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import torch
import tyro

from tidu import data, optim
from tidu.fields import OpenFraction, PositiveFloat, PositiveInt

if TYPE_CHECKING:
    from torch import Tensor

    from tidu.data import Table
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
USE_EXAMPLE = "new.csv"
THREADS = 1  # matrices this small are slower on two


def run(config: Config, run: Run) -> dict[str, float]:
    """Solve in closed form, then descend; return errors on unseen rows and the gap."""
    table = load_table(run)
    train, test = table.split(config.test_fraction, run.generator())
    scaler = data.Standardiser.fit(train.features)
    if not config.standardise:
        scaler = data.Standardiser(torch.zeros_like(scaler.mean), torch.ones_like(scaler.deviation))
    inputs, test_inputs = (with_ones(scaler.apply(t.features)) for t in (train, test))
    targets = train.target

    closed = optim.least_squares(inputs, targets)
    best = mse(inputs, closed, targets)

    rate = config.lr or optim.best_rate(inputs)
    weights = torch.zeros_like(closed)
    every = max(1, config.steps // 200)
    for step in run.steps(config.steps, keep={"weights": weights}):
        if step % every == 0:
            loss = mse(inputs, weights, targets)
            run.log(step, loss=loss, above_closed_form=loss - best)
        weights -= rate * optim.mse_gradient(inputs, targets, weights)

    write_model(run, table, scaler, weights)
    predictions = test_inputs @ weights
    run.record("fit", closed=closed, descent=weights, predictions=predictions, truth=test.target)
    return {
        "test_mse": mse(test_inputs, weights, test.target),
        "test_r2": r_squared(predictions, test.target),
        "train_mse": mse(inputs, weights, targets),
        "max_gap": max_gap(inputs, closed, weights),
    }


def load_table(run: Run) -> Table:
    """The user's own CSV, else the diabetes table."""
    if run.data is None:
        table = data.load("diabetes")
        assert isinstance(table, data.Table)
        return table
    return data.read_csv(run.data, run.options.target, task="regression")


def with_ones(features: Tensor) -> Tensor:
    """``features`` and a last column of ones, whose weight is the bias."""
    return torch.cat([features, torch.ones_like(features[:, :1])], dim=1)


def mse(inputs: Tensor, weights: Tensor, targets: Tensor) -> float:
    """The mean squared error."""
    return float((inputs @ weights - targets).square().mean())


def r_squared(predictions: Tensor, truth: Tensor) -> float:
    """1 minus the squared error relative to that of predicting the mean of ``truth``."""
    return float(1 - (predictions - truth).square().sum() / (truth - truth.mean()).square().sum())


def max_gap(inputs: Tensor, closed: Tensor, descent: Tensor) -> float:
    """The largest difference in a prediction, and in a coefficient where those are unique."""
    gap = (inputs @ (closed - descent)).abs().max()
    if bool(optim.independent_columns(inputs).all()):
        gap = torch.maximum(gap, (closed - descent).abs().max())
    return float(gap)


def write_model(run: Run, table: Table, scaler: data.Standardiser, weights: Tensor) -> None:
    """Save a plain linear layer that takes the features in their own units."""
    layer = torch.nn.Linear(len(table.feature_names), 1, dtype=torch.float64)
    slopes = weights[:-1] / scaler.deviation
    with torch.no_grad():
        layer.weight.copy_(slopes.unsqueeze(0))
        layer.bias.copy_(weights[-1] - slopes @ scaler.mean)
    run.save_weights(layer)
    levels = data.category_levels(run.data, table.target_name) if run.data else {}
    columns = {"features": table.feature_names, "levels": levels, "mean": scaler.mean.tolist()}
    run.write_json("columns", columns | {"target": table.target_name})


def model(config: Config, run: Run) -> torch.nn.Module:
    """The trained line, from features in their own units to the target."""
    features = len(run.read_json("columns")["features"])
    return run.load_weights(torch.nn.Linear(features, 1, dtype=torch.float64))


@dataclass(frozen=True)
class Use:
    """What to predict."""

    rows: Annotated[Path, tyro.conf.Positional]  # a CSV file with the columns of the training


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Predict the target of every row of a CSV file."""
    columns = run.read_json("columns")
    rows = data.read_rows(options.rows, columns["features"], columns["levels"])
    means = torch.tensor(columns["mean"], dtype=torch.float64)
    with torch.no_grad():
        values = model(config, run)(torch.where(rows.isnan(), means, rows)).squeeze(1).tolist()
    text = "\n".join([columns["target"], *(f"{value:.6g}" for value in values)])
    return {"target": columns["target"], "predictions": values, "text": text}


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two rows in the features' own units."""
    mean = torch.tensor(run.read_json("columns")["mean"], dtype=torch.float64)
    return (mean.expand(2, -1).contiguous(),)
