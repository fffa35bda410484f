"""Putting a claim to the test: its arms are run, or its exact check; the result is written down.

Each arm is an ordinary run in a folder of its own, named after its configuration, so that an arm
that is there already is not run again, one that was killed goes on, and two claims share an arm.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tidu.claims import Arm, Claim, statistics
from tidu.claims.claim import QUICK_SEEDS
from tidu.claims.settled import limit
from tidu.errors import TiduError
from tidu.fields import check
from tidu.files import write_json
from tidu.laboratory.experiment import load_experiment

Tell = Callable[[int, int, Arm], None]
"""Is told how many arms are done, of how many, and which comes next."""


@dataclasses.dataclass(frozen=True)
class Job:
    """One run: an experiment, its whole configuration, and the seeds."""

    experiment: str
    preset: str
    config: dict[str, Any]
    seeds: tuple[int, ...]

    @property
    def name(self) -> str:
        """The same for the same job of the same tidu."""
        from tidu.runs.provenance import commit

        told = json.dumps([self.experiment, self.config, self.seeds, commit()], sort_keys=True)
        return f"arm-{Path(self.experiment).stem}-{hashlib.sha256(told.encode()).hexdigest()[:10]}"


def verify(
    claim: Claim,
    *,
    seeds: int | None = None,
    quick: bool = False,
    carry_out: Callable[[Job], Mapping[str, list[float]]] | None = None,
    tell: Tell | None = None,
) -> dict[str, Any]:
    """Measure; return what goes into the result file."""
    from tidu.runs.provenance import environment, now

    began, created = time.monotonic(), now()
    if claim.kind == "waiting":
        raise TiduError(
            f"{claim.id} cannot be tested yet: a system it needs is not built.",
            "See which claims can: tidu claims",
        )
    numbers = tuple(range(seeds or (min(QUICK_SEEDS, claim.seeds) if quick else claim.seeds)))
    if claim.check is not None:
        told: dict[str, Any] = {"conditions": _checked(claim.check)}
    else:
        told = _measured(claim, numbers, quick, carry_out or locally, tell)
    return {
        "claim": claim.id,
        "quick": quick and claim.check is None,
        "seeds": [] if claim.check is not None else list(numbers),
        **told,
        "created": created,
        "command": f"tidu verify {claim.id}",
        "environment": environment(),
        "seconds": round(time.monotonic() - began, 3),
    }


def write(told: Mapping[str, Any], folder: str | Path) -> Path:
    """Write the result as ``<claim>.json`` into ``folder``."""
    file = Path(folder) / f"{told['claim']}.json"
    write_json(file, told)
    return file


def locally(job: Job) -> Mapping[str, list[float]]:
    """Run a job here, go on with it, or read what it found before."""
    from tidu import laboratory
    from tidu.runs import store

    path = store.runs_folder() / job.name
    if not (path / "run.json").is_file():
        found = load_experiment(job.experiment)
        first, count = job.seeds[0], len(job.seeds)
        config = laboratory.read_config(found, {"config": job.config})
        laboratory.run(
            job.experiment,
            preset=job.preset,
            config=config,
            seed=first,
            seeds=count,
            name=job.name,
            quiet=True,
            report=False,
        )
    elif not (path / "result.json").is_file():
        laboratory.resume(job.name, quiet=True, report=False)
    return store.result(path)["per_seed"]


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
    carry_out: Callable[[Job], Mapping[str, list[float]]],
    tell: Tell | None,
) -> dict[str, Any]:
    jobs = {_key(job_of(arm, seeds, quick)): (job_of(arm, seeds, quick), arm) for arm in claim.arms}
    found: dict[str, Mapping[str, list[float]]] = {}
    for done, (key, (job, arm)) in enumerate(jobs.items()):
        if tell is not None:
            tell(done, len(jobs), arm)
        found[key] = carry_out(job)
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
    arms = [
        {"experiment": job.experiment, "preset": job.preset, "config": job.config, **_per_seed(of)}
        for (job, _), of in zip(jobs.values(), found.values(), strict=True)
    ]
    return {"arms": arms, "conditions": conditions}


def _key(job: Job) -> str:
    return json.dumps([job.experiment, job.config], sort_keys=True)


def _per_seed(metrics: Mapping[str, list[float]]) -> dict[str, Any]:
    return {"per_seed": dict(metrics)}


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
