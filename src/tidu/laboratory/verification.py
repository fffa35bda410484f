"""Putting a claim to the test: its arms are run, or its exact check; the result is written down.

Each arm is an ordinary run in a folder of its own, named after its configuration, so that an arm
that is there already is not run again, one that was killed goes on, and two claims share an arm.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import json
import shlex
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import Any

from tidu.claims import Arm, Claim, statistics
from tidu.claims.claim import QUICK_SEEDS
from tidu.claims.settled import limit
from tidu.errors import TiduError
from tidu.fields import check
from tidu.files import write_json
from tidu.laboratory.experiment import load_experiment


@dataclasses.dataclass(frozen=True)
class Job:
    """One run: an experiment, its whole configuration, and the seeds."""

    experiment: str
    preset: str
    config: dict[str, Any]
    seeds: tuple[int, ...]

    @cached_property
    def name(self) -> str:
        """The same for the same job of the same tidu."""
        from tidu.runs.provenance import commit

        what = [self.experiment, self.config, self.seeds, commit()]
        told = json.dumps([*what, self.source] if self.source else what, sort_keys=True)
        return f"arm-{Path(self.experiment).stem}-{hashlib.sha256(told.encode()).hexdigest()[:10]}"

    @cached_property
    def source(self) -> str | None:
        """The text of an experiment that is a file of one's own: changed, it is another job."""
        own = Path(self.experiment)
        return own.read_text(encoding="utf-8") if own.suffix == ".py" else None

    @property
    def folder(self) -> Path:
        """Where its run is kept."""
        from tidu.runs import store

        return store.runs_folder() / self.name

    def threads(self, usual: int) -> int:
        """How many threads it takes: as its experiment says, else ``usual``."""
        return getattr(load_experiment(self.experiment).module, "THREADS", None) or usual


@dataclasses.dataclass(frozen=True)
class Progress:
    """How many arms are done, of how many, and which one begins or has ended."""

    done: int
    total: int
    arm: Arm
    ended: bool


CarryOut = Callable[[Sequence[Job]], Generator[tuple[Job, bool]]]
"""Carries jobs out, each into its folder; yields each when it begins (False) and ended (True)."""


def verify(
    claim: Claim,
    *,
    seeds: int | None = None,
    quick: bool = False,
    carry_out: CarryOut | None = None,
    tell: Callable[[Progress], None] | None = None,
    named: str | None = None,
) -> dict[str, Any]:
    """Measure; return what goes into the result file. ``named``: how the user called the claim."""
    from tidu.runs.provenance import environment, now

    began, created = time.monotonic(), now()
    if claim.kind == "waiting":
        raise TiduError(
            f"{claim.id} cannot be tested yet: a system it needs is not built.",
            "See which claims can: tidu claims",
        )
    numbers = tuple(range(seeds or (min(QUICK_SEEDS, claim.seeds) if quick else claim.seeds)))
    found = [] if claim.check is None else _checked(claim.check)
    told: dict[str, Any] = {"conditions": found, "environment": environment()}
    command = f"tidu verify {shlex.quote(named or claim.id)}"
    if claim.kind == "measured":
        told = _measured(claim, numbers, quick, carry_out or locally, tell)
        told["conditions"][:0] = found
        command += "" if seeds is None else f" --seeds {seeds}"
        command += " --quick" if quick else ""
    return {
        "claim": claim.id,
        "quick": quick and claim.kind == "measured",
        "seeds": list(numbers) if claim.kind == "measured" else [],
        **told,
        "created": created,
        "command": command,
        "seconds": round(time.monotonic() - began, 3),
    }


def write(told: Mapping[str, Any], folder: str | Path) -> Path:
    """Write the result as ``<claim>.json`` into ``folder``."""
    file = Path(folder) / f"{told['claim']}.json"
    write_json(file, told)
    return file


def locally(jobs: Sequence[Job]) -> Generator[tuple[Job, bool]]:
    """Run one job after another here, go on with it, or leave what was found before."""
    import torch

    usual = torch.get_num_threads()
    for job in jobs:
        yield job, False
        _run(job, job.threads(usual))
        yield job, True


