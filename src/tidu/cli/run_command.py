"""``tidu run EXPERIMENT``: train or measure; every field of the configuration is a flag."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, get_type_hints

import tyro

from tidu.cli.parse import parse
from tidu.errors import TiduError
from tidu.fields import check
from tidu.laboratory.comments import field_comments
from tidu.laboratory.experiment import Experiment, load_experiment
from tidu.words import Text, language


@dataclass(frozen=True)
class Arguments:
    """How to run, whatever the experiment."""

    preset: str = "standard"  # the configuration to begin from
    seed: int = 0  # the first seed
    seeds: int = 1  # how many seeds to train
    name: str | None = None  # the run's name; by default the experiment's id and a number
    from_: Annotated[str | None, tyro.conf.arg(name="from")] = None  # a run to start from
    data: str | None = None  # your own file or folder instead of the source
    target: str | None = None  # the column of your own table to predict
    mirror: str | None = None  # folder or URL that stands in for the official addresses
    device: str = "auto"  # cpu, cuda, mps; auto takes the accelerator where there is one
    threads: int | None = None  # processor threads; by default what suits the experiment
    checkpoint_every: float = 10.0  # seconds between checkpoints; 0 for every step
    results: str | None = None  # also write the result as JSON into this folder
    report: bool = True  # draw pictures and write a report page
    watch: Literal["gradients", "path"] | None = None  # what gradients do, or the way of weights
    quiet: bool = False  # no progress
    json: bool = False  # end with one line of JSON for programs


def main(words: Sequence[str]) -> None:
    """Carry the command out."""
    experiment, rest = _experiment(list(words))
    preset = _value_of("--preset", rest) or experiment.default_preset()
    config = experiment.preset(preset)

    shown = _accepting_auto(config)
    both = dataclasses.make_dataclass(
        "Both",
        [
            ("how", Arguments, field(default_factory=lambda: Arguments(preset=preset))),
            ("config", type(shown), field(default_factory=lambda: shown)),
        ],
    )
    about = (experiment.module.__doc__ or "").strip().split("\n\n")[0]
    given: Any = parse(both, f"run {experiment.name}", rest, description=about)
    fields = {f.name: getattr(given.config, f.name) for f in dataclasses.fields(config)}
    auto = fields.get("lr") == "auto"
    config = dataclasses.replace(config, **(fields | ({"lr": config.lr} if auto else {})))
    check(config)
    _carry_out(experiment, given.how, config, auto)


def _accepting_auto(config: Any) -> Any:
    """``config`` as one of a dataclass whose ``lr``, where it has one, may be ``auto`` too."""
    kind = type(config)
    hints, words = get_type_hints(kind, include_extras=True), field_comments(kind)
    if "lr" not in hints:
        return config
    hints["lr"] = hints["lr"] | Literal["auto"]
    words["lr"] = words.get("lr", "learning rate") + "; auto: what a range test proposes"
    fields = [
        (name, Annotated[hint, tyro.conf.arg(help=words.get(name))], getattr(config, name))
        for name, hint in hints.items()
    ]
    wider = dataclasses.make_dataclass(kind.__name__, fields, frozen=True)
    return wider()


def _carry_out(experiment: Experiment, how: Arguments, config: Any, auto: bool) -> None:
    import os

    from tidu.cli import tell

    if how.results is not None and (how.data is not None or how.from_ is not None):
        raise TiduError(
            "--results keeps what a preset measures; a run with --data or --from is your own.",
            "Leave out --results; the run's folder holds its result.json.",
        )
    if how.mirror is not None:
        os.environ["TIDU_DATA_MIRROR"] = how.mirror
    if not how.quiet and not how.json:
        spoken = language()
        starting = Text("载入 PyTorch，准备数据……", "Loading PyTorch and the data ...")
        print(starting[spoken], file=sys.stderr, flush=True)
    from tidu import laboratory

    run = laboratory.run(
        experiment.reference,
        preset=how.preset,
        seed=how.seed,
        seeds=how.seeds,
        name=how.name,
        origin=how.from_,
        data=how.data,
        target=how.target,
        device=how.device,
        threads=how.threads,
        checkpoint_every=how.checkpoint_every,
        quiet=how.quiet or how.json,
        report=how.report,
        watch=how.watch,
        config=config,
        **({"lr": "auto"} if auto else {}),
    )
    if not run.is_main:
        return
    if how.results is not None:
        from tidu.laboratory.results import write_result

        write_result(run.path, how.results)
    if how.json:
        print(json.dumps(tell.as_json(run.path)))
    else:
        tell.result(run.path)


def _experiment(words: list[str]) -> tuple[Experiment, list[str]]:
    if words and words[0] in {"-h", "--help"}:
        from tidu import catalogue

        runnable = " ".join(s.id for s in catalogue.SYSTEMS.values() if s.experiment)
        print("usage: tidu run EXPERIMENT [OPTIONS]\n")
        print(f"experiments: {runnable}")
        print("flags of one of them: tidu run EXPERIMENT --help")
        raise SystemExit(0)
    if not words or words[0].startswith("-"):
        raise TiduError(
            "tidu run needs the name of an experiment first.",
            "For example: tidu run lenet --preset quick. See all of them: tidu list",
        )
    return load_experiment(words[0]), words[1:]


def _value_of(flag: str, words: list[str]) -> str | None:
    """The value that ``flag`` has in ``words``: its defaults must be known before parsing."""
    value = None
    for place, word in enumerate(words):
        if word == flag and place + 1 < len(words):
            value = words[place + 1]
        elif word.startswith(f"{flag}="):
            value = word.split("=", 1)[1]
    return value
