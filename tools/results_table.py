"""The table of results in README and docs, made from the committed result files.

    python tools/results_table.py           write the generated parts anew
    python tools/results_table.py --check   change nothing; end with 1 where anything differs

``--check`` fails when a file says anything else than the result files and the catalogue do, when
a result was measured with another configuration than its preset has now, when a file is damaged
or belongs to nothing in the catalogue, and when a standard preset was measured with too few seeds.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import marked
from systems_list import systems_list
from tidu import catalogue
from tidu.errors import TiduError
from tidu.files import read_json, write_text
from tidu.laboratory import load_experiment, results
from tidu.runs.summary import summarise
from tidu.words import Text

FILES = {
    "README.md": "en",
    "README.zh.md": "zh",
    "docs/en/results.md": "en",
    "docs/zh/results.md": "zh",
}
KEYS = {"experiment", "preset", "config", "seeds", "environment", "summary", "per_seed", "seconds"}
LEAST_SEEDS = {"standard": 3}
FORMATS = {"float32", "bfloat16"}  # what a precision of "auto" can turn out to be

HEADINGS = (
    Text("系统", "System"),
    Text("预设", "Preset"),
    Text("指标", "Metric"),
    Text("测得", "Measured"),
    Text("种子数", "Seeds"),
    Text("目标", "Target"),
    Text("文献中的数字", "Published"),
    Text("用时（秒）", "Seconds"),
)
NOT_YET = Text("尚未测量", "not measured yet")
NOTE = Text(
    "“测得”是各种子的平均值 ± 95 % 置信区间（t 分布）的一半；“用时”是所有种子合计。",
    "Measured: mean over the seeds ± half of the 95 % Student-t interval. "
    "Seconds: all seeds together.",
)
MADE_WITH = Text("测量环境：", "Measured with: ")
EVERY = Text("每个种子 ", "every seed ")


def results_table(folder: Path, language: str) -> str:
    """The whole table as Markdown, with what it was measured with below it."""
    found = read_results(folder)
    lines = [
        "| " + " | ".join(heading[language] for heading in HEADINGS) + " |",
        "| " + " | ".join(["---"] * len(HEADINGS)) + " |",
    ]
    for system in catalogue.SYSTEMS.values():
        for preset in system.presets:
            result = found.get((system.id, preset))
            lines += [_line(cells) for cells in _rows(system, preset, result, language)]
    parts = ["\n".join(lines), NOTE[language]]
    if found:
        made = "; ".join(sorted({_environment(r["environment"]) for r in found.values()}))
        parts.append(f"{MADE_WITH[language]}{made}")
    return "\n\n".join(parts)


def read_results(folder: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """Every result file of ``folder`` by experiment and preset."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for file in sorted(folder.glob("*.json")):
        value = read_json(file)
        if KEYS - set(value):
            raise TiduError(
                f"{file.name} lacks {', '.join(sorted(KEYS - set(value)))}.",
                "Write it again: tidu run EXPERIMENT --preset PRESET --results results",
            )
        found[value["experiment"], value["preset"]] = value
    return found


def problems(folder: Path) -> Iterator[str]:
    """What is wrong with the result files themselves."""
    for (experiment, preset), result in read_results(folder).items():
        where = f"{experiment}-{preset}.json"
        if not (folder / where).is_file():
            yield f"the result of {experiment} --preset {preset} must stand in {where}"
        if preset not in _presets(experiment):
            yield f"{where}: the catalogue has no preset {preset} of {experiment}"
            continue
        yield from (f"{where}: {why}" for why in _wrong(experiment, preset, result))


def _presets(experiment: str) -> Sequence[str]:
    system = catalogue.SYSTEMS.get(experiment)
    return system.presets if system else ()


