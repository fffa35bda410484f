"""What a finished run leaves to look at, and what happens when that cannot be drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from commands import Answer
from tidu.files import read_json

Says = Callable[..., Answer]

BROKEN = """
def pictures(config, run):
    raise ZeroDivisionError("no room for the axes")
"""


@pytest.fixture
def broken(own_experiment: str, tmp_path: Path) -> Path:
    """The toy, with pictures that cannot be drawn."""
    file = tmp_path / "broken.py"
    file.write_text(Path(own_experiment).read_text(encoding="utf-8") + BROKEN, encoding="utf-8")
    return file


def test_pictures_that_cannot_be_drawn_lose_nothing(
    broken: Path, tmp_path: Path, tidu_says: Says
) -> None:
    done = tidu_says("run", str(broken), "--preset", "quick", "--name", "mine")
    run = tmp_path / "runs" / "mine"
    assert done.code == 1
    assert "no room for the axes" in done.err
    assert "tidu resume mine" in done.err
    assert "Traceback" not in done.err
    assert "ZeroDivisionError" in (run / "error.txt").read_text()
    assert read_json(run / "state.json") == {"state": "finished"}
    assert read_json(run / "result.json")["metrics"]["error"] >= 0

    broken.write_text(broken.read_text().replace("raise ZeroDivisionError", "return []  #"))
    assert tidu_says("resume", "mine").code == 0
    assert (run / "report.html").exists()


def test_a_report_can_be_left_out_and_made_later(
    own_experiment: str, tmp_path: Path, tidu_says: Says
) -> None:
    words = ("run", own_experiment, "--preset", "quick", "--name", "mine", "--no-report")
    assert tidu_says(*words).code == 0
    run = tmp_path / "runs" / "mine"
    assert not (run / "report.html").exists()
    assert not (run / "pictures").exists()
    assert tidu_says("resume", "mine").code == 0
    assert (run / "report.html").exists()
