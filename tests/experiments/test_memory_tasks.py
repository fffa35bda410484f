"""Memory tasks: seeds together equal seeds alone, the gradient measure, the lags solved."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch

from tidu import nn
from tidu.errors import TiduError
from tidu.experiments.sequences import memory_tasks
from tidu.experiments.sequences.memory_tasks import Config
from tidu.runs import Run
from tidu.views.systems.memory_tasks import pictures

TINY = Config(lags=(4, 6), hidden=6, steps=12, batch_size=5, test_sequences=20, symbols=2)


def run_of(path: Path, config: Config, seeds: tuple[int, ...], every: float = 60.0) -> Run:
    path.mkdir(exist_ok=True)
    return Run(path, config=config, seeds=seeds, quiet=True, checkpoint_every=every)


@pytest.mark.parametrize("task", ["adding", "copy"])
def test_seeds_trained_together_end_as_seeds_trained_alone(tmp_path, task) -> None:
    config = dataclasses.replace(TINY, task=task)
    together = memory_tasks.run(config, run_of(tmp_path / "all", config, (3, 8)))
    for place, seed in enumerate((3, 8)):
        alone = memory_tasks.run(config, run_of(tmp_path / str(seed), config, (seed,)))
        assert together.keys() == alone.keys()
        for name, values in together.items():
            assert values[place] == pytest.approx(alone[name][0], rel=1e-3, abs=1e-12), name


def test_the_same_seed_gives_the_same_metrics_and_weights_bit_for_bit(tmp_path) -> None:
    runs = [run_of(tmp_path / name, TINY, (0, 1)) for name in "ab"]
    first, second = (memory_tasks.run(TINY, run) for run in runs)
    assert first == second
    weights = [memory_tasks.model(TINY, run).state_dict() for run in runs]
    assert all(map(torch.equal, weights[0].values(), weights[1].values()))


class Stop(Exception):
    """Stands for the power failing."""


@pytest.mark.parametrize("fatal", [5, 30, 70])
def test_a_run_cut_off_at_any_call_of_log_ends_the_same(tmp_path, monkeypatch, fatal: int) -> None:
    config = dataclasses.replace(TINY, cells=("rnn", "lstm", "lstm-peephole"))
    whole = memory_tasks.run(config, run_of(tmp_path / "whole", config, (0, 1)))
    calls = 0

    def failing(self: Run, step: int, **metrics: object) -> None:
        nonlocal calls
        calls += 1
        if calls == fatal:
            raise Stop

    cut = run_of(tmp_path / "cut", config, (0, 1), every=0.0)
    with monkeypatch.context() as patched:
        patched.setattr(Run, "log", failing)
        with pytest.raises(Stop):
            memory_tasks.run(config, cut)
    assert memory_tasks.run(config, run_of(tmp_path / "cut", config, (0, 1))) == whole


def test_the_reach_is_the_gradient_of_the_last_answer() -> None:
    """Against central differences, one input component at a time."""
    nets = nn.stack([memory_tasks.new_net(TINY, "lstm", 6, seed) for seed in (0, 1)])
    generators = [torch.Generator().manual_seed(s) for s in (0, 1)]
    inputs, targets = memory_tasks.draw_from(TINY, generators, 6, 3)
    reach = memory_tasks.gradient_reach(TINY, nets, inputs, targets)
    assert reach.shape == (2, 6)
    nets, inputs, small = nets.double(), inputs.double(), 1e-6
    for lag in range(6):
        squares = torch.zeros(2, 3, dtype=torch.float64)
        for feature in range(2):
            shift = torch.zeros_like(inputs)
            shift[:, :, 5 - lag, feature] = small
            with torch.no_grad():
                rise = (nets(inputs + shift) - nets(inputs - shift))[:, :, 0, 0] / (2 * small)
            squares += rise.square()
        torch.testing.assert_close(reach[:, lag], squares.sqrt().mean(1), rtol=1e-6, atol=1e-9)


def test_the_longest_solved_lag_is_told_for_every_seed() -> None:
    config = dataclasses.replace(TINY, lags=(5, 10, 20), solved_below=0.01)
    errors = torch.tensor([[0.001, 0.2, 0.001], [0.002, 0.2, 0.02], [0.2, 0.2, 0.009]])
    assert memory_tasks.solved_lag(config, errors) == [10.0, 0.0, 20.0]


def test_the_rate_stays_and_then_falls_to_zero() -> None:
    assert [memory_tasks.rate(p, 0.5) for p in (0.0, 0.5, 0.75, 1.0)] == [1.0, 1.0, 0.5, 0.0]
    assert memory_tasks.rate(0.9, 0.0) == 1.0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lags": ()}, "--lags"),
        ({"lags": (5, 5)}, "--lags"),
        ({"cells": ("rnn", "rnn")}, "--cells"),
        ({"lags": (1,)}, "at least 2 steps"),
    ],
)
def test_choices_that_make_no_sense_are_refused(tmp_path, changes, words: str) -> None:
    config = dataclasses.replace(TINY, **changes)
    with pytest.raises(TiduError, match=words):
        memory_tasks.run(config, run_of(tmp_path / "run", config, (0,)))


def test_a_short_sequence_is_filled_up_between_the_marks() -> None:
    rows = torch.tensor([[0.3, 1.0], [0.5, 0.0], [0.2, 1.0]])
    filled = memory_tasks.fill_up(rows, 10, torch.Generator().manual_seed(0))
    assert len(filled) == 10
    assert filled[:, 1].nonzero().flatten().tolist() == [0, 9]
    assert torch.equal(memory_tasks.fill_up(rows, 2, torch.Generator()), rows)


def test_using_a_run_answers_with_every_cell(tmp_path) -> None:
    for task, words in (("adding", ("0.3,1", "0.5,0", "0.2,1")), ("copy", ("3", "1"))):
        config = dataclasses.replace(TINY, task=task)
        run = run_of(tmp_path / task, config, (0, 1))
        memory_tasks.run(config, run)
        answer = memory_tasks.use(config, run, memory_tasks.Use(words))
        assert list(answer["answers"]) == list(config.cells)
        assert answer["right"] == (0.5 if task == "adding" else [3, 1])
        for wrong in ((), ("a", "b"), ("0.3,1",), ("9", "1"), ("0.3,2", "0.1,1")):
            with pytest.raises(TiduError):
                memory_tasks.use(config, run, memory_tasks.Use(wrong))
        drawn = pictures(config, run, memory_tasks)
        assert [picture.name for picture in drawn] == ["error", "gradient", "gates"]
