"""What a bench trained, kept as a run: finished, or interrupted where it stands.

The folder is the one that ``tidu run`` leaves, so everything works on it; an interrupted one goes
on with ``tidu resume`` and ends as the bench would have. Nothing half-written stays behind.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from tidu.errors import TiduError
from tidu.files import disk_error, read_json, write_json, write_text
from tidu.lab.lane import Lane
from tidu.laboratory import by_hand, execute, finish
from tidu.laboratory.experiment import Experiment
from tidu.runs import store
from tidu.runs.provenance import environment, now
from tidu.runs.run import log_text
from tidu.train import checkpoint

NOT_KEPT = frozenset({"metrics.jsonl", "checkpoints"})


def save(
    experiment: Experiment, lanes: Sequence[Lane], config: Any, preset: str, command: str
) -> str:
    """Keep the lanes of one configuration, one for each group of seeds; the run's name."""
    for lane in lanes:
        _check(lane)
    path = store.create(experiment.name)
    try:
        _fill(path, experiment, lanes, config, preset, command)
    except BaseException as problem:
        shutil.rmtree(path, ignore_errors=True)
        if isinstance(problem, OSError):
            raise disk_error(problem, path) from problem
        raise
    return path.name


def _check(lane: Lane) -> None:
    if lane.failure is not None:
        raise TiduError(
            f"It stopped with a mistake: {lane.failure.message}", "Go back to before it, then save."
        )
    if lane.metrics is None and lane.loop and lane.hands.held(lane.loop.name, lane.step):
        raise TiduError(
            "Some weights are held; a run that goes on elsewhere would let go of them.",
            "Let go of them first, or train to the end and save then.",
        )
    if lane.phase == "busy" or lane.loop is None:
        raise TiduError(
            "It is between two loops; there is nothing to save yet.", "Try again in a moment."
        )


def _fill(
    path: Path,
    experiment: Experiment,
    lanes: Sequence[Lane],
    config: Any,
    preset: str,
    command: str,
) -> None:
    own: Path | None = None
    if lanes[0].options.data:  # points that were drawn: the run keeps them
        own = (path / Path(lanes[0].options.data).name).resolve()
        shutil.copy2(lanes[0].options.data, own)
    told = _told(experiment, lanes, config, preset, command, own)
    alone = len(lanes) == 1
    for lane in lanes:
        place = path if alone else path / f"seed-{lane.seeds[0]}"
        _copy(lane, place, told)
        if lane.metrics is not None:
            write_json(place / "result.json", execute.result_of(lane.metrics, lane.seconds))
        else:
            _checkpoints(lane, place)
    done = all(lane.metrics is not None for lane in lanes)
    if done and not alone:
        together = [read_json(path / f"seed-{lane.seeds[0]}" / "result.json") for lane in lanes]
        write_json(path / "result.json", execute.together(together))
    write_json(path / "run.json", told)  # from here on it is a run
    if done:
        finish.leave_report(
            experiment, path, told, execute.readable(experiment, config, path, told)
        )
    store.set_state(path, "finished" if done else "interrupted")


def _told(
    experiment: Experiment,
    lanes: Sequence[Lane],
    config: Any,
    preset: str,
    command: str,
    own: Path | None,
) -> dict[str, Any]:
    lane = lanes[0]
    finished = lane.metrics is not None
    turned = lane.knobs.changes
    if not finished and lane.loop is not None:
        turned = lane.knobs.until(lane.loop.name, lane.step)
    threads = lane.threads or torch.get_num_threads()
    options = dataclasses.asdict(dataclasses.replace(lane.options, threads=threads))
    if own is not None:
        options["data"] = str(own)
    told: dict[str, Any] = {
        "experiment": experiment.reference,
        "name": experiment.name,
        "preset": preset,
        "config": dataclasses.asdict(config),
        "seeds": [seed for one in lanes for seed in one.seeds],
        "origin": None,
        "options": options,
        "processes": 1,
        "created": now(),
        "environment": environment(),
        "command": command,
    }
    if turned:
        told["knobs"] = turned
    touched = sorted({place for one in lanes for place in one.touched_by_hand()})
    if touched:
        told["touched"] = [{"loop": loop, "step": step} for loop, step in touched]
    return told


def _copy(lane: Lane, place: Path, told: dict[str, Any]) -> None:
    """The log, the recordings, the weights, and what was said."""
    place.mkdir(exist_ok=True)
    finished = lane.metrics is not None
    for file in lane.folder.iterdir():
        if file.name in NOT_KEPT or (file.name == "model.safetensors" and not finished):
            continue
        if file.is_dir():
            shutil.copytree(file, place / file.name)
        else:
            shutil.copy2(file, place / file.name)
    write_text(place / "metrics.jsonl", "".join(log_text(one["line"]) for one in lane.lines))
    changed = by_hand.remarks(told)
    if finished and changed:
        file = place / "remarks.json"
        said = read_json(file) if file.exists() else []
        write_json(file, [*said, *([one.zh, one.en] for one in changed)])


def _checkpoints(lane: Lane, place: Path) -> None:
    """Where each loop stands: those that are over at their ends, the present one where it is."""
    assert lane.loop is not None
    size = (place / "metrics.jsonl").stat().st_size
    begun = lane.loops[: lane.loops.index(lane.loop.name) + 1]
    for serial, name in enumerate(begun, 1):
        present = name == lane.loop.name
        last = lane.states[name].steps[-1]
        found = None if present else lane.states[name].at_or_before(last)
        state = lane.standing() if found is None else found[1]
        over = lane.loop.is_over if present else True
        about = {"step": state["step"], "over": over, "serial": serial, "log": size, "gradients": 0}
        kept = {key: _Stored(value) for key, value in state["kept"].items()}
        generator = _Stored({"cpu": state["torch"]})
        file = place / "checkpoints" / f"{name}.safetensors"
        file.parent.mkdir(exist_ok=True)
        checkpoint.save(file, {**kept, "torch-rng": generator}, about)


class _Stored:
    """A state that was taken before, as an object that has one."""

    def __init__(self, state: Any) -> None:
        self._state = state

    def state_dict(self) -> Any:
        return self._state
