"""``--watch gradients``: results stay bit for bit the same, and what was seen survives a kill."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from processes import start, steps_done, wait_until
from torch import nn

import tidu
from commands import Answer, run_alone
from tidu.errors import TiduError
from tidu.laboratory import gradients
from tidu.runs import Run
from tidu.runs.run import Options
from tidu.views import gradient_flow

Says = Callable[..., Answer]

# Loops of every kind, with fields so small that they end in a moment.
LOOPS = {
    "spiral": {"steps": 30},
    "gan": {"steps": 30},
    "policy-gradient": {"iterations": 4, "episodes": 4},
    "memory-tasks": {"lags": (4, 6), "steps": 10, "hidden": 6, "cells": ("rnn", "lstm-peephole")},
    "gan-images": {"steps": 12, "channels": 4, "judged": 50},
    "pruning": {"rounds": 1, "epochs": 1, "round_epochs": 1},
}


@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize("id", LOOPS)
def test_training_does_not_notice(id: str) -> None:
    batched = {"seeds": 2} if id in {"spiral", "memory-tasks"} else {}
    fields = {"preset": "quick", "quiet": True, "report": False, **batched, **LOOPS[id]}
    alone, seen = tidu.run(id, **fields), tidu.run(id, watch="gradients", **fields)
    for file in ("metrics.jsonl", "model.safetensors"):
        assert (alone.path / file).read_bytes() == (seen.path / file).read_bytes()
    assert not alone.gradients()
    looked = seen.gradients()
    assert looked
    assert all(row["gradient"] for rows in looked.values() for row in rows)
    copies = {
        len(norm) if isinstance(norm, list) else 1
        for rows in looked.values()
        for row in rows
        for norm in row["gradient"].values()
    }
    assert copies == ({2} if batched else {1})
    assert gradients.remarks(seen)
    for picture in gradients.pictures(seen):
        assert len({len(column) for column in picture.data.values()}) == 1


def test_killed_it_ends_having_seen_the_same(own_experiment: str, tmp_path: Path) -> None:
    whole, killed = tmp_path / "runs" / "whole", tmp_path / "runs" / "killed"
    words = ("run", own_experiment, "--steps", "300", "--watch", "gradients", "--no-report")
    assert run_alone(*words, "--name", "whole").code == 0
    slow = ("--pause", "0.01", "--checkpoint-every", "0.2", "--quiet")
    process = start(*words, *slow, "--name", "killed")

    def ahead() -> bool:
        saved = steps_done(killed)
        return 60 < saved < len((killed / "metrics.jsonl").read_text().splitlines()) - 5

    assert wait_until(process, ahead)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert run_alone("resume", "killed", "--quiet", "--no-report").code == 0
    for file in ("gradients.jsonl", "metrics.jsonl", "model.safetensors"):
        assert (whole / file).read_bytes() == (killed / file).read_bytes()
    rows = [json.loads(line) for line in (whole / "gradients.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == list(range(0, 300, 3))


def test_it_is_told_on_the_screen_and_in_the_report(
    own_experiment: str, tmp_path: Path, tidu_says: Says
) -> None:
    words = ("run", own_experiment, "--preset", "quick", "--name", "mine")
    done = tidu_says(*words, "--watch", "gradients")
    assert done.code == 0, done.err
    (told,) = [line for line in done.out.splitlines() if line.startswith("•")]
    run = tmp_path / "runs" / "mine"
    page = (run / "report.html").read_text(encoding="utf-8")
    assert told.removeprefix("• ")[:30] in page
    for name in ("gradient-norms", "relative-steps"):
        for language in ("zh", "en"):
            assert (run / "pictures" / f"{name}.{language}.png").exists()


@pytest.mark.usefixtures("embedded")
def test_each_loop_of_several_is_named(tidu_says: Says) -> None:
    fields = ("--rounds", "1", "--epochs", "1", "--round-epochs", "1", "--no-report")
    done = tidu_says("run", "pruning", "--preset", "quick", *fields, "--watch", "gradients")
    lines = [line for line in done.out.splitlines() if line.startswith("•")]
    assert any(line.startswith("• [train] ") for line in lines)
    assert any(line.startswith("• [round-01] ") for line in lines)


def test_a_training_that_diverges_is_told_why(own_experiment: str, tidu_says: Says) -> None:
    words = ("run", own_experiment, "--spoil", "25", "--steps", "50", "--lr", "0.05")
    told = tidu_says(*words, "--watch", "gradients")
    assert told.code == 3
    assert "diverged" in told.err
    assert "Exploding: at step 25 the gradient of weight" in told.err
    assert "Traceback" not in told.err


def test_where_nothing_can_be_watched_it_is_said(tidu_says: Says) -> None:
    fields = ("--preset", "quick", "--steps", "20", "--no-report")
    told = tidu_says("run", "feature-normalisation", *fields, "--watch", "gradients")
    assert told.code == 0
    assert "There was no gradient to watch" in told.out
    assert tidu_says("run", "spiral", "--watch", "weights").code == 2
    with pytest.raises(TiduError, match="--watch must be gradients"):
        tidu.run("spiral", preset="quick", watch="weights")


def test_the_loop_of_the_run_says_which_step_it_is(tmp_path: Path) -> None:
    """Also where the optimiser takes no step, or several, in one step of the loop."""
    layer = nn.Linear(2, 2)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    run = Run(tmp_path, quiet=True, options=Options(watch="gradients"))
    for step in run.steps(10, keep={"layer": layer, "optimizer": optimizer}):
        for _ in range(step % 3):
            optimizer.zero_grad()
            layer(torch.ones(1, 2)).sum().backward()
            optimizer.step()
    assert [row["step"] for row in run.gradients()["train"]] == [1, 2, 4, 5, 7, 8]


def test_gradients_that_are_not_finite_can_be_read_and_drawn(tmp_path: Path) -> None:
    layers = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    optimizer = torch.optim.SGD(layers.parameters(), lr=0.0)
    run = Run(tmp_path, quiet=True, options=Options(watch="gradients"))
    for step in run.steps(4, keep={"layers": layers, "optimizer": optimizer}):
        optimizer.zero_grad()
        (layers(torch.ones(1, 2)).sum() * (float("inf") if step == 2 else 1.0)).backward()
        optimizer.step()
        with torch.no_grad():
            for parameter in layers.parameters():
                parameter.nan_to_num_(0.1)  # so that the run may go on
    rows = run.gradients()["train"]
    assert json.loads((tmp_path / "gradients.jsonl").read_text().splitlines()[2])
    assert gradients.remarks(run)[0].en.startswith("layers: Exploding: at step 2")
    for picture in gradient_flow.pictures({"train": rows}):
        assert picture.render("png")
