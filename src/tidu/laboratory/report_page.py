"""The report page of a run: what it says, gathered from the run's folder and the catalogue."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from tidu import catalogue
from tidu.laboratory import gradients, outcome, range_test, results
from tidu.laboratory.experiment import Experiment
from tidu.runs import Run
from tidu.views.picture import Picture
from tidu.views.report import Measure, Report, write_report
from tidu.words import Text


def write(
    path: Path,
    experiment: Experiment,
    told: dict[str, Any],
    done: dict[str, Any],
    run: Run,
    pictures: list[Picture],
) -> None:
    """Write the report to ``path``."""
    system = catalogue.SYSTEMS.get(told["experiment"])
    words = (experiment.module.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")
    report = Report(
        title=system.title if system else Text(experiment.name, experiment.name),
        about=system.about if system else Text(words, words),
        facts={
            Text("运行", "run"): path.parent.name,
            Text("预设", "preset"): told["preset"],
            **dict([brought] if (brought := outcome.own(told)) else []),
            Text("种子", "seeds"): _seeds(told["seeds"]),
            Text("用时", "duration"): f"{done['seconds']:.1f} s",
            Text("开始于", "started"): told["created"],
            Text("命令", "command"): told["command"],
        },
        measures=[_measure(one) for one in outcome.outcomes(told, done)],
        pictures=pictures,
        remarks={
            Text("说明", "Remarks"): run.remarks(),
            Text("梯度诊断", "Gradients"): gradients.remarks(run),
            Text("学习率", "Learning rate"): range_test.remarks(path.parent),
        },
        history=run.history(),
        config=_config(experiment, run.config),
        environment=results.environment_rows(told["environment"]),
        next_commands=outcome.next_commands(path.parent.name, told, experiment),
    )
    write_report(path, report)


def _measure(one: outcome.Outcome) -> Measure:
    theirs = one.target.published if one.target else None
    return Measure(
        one.metric,
        one.measured,
        one.per_seed,
        one.expected,
        one.goal,
        one.met,
        f"{theirs.value} ({theirs.source})" if theirs else "",
    )


def _seeds(seeds: list[int]) -> str:
    return str(seeds[0]) if len(seeds) == 1 else f"{seeds[0]} … {seeds[-1]}"


def _config(experiment: Experiment, config: Any) -> list[tuple[str, str, str]]:
    from tidu.laboratory.comments import field_comments

    helps = field_comments(experiment.module.Config)
    values = {field.name: getattr(config, field.name) for field in dataclasses.fields(config)}
    flags = {name: "--" + name.replace("_", "-") for name in values}
    return [(flags[name], str(value), helps.get(name, "")) for name, value in values.items()]
