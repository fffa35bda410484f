"""The example in CONTRIBUTING works: it is copied out of the page into a checkout and run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("CONTRIBUTING.md", "CONTRIBUTING.zh.md")
NEW_FILES = (
    "src/tidu/nn/radial_basis.py",
    "tests/oracles/radial_basis.py",
    "src/tidu/experiments/foundations/radial_basis.py",
    "src/tidu/views/systems/radial_basis.py",
)


def files_of(page: str) -> dict[str, str]:
    """The files a page shows, by path."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return dict(re.findall(r"^\*\*`([^`]+)`\*\*\n\n```python\n(.*?)^```$", text, re.M | re.S))


def test_both_pages_show_the_same_files() -> None:
    shown = files_of("CONTRIBUTING.md")
    assert set(shown) == {
        *NEW_FILES,
        "src/tidu/nn/__init__.py",
        "src/tidu/catalogue/foundations.py",
    }
    assert files_of("CONTRIBUTING.zh.md") == shown


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is needed, with the page's files added."""
    copy = tmp_path_factory.mktemp("checkout")
    leave = shutil.ignore_patterns("__pycache__")
    for folder in ("src", "tests/contract", "tests/oracles"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=leave)
    for file in ("pyproject.toml", "tests/conftest.py", "tests/commands.py", "tests/short.py"):
        shutil.copy(ROOT / file, copy / file)
    shown = files_of("CONTRIBUTING.md")
    for name in NEW_FILES:
        (copy / name).write_text(shown[name], encoding="utf-8")
    room = copy / "src/tidu/nn/__init__.py"
    room.write_text(room.read_text() + shown["src/tidu/nn/__init__.py"], encoding="utf-8")
    entries = copy / "src/tidu/catalogue/foundations.py"
    text = entries.read_text(encoding="utf-8").rstrip()
    assert text.endswith(")")
    entries.write_text(text[:-1] + shown["src/tidu/catalogue/foundations.py"] + ",)\n", "utf-8")
    return copy


def in_checkout(checkout: Path, *words: str) -> str:
    """Run Python in the copy; its output, after it ended well."""
    told = os.environ | {"PYTHONPATH": str(checkout / "src"), "TIDU_RUNS": str(checkout / "runs")}
    told = {name: value for name, value in told.items() if not name.startswith("PYTEST_")}
    asked = [sys.executable, *words]
    done = subprocess.run(
        asked, cwd=checkout, env=told, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_component_passes_the_contract(checkout: Path) -> None:
    said = in_checkout(checkout, "-m", "pytest", "-q", "-k", "radial or Radial", "tests/contract")
    assert int(re.findall(r"(\d+) passed", said)[-1]) >= 20


@pytest.mark.slow
def test_the_experiment_runs_and_draws_its_picture(checkout: Path) -> None:
    in_checkout(checkout, "-m", "tidu", "run", "radial-basis", "--preset", "quick", "--name", "r")
    drawn = {path.name for path in (checkout / "runs/r/pictures").iterdir()}
    assert {"bumps.zh.png", "bumps.en.svg", "bumps.csv"} <= drawn


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_name_files_that_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for name in re.findall(r"(?:python|bash) ((?:tools|docs|\.ci)/[\w./]+)", text):
        assert (ROOT / name).is_file(), name
