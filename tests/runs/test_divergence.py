"""A loss that is no longer a number stops the run, says where and why, and keeps a checkpoint."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from commands import run_alone
from tidu.files import read_json
from tidu.runs import Diverged, Run
from tidu.train import checkpoint


def test_it_says_step_value_and_causes(own_experiment: str, tmp_path: Path) -> None:
    run = tmp_path / "runs" / "nan"
    words = ("run", own_experiment, "--spoil", "25", "--steps", "50", "--name", "nan")
    done = run_alone(*words, "--checkpoint-every", "0")
    assert done.code == 3
    for word in ("nan", "step 25", "learning rate", "clipping", "checkpoint"):
        assert word in done.err
    assert "Traceback" not in done.err
    assert read_json(run / "state.json") == {"state": "failed"}
    last = json.loads((run / "metrics.jsonl").read_text().splitlines()[-1])
    assert last == {"step": 25, "loss": "nan"}
    weight = torch.zeros(1)
    kept = run / "checkpoints" / "train.safetensors"
    assert checkpoint.about(kept)["step"] == 25
    assert torch.isfinite(weight).all()
    assert str(kept.parent) in done.err


def test_weights_that_are_not_finite_are_never_saved(tmp_path: Path) -> None:
    run = Run(tmp_path, checkpoint_every=0.0, quiet=True)
    layer = torch.nn.Linear(2, 2)

    def loop() -> None:
        for step in run.steps(10, keep={"layer": layer}):
            if step == 4:
                with torch.no_grad():
                    layer.weight[0, 0] = torch.inf

    with pytest.raises(Diverged) as told:
        loop()
    assert told.value.step == 4
    again = torch.nn.Linear(2, 2)
    assert checkpoint.load(tmp_path / "checkpoints" / "train.safetensors", keep(again))["step"] == 4
    assert torch.isfinite(again.weight).all()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [0.1, float("nan")]])
def test_every_loss_is_watched(value: float | list[float], tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.log(0, loss=1.0, accuracy=float("nan"))
    with pytest.raises(Diverged, match="critic_loss"):
        run.log(1, critic_loss=value)


def keep(layer: torch.nn.Module) -> dict[str, object]:
    """What a loop keeps: the layer, and PyTorch's own generator."""
    from tidu.runs.steps import _GlobalGenerator

    return {"layer": layer, "torch-rng": _GlobalGenerator()}
