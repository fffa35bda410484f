"""The whole experiment that the documentation shows, run as a user runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import run_alone

FILE = Path(__file__).parents[2] / "docs/examples/wine_cultivars.py"


@pytest.mark.slow
def test_it_trains_draws_and_can_be_used() -> None:
    done = run_alone("run", str(FILE), "--preset", "quick", "--hidden", "24", "--json")
    assert done.code == 0, done.err
    assert done.json["metrics"]["accuracy"] > 0.9
    folder = Path(done.json["run"])
    drawn = {path.name for path in (folder / "pictures").iterdir()}
    assert {"accuracy.zh.png", "accuracy.en.svg", "accuracy.csv"} <= drawn
    assert run_alone("resume", str(folder)).code == 0


def test_its_fields_are_flags_with_help() -> None:
    said = run_alone("run", str(FILE), "--help")
    assert said.code == 0
    assert "--hidden" in said.out
    assert "width of the hidden layer" in said.out
