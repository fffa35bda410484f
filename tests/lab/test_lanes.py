"""Lanes: every experiment goes on step by step, goes back, and ends where ``tidu run`` ends."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import tidu
from tidu import catalogue
from tidu.lab.bench import Bench
from tidu.lab.lane import Lane
from tidu.laboratory import load_experiment
from tidu.train import checkpoint

USUAL = (
    "spiral", "autograd", "cost-surface", "perceptron", "mlp", "dropout", "batch-norm", "lenet",
    "memory-tasks", "gan", "policy-gradient", "pruning",
)  # fmt: skip
EXPERIMENTS = [s.id for s in catalogue.SYSTEMS.values() if s.experiment]
if not os.environ.get("TIDU_EVERY_LANE"):  # all of them take minutes
    EXPERIMENTS = [id for id in EXPERIMENTS if id in USUAL]


@pytest.fixture
def lane_of(tmp_path: Path) -> Iterator[Callable[..., Lane]]:
    made: list[Lane] = []

    def make(id: str, seeds: tuple[int, ...] = (0,), **fields: Any) -> Lane:
        experiment = load_experiment(id)
        preset = experiment.preset(next(iter(experiment.presets)))
        config = dataclasses.replace(preset, **fields)
        made.append(Lane(experiment, config, seeds, tmp_path / f"lane-{len(made)}"))
        made[-1].settle(60.0)
        return made[-1]

    yield make
    for lane in made:
        lane.close()


def state(lane: Lane) -> list[Any]:
    """All that changes in the lane's loop, flat."""

    def leaves(value: Any) -> list[Any]:
        if isinstance(value, dict):
            return [leaf for key in value for leaf in leaves(value[key])]
        if isinstance(value, (list, tuple)):
            return [leaf for inner in value for leaf in leaves(inner)]
        if isinstance(value, torch.Tensor):
            return [value.detach().double().numpy().tobytes()]
        return [value.tobytes() if isinstance(value, np.ndarray) else value]

    return leaves(checkpoint.snapshot(lane.kept))


@pytest.mark.parametrize("id", EXPERIMENTS)
def test_going_back_and_on_again_is_the_same_training(
    id: str, lane_of: Callable[..., Lane]
) -> None:
    lane = lane_of(id)
    assert lane.failure is None
    if lane.phase == "over":  # it has no loop
        assert id not in USUAL
        return
    lane.advance(2)
    at_two, step = state(lane), lane.step
    lane.advance(2)
    at_four, last = state(lane), lane.step
    if step == last:  # its loop is over already
        assert id not in USUAL
        return
    lane.go_to(step)
    assert lane.step == step
    assert state(lane) == at_two
    lane.advance(last - step)
    assert state(lane) == at_four
    if "lr" in lane.knobs.values and lane.phase == "waiting" and lane.step < lane.total:
        check_a_learning_rate_of_nothing(lane)


def check_a_learning_rate_of_nothing(lane: Lane) -> None:
    """With it the weights stand still."""
    lane.change("lr", 0.0)
    optimizers = [kept for kept in lane.kept.values() if isinstance(kept, torch.optim.Optimizer)]
    after = [p for one in optimizers for group in one.param_groups for p in group["params"]]
    before = [p.detach().clone() for p in after]
    assert before
    lane.advance(1)
    assert lane.failure is None
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize(
    ("id", "fields"),
    [
        ("spiral", {"steps": 120}),
        ("early-stopping", {"steps": 120}),
        ("perceptron", {}),
        ("dropout", {"epochs": 1, "hidden": (16, 16)}),
        ("memory-tasks", {"steps": 12}),
    ],
)
def test_the_end_is_that_of_tidu_run(
    id: str,
    fields: dict[str, Any],
    lane_of: Callable[..., Lane],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TIDU_RUNS", str(tmp_path / "runs"))
    preset = next(iter(load_experiment(id).presets))
    run = tidu.run(id, preset=preset, quiet=True, report=False, **fields)
    expected = json.loads((run.path / "result.json").read_text())["per_seed"]
    lane, other = lane_of(id, **fields), lane_of(id, seeds=(7,), **fields)
    while lane.phase not in {"over", "failed"}:
        lane.advance(37)
        other.advance(11)  # it draws from the same generators in between
    assert lane.failure is None
    assert lane.metrics == expected
    lane.go_to(1)
    assert lane.step == 1
    while lane.phase not in {"over", "failed"}:
        lane.advance(10**6)
    assert lane.metrics == expected


def test_a_knob_at_its_own_value_changes_nothing(lane_of: Callable[..., Lane]) -> None:
    turned, alone = lane_of("dropout"), lane_of("dropout")
    for field, value in list(turned.knobs.values.items()):
        turned.change(field, value)
    turned.advance(3)
    alone.advance(3)
    assert state(turned) == state(alone)


def test_memory_stays_bounded(lane_of: Callable[..., Lane]) -> None:
    lane = lane_of("spiral", steps=500)
    lane.advance(500)
    states = lane.states["train"]
    assert len(states.steps) <= 128
    assert states.bytes <= 32 * 2**20
    assert states.steps[0] == 0


def test_a_failure_is_told_in_words(lane_of: Callable[..., Lane]) -> None:
    lane = lane_of("spiral", lr=1e30, steps=200)
    lane.advance(200)
    assert lane.phase == "failed"
    assert lane.failure is not None
    assert "diverged" in lane.failure.message
    lane.go_to(0)
    assert lane.phase == "waiting"


@pytest.mark.parametrize(
    ("field", "value"),
    [("dropout", 1.5), ("lr", -1.0), ("lr", "nan"), ("lr", "much"), ("steps", 3), ("none", 1)],
)
def test_a_knob_takes_no_nonsense(field: str, value: Any) -> None:
    bench = Bench("dropout", {"hidden": "8 8", "epochs": "1"})
    try:
        bench.lanes[0].settle(60.0)
        reply, _ = bench.handle({"kind": "knob", "field": field, "value": value})
        assert reply["kind"] == "error"
        assert reply["message"]
        reply, _ = bench.handle({"kind": "next", "steps": 1, "seconds": 30})
        assert reply["lanes"][0]["phase"] == "waiting"
    finally:
        bench.close()
