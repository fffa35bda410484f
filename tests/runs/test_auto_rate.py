"""``--lr auto``: a range test of any experiment, kept in its run and apart from its training."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

import tidu
from commands import run_alone
from tidu import laboratory
from tidu.errors import TiduError
from tidu.files import read_json, write_json
from tidu.laboratory import range_test
from tidu.optim import proposed_rate


def trained(own: str, name: str, **fields: Any) -> Path:
    return laboratory.run(own, name=name, quiet=True, report=False, steps=60, **fields).path


def test_it_trains_with_the_proposal_as_if_it_had_been_given(own_experiment: str) -> None:
    auto = trained(own_experiment, "auto", lr="auto")
    kept = read_json(auto / "learning-rate.json")
    assert read_json(auto / "run.json")["config"]["lr"] == kept["proposal"]
    assert kept["height"] == 1  # this one has no schedule
    assert min(kept["proposals"]) / 2 < kept["proposal"] < 2 * max(kept["proposals"])
    assert all(len(c["rates"]) == len(c["losses"]) >= 20 for c in kept["curves"])
    given = trained(own_experiment, "given", lr=kept["proposal"])
    assert (auto / "metrics.jsonl").read_text() == (given / "metrics.jsonl").read_text()
    assert not (given / "learning-rate.json").exists()


def test_a_run_that_was_killed_in_or_behind_the_test_resumes(own_experiment: str) -> None:
    whole = trained(own_experiment, "whole", lr="auto")
    for name, gone in (("in", True), ("behind", False)):
        copy = whole.with_name(name)
        shutil.copytree(whole, copy)
        told = read_json(copy / "run.json")
        told["config"]["lr"] = 0.05
        write_json(copy / "run.json", told)
        for part in ("result.json", "metrics.jsonl", *(["learning-rate.json"] if gone else [])):
            (copy / part).unlink()
        shutil.rmtree(copy / "checkpoints")
        again = laboratory.resume(name, quiet=True, report=False)
        assert again.config.lr == read_json(whole / "learning-rate.json")["proposal"]
        assert (copy / "metrics.jsonl").read_text() == (whole / "metrics.jsonl").read_text()


def test_the_command_line_takes_it_and_tells_it(own_experiment: str, tmp_path: Path) -> None:
    words = ("run", own_experiment, "--steps", "60", "--lr", "auto", "--name", "spoken")
    done = run_alone(*words)
    assert done.code == 0, done.err
    run = tmp_path / "runs" / "spoken"
    rate = read_json(run / "learning-rate.json")["proposal"]
    assert f"The learning rate is {rate:g}" in done.out
    assert "Learning-rate range test" in (run / "report.html").read_text()
    assert (run / "pictures" / "learning-rate.zh.png").exists()


def test_its_help_says_so_and_wrong_words_are_refused(own_experiment: str, tidu_says: Any) -> None:
    told = " ".join(tidu_says("run", own_experiment, "--help").out.replace("│", " ").split())
    assert "learning rate; auto: what a range test proposes" in told
    assert tidu_says("run", own_experiment, "--lr", "automatic").code == 2
    assert tidu_says("run", own_experiment, "--lr", "-1").code == 2


@pytest.mark.parametrize(
    ("id", "words"),
    [
        ("gan", "makes no sense for gan: two networks"),
        ("policy-gradient", "return of whole games"),
        ("linear-regression", "no optimiser in keep"),
        ("gradient-check", "no field lr"),
    ],
)
def test_where_it_makes_no_sense_it_is_refused(id: str, words: str) -> None:
    with pytest.raises(TiduError, match=words):
        tidu.run(id, preset="quick", lr="auto", quiet=True)


def test_too_short_a_training_is_refused(own_experiment: str) -> None:
    with pytest.raises(TiduError, match="20 steps are fewer than the 30"):
        laboratory.run(own_experiment, lr="auto", steps=20, quiet=True)


class Noting(torch.optim.SGD):
    """Keeps the rates that every step was really taken with; its step calls its parent's."""

    used: list[list[float]]

    def step(self, closure: Any = None) -> Any:
        self.used.append([float(group["lr"]) for group in self.param_groups])
        return super().step(closure)


