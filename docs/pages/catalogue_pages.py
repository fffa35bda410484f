"""One page for every system: what it is, how to run it, its targets, results and components."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import shutil
from pathlib import Path
from typing import Any

from pages.fields_table import fields_table
from tidu import catalogue
from tidu.cli.list_command import KINDS
from tidu.laboratory import load_experiment, results
from tidu.words import Text

SOURCE = Path(__file__).parents[2] / "src"


def write(folder: Path, language: str) -> None:
    """Write ``catalogue.md`` and ``catalogue/<id>.md`` for every system."""
    place = folder / "catalogue"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    (folder / "catalogue.md").write_text(_index(language), encoding="utf-8")
    shown: set[str] = set()
    for system in catalogue.SYSTEMS.values():
        page = "\n\n".join(_page(system, language, shown)) + "\n"
        (place / f"{system.id}.md").write_text(page, encoding="utf-8")


def _index(language: str) -> str:
    parts = [f"# {Text('目录', 'Catalogue')[language]}"]
    for chapter, title in catalogue.CHAPTERS.items():
        inside = [s.id for s in catalogue.SYSTEMS.values() if s.chapter == chapter]
        if inside:
            pages = "\n".join(f"catalogue/{name}" for name in inside)
            parts.append(f"```{{toctree}}\n:caption: {title[language]}\n\n{pages}\n```")
    return "\n\n".join(parts) + "\n"


def _page(system: catalogue.System, language: str, shown: set[str]) -> list[str]:
    parts = [f"# {system.title[language]}", system.about[language], _facts(system, language)]
    if system.experiment:
        parts += _experiment(system, language)
    if system.targets:
        parts += [f"## {Text('目标', 'Targets')[language]}", _targets(system, language)]
    measured = [found for p in system.presets if (found := results.committed(system.id, p))]
    if measured:
        parts += [f"## {Text('测得', 'Measured')[language]}"]
        parts += [_result(result, language) for result in measured]
    if system.components:
        parts.append(f"## {Text('组件', 'Components')[language]}")
        parts += [_component(name, shown) for name in system.components]
    if system.experiment:
        title = Text("整个实验", "The whole experiment")[language]
        file = SOURCE.joinpath(*system.experiment.split(".")).with_suffix(".py").resolve()
        inside = f"/../../{file.relative_to(SOURCE.parent)}"
        parts.append(f"## {title}\n\n```{{literalinclude}} {inside}\n:language: python\n```")
    return parts


def _facts(system: catalogue.System, language: str) -> str:
    rows = {
        Text("名字", "Id"): f"`{system.id}`",
        Text("章节", "Chapter"): catalogue.CHAPTERS[system.chapter][language],
        Text("种类", "Kind"): KINDS[system.kind][language],
        Text("数据", "Data"): ", ".join(f"`{name}`" for name in system.sources),
        Text("笔记", "Notes"): ", ".join(system.notes),
    }
    return "\n".join(f"- {name[language]}: {value}" for name, value in rows.items() if value)


def _experiment(system: catalogue.System, language: str) -> list[str]:
    experiment = load_experiment(system.id)
    commands = "\n".join(f"tidu run {system.id} --preset {name}" for name in experiment.presets)
    words = Text("运行", "Run it")[language], Text("参数", "Flags")[language]
    flags = fields_table(
        experiment.module.Config, language, experiment.preset(experiment.default_preset())
    )
    first = Text(
        f"默认值是预设 `{experiment.default_preset()}` 的。",
        f"Defaults are those of the preset `{experiment.default_preset()}`.",
    )[language]
    parts = [f"## {words[0]}", f"```sh\n{commands}\n```", f"## {words[1]}", first, flags]
    others = _presets(experiment, language)
    return [*parts, others] if others else parts


def _presets(experiment: Any, language: str) -> str:
    base = dataclasses.asdict(experiment.preset(experiment.default_preset()))
    lines: list[str] = []
    for name, config in experiment.presets.items():
        differs = {k: v for k, v in dataclasses.asdict(config).items() if v != base[k]}
        if differs:
            told = ", ".join(f"`{field} = {value}`" for field, value in differs.items())
            lines.append(f"- `{name}`: {told}")
    title = Text("其他预设改动了：", "What other presets change:")[language]
    return f"{title}\n\n" + "\n".join(lines) if lines else ""


def _targets(system: catalogue.System, language: str) -> str:
    lines: list[str] = []
    for target in system.targets:
        every = Text("，每个种子", ", in every seed")[language] if target.every else ""
        known = target.published
        words = Text("；文献：", "; published: ")[language]
        told = f"{words}{known.value} ({known.source})" if known else ""
        sign = {"<=": "≤", ">=": "≥"}[target.sense]
        lines.append(f"- `{target.preset}`: `{target.metric}` {sign} {target.value:g}{every}{told}")
    return "\n".join(lines)


def _result(result: dict[str, Any], language: str) -> str:
    seeds, seconds = len(result["seeds"]), result["seconds"]
    head = Text(
        f"预设 `{result['preset']}`，{seeds} 个种子，共 {seconds:.0f} 秒，"
        f"{result['environment']['processor']}：",
        f"Preset `{result['preset']}`, {seeds} seed(s), {seconds:.0f} s in all, "
        f"{result['environment']['processor']}:",
    )[language]
    titles = Text("指标", "Metric")[language], Text("测得", "Measured")[language]
    lines = [f"| {titles[0]} | {titles[1]} |", "| --- | --- |"]
    lines += [f"| `{name}` | {results.shown(one)} |" for name, one in result["summary"].items()]
    return head + "\n\n" + "\n".join(lines)


def _component(name: str, shown: set[str]) -> str:
    """The component's signature and docstring; a second page with it leaves the index alone."""
    module, attribute = name.split(":")
    thing = getattr(importlib.import_module(module), attribute)
    directive = "autoclass" if inspect.isclass(thing) else "autofunction"
    lines = [f".. {directive}:: {module}.{attribute}"]
    if inspect.isclass(thing):
        own = [member for member in ("forward", "step") if member in vars(thing)]
        lines += [f"   :members: {', '.join(own)}"] if own else []
    if name in shown:
        lines.append("   :no-index:")
    shown.add(name)
    text = "\n".join(lines)
    return f"```{{eval-rst}}\n{text}\n```"