def _wrong(experiment: str, preset: str, result: dict[str, Any]) -> Iterator[str]:
    now = json.loads(json.dumps(dataclasses.asdict(load_experiment(experiment).preset(preset))))
    for field in sorted({*now, *result["config"]}):
        then = result["config"].get(field, "nothing")
        # "auto" stands for what suited the processor that measured, whichever of the two it was.
        if now.get(field) == "auto" and then in FORMATS:
            continue
        if field not in result["config"] and is_off(now[field]):
            continue
        if then != now.get(field, "nothing"):
            yield f"measured with {field} = {then}, the preset has {now.get(field, 'nothing')}"
    if len(result["seeds"]) < LEAST_SEEDS.get(preset, 1):
        yield f"needs at least {LEAST_SEEDS[preset]} seeds; has {len(result['seeds'])}"
    for metric, values in result["per_seed"].items():
        if len(values) != len(result["seeds"]):
            yield f"{metric} has {len(values)} values for {len(result['seeds'])} seeds"
        elif not _agrees(summarise(values), result["summary"].get(metric, {})):
            yield f"the summary of {metric} is not that of its values"
    for target in catalogue.SYSTEMS[experiment].targets:
        if target.preset == preset and target.metric not in result["per_seed"]:
            yield f"the target's metric {target.metric} was not measured"


def is_off(value: Any) -> bool:
    """Whether a field does nothing: one added later, and off, changes nothing that was measured."""
    return value is None or value is False


def _agrees(computed: Any, told: dict[str, Any]) -> bool:
    mine = dataclasses.asdict(computed)
    return set(mine) == set(told) and all(
        mine[key] == told[key]
        or (told[key] is not None and abs(mine[key] - told[key]) <= 1e-9 * (1 + abs(mine[key])))
        for key in mine
    )


def _rows(
    system: catalogue.System, preset: str, result: dict[str, Any] | None, language: str
) -> Iterator[Sequence[str]]:
    aimed = [target for target in system.targets if target.preset == preset]
    first = f"`{system.id}`", f"`{preset}`"
    if result is None:
        for target in aimed:
            goal = _goal(target, language)
            yield (*first, f"`{target.metric}`", NOT_YET[language], "–", goal, _known(target), "–")
        return
    metrics = dict.fromkeys(target.metric for target in aimed) or list(result["summary"])[:1]
    for metric in metrics:
        goals = [target for target in aimed if target.metric == metric]
        marks = [
            f"{_goal(t, language)} {'✓' if t.met(result['per_seed'][metric]) else '✗'}"
            for t in goals
        ]
        yield (
            *first,
            f"`{metric}`",
            results.shown(result["summary"][metric]),
            str(len(result["seeds"])),
            ", ".join(marks) or "–",
            ", ".join(_known(t) for t in goals) or "–",
            f"{result['seconds']:.0f}",
        )


def _goal(target: catalogue.Target, language: str) -> str:
    sign = {"<=": "≤", ">=": "≥"}[target.sense]
    return f"{EVERY[language] if target.every else ''}{sign} {target.value:g}"


def _known(target: catalogue.Target) -> str:
    theirs = target.published
    return f"{theirs.value}, {theirs.source}" if theirs else "–"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _environment(made: dict[str, Any]) -> str:
    torch = made["packages"]["torch"]
    return f"PyTorch {torch}, Python {made['python']}, {made['processor']}, {made['cores']} cores"


def generated(text: str, language: str, folder: Path) -> str:
    """``text`` with every generated part made anew."""
    makers = {
        "results": lambda: results_table(folder, language),
        "systems": lambda: systems_list(language),
    }
    for name in marked.names(text):
        text = marked.replaced(text, name, makers[name]())
    return text


def pages(root: Path, check: bool) -> Iterator[str]:
    """Write the generated parts of every page anew, or say with ``check`` which differ."""
    for name, language in FILES.items():
        file = root / name
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
        if "results" not in marked.names(text):
            yield f"{name} has no table of results"
            continue
        anew = generated(text, language, root / "results")
        if anew != text and check:
            yield f"{name} differs from the result files or the catalogue"
        elif anew != text:
            write_text(file, anew)


def main(words: Sequence[str] | None = None) -> int:
    """Write or check; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing; 1 where it differs")
    parser.add_argument("--root", type=Path, default=Path(__file__).parents[1])
    wanted = parser.parse_args(words)
    wrong: list[str] = []
    try:
        wrong += problems(wanted.root / "results")
        wrong += pages(wanted.root, wanted.check)
    except (TiduError, ValueError, KeyError) as problem:
        wrong.append(f"a result file or a page is damaged: {problem}")
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong and wanted.check:
        print("Write the tables anew: python tools/results_table.py", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
