"""Saying how a run went: the result beside what to expect, and what to type next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tidu.files import read_json
from tidu.laboratory import results
from tidu.laboratory.experiment import load_experiment
from tidu.runs import store
from tidu.words import Text, language


def as_json(path: Path) -> dict[str, Any]:
    """The object that programs read; its keys are kept stable."""
    told = store.about(path)
    done = read_json(path / "result.json")
    return {
        "run": str(path),
        "experiment": told["experiment"],
        "preset": told["preset"],
        "seeds": told["seeds"],
        "metrics": done["metrics"],
        "per_seed": done["per_seed"],
        "seconds": done["seconds"],
    }


def result(path: Path) -> None:
    """Print a finished run's metrics, what to expect, where its files are, what to type next."""
    spoken = language()
    told = store.about(path)
    done = read_json(path / "result.json")
    console = Console(highlight=False)
    seeds = Text(f"{len(told['seeds'])} 个种子", f"{len(told['seeds'])} seed(s)")
    console.print(
        f"\n[bold]{path.name}[/bold]  {told['name']} --preset {told['preset']}, "
        f"{seeds[spoken]}, {done['seconds']:.1f} s"
    )
    console.print(_metrics(told, done, spoken))
    _changed(console, told, spoken)
    pictures = sorted((path / "pictures").glob(f"*.{spoken}.png"))
    for picture in pictures[:1]:
        console.print(Text("图片", "picture")[spoken] + f": {picture}", soft_wrap=True)
    if (path / "report.html").exists():
        console.print(Text("报告", "report")[spoken] + f": {path / 'report.html'}", soft_wrap=True)
    console.print(Text("\n接下来可以：", "\nNext:")[spoken])
    for command, words in next_commands(path.name, told).items():
        console.print(f"  {command:<44} {words[spoken]}", soft_wrap=True)


def next_commands(name: str, told: dict[str, Any]) -> dict[str, Text]:
    """What to type next, with the reason."""
    experiment = told["name"]
    commands = {f"tidu show {name}": Text("再看一遍这次运行", "see this run again")}
    found = load_experiment(told["experiment"])
    if hasattr(found.module, "use"):
        example = getattr(found.module, "USE_EXAMPLE", "--help")
        commands[f"tidu use {name} {example}"] = Text("用训练好的模型", "use what was trained")
    if hasattr(found.module, "model"):
        commands[f"tidu export {name}"] = Text("导出为 ONNX", "leave with an ONNX file")
    other = "standard" if told["preset"] != "standard" else "quick"
    if other in found.presets:
        commands[f"tidu run {experiment} --preset {other} --seeds 3"] = Text(
            "换个预设，多跑几个种子", "another preset, several seeds"
        )
    commands[f"tidu run {experiment} --help"] = Text("能改的每个参数", "every field you can change")
    return commands


def _metrics(told: dict[str, Any], done: dict[str, Any], spoken: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(Text("指标", "metric")[spoken])
    table.add_column(Text("测得", "measured")[spoken], justify="right")
    table.add_column(
        Text("应有（提交的结果）", "expected (committed result)")[spoken], justify="right"
    )
    table.add_column(Text("目标", "target")[spoken])
    expected = results.committed(told["experiment"], told["preset"])
    for metric, summary in done["summary"].items():
        goal = ""
        for target in results.targets(told["experiment"], told["preset"], metric):
            mark = "✓" if target.met(done["per_seed"][metric]) else "✗"
            goal = f"{target.sense} {target.value:g} {mark}"
        theirs = expected["summary"].get(metric) if expected else None
        table.add_row(
            metric, results.shown(summary), results.shown(theirs) if theirs else "–", goal
        )
    return table


def _changed(console: Console, told: dict[str, Any], spoken: str) -> None:
    expected = results.committed(told["experiment"], told["preset"])
    if expected is None:
        return
    differs = [k for k, v in told["config"].items() if expected["config"].get(k, v) != v]
    if differs:
        words = Text(
            f"与提交的结果相比，改动了：{', '.join(differs)}",
            f"changed against the committed result: {', '.join(differs)}",
        )
        console.print(words[spoken], style="dim")
