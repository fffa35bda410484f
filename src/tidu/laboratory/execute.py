"""Carrying a run out: one seed, several one after another, or all in one computation."""

from __future__ import annotations

import dataclasses
import random
import sys
import time
import traceback
from collections.abc import Generator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tidu.errors import TiduError
from tidu.files import disk_error, write_json
from tidu.laboratory import by_hand, finish, gradients, range_test
from tidu.laboratory.experiment import Experiment
from tidu.runs import store
from tidu.runs.provenance import environment, now
from tidu.runs.run import Options, Run
from tidu.runs.steps import Diverged, Interrupted
from tidu.runs.summary import summarise
from tidu.train import processes
from tidu.train.knobs import Knobs


@dataclasses.dataclass(frozen=True)
class How:
    """What changes nothing in the result: seconds between checkpoints, progress, a report."""

    checkpoint_every: float
    quiet: bool
    report: bool


def usable_device(wanted: str) -> str:
    """``auto`` is the accelerator where there is one; anything else must be usable here."""
    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.ones(1, device=wanted).item()
    except (RuntimeError, AssertionError, NotImplementedError) as problem:
        raise TiduError(
            f"--device {wanted} cannot be used here: {str(problem).splitlines()[0]}",
            "Use --device cpu, or see what this machine can do: tidu doctor",
        ) from problem
    return wanted


def start(
    experiment: Experiment,
    config: Any,
    told: dict[str, Any],
    name: str | None,
    threads: int | None,
    how: How,
) -> Run:
    """Make the run's folder and carry it out."""
    with processes.joined():
        path = processes.from_main(lambda: store.create(experiment.name, name))
        threads = threads or getattr(experiment.module, "THREADS", None)
        if threads is not None:
            torch.set_num_threads(threads)
        told |= {"options": {**told["options"], "threads": torch.get_num_threads()}}
        told |= {"processes": processes.count(), "created": now(), "environment": environment()}
        told |= {"command": _command()}
        if processes.is_main():
            write_json(path / "run.json", told)
        return proceed(experiment, config, path, told, how)


def proceed(
    experiment: Experiment,
    config: Any,
    path: Path,
    told: dict[str, Any],
    how: How,
) -> Run:
    """Carry out what of the run is not done yet, and leave its result, pictures and report."""
    with processes.joined(), _held(path):
        torch.set_num_threads(Options.of(told).threads or torch.get_num_threads())
        with _stated(path):
            if Options.of(told).auto_rate:
                config = _with_proposed_rate(experiment, config, path, told)
            if not processes.from_main((path / "result.json").exists):
                _carry_out(experiment, config, path, told, how)
        if processes.is_main() and how.report:
            _leave_report(experiment, path, told, readable(experiment, config, path, told))
        return reading(experiment, config, path, told)


def _with_proposed_rate(
    experiment: Experiment, config: Any, path: Path, told: dict[str, Any]
) -> Any:
    """The configuration with the rate of the range test, which ``run.json`` tells from now on."""
    seed = told["seeds"][0]
    origin = _origin(told["origin"], (seed,))
    rate = range_test.propose(experiment, config, path, seed, Options.of(told), origin)
    told["config"]["lr"] = rate
    write_json(path / "run.json", told)
    return dataclasses.replace(config, lr=rate)


def _leave_report(experiment: Experiment, path: Path, told: dict[str, Any], run: Run) -> None:
    """Draw; where that fails, the training is not lost, and what to do is said."""
    try:
        finish.leave_report(experiment, path, told, run)
    except TiduError:
        raise
    except Exception as problem:
        raise TiduError(
            f"{experiment.name} is trained and its result kept, but its pictures could not be "
            f"drawn: {problem}",
            f"Where it arose stands in {_trace(path)}. After mending it: tidu resume {path.name}",
            exit_code=1,
        ) from problem


def _trace(path: Path) -> Path:
    """Write the traceback of the present error into the run's folder."""
    trace = path / "error.txt"
    with suppress(OSError):
        trace.write_text(traceback.format_exc(), encoding="utf-8")
    return trace


def reading(experiment: Experiment, config: Any, path: Path, told: dict[str, Any]) -> Run:
    """The run for reading; of several seeds trained one after another, the whole."""
    return Run(
        path,
        config=config,
        seeds=tuple(told["seeds"]),
        options=Options.of(told),
        quiet=True,
        is_main=processes.is_main(),
        writing=False,
    )


def readable(experiment: Experiment, config: Any, path: Path, told: dict[str, Any]) -> Run:
    """The run that holds weights and recordings: the first seed's, where each has a folder."""
    first = path / f"seed-{told['seeds'][0]}"
    run = reading(experiment, config, first if first.is_dir() else path, told)
    if first.is_dir():
        run.seeds = tuple(told["seeds"][:1])
    return run


