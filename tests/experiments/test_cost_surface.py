"""The surface of another run: the plane of its own path, and what is said where there is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from commands import Answer
from tidu.files import read_json
from tidu.laboratory import outcome, results, trained
from tidu.runs import store

Says = Callable[..., Answer]
GRID = ("--points", "5", "--no-report", "--json")


def test_a_run_that_kept_its_path_is_drawn_on_it(tidu_says: Says, tmp_path: Path) -> None:
    words = ("run", "spiral", "--preset", "quick", "--steps", "60", "--no-report", "--json")
    assert tidu_says(*words, "--watch", "path", "--name", "walked").code == 0
    answer = tidu_says("run", "cost-surface", "--from", "walked", "--name", "drawn", *GRID)
    assert answer.code == 0, answer.err
    found = answer.json["metrics"]
    assert found["path_points"] > 2
    assert 0 < found["path_explained"] <= 1
    run = trained(tmp_path / "runs" / "drawn")
    path = run.recorded("plane")["path"]
    torch.testing.assert_close(path[-1, :2], torch.zeros(2), atol=1e-4, rtol=0)
    assert float(path[-1, 2]) == pytest.approx(found["loss_of_run"], rel=1e-3)
    assert float(path[0, 2]) > float(path[-1, 2])
    told = tidu_says("export", "drawn")
    assert told.code == 2
    assert "tidu export walked" in told.err


def test_without_a_path_the_random_plane_is_left(tidu_says: Says, tmp_path: Path) -> None:
    words = ("run", "spiral", "--preset", "quick", "--steps", "20", "--no-report", "--json")
    assert tidu_says(*words, "--name", "unseen").code == 0
    answer = tidu_says("run", "cost-surface", "--from", "unseen", "--name", "drawn", *GRID)
    assert answer.code == 0, answer.err
    assert "path_points" not in answer.json["metrics"]
    assert read_json(tmp_path / "runs" / "drawn" / "labels.json")["path"] == 0


def test_the_surface_of_another_run_is_not_held_against_the_presets_own(
    tidu_says: Says, tmp_path: Path
) -> None:
    """Nor is a run on data of one's own: the committed result is of something else."""
    words = ("run", "spiral", "--preset", "quick", "--steps", "20", "--no-report", "--json")
    assert tidu_says(*words, "--name", "mine").code == 0
    grid = ("--preset", "deep", "--points", "3", "--quiet")
    answer = tidu_says("run", "cost-surface", "--from", "mine", "--name", "drawn", *grid)
    assert answer.code == 0, answer.err
    assert "no committed result" in answer.out
    path = tmp_path / "runs" / "drawn"
    done = store.result(path)
    known = results.committed("cost-surface", "deep")
    assert known is not None
    assert "lowest_on_plane" in done["summary"].keys() & known["summary"].keys()
    assert all(not one.expected for one in outcome.outcomes(store.about(path), done))
    assert "from run" in (path / "report.html").read_text()

    told: dict[str, Any] = dict(store.about(path), origin=None)
    assert any(one.expected for one in outcome.outcomes(told, done))
    assert outcome.changed_fields(told) == ["points"]
    told["options"] = dict(told["options"], data="/somewhere/my.csv")
    assert all(not one.expected for one in outcome.outcomes(told, done))
    assert outcome.changed_fields(told) == []


@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize("id", ["activation", "gradient-flow", "initialisation"])
def test_nets_of_the_chapter_have_a_surface(id: str, tidu_says: Says) -> None:
    words = ("run", id, "--preset", "quick", "--steps", "20", "--no-report", "--json")
    assert tidu_says(*words, "--name", "seen").code == 0
    answer = tidu_says("run", "cost-surface", "--from", "seen", *GRID)
    assert answer.code == 0, answer.err
    assert answer.json["metrics"]["loss_of_run"] > 0


def test_an_experiment_without_an_objective_is_told(tidu_says: Says) -> None:
    words = ("run", "linear-regression", "--preset", "quick", "--no-report", "--json")
    assert tidu_says(*words, "--name", "line").code == 0
    answer = tidu_says("run", "cost-surface", "--from", "line", *GRID)
    assert answer.code == 2
    assert "objective" in answer.err
