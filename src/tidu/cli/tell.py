"""Saying how a run went: the result beside what to expect, and what to type next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tidu.laboratory import outcome
from tidu.laboratory.experiment import load_experiment
from tidu.runs import store
from tidu.words import Text, language


def as_json(path: Path) -> dict[str, Any]:
    """The object that programs read; its keys are kept stable."""
    told = store.about(path)
    done = store.result(path)
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
    done = store.result(path)
    console = Console(highlight=False)
    seeds = Text(f"{len(told['seeds'])} 个种子", f"{len(told['seeds'])} seed(s)")
    console.print(
        f"\n[bold]{path.name}[/bold]  {told['name']} --preset {told['preset']}, "
        f"{seeds[spoken]}, {done['seconds']:.1f} s"
    )
    console.print(_table(outcome.outcomes(told, done), spoken))
    brought = outcome.own(told)
    if brought is not None:
        what, name = brought
        alone = Text(
            "，不与提交的结果和目标相比", ", held against no committed result and no target"
        )
        console.print(f"{what[spoken]} {name}{alone[spoken]}", style="dim", markup=False)
    differs = ", ".join(outcome.changed_fields(told))
    if differs:
        changed = Text("与提交的结果相比，改动了：", "changed against the committed result: ")
        console.print(changed[spoken] + differs, style="dim")
    for remark in _remarks(path):
        console.print(f"• {remark[spoken]}", soft_wrap=True, markup=False)  # [loop] is no style
    pictures = sorted((path / "pictures").glob(f"*.{spoken}.png"))
    for picture in pictures[:1]:
        console.print(Text("图片", "picture")[spoken] + f": {picture}", soft_wrap=True)
    if (path / "report.html").exists():
        console.print(Text("报告", "report")[spoken] + f": {path / 'report.html'}", soft_wrap=True)
    commands = outcome.next_commands(path.name, told, load_experiment(told["experiment"]))
    console.print(Text("\n接下来可以：", "\nNext:")[spoken])
    for command, words in commands.items():
        console.print(f"  {command:<44} {words[spoken]}", soft_wrap=True)


def _remarks(path: Path) -> list[Text]:
    """What the range test, the run and its watched gradients said; of several seeds, the first."""
    told = store.about(path)
    first = path / f"seed-{told['seeds'][0]}"
    asked = told["options"].get("watch") or told["options"].get("auto_rate")
    if not asked and not any((place / "remarks.json").exists() for place in (path, first)):
        return []
    from tidu.laboratory import gradients, range_test, trained

    run = trained(path)
    return [*range_test.remarks(path), *run.remarks(), *gradients.remarks(run)]


def _table(rows: list[outcome.Outcome], spoken: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(Text("指标", "metric")[spoken])
    table.add_column(Text("测得", "measured")[spoken], justify="right")
    expected = Text("应有（提交的结果）", "expected (committed result)")
    table.add_column(expected[spoken], justify="right")
    table.add_column(Text("目标", "target")[spoken])
    for row in rows:
        mark = {None: "", True: " ✓", False: " ✗"}[row.met]
        table.add_row(row.metric, row.measured, row.expected or "–", row.goal + mark)
    return table