def _carry_out(
    experiment: Experiment,
    config: Any,
    path: Path,
    told: dict[str, Any],
    how: How,
) -> None:
    seeds = tuple(told["seeds"])
    alone = experiment.batched or len(seeds) == 1
    results: list[dict[str, Any]] = []
    groups = [(path, seeds)] if alone else [(path / f"seed-{s}", (s,)) for s in seeds]
    for place, group in groups:
        place.mkdir(exist_ok=True)
        done = place / "result.json"
        if not processes.from_main(done.exists):
            result = _one(experiment, config, place, group, told, how)
            if processes.is_main():
                write_json(done, result)
            processes.wait_for_all()
        results.append(store.result(place))
    if not alone and processes.is_main():
        write_json(path / "result.json", together(results))


def _one(
    experiment: Experiment,
    config: Any,
    path: Path,
    seeds: tuple[int, ...],
    told: dict[str, Any],
    how: How,
) -> dict[str, Any]:
    torch.manual_seed(seeds[0])
    np.random.seed(seeds[0] % 2**32)
    random.seed(seeds[0])
    origin = _origin(told["origin"], seeds)
    run = Run(
        path,
        config=config,
        seeds=seeds,
        options=Options.of(told),
        origin=origin,
        quiet=how.quiet,
        checkpoint_every=how.checkpoint_every,
        is_main=processes.is_main(),
    )
    if told.get("knobs"):  # turned by hand in the lab, where this run comes from
        live = tuple(getattr(experiment.module, "LIVE", ()))
        run.knobs = Knobs(run.config, live, told["knobs"])
    began = time.monotonic()
    per_seed = _per_seed(experiment, _metrics(experiment, config, run), len(seeds))
    changed = by_hand.remarks(told)
    if changed:
        run.remark(*run.remarks(), *changed)
    return result_of(per_seed, time.monotonic() - began)


def _per_seed(experiment: Experiment, metrics: Any, seeds: int) -> dict[str, list[float]]:
    """Each metric as one number per seed; anything else that ``run()`` returned is refused."""
    try:
        found = {
            str(name): [float(v) for v in (value if isinstance(value, (list, tuple)) else [value])]
            for name, value in metrics.items()
        }
        if found and all(len(values) == seeds for values in found.values()):
            return found
    except (AttributeError, TypeError, ValueError):
        pass
    each = f"a list of {seeds} numbers" if experiment.batched else "a number"
    raise TiduError(
        f"run() of {experiment.name} must return a dictionary with {each} for every metric; "
        f"got {metrics!r}.",
        "End it with, for example: return {'accuracy': accuracy}",
        exit_code=1,
    )


def _metrics(experiment: Experiment, config: Any, run: Run) -> Any:
    """Run the experiment. A value that some part of it refuses is told as a mistake to mend."""
    try:
        return experiment.module.run(config, run)
    except Diverged as problem:
        problem.hint = "\n  ".join([problem.hint, *(said.en for said in gradients.remarks(run))])
        raise
    except TiduError:
        raise
    except Exception as problem:
        trace = _trace(run.path)
        if isinstance(problem, OSError):
            raise disk_error(problem, run.path) from problem
        raise TiduError(
            f"{experiment.name} could not run: {problem}",
            f"Change the field it names; where it arose stands in {trace}.",
            exit_code=1,
        ) from problem


def together(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The result of several seeds that were trained one after another."""
    per_seed: dict[str, list[float]] = {}
    for result in results:
        for metric, values in result["per_seed"].items():
            per_seed.setdefault(metric, []).extend(values)
    return result_of(per_seed, sum(result["seconds"] for result in results))


def result_of(per_seed: dict[str, list[float]], seconds: float) -> dict[str, Any]:
    """The content of ``result.json``."""
    summary = {name: dataclasses.asdict(summarise(values)) for name, values in per_seed.items()}
    means = {name: s["mean"] for name, s in summary.items()}
    return {
        "metrics": means,
        "summary": summary,
        "per_seed": per_seed,
        "seconds": round(seconds, 3),
    }


def _origin(path: str | None, seeds: tuple[int, ...]) -> Run | None:
    """The run given by ``--from``: opened with its own configuration and experiment."""
    if path is None:
        return None
    from tidu.laboratory import open_run

    experiment, run = open_run(path)
    inner = run.path / f"seed-{seeds[0]}"
    chosen = inner if inner.is_dir() else next(iter(sorted(run.path.glob("seed-*"))), run.path)
    run.path = chosen
    run.experiment, run.module = experiment.reference, experiment.module
    return run


@contextmanager
def _stated(path: Path) -> Generator[None]:
    """Keep ``state.json`` true to how the run ends."""
    if not processes.is_main():
        yield
        return
    store.set_state(path, "running")
    try:
        yield
    except (KeyboardInterrupt, Interrupted):
        store.set_state(path, "interrupted")
        raise
    except BaseException:
        store.set_state(path, "failed")
        raise
    store.set_state(path, "finished")


def _held(path: Path) -> Any:
    return store.held(path) if processes.is_main() else nullcontext()


def _command() -> str:
    words = sys.argv[1:] if Path(sys.argv[0]).name in {"tidu", "__main__.py"} else []
    return " ".join(["tidu", *words]) if words else "tidu.run(...) in Python"
