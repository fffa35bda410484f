"""Early stopping: a network that overfits real patients, stopped in time and not.

A network of two hidden layers has many weights for the few hundred rows of the diabetes table. Part
of the training rows is kept for validation. Every few steps the network is tried on them; when they
have not been predicted better for ``patience`` such looks, training ends and the best weights are
put back. Then the same network is trained again, from the same weights on the same batches, to the
bitter end. The test rows have no say; they are predicted once by each, at the end.

``restored_gap`` is the validation loss of the weights put back, minus the lowest of the curve up to
the stop; beyond ``min_delta`` it must be zero. ``--data my.csv --target price`` brings your own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from tidu import data, nn, runs, train
from tidu.fields import NonNegativeFloat, OpenFraction, PositiveFloat, PositiveInt

if TYPE_CHECKING:
    from torch import Tensor

    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    hidden: tuple[PositiveInt, ...] = (64, 64)  # widths of the hidden layers
    steps: PositiveInt = 3000  # steps of the network that is not stopped
    look_every: PositiveInt = 10  # steps between two looks at the validation rows
    patience: PositiveInt = 30  # looks without an improvement that are waited for
    min_delta: NonNegativeFloat = 0.0  # how much lower the loss must be to count as improved
    batch: PositiveInt = 64  # rows in a step, over all processes
    lr: PositiveFloat = 0.0003  # learning rate of Adam
    test_fraction: OpenFraction = 0.2  # share of the rows kept for the test
    validation: OpenFraction = 0.2  # share of the other rows kept for validation


PRESETS = {"quick": Config(steps=900, lr=0.001, patience=15), "standard": Config()}
PICTURES = "early_stopping"  # drawn by this file of tidu.views.systems
TAKES = ("data", "target", "processes")
USE_EXAMPLE = "new.csv"
THREADS = 1  # products this small are slower on two


@dataclass(frozen=True)
class Rows:
    """Standardised rows, and how to get back to their own units."""

    learned: tuple[Tensor, Tensor]
    kept: tuple[Tensor, Tensor]
    tested: tuple[Tensor, Tensor]
    inputs: data.Standardiser
    targets: data.Standardiser


def run(config: Config, run: Run) -> dict[str, float]:
    """Train with and without; return what each makes of the test rows, and where it stopped."""
    rows = split(config, run)
    stopping = train.EarlyStopping("validation_loss", config.patience, config.min_delta)
    stopped = train_once(config, run, rows, stopping, name="stopped")
    whole = train_once(config, run, rows, None, name="whole")

    curve = [line for line in run.history() if "validation_loss" in line]
    lowest = min(line["validation_loss"] for line in curve)
    restored = loss_on(stopped, rows.kept)
    variance = float(rows.targets.deviation.square())  # back to the target's own units
    arms = {"stopped": stopped, "whole": whole}
    errors = {name: variance * loss_on(network, rows.tested) for name, network in arms.items()}
    learned = variance * loss_on(whole, rows.learned)
    run.save_weights(in_own_units(stopped, rows))
    run.record(
        "chosen",
        best=torch.tensor(stopping.best_step),
        stop=torch.tensor(curve[-1]["step"]),
        errors=torch.tensor(list(errors.values())),
    )
    return {
        "test_mse_stopped": errors["stopped"],
        "test_mse_whole": errors["whole"],
        "train_mse_whole": learned,
        "stopped_over_whole": errors["stopped"] / errors["whole"],
        "best_step": float(stopping.best_step),
        "stop_step": float(curve[-1]["step"]),
        "restored_gap": max(0.0, restored - lowest - config.min_delta),
        "validation_loss_stopped": restored,
        "validation_loss_whole": loss_on(whole, rows.kept),
    }


def split(config: Config, run: Run) -> Rows:
    """Rows to learn from, to validate on and to test on; scaled by the first alone."""
    table = data.own_or("diabetes", run.data, run.options.target, task="regression")
    rest, tested = table.split(config.test_fraction, run.generator())
    learned, kept = rest.split(config.validation, run.generator(1))
    run.write_json("columns", data.Schema.of(rest, run.data).as_json())
    inputs = data.Standardiser.fit(learned.features)
    targets = data.Standardiser.fit(learned.target.unsqueeze(1))
    parts = [
        (inputs.apply(part.features), targets.apply(part.target.unsqueeze(1)))
        for part in (learned, kept, tested)
    ]
    return Rows(parts[0], parts[1], parts[2], inputs, targets)


def train_once(
    config: Config, run: Run, rows: Rows, stopping: train.EarlyStopping | None, name: str
) -> nn.MLP:
    """One network; with or without stopping it begins alike and sees the same batches."""
    torch.manual_seed(run.seed)
    network = new_network(config, rows.learned[0].shape[1]).to(run.device)
    inputs, targets = rows.learned
    order = train.Shuffled(len(inputs), min(config.batch, len(inputs)), run.seed)
    prefix = "" if stopping is not None else "whole_"

    def evaluate() -> dict[str, float]:
        found = {"train_loss": rows.learned, "validation_loss": rows.kept}
        return {prefix + what: loss_on(network, part) for what, part in found.items()}

    train.fit(
        network,
        lambda step: (inputs[order(step)], targets[order(step)]),
        torch.nn.functional.mse_loss,
        torch.optim.Adam(network.parameters(), lr=config.lr, fused=True),
        run=run,
        steps=config.steps,
        evaluate=evaluate,
        evaluate_every=config.look_every,
        stopping=stopping,
        name=name,
    )
    return network


def new_network(config: Config, columns: int) -> nn.MLP:
    """An untrained network."""
    return nn.MLP((columns, *config.hidden, 1)).double()


def loss_on(network: torch.nn.Module, rows: tuple[Tensor, Tensor]) -> float:
    """The mean squared error on standardised rows."""
    inputs, targets = rows
    with torch.no_grad():
        outputs = network(inputs.to(next(network.parameters()).device)).cpu()
        return float(torch.nn.functional.mse_loss(outputs, targets))


def in_own_units(network: nn.MLP, rows: Rows) -> nn.MLP:
    """The network that takes features, and answers, in their own units."""
    network = network.cpu()
    first = network.layers[0]
    assert isinstance(first, torch.nn.Linear)
    network.layers[0] = rows.inputs.folded_into(first)
    with torch.no_grad():
        last = network.layers[-1]
        assert isinstance(last, torch.nn.Linear)
        last.weight.mul_(rows.targets.deviation)
        last.bias.mul_(rows.targets.deviation).add_(rows.targets.mean)
    return network


def model(config: Config, run: Run) -> torch.nn.Module:
    """The network that was stopped; it takes features in their own units."""
    return run.load_weights(new_network(config, len(run.read_json("columns")["features"])))


Use = runs.RowsFile


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Predict the target of every row of a CSV file."""
    return runs.predicted_rows(options, model(config, run), run)


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two rows in the features' own units."""
    return runs.two_rows(run)
