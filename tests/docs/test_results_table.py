"""The tables of results say what the result files say, and the check finds every difference."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import marked
import results_table
from tidu.errors import TiduError
from tidu.laboratory import load_experiment
from tidu.runs.summary import summarise

ROOT = Path(__file__).parents[2]
Change = Callable[[dict[str, Any]], None]


def a_result(per_seed: dict[str, list[float]]) -> dict[str, Any]:
    """A result of the spiral's standard preset as `tidu run --results` writes it."""
    config = load_experiment("spiral").preset("standard")
    return {
        "experiment": "spiral",
        "preset": "standard",
        "config": dataclasses.asdict(config),
        "seeds": list(range(3)),
        "environment": {
            "packages": {"torch": "2.0"},
            "python": "3.11",
            "processor": "Abacus",
            "cores": 2,
        },
        "summary": {name: dataclasses.asdict(summarise(v)) for name, v in per_seed.items()},
        "per_seed": per_seed,
        "seconds": 12.3,
    }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with one result, its tables written."""
    for name in results_table.FILES:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        parts = "<!-- {0}:begin -->\n<!-- {0}:end -->\n"
        file.write_text("# T\n\n" + parts.format("results") + parts.format("systems"), "utf-8")
    (tmp_path / "results").mkdir()
    values = {"mlp_accuracy": [0.994, 0.996, 0.998], "linear_accuracy": [0.5, 0.51, 0.52]}
    write(tmp_path, a_result(values))
    assert results_table.main(["--root", str(tmp_path)]) == 0
    return tmp_path


def write(root: Path, value: dict[str, Any]) -> None:
    (root / "results" / "spiral-standard.json").write_text(json.dumps(value), "utf-8")


def check(root: Path) -> int:
    return results_table.main(["--root", str(root), "--check"])


def test_the_table_has_measured_beside_published_in_both_languages(root: Path) -> None:
    english, chinese = ((root / name).read_text("utf-8") for name in ("README.md", "README.zh.md"))
    row = next(line for line in english.splitlines() if "`spiral` | `standard`" in line)
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    half = 4.302653 * 0.002 / 3**0.5  # Student's t for 2 degrees of freedom, from a table
    assert cells[3] == f"0.996 ± {half:.2g}"
    assert cells[4:6] == ["3", "every seed ≥ 0.99 ✓"]
    assert "CS231n" in cells[6]
    assert cells[7] == "12"
    assert "每个种子 ≥ 0.99 ✓" in chinese
    assert "尚未测量" in chinese
    assert "Abacus" in english
    assert check(root) == 0


def test_a_missed_target_is_shown_as_missed(root: Path) -> None:
    write(root, a_result({"mlp_accuracy": [1.0, 1.0, 0.98]}))
    assert results_table.main(["--root", str(root)]) == 0
    assert "every seed ≥ 0.99 ✗" in (root / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", results_table.FILES)
def test_a_number_changed_in_a_page_is_found(
    root: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = root / name
    file.write_text(file.read_text("utf-8").replace("0.996", "0.999"), "utf-8")
    assert check(root) == 1
    assert name in capsys.readouterr().err
    assert "0.999" in file.read_text("utf-8")  # the check changes nothing
    assert results_table.main(["--root", str(root)]) == 0
    assert check(root) == 0


def test_a_number_without_a_file_is_found(root: Path) -> None:
    (root / "results" / "spiral-standard.json").unlink()
    assert check(root) == 1


def test_a_page_without_the_table_is_found(root: Path) -> None:
    (root / "README.zh.md").write_text("# T\n", "utf-8")
    assert check(root) == 1


def more_steps(value: dict[str, Any]) -> None:
    value["config"]["steps"] += 1


def lost_field(value: dict[str, Any]) -> None:
    del value["config"]["noise"]


def better_seed(value: dict[str, Any]) -> None:
    value["per_seed"]["mlp_accuracy"][0] = 0.999


def better_mean(value: dict[str, Any]) -> None:
    value["summary"]["mlp_accuracy"]["mean"] = 0.999


def narrower(value: dict[str, Any]) -> None:
    value["summary"]["mlp_accuracy"]["low"] = None


def fewer_seeds(value: dict[str, Any]) -> None:
    value["seeds"] = [0, 1]


def one_seed(value: dict[str, Any]) -> None:
    value["seeds"] = [0]
    value["per_seed"] = {name: v[:1] for name, v in value["per_seed"].items()}
    summary = {name: dataclasses.asdict(summarise(v)) for name, v in value["per_seed"].items()}
    value["summary"] = summary


def no_target_metric(value: dict[str, Any]) -> None:
    for part in ("summary", "per_seed"):
        del value[part]["mlp_accuracy"]


def unknown_preset(value: dict[str, Any]) -> None:
    value["preset"] = "huge"


def unknown_experiment(value: dict[str, Any]) -> None:
    value["experiment"] = "alchemy"


def no_summary(value: dict[str, Any]) -> None:
    del value["summary"]


CHANGES = [more_steps, lost_field, better_seed, better_mean, narrower, fewer_seeds, one_seed]
CHANGES += [no_target_metric, unknown_preset, unknown_experiment, no_summary]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_result_file_that_was_tampered_with_is_found(root: Path, change: Change) -> None:
    file = root / "results" / "spiral-standard.json"
    value = json.loads(file.read_text("utf-8"))
    change(value)
    write(root, value)
    results_table.main(["--root", str(root)])  # even with the tables written anew
    assert check(root) == 1


@pytest.mark.parametrize(("value", "found"), [(False, 0), (None, 0), (0, 1), (True, 1), ("x", 1)])
def test_a_field_that_came_later_must_be_off(
    root: Path, value: object, found: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was measured before there was the field is still what the preset does."""
    spiral = load_experiment("spiral")
    told = dataclasses.asdict(spiral.preset("standard"))
    kinds = [(name, type(old), old) for name, old in told.items()]
    later = dataclasses.make_dataclass("Config", [*kinds, ("later", object, value)])
    monkeypatch.setitem(spiral.presets, "standard", later())
    assert check(root) == found


def test_a_damaged_result_file_is_found(root: Path) -> None:
    (root / "results" / "spiral-standard.json").write_text('{"experiment": "spir', "utf-8")
    assert check(root) == 1


def test_a_result_under_another_name_is_found(root: Path) -> None:
    file = root / "results" / "spiral-standard.json"
    file.rename(file.with_name("spiral-best.json"))
    assert check(root) == 1


def test_markers_must_stand_once_and_in_order() -> None:
    with pytest.raises(ValueError, match="expected one"):
        marked.replaced("<!-- a:end --> <!-- a:begin -->", "a", "x")
    both = "<!-- a:begin --> old <!-- a:end --> rest"
    assert marked.replaced(both, "a", "new").endswith("new\n\n<!-- a:end --> rest")


def test_results_lacking_keys_say_which(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}", "utf-8")
    with pytest.raises(TiduError, match=r"x\.json lacks config"):
        results_table.read_results(tmp_path)


def test_the_tables_of_this_checkout_are_those_of_its_results() -> None:
    asked = [sys.executable, str(ROOT / "tools" / "results_table.py"), "--check"]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
