"""A toy of a user's own: a linear layer learns to add its inputs up."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch

from tidu import train
from tidu.fields import NonNegativeFloat, PositiveFloat, PositiveInt

if TYPE_CHECKING:
    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    steps: PositiveInt = 200  # steps of descent
    lr: PositiveFloat = 0.05  # learning rate
    kind: Literal["sum", "mean"] = "sum"  # what is learned
    pause: NonNegativeFloat = 0.0  # seconds to wait in every step
    spoil: int = -1  # the step whose data hold a value that is not a number
    clip: PositiveFloat | None = None  # largest norm of the gradient


PRESETS = {"quick": Config(steps=40), "standard": Config()}


def run(config: Config, run: Run) -> dict[str, float]:
    """Train; return the error."""
    model = torch.nn.Linear(3, 1)
    optimizer = torch.optim.Adam(model.parameters(), config.lr)
    generator = run.generator()

    def batch(step: int) -> tuple[torch.Tensor, torch.Tensor]:
        time.sleep(config.pause)
        inputs = torch.randn(32, 3, generator=generator)
        targets = inputs.sum(1, keepdim=True) / (1 if config.kind == "sum" else 3)
        return inputs, targets * (float("nan") if step == config.spoil else 1.0)

    loss = torch.nn.functional.mse_loss
    train.fit(
        model, batch, loss, optimizer, run=run, steps=config.steps, clip=config.clip,
        log_every=1, keep={"generator": generator},
    )  # fmt: skip
    run.save_weights(model)
    with torch.no_grad():
        inputs, targets = batch(-2)
        return {"error": float(loss(model(inputs), targets))}


def model(config: Config, run: Run) -> torch.nn.Module:
    """The trained layer."""
    return run.load_weights(torch.nn.Linear(3, 1))


def export_inputs(config: Config, run: Run) -> tuple[torch.Tensor, ...]:
    """Two rows."""
    return (torch.ones(2, 3),)
