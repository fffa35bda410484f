"""The network that is stopped is the other one, up to the step whose weights are put back."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tidu.experiments.optimisation import early_stopping
from tidu.runs import Run

CONFIG = early_stopping.Config(hidden=(16,), steps=400, lr=0.01, look_every=5, patience=4)


@pytest.mark.parametrize("seed", [0, 1])
def test_both_walk_together_until_one_is_stopped(tmp_path: Path, seed: int) -> None:
    run = Run(tmp_path, config=CONFIG, seeds=(seed,), quiet=True)
    metrics = early_stopping.run(CONFIG, run)
    curves = [
        {line["step"]: line[name] for line in run.history() if name in line}
        for name in ("validation_loss", "whole_validation_loss")
    ]
    stopped, whole = curves
    assert all(whole[step] == loss for step, loss in stopped.items())
    best, stop = int(metrics["best_step"]), int(metrics["stop_step"])
    assert stopped[best] == min(stopped.values()) == metrics["validation_loss_stopped"]
    assert stop - best == CONFIG.patience * CONFIG.look_every
    assert max(whole) == CONFIG.steps - 1


def test_what_is_saved_answers_in_own_units(tmp_path: Path) -> None:
    run = Run(tmp_path, config=CONFIG, quiet=True)
    metrics = early_stopping.run(CONFIG, run)
    rows = early_stopping.split(CONFIG, run)
    inputs, targets = (
        scaler.undo(part)
        for scaler, part in zip((rows.inputs, rows.targets), rows.tested, strict=True)
    )
    with torch.no_grad():
        answers = early_stopping.model(CONFIG, run)(inputs)
    found = float((answers - targets).square().mean())
    assert found == pytest.approx(metrics["test_mse_stopped"], rel=1e-9)
