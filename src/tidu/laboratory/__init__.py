"""Running experiments: start, resume and open a run.

An experiment is a module with a frozen dataclass ``Config``, a dictionary ``PRESETS`` and a
function ``run(config, run)``. It is named by its id in the catalogue or by a path to a Python
file that has the same parts.
"""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidu.errors import TiduError, unknown
from tidu.fields import check
from tidu.laboratory.experiment import Experiment as Experiment
from tidu.laboratory.experiment import load_experiment as load_experiment

if TYPE_CHECKING:
    from tidu.runs import Run


def run(
    experiment: str,
    *,
    preset: str | None = None,
    seed: int = 0,
    seeds: int = 1,
    name: str | None = None,
    origin: str | None = None,
    data: str | None = None,
    target: str | None = None,
    device: str = "auto",
    threads: int | None = None,
    checkpoint_every: float = 10.0,
    quiet: bool = False,
    report: bool = True,
    watch: str | None = None,
    config: Any = None,
    **fields: Any,
) -> Run:
    """Train or measure; return the finished run.

    ``fields`` change single fields of the preset's configuration. ``seeds=8`` trains the seeds
    ``seed .. seed + 7``. ``origin`` is another run to start from. Without ``report``, no
    pictures are drawn and no report page is written. ``watch="gradients"`` watches the gradients
    of every loop and says what they mean; ``watch="path"`` keeps the parameters at some steps, for
    ``cost-surface`` to draw the way on. The training stays the same, bit for bit. ``lr="auto"``
    trains with the learning rate that a range test proposes.
    """
    from tidu.laboratory import execute, given
    from tidu.runs import store

    found = load_experiment(experiment)
    preset = preset or found.default_preset()
    config = found.preset(preset) if config is None else config
    auto = fields.get("lr") == "auto"
    if auto:
        del fields["lr"]
        given.check_auto_rate(found)
    config = _with_fields(config, fields)
    check(config)
    _check_counts(seed, seeds, threads, checkpoint_every)
    given.check(found, data=data, target=target, origin=origin)
    _check_watch(watch)
    if origin is not None:
        origin = str(store.find(origin).resolve())
    told = {
        "experiment": found.reference,
        "name": found.name,
        "preset": preset,
        "config": dataclasses.asdict(config),
        "seeds": list(range(seed, seed + seeds)),
        "origin": origin,
        "options": {
            "data": _absolute(data),
            "target": target,
            "device": execute.usable_device(device),
            "watch": watch,
            "auto_rate": auto,
        },
    }
    how = execute.How(checkpoint_every, quiet, report)
    return execute.start(found, config, told, name, threads, how)


def resume(
    name: str, *, checkpoint_every: float = 10.0, quiet: bool = False, report: bool = True
) -> Run:
    """Go on with a run that was interrupted or killed; a finished run is returned as it is."""
    from tidu.laboratory import execute, given
    from tidu.runs import store

    _check_checkpoint_every(checkpoint_every)
    path = store.find(name)
    told = store.about(path)
    found = load_experiment(told["experiment"])
    config = read_config(found, told)
    check(config)
    given.check(found)
    how = execute.How(checkpoint_every, quiet, report)
    return execute.proceed(found, config, path, told, how)


def open_run(name: str) -> tuple[Experiment, Run]:
    """An existing run, for reading, with its experiment."""
    from tidu.laboratory import execute
    from tidu.runs import store

    path = store.find(name)
    told = store.about(path)
    found = load_experiment(told["experiment"])
    return found, execute.reading(found, read_config(found, told), path, told)


def read_config(experiment: Experiment, told: dict[str, Any]) -> Any:
    """The configuration a run was made with, as the experiment's dataclass."""
    from tidu.fields import from_json

    return from_json(experiment.module.Config, told["config"])


def _with_fields(config: Any, fields: dict[str, Any]) -> Any:
    known = [field.name for field in dataclasses.fields(config)]
    for field in fields:
        if field not in known:
            raise unknown("field of the configuration", field, known)
    return dataclasses.replace(config, **fields)


def _check_counts(seed: int, seeds: int, threads: int | None, checkpoint_every: float) -> None:
    for flag, value, least, most in (
        ("--seed", seed, 0, 2**32 - 1),
        ("--seeds", seeds, 1, 10_000),
        ("--threads", threads, 1, 4 * (os.cpu_count() or 1)),
    ):
        if value is not None and not least <= value <= most:
            raise TiduError(
                f"{flag} must be a whole number from {least} to {most}; got {value}.",
                "Leave it out for the default.",
            )
    _check_checkpoint_every(checkpoint_every)


def _check_checkpoint_every(checkpoint_every: float) -> None:
    if not checkpoint_every >= 0:
        raise TiduError(
            f"--checkpoint-every must be seconds, at least 0; got {checkpoint_every}.",
            "Leave it out for every 10 seconds.",
        )


def _check_watch(watch: str | None) -> None:
    if watch not in {None, "gradients", "path"}:
        raise TiduError(
            f"--watch must be gradients or path; got {watch!r}.", "Leave it out to watch nothing."
        )


def _absolute(path: str | None) -> str | None:
    if path is None:
        return None
    if not Path(path).exists():
        raise TiduError(f"--data: there is no file or folder {path}.", "Check the path.")
    return str(Path(path).resolve())


def trained(path: Path) -> Run:
    """The finished run whose weights can be used: the first seed's where each has a folder."""
    from tidu.laboratory import execute
    from tidu.runs import store

    told = store.about(path)
    found = load_experiment(told["experiment"])
    return execute.readable(found, read_config(found, told), path, told)
