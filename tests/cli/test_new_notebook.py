"""``tidu new NAME --notebook``: it passes marimo's own check, and runs as a script."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from commands import Answer


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_notebook_runs_from_top_to_bottom(
    tidu_says: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("TIDU_LANG", language)
    answer = tidu_says("new", "my-idea", "--from", "spiral", "--notebook")
    assert answer.code == 0, answer.err
    assert "marimo edit my_idea_notebook.py" in answer.out
    checked = subprocess.run(
        [sys.executable, "-m", "marimo", "check", "--strict", "my_idea_notebook.py"],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr
    if language == "zh":
        return  # once is enough for the training
    file = Path("my_idea.py")
    file.write_text(file.read_text().replace("Config(steps=1500)", "Config(steps=60)"))
    done = subprocess.run(
        [sys.executable, "my_idea_notebook.py"], capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "my-idea-1: mlp_accuracy" in done.stdout
    assert Path("runs/my-idea-1/report.html").exists()


def test_a_notebook_that_is_there_is_not_written_over(tidu_says: Callable[..., Answer]) -> None:
    Path("my_idea_notebook.py").write_text("mine")
    answer = tidu_says("new", "my-idea", "--notebook")
    assert answer.code == 2
    assert not Path("my_idea.py").exists()
    assert Path("my_idea_notebook.py").read_text() == "mine"
