"""Committed result files, and how a figure is written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tidu import catalogue
from tidu.files import read_json, write_json
from tidu.runs import store


def folder() -> Path | None:
    """Where the committed results are: in the checkout, or packed into the installed package."""
    package = Path(__file__).parents[1]
    for place in (package.parents[1] / "results", package / "results"):
        if place.is_dir():
            return place
    return None


def committed(experiment: str, preset: str) -> dict[str, Any] | None:
    """The committed result of an experiment's preset, where there is one."""
    place = folder()
    file = place / f"{experiment}-{preset}.json" if place else None
    return read_json(file) if file is not None and file.is_file() else None


def write_result(path: Path, to: str) -> Path:
    """Write a finished run as ``<experiment>-<preset>.json`` into the folder ``to``."""
    told = store.about(path)
    done = store.result(path)
    kept = ("experiment", "preset", "config", "seeds", "options", "processes", "created", "command")
    file = Path(to) / f"{told['name']}-{told['preset']}.json"
    command = re.sub(r" --results[= ]\S+", "", told["command"])  # a folder of this machine
    value = {key: told[key] for key in kept} | {
        "command": command,
        "options": {k: v for k, v in told["options"].items() if k in {"device", "threads"}},
        "environment": told["environment"],
        **{key: done[key] for key in ("summary", "per_seed", "seconds")},
    }
    write_json(file, value)
    return file


def targets(experiment: str, preset: str, metric: str) -> list[catalogue.Target]:
    """The targets of the catalogue for one metric of one preset."""
    system = catalogue.SYSTEMS.get(experiment)
    found = system.targets if system else ()
    return [t for t in found if t.preset == preset and t.metric == metric]


def shown(summary: dict[str, Any]) -> str:
    """A mean with its 95 % interval as a person reads it."""
    if summary["low"] is None:
        return f"{summary['mean']:.4g}"
    half = summary["mean"] - summary["low"]
    return f"{summary['mean']:.4g} ± {half:.2g}"


def environment_rows(made: dict[str, Any]) -> dict[str, str]:
    """The environment of a run or a result, as names and values."""
    plain = {k: str(v) for k, v in made.items() if k != "packages" and v is not None}
    return plain | {k: str(v) for k, v in made["packages"].items() if v is not None}