def _run(job: Job, threads: int) -> None:
    from tidu import laboratory

    if not (job.folder / "run.json").is_file():
        found = load_experiment(job.experiment)
        laboratory.run(
            job.experiment,
            preset=job.preset,
            config=laboratory.read_config(found, {"config": job.config}),
            seed=job.seeds[0],
            seeds=len(job.seeds),
            name=job.name,
            threads=threads,
            quiet=True,
            report=False,
        )
    elif not (job.folder / "result.json").is_file():
        laboratory.resume(job.name, quiet=True, report=False)


def job_of(arm: Arm, seeds: tuple[int, ...], quick: bool) -> Job:
    """The run that an arm stands for; a field it cannot have is a clear error."""
    found = load_experiment(arm.experiment)
    known = {field.name for field in dataclasses.fields(found.module.Config)}
    fields = {**arm.fields, **(arm.quick if quick else {})}
    if set(fields) - known:
        raise TiduError(
            f"{arm.experiment} has no field {', '.join(sorted(set(fields) - known))}.",
            f"See its fields: tidu run {arm.experiment} --help",
        )
    config = dataclasses.replace(found.preset(arm.preset), **fields)
    check(config)
    told = json.loads(json.dumps(dataclasses.asdict(config)))
    return Job(found.reference, arm.preset, told, seeds)


def _measured(
    claim: Claim,
    seeds: tuple[int, ...],
    quick: bool,
    carry_out: CarryOut,
    tell: Callable[[Progress], None] | None,
) -> dict[str, Any]:
    from tidu.runs import store
    from tidu.runs.provenance import environment

    jobs: dict[str, tuple[Job, Arm]] = {}
    for arm in claim.arms:
        job = job_of(arm, seeds, quick)
        jobs.setdefault(_key(job), (job, arm))
    done = 0
    with closing(carry_out([job for job, _ in jobs.values()])) as events:
        for job, ended in events:
            done += ended
            if tell is not None:
                tell(Progress(done, len(jobs), jobs[_key(job)][1], ended))
    found = {key: store.result(job.folder)["per_seed"] for key, (job, _) in jobs.items()}
    conditions: list[dict[str, Any]] = []
    for condition in claim.conditions:
        values = {
            side: _values(arm, found[_key(job_of(arm, seeds, quick))])
            for side, arm in (("treatment", condition.treatment), ("control", condition.control))
        }
        effects = statistics.paired_effects(claim, values["treatment"], values["control"])
        conditions.append(
            {
                "id": condition.id,
                **values,
                "effects": effects,
                "statistics": dataclasses.asdict(statistics.statistics(effects, limit(claim))),
            }
        )
    readings = [
        {
            "what": dataclasses.asdict(reading.what),
            "values": _values(reading.arm, found[_key(job_of(reading.arm, seeds, quick))]),
        }
        for reading in claim.readings
    ]
    arms = [
        {
            "experiment": job.experiment,
            "preset": job.preset,
            "config": job.config,
            "per_seed": found[key],
        }
        for key, (job, _) in jobs.items()
    ]
    made = environment()
    measured = {store.about(job.folder)["environment"]["processor"] for job, _ in jobs.values()}
    made["processor"] = "; ".join(sorted(measured))
    told: dict[str, Any] = {"arms": arms, "conditions": conditions}
    return {**told, **({"readings": readings} if readings else {}), "environment": made}


def _key(job: Job) -> str:
    return json.dumps([job.experiment, job.config], sort_keys=True)


def _values(arm: Arm, metrics: Mapping[str, list[float]]) -> list[float]:
    if arm.metric not in metrics:
        raise TiduError(
            f"{arm.experiment} measures no {arm.metric!r}; it measures {', '.join(metrics)}.",
            "Choose one of them as the metric.",
        )
    return list(metrics[arm.metric])


def _checked(reference: str) -> list[dict[str, Any]]:
    module, function = reference.split(":")
    check_it = getattr(importlib.import_module(module), function)
    return [dataclasses.asdict(found) for found in check_it()]
