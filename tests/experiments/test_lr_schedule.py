"""Schedules at many peaks at once: each walks as it would alone, with PyTorch's own scheduler."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
import torch

import tidu
from tidu import data, runs, train, vision
from tidu.errors import TiduError
from tidu.experiments.optimisation import lr_schedule
from tidu.experiments.optimisation.lr_schedule import Config
from tidu.runs import Run

CONFIG = Config(source="digits", hidden=(8,), batch=32, falls=3)
STEPS = 30
THEIRS: dict[str, Any] = {
    "constant": lambda o: torch.optim.lr_scheduler.ConstantLR(o, 1.0),
    "step": lambda o: torch.optim.lr_scheduler.StepLR(o, 10, 1 / 3),
    "cosine": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, STEPS),
}


@pytest.mark.parametrize("name", THEIRS)
def test_a_copy_walks_as_one_network_with_pytorch(name: str, tmp_path: Path) -> None:
    images = cast("data.Images", data.load("digits"))
    run = Run(tmp_path, seeds=(0, 5), quiet=True)
    peaks = torch.tensor([[0.01, 0.1], [0.03, 0.3]])
    _, losses = lr_schedule.train_all(CONFIG, run, images, name, peaks, STEPS)

    network = runs.pixel_mlp(CONFIG.hidden, images, 5)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.03, momentum=0.9)
    scheduler = THEIRS[name](optimizer)
    order = train.Shuffled(len(images.train_labels), 32, 5)
    for step in range(STEPS):
        rows = order(step)
        logits = network(vision.grey_pixels(images.train_images[rows]))
        loss = torch.nn.functional.cross_entropy(logits, images.train_labels[rows])
        torch.testing.assert_close(losses[step, 1, 0], loss.detach(), rtol=1e-4, atol=1e-5)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()


def test_a_range_in_which_nothing_falls_is_told() -> None:
    with pytest.raises(TiduError, match="did not fall at any rate"):
        tidu.run("lr-schedule", preset="quick", lowest=1e-9, highest=1e-7, quiet=True)
