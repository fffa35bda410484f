"""``--lr auto``: a range test of any experiment, kept in its run and apart from its training."""

from __future__ import annotations

import shutil
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


def trained(own: str, name: str, **fields: Any) -> Path:
    return laboratory.run(own, name=name, quiet=True, report=False, steps=60, **fields).path


def test_it_trains_with_the_proposal_as_if_it_had_been_given(own_experiment: str) -> None:
    auto = trained(own_experiment, "auto", lr="auto")
    kept = read_json(auto / "learning-rate.json")
    assert read_json(auto / "run.json")["config"]["lr"] == kept["proposal"]
    assert kept["proposal"] in [float(f"{rate:.3g}") for rate in kept["proposals"]]
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


def test_a_schedule_of_the_experiment_does_not_disturb_it(tmp_path: Path) -> None:
    """Whatever a loop sets, each step is taken with the rate of the test, group by group."""
    used: list[list[float]] = []

    def loop(run: Any) -> None:
        layers = torch.nn.Linear(2, 2), torch.nn.Linear(2, 1)
        groups = [
            {"params": layers[0].parameters()},
            {"params": layers[1].parameters(), "lr": run.config.lr / 4},
            {"params": [torch.zeros(1, requires_grad=True)], "lr": 0.5},
        ]
        optimizer = torch.optim.SGD(groups, lr=run.config.lr)
        for step in run.steps(500, keep={"optimizer": optimizer}):
            for group in optimizer.param_groups[:2]:
                group["lr"] = run.config.lr * (1 - step / 500)
            loss = layers[1](layers[0](torch.ones(4, 2))).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            used.append([group["lr"] for group in optimizer.param_groups])

    class Config:
        lr = range_test.Probe(0.1)

    run = range_test.RangeRun(tmp_path, config=Config())
    before = torch.Tensor.backward
    with pytest.raises(range_test.Over):
        loop(run)
    assert torch.Tensor.backward is before
    for rate, (first, second, other) in zip(run.curve.rates, used, strict=False):
        assert first == pytest.approx(rate)
        assert second == pytest.approx(rate / 4)
        assert other == 0.5
    assert run.curve.rates[0] == pytest.approx(1e-5)
