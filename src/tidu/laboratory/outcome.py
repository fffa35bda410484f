"""What is said of a finished run, on the terminal and in its report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tidu import catalogue
from tidu.laboratory import results
from tidu.laboratory.experiment import Experiment
from tidu.words import Text


@dataclass(frozen=True)
class Outcome:
    """One metric: what was measured, beside the committed result, the target and the literature."""

    metric: str
    measured: str
    per_seed: list[float]
    expected: str = ""
    target: catalogue.Target | None = None

    @property
    def goal(self) -> str:
        """The target in words, such as ``<= 0.008``."""
        return f"{self.target.sense} {self.target.value:g}" if self.target else ""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        return self.target.met(self.per_seed) if self.target else None


def own(told: dict[str, Any]) -> tuple[Text, str] | None:
    """The data or the run that somebody brought, with what it is; None for a preset's own.

    What is measured there is held against no committed result and no target.
    """
    if told["origin"] is not None:
        return Text("来自运行", "from run"), Path(told["origin"]).name
    if told["options"].get("data") is not None:
        return Text("自己的数据", "your own data"), Path(told["options"]["data"]).name
    return None


def outcomes(told: dict[str, Any], done: dict[str, Any]) -> list[Outcome]:
    """Every metric of a finished run."""
    committed = _committed(told)
    found: list[Outcome] = []
    for metric, summary in done["summary"].items():
        theirs = committed["summary"].get(metric) if committed else None
        goals = [] if own(told) else results.targets(told["experiment"], told["preset"], metric)
        found.append(
            Outcome(
                metric,
                results.shown(summary),
                done["per_seed"][metric],
                results.shown(theirs) if theirs else "",
                goals[0] if goals else None,
            )
        )
    return found


def changed_fields(told: dict[str, Any]) -> list[str]:
    """Fields that differ from those of the committed result."""
    committed = _committed(told)
    theirs = committed["config"] if committed else {}
    return [k for k, v in told["config"].items() if k in theirs and theirs[k] != v]


def _committed(told: dict[str, Any]) -> dict[str, Any] | None:
    if own(told):
        return None
    return results.committed(told["experiment"], told["preset"])


def next_commands(name: str, told: dict[str, Any], experiment: Experiment) -> dict[str, Text]:
    """What to type next, with the reason."""
    commands = {
        f"tidu show {name} --open": Text("在浏览器里看报告", "see the report in the browser")
    }
    if hasattr(experiment.module, "use"):
        example = getattr(experiment.module, "USE_EXAMPLE", "--help")
        commands[f"tidu use {name} {example}"] = Text("用训练好的模型", "use what was trained")
    if hasattr(experiment.module, "model"):
        commands[f"tidu export {name}"] = Text("导出为 ONNX", "leave with an ONNX file")
    other = "standard" if told["preset"] != "standard" else "quick"
    if other in experiment.presets:
        commands[f"tidu run {experiment.name} --preset {other} --seeds 3"] = Text(
            "换个预设，多跑几个种子", "another preset, several seeds"
        )
    commands[f"tidu run {experiment.name} --help"] = Text(
        "能改的每个参数", "every field you can change"
    )
    return commands
