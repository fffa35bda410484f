"""Refusing what an experiment would silently ignore: data, a target, a run, more processes."""

from __future__ import annotations

import dataclasses
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


def check_auto_rate(experiment: Experiment) -> None:
    """Refuse ``--lr auto`` where there is no such rate, or where its loss says nothing of it."""
    alone = "Give a number, or leave --lr out for the preset's."
    if "lr" not in {field.name for field in dataclasses.fields(experiment.module.Config)}:
        raise TiduError(
            f"{experiment.name} has no field lr to propose a rate for.", "Leave it out."
        )
    reason = getattr(experiment.module, "NO_RANGE_TEST", None)
    if reason is not None:
        raise TiduError(f"--lr auto makes no sense for {experiment.name}: {reason}.", alone)
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise TiduError(
            "--lr auto works in one process, not under torchrun.",
            "Run it in one for the proposal, then give that rate as a number.",
        )


def _others(name: str) -> str:
    """Which experiments take it; asked only when something is wrong, as it loads them all."""
    known = [s.id for s in catalogue.SYSTEMS.values() if s.experiment]
    able = [id for id in known if name in load_experiment(id).takes]
    return f"Leave it out, or use one that does: {', '.join(able)}."
