"""Feature normalisation: the same data in other units are a hundred or a million times harder.

A linear model is learned by gradient descent three times: from the features as they were measured,
from features with their mean taken away, and from features divided by their deviation as well.
Mean and deviation are those of the training rows alone. The loss can be made equally low in all
three, but its bowl is a round one only in the last: its condition number, the largest learning
rate that does not diverge, and the steps to come down are compared.

By default the data are scikit-learn's diabetes table in its own units; ``--data my.csv --target
price`` brings your own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from tidu import data, metrics, optim, runs
from tidu.errors import TiduError
from tidu.fields import OpenFraction, PositiveInt

if TYPE_CHECKING:
    from torch import Tensor

    from tidu.data import Table
    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    features: tuple[str, str] | None = None  # the picture's two; by default bmi, s5 or the first
    steps: PositiveInt = 2000  # steps of descent on all features
    rate: OpenFraction = 0.5  # learning rate, as a share of the largest that does not diverge
    share: OpenFraction = 0.01  # down is where the loss stands at this share of its first height
    test_fraction: OpenFraction = 0.2  # share of the rows kept for the test


PRESETS = {"quick": Config(steps=1000), "standard": Config()}
PICTURES = "feature_normalisation"  # drawn by this file of tidu.views.systems
TAKES = ("data", "target")
USE_EXAMPLE = "new.csv"
THREADS = 1  # matrices this small are slower on two
ARMS = ("raw", "centred", "standardised")
PATH_STEPS = 60
POINTS = 61  # of the pictures' grid along each axis


def run(config: Config, run: Run) -> dict[str, float]:
    """Descend on the three forms of the table; return how hard each is."""
    check(config)
    table = data.own_or("diabetes", run.data, run.options.target, task="regression")
    train, test = table.split(config.test_fraction, run.generator())
    targets = train.target
    scaler = data.Standardiser.fit(train.features)
    scalers = dict(zip(ARMS, (nothing(scaler), centring(scaler), scaler), strict=True))
    inputs = {arm: optim.with_ones(s.apply(train.features)) for arm, s in scalers.items()}
    rates = {arm: config.rate * optim.largest_rate(part) for arm, part in inputs.items()}

    best = optim.with_ones(scaler.apply(train.features))
    lowest = metrics.mean_squared_error(best @ optim.least_squares(best, targets), targets)
    height = targets.square().mean() - lowest  # descent starts from weights of zero
    weights = {arm: torch.zeros_like(part[0]) for arm, part in inputs.items()}
    for step in run.steps(config.steps, keep=weights):
        if step % max(1, config.steps // 200) == 0:
            losses = {arm: mse(inputs[arm], weights[arm], targets) for arm in ARMS}
            left = {f"{arm}_loss_left": float((losses[arm] - lowest) / height) for arm in ARMS}
            run.log(step, **left)
        for arm in ARMS:
            weights[arm] -= rates[arm] * optim.mse_gradient(inputs[arm], targets, weights[arm])

    run.save_weights(scaler.folded_into(optim.linear_layer(weights["standardised"])))
    run.write_json("columns", data.Schema.of(train, run.data).as_json())
    record_surfaces(config, run, train, scaler)
    found: dict[str, float] = {}
    for arm in ARMS:
        tested = optim.with_ones(scalers[arm].apply(test.features))
        found |= {
            f"condition_{arm}": optim.condition_number(inputs[arm]),
            f"largest_rate_{arm}": optim.largest_rate(inputs[arm]),
            f"steps_{arm}": float(optim.steps_to(inputs[arm], targets, rates[arm], config.share)),
            f"test_mse_{arm}": float(mse(tested, weights[arm], test.target)),
        }
    condition, needed = (
        torch.tensor([found[f"{name}_{arm}"] for arm in ARMS]) for name in ("condition", "steps")
    )
    run.record("hardness", condition=condition.double(), needed=needed.double())
    return found | {
        "condition_gain": found["condition_raw"] / found["condition_standardised"],
        "steps_gain": found["steps_raw"] / found["steps_standardised"],
    }


def check(config: Config) -> None:
    """Shares that would mean no step, or no end, are refused."""
    for flag, value in (("--rate", config.rate), ("--share", config.share)):
        if value == 0:
            raise TiduError(
                f"{flag} must be above 0; got 0.", f"Leave {flag} out for the preset's."
            )


def nothing(scaler: data.Standardiser) -> data.Standardiser:
    """Leaves the features as they are."""
    return data.Standardiser(torch.zeros_like(scaler.mean), torch.ones_like(scaler.mean))


def centring(scaler: data.Standardiser) -> data.Standardiser:
    """Takes the mean away and leaves the units."""
    return data.Standardiser(scaler.mean, torch.ones_like(scaler.mean))


def mse(inputs: Tensor, weights: Tensor, targets: Tensor) -> Tensor:
    """The mean squared error of a linear model."""
    return metrics.mean_squared_error(inputs @ weights, targets)


def record_surfaces(config: Config, run: Run, train: Table, scaler: data.Standardiser) -> None:
    """Keep the loss over two weights, and the path of descent on it, in own units and in the new.

    Features are centred in both: then the best bias is the mean of the target whatever the weights
    are, and two weights are all there is.
    """
    names = train.feature_names
    if len(names) < 2:
        raise TiduError(
            f"Two weights need two features; the table has only {', '.join(names)}.",
            "Bring a table with two columns besides the target.",
        )
    known = ("bmi", "s5") if run.data is None else names[:2]
    columns = [train.column(name) for name in config.features or known]
    centred = (train.features - scaler.mean)[:, columns]
    target = train.target - train.target.mean()
    run.write_json("surfaces", [names[column] for column in columns])
    for name, inputs in (("own", centred), ("new", centred / scaler.deviation[columns])):
        weights = torch.zeros(PATH_STEPS + 1, 2, dtype=torch.float64)
        rate = config.rate * optim.largest_rate(inputs)
        for step in range(PATH_STEPS):
            slope = optim.mse_gradient(inputs, target, weights[step])
            weights[step + 1] = weights[step] - rate * slope
        lowest = optim.least_squares(inputs, target)
        ends = torch.stack([*weights, lowest])
        middle = (ends.amin(0) + ends.amax(0)) / 2
        reach = 0.7 * (ends.amax(0) - ends.amin(0)).max()  # a square, so that round looks round
        x, y = (torch.linspace(-1, 1, POINTS).double() * reach + m for m in middle)
        grid = torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)
        surface, along = (
            (places @ inputs.mT - target).square().mean(-1) for places in (grid, weights)
        )
        path = torch.cat([weights, along.unsqueeze(1)], dim=1)
        run.record(f"surface-{name}", x=x, y=y, height=surface, path=path)


def model(config: Config, run: Run) -> torch.nn.Module:
    """The line learned from standardised features; it takes them in their own units."""
    features = len(run.read_json("columns")["features"])
    return run.load_weights(torch.nn.Linear(features, 1, dtype=torch.float64))


Use = runs.RowsFile


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Predict the target of every row of a CSV file."""
    return runs.predicted_rows(options, model(config, run), run)


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two rows in the features' own units."""
    return runs.two_rows(run)
