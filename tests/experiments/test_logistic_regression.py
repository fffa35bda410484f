"""The experiment on tables of the user's own: classes, separation, new rows."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import tidu
from tidu.errors import TiduError
from tidu.experiments.foundations import logistic_regression as experiment

SILENT = {"preset": "quick", "quiet": True, "report": False, "steps": 50}


def write(folder: Path, flips: bool, classes: tuple[str, ...] = ("no", "yes")) -> str:
    """Sixty rows; without flips, one threshold of ``size`` tells their class."""
    lines = ["size,town,sick"]
    for i in range(60):
        kind = min(i * len(classes) // 60, len(classes) - 1)
        kind = (kind + 1) % len(classes) if flips and i % 7 == 0 else kind
        lines.append(f"{i}.5,{('Rome', 'Oslo')[i % 2]},{classes[kind]}")
    (folder / "own.csv").write_text("\n".join(lines) + "\n")
    return str(folder / "own.csv")


def test_overlapping_classes_have_scikit_learns_weights(tmp_path: Path) -> None:
    run = tidu.run("logistic-regression", data=write(tmp_path, flips=True), **SILENT)
    found = run.read_json("result")["metrics"]
    assert found["sklearn_gap"] < 1e-6
    assert found["separable"] == found["l2"] == 0
    (tmp_path / "new.csv").write_text("town,size\nRome,3\nOslo,55\nRome,\n")
    answer = experiment.use(run.config, run, experiment.Use(tmp_path / "new.csv"))
    assert answer["classes"][:2] == ["no", "yes"]
    for row in answer["probabilities"]:
        assert sum(row.values()) == pytest.approx(1)


def test_parted_classes_are_told_and_the_weights_stay_finite(tmp_path: Path) -> None:
    run = tidu.run("logistic-regression", data=write(tmp_path, flips=False), **SILENT)
    found = run.read_json("result")["metrics"]
    assert found["separable"] == 1
    assert found["l2"] == experiment.KEEPS_FINITE
    assert any("no solution without a penalty" in said.en for said in run.remarks())
    assert bool(run.recorded("fit")["weights"].isfinite().all())


def test_of_three_classes_one_must_be_named(tmp_path: Path) -> None:
    own = write(tmp_path, flips=True, classes=("low", "middle", "high"))
    with pytest.raises(TiduError, match="--positive"):
        tidu.run("logistic-regression", data=own, **SILENT)
    run = tidu.run("logistic-regression", data=own, positive="low", **SILENT)
    assert run.read_json("columns")["classes"] == ["not low", "low"]


def test_the_intervals_are_those_of_a_textbook() -> None:
    """Bland (2000)'s two by two table: the error of a log odds ratio is sqrt(Σ 1 / count)."""
    counts = {(1.0, 1.0): 26, (1.0, 0.0): 141, (0.0, 1.0): 134, (0.0, 0.0): 913}
    x = torch.cat([torch.full((n, 1), cell[0]) for cell, n in counts.items()]).double()
    y = torch.cat([torch.full((n,), cell[1]) for cell, n in counts.items()]).double()
    inputs = torch.cat([x, torch.ones_like(x)], dim=1)
    weights = experiment.optim.logistic_regression(x, y)
    wanted = sum(1 / n for n in counts.values()) ** 0.5
    assert float(experiment.standard_errors(inputs, weights)[0]) == pytest.approx(wanted, rel=1e-6)
