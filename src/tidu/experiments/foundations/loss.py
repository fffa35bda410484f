"""Losses: what each way of counting errors makes of the same data.

First every loss and its gradient are compared with PyTorch's in float64, for small errors and large
ones. Then a linear model of the diabetes table is fitted by squared, absolute and Huber error:
once to the training rows as they are, once with a few of their targets spoiled, as by slips of the
pen (``outliers`` of them set ``far`` deviations higher). The test rows are never spoiled.
``harm`` is the mean absolute error on them after the fit to spoiled rows, over that after the fit
to good ones: 1 where the outliers did no harm.

``--data my.csv --target price`` brings your own table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from tidu import data, losses, optim, runs
from tidu.fields import OpenFraction, PositiveFloat, PositiveInt

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from tidu.data import Table
    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    outliers: OpenFraction = 0.1  # share of the training rows that is spoiled
    far: PositiveFloat = 8.0  # how far up, in deviations of the target
    delta: PositiveFloat = 1.0  # where Huber's loss turns straight, in deviations of the target
    steps: PositiveInt = 1500  # steps of Adam, each on all training rows
    lr: PositiveFloat = 0.05  # learning rate at the start; it falls to zero along a cosine
    test_fraction: OpenFraction = 0.2  # share of the rows kept for the test


PRESETS = {"quick": Config(steps=400), "standard": Config()}
PICTURES = "loss"  # drawn by this file of tidu.views.systems
TAKES = ("data", "target")
USE_EXAMPLE = "new.csv"
THREADS = 1  # matrices this small are slower on two
FITTED = ("squared", "absolute", "huber")
ROWS = ("good", "spoiled")


def run(config: Config, run: Run) -> dict[str, float]:
    """Compare with PyTorch, fit; return the gaps, the errors on test rows and the harm."""
    value_gap, gradient_gap = compare(config, run)
    table = data.own_or("diabetes", run.data, run.options.target, task="regression")
    train, test = table.split(config.test_fraction, run.generator())
    scaler = data.Standardiser.fit(train.features)
    deviation, middle = train.target.std(), train.target.mean()
    inputs = optim.with_ones(scaler.apply(train.features))
    good = (train.target - middle) / deviation
    order = torch.randperm(len(good), generator=run.generator(1))
    spoiled = order[: round(config.outliers * len(good))]
    targets = {"good": good, "spoiled": good.index_add(0, spoiled, config.far + 0 * good[spoiled])}

    tested = optim.with_ones(scaler.apply(test.features))
    fits: dict[str, Tensor] = {}
    found = {"value_gap": value_gap, "gradient_gap": gradient_gap}
    for loss in FITTED:
        for rows in ROWS:
            weights = fit(config, run, inputs, targets[rows], loss, rows)
            fits[f"{loss}-{rows}"] = weights * deviation
            errors = (tested @ weights * deviation + middle - test.target).abs()
            found[f"test_error_{loss}_{rows}"] = float(errors.mean())
        before, after = (found[f"test_error_{loss}_{rows}"] for rows in ROWS)
        found[f"harm_{loss}"] = after / before
    run.record("harm", None, **{loss: torch.tensor(found[f"harm_{loss}"]) for loss in FITTED})
    record_lines(config, run, train, inputs, targets, spoiled)
    kept = fits["huber-spoiled"]
    kept[-1] += middle  # the bias, back in the target's own unit
    run.save_weights(scaler.folded_into(optim.linear_layer(kept)))
    run.write_json("columns", data.Schema.of(train, run.data).as_json())
    return found


def loss_named(name: str, config: Config) -> Callable[[Tensor, Tensor], Tensor]:
    """The loss of (predictions, targets), a mean over the rows."""
    return {
        "squared": losses.mean_squared_error,
        "absolute": losses.mean_absolute_error,
        "huber": lambda p, t: losses.huber(p, t, config.delta),
    }[name]


def fit(config: Config, run: Run, inputs: Tensor, targets: Tensor, loss: str, rows: str) -> Tensor:
    """The weights, bias last, that descent on the loss ends in."""
    layer = torch.nn.Linear(inputs.shape[1], 1, bias=False, dtype=inputs.dtype)
    torch.nn.init.zeros_(layer.weight)
    optimizer = torch.optim.Adam(layer.parameters(), lr=config.lr)
    rate = optim.schedule.cosine(config.lr, config.steps)
    measure = loss_named(loss.removeprefix("line-"), config)
    keep = {"layer": layer, "optimizer": optimizer}
    for step in run.steps(config.steps, keep, f"{loss}-{rows}"):
        value = measure(layer(inputs).squeeze(1), targets)
        optimizer.zero_grad()
        value.backward()
        optimizer.param_groups[0]["lr"] = rate(step)
        optimizer.step()
        if step % max(1, config.steps // 50) == 0:
            run.log(step, **{f"{loss}_loss_{rows}": value})
    return layer.weight.detach()[0].clone()


def record_lines(
    config: Config,
    run: Run,
    train: Table,
    inputs: Tensor,
    targets: dict[str, Tensor],
    spoiled: Tensor,
) -> None:
    """Keep, for the picture, lines over the one feature that tells most of the target."""
    centred = inputs[:, :-1] - inputs[:, :-1].mean(0)
    strongest = int((centred * targets["good"][:, None]).sum(0).abs().argmax())
    some = optim.with_ones(inputs[:, strongest : strongest + 1])
    lines = [fit(config, run, some, targets[rows], f"line-{loss}", rows)
             for loss in FITTED for rows in ROWS]  # fmt: skip
    run.write_json("strongest", train.feature_names[strongest])
    run.record(
        "lines",
        x=some[:, 0],
        spoiled=spoiled,
        lines=torch.stack(lines).view(len(FITTED), len(ROWS), 2),
        good=targets["good"],
        spoiled_targets=targets["spoiled"],
    )


def compare(config: Config, run: Run) -> tuple[float, float]:
    """Keep every loss and its slope for the picture; return how far they are from PyTorch's."""
    theirs = torch.nn.functional
    ones = torch.ones(1, dtype=torch.float64)
    pairs: dict[str, tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]] = {
        "squared": (
            lambda r: losses.mean_squared_error(r, 0 * r, "none"),
            lambda r: theirs.mse_loss(r, 0 * r, reduction="none"),
        ),
        "absolute": (
            lambda r: losses.mean_absolute_error(r, 0 * r, "none"),
            lambda r: theirs.l1_loss(r, 0 * r, reduction="none"),
        ),
        "huber": (
            lambda r: losses.huber(r, 0 * r, config.delta, "none"),
            lambda r: theirs.huber_loss(r, 0 * r, reduction="none", delta=config.delta),
        ),
        "bce": (
            lambda z: losses.binary_cross_entropy(z, ones.expand_as(z), "none"),
            lambda z: theirs.binary_cross_entropy_with_logits(
                z, ones.expand_as(z), reduction="none"
            ),
        ),
        "smoothed": (
            lambda z: losses.cross_entropy(two_classes(z), first(z), 1.0, 0.1, "none"),
            lambda z: theirs.cross_entropy(
                two_classes(z), first(z), label_smoothing=0.1, reduction="none"
            ),
        ),
        "hinge": (
            lambda z: losses.hinge(z, ones.expand_as(z), reduction="none"),
            lambda z: theirs.hinge_embedding_loss(
                z, -ones.expand_as(z), margin=1.0, reduction="none"
            ),
        ),
    }
    near = torch.linspace(-4, 4, 401, dtype=torch.float64)
    far = torch.logspace(-12, 4, 60, dtype=torch.float64)
    gaps: list[tuple[float, float]] = []
    for name, (ours, other) in pairs.items():
        values, slopes = value_and_slope(ours, near)
        run.record(f"curve-{name}", x=near, value=values, slope=slopes)
        every = torch.cat([near, far, -far])
        sides = zip(value_and_slope(ours, every), value_and_slope(other, every), strict=True)
        value, slope = (float(((a - b).abs() / b.abs().clamp(min=1)).max()) for a, b in sides)
        gaps.append((value, slope))
    return max(value for value, _ in gaps), max(slope for _, slope in gaps)


def two_classes(margin: Tensor) -> Tensor:
    """Logits of two classes, the first higher than the second by ``margin``: (rows, 2)."""
    return torch.stack([margin, torch.zeros_like(margin)], dim=1)


def first(margin: Tensor) -> Tensor:
    """Labels that say the first class."""
    return torch.zeros(len(margin), dtype=torch.long)


def value_and_slope(function: Callable[[Tensor], Tensor], input: Tensor) -> tuple[Tensor, Tensor]:
    """What the function gives for every number, and its derivative there."""
    leaf = input.detach().clone().requires_grad_()
    value = function(leaf)
    return value.detach(), torch.autograd.grad(value.sum(), leaf)[0]


def model(config: Config, run: Run) -> torch.nn.Module:
    """The linear model that Huber's loss found among outliers; features in their own units."""
    features = len(run.read_json("columns")["features"])
    return run.load_weights(torch.nn.Linear(features, 1, dtype=torch.float64))


Use = runs.RowsFile


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Predict the target of every row of a CSV file."""
    return runs.predicted_rows(options, model(config, run), run)


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two rows in the features' own units."""
    return runs.two_rows(run)