def after_a_test(path: Path, fall: Callable[[float], float] | None, total: int = 500) -> Any:
    """The run of one range test, and the rates of its steps, under a schedule or none."""
    used: list[list[float]] = []
    torch.optim.SGD([torch.zeros(1)])  # PyTorch puts hooks around a class's step at its first use

    def loop(run: Any) -> None:
        layers = torch.nn.Linear(2, 2), torch.nn.Linear(2, 1)
        groups = [
            {"params": layers[0].parameters()},
            {"params": layers[1].parameters(), "lr": run.config.lr / 4},
            {"params": [torch.zeros(1, requires_grad=True)], "lr": 0.5},
        ]
        optimizer = Noting(groups, lr=run.config.lr)
        optimizer.used = used
        for step in run.steps(total, keep={"optimizer": optimizer}):
            assert 0 <= step < total
            for group, share in zip(optimizer.param_groups[:2], (1, 1 / 4), strict=True):
                if fall is not None:
                    group["lr"] = run.config.lr * share * fall(step / total)
            loss = layers[1](layers[0](torch.ones(4, 2))).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    class Config:
        lr = range_test.Probe(0.1)

    run = range_test.RangeRun(path, config=Config())
    before = torch.Tensor.backward
    with pytest.raises(range_test.Over):
        loop(run)
    assert torch.Tensor.backward is before
    return run, used


def test_a_schedule_of_the_experiment_does_not_disturb_it(tmp_path: Path) -> None:
    """Whatever a loop sets, each step is taken with the rate of the test, group by group."""
    run, used = after_a_test(tmp_path, lambda done: 1 - done)
    for rate, (first, second, other) in zip(run.curve.rates, used, strict=True):
        assert first == pytest.approx(rate)
        assert second == pytest.approx(rate / 4)
        assert other == 0.5
    assert run.curve.rates[0] == pytest.approx(1e-5)


@pytest.mark.parametrize("total", [60, 500, 100_000])
@pytest.mark.parametrize(
    ("fall", "mean"),
    [
        (None, 1.0),
        (lambda done: 1 - done, 1 / 2),
        (lambda done: (1 + math.cos(math.pi * done)) / 2, 1 / 2),
        (lambda done: min(1.0, done / 0.1), 0.95),
        (lambda done: 0.1 ** int(3 * done), 0.37),
    ],
)
def test_it_sees_the_mean_height_of_a_schedule(
    tmp_path: Path, fall: Callable[[float], float] | None, mean: float, total: int
) -> None:
    run, _ = after_a_test(tmp_path, fall, total)
    heights = run.curve.heights
    assert len(heights) == len(run.curve.rates) >= 20
    assert sum(heights) / len(heights) == pytest.approx(mean, rel=0.1)


def test_a_falling_schedule_gets_a_higher_peak(tmp_path: Path) -> None:
    run = tidu.run("mlp", preset="quick", hidden=(32,), epochs=2, lr="auto", quiet=True)
    kept = read_json(run.path / "learning-rate.json")
    assert kept["height"] == pytest.approx(0.5, abs=0.03)
    longest = max(kept["curves"], key=lambda curve: len(curve["rates"]))
    losses = torch.full((3, len(longest["rates"])), torch.inf).double()
    for row, curve in zip(losses, kept["curves"], strict=True):
        row[: len(curve["losses"])] = torch.tensor(curve["losses"]).double()
    rates = torch.tensor(longest["rates"]).double()
    constant, falling = (proposed_rate(rates, losses, h) for h in (1.0, kept["height"]))
    assert constant is not None
    assert falling is not None
    assert constant <= falling <= 2 * constant * 1.03
    assert kept["proposal"] == float(f"{falling:.3g}")
    told = f"it is the peak of a schedule with a mean of {kept['height']:.0%}"
    assert told in range_test.remarks(run.path)[0].en
