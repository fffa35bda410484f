"""Which of three cultivars was a wine made from? A small network reads its chemical analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from tidu import data, nn, train, views
from tidu.fields import OpenFraction, PositiveFloat, PositiveInt
from tidu.words import Text

if TYPE_CHECKING:
    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    hidden: PositiveInt = 16  # width of the hidden layer
    steps: PositiveInt = 400  # training steps
    batch: PositiveInt = 32  # wines in a step
    lr: PositiveFloat = 0.01  # learning rate
    test_fraction: OpenFraction = 0.3  # share of the wines kept for the test


PRESETS = {"quick": Config(steps=200), "standard": Config()}
THREADS = 1  # matrices this small are slower on two


def run(config: Config, run: Run) -> dict[str, float]:
    """Train on some wines; return the share of the others that is named right."""
    wines, others = data.load("wine").split(config.test_fraction, run.generator())
    scaler = data.Standardiser.fit(wines.features)
    inputs, test_inputs = (scaler.apply(part.features).float() for part in (wines, others))
    network = network_of(config)
    order = train.Shuffled(len(inputs), config.batch, run.seed)

    def accuracy() -> float:
        return float((network(test_inputs).argmax(1) == others.target).float().mean())

    train.fit(
        network,
        lambda step: (inputs[order(step)], wines.target[order(step)]),
        torch.nn.functional.cross_entropy,
        torch.optim.Adam(network.parameters(), lr=config.lr),
        run=run,
        steps=config.steps,
        evaluate=lambda: {"accuracy": accuracy()},
        evaluate_every=max(1, config.steps // 20),
    )
    run.save_weights(network)
    return {"accuracy": accuracy()}


def network_of(config: Config) -> torch.nn.Module:
    """13 measurements in, one logit for each of the 3 cultivars out."""
    return nn.MLP((13, config.hidden, 3), torch.nn.ReLU)


def model(config: Config, run: Run) -> torch.nn.Module:
    """The trained network."""
    return run.load_weights(network_of(config))


def pictures(config: Config, run: Run) -> list[views.Picture]:
    """The way up: accuracy on wines it has not seen."""
    named_right = {"accuracy": Text("认对的比例", "share named right")}
    title = Text("没见过的酒，认对了多少", "Wines it has not seen, named right")
    return [views.metric_curves(run.history(), named_right, name="accuracy", title=title)]


def export_inputs(config: Config, run: Run) -> tuple[torch.Tensor, ...]:
    """Two wines."""
    return (torch.zeros(2, 13),)
