"""Refusing what an experiment would silently ignore: data, a target, a run, more processes."""

from __future__ import annotations

import os

from tidu import catalogue
from tidu.errors import TiduError
from tidu.laboratory.experiment import Experiment, load_experiment

_WHAT = {
    "data": "data of your own (--data)",
    "target": "a target column (--target)",
    "from": "a run to start from (--from)",
    "processes": "more than one process (torchrun)",
}


def check(
    experiment: Experiment,
    *,
    data: str | None = None,
    target: str | None = None,
    origin: str | None = None,
) -> None:
    """Raise :class:`~tidu.errors.TiduError` for the first thing given that it does not take."""
    several = int(os.environ.get("WORLD_SIZE", "1")) > 1
    asked = {"data": data, "target": target, "from": origin, "processes": several or None}
    for name, value in asked.items():
        if value is not None and name not in experiment.takes:
            raise TiduError(f"{experiment.name} does not take {_WHAT[name]}.", _others(name))
    if target is not None and data is None:
        raise TiduError(
            f"--target names a column of your own table; got {target!r} without --data.",
            "Give both, or neither.",
        )


def _others(name: str) -> str:
    """Which experiments take it; asked only when something is wrong, as it loads them all."""
    known = [s.id for s in catalogue.SYSTEMS.values() if s.experiment]
    able = [id for id in known if name in load_experiment(id).takes]
    return f"Leave it out, or use one that does: {', '.join(able)}."
