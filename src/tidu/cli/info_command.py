"""``tidu info ID``: what one system is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import tyro

from tidu import catalogue
from tidu.cli.list_command import as_json
from tidu.cli.parse import parse
from tidu.words import Text, language


@dataclass(frozen=True)
class Arguments:
    """What one system is: its components, presets, sources and targets."""

    id: tyro.conf.Positional[str]  # as `tidu list` names it
    json: bool = False  # print an object for programs


def main(words: Sequence[str]) -> None:
    """Carry the command out."""
    wanted = parse(Arguments, "info", words)
    system = catalogue.system(wanted.id)
    if wanted.json:
        told = as_json(system)
        told["about"] = {"zh": system.about.zh, "en": system.about.en}
        told["notes"] = list(system.notes)
        told["targets"] = [
            {"preset": t.preset, "metric": t.metric, "sense": t.sense, "value": t.value}
            for t in system.targets
        ]
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return
    spoken = language()
    chapter = catalogue.CHAPTERS[system.chapter]
    print(f"{system.id}: {system.title[spoken]}  ({chapter[spoken]})\n\n{system.about[spoken]}\n")
    rows = {
        Text("组件", "components"): [c.replace(":", ".") for c in system.components],
        Text("预设", "presets"): list(system.presets),
        Text("数据", "data"): list(system.sources),
        Text("笔记", "notes"): list(system.notes),
    }
    for words_, values in rows.items():
        if values:
            print(f"{words_[spoken]}: {', '.join(values)}")
    for target in system.targets:
        every = Text("（每个种子）", " in every seed")[spoken] if target.every else ""
        theirs = target.published
        known = f"  ({theirs.source}: {theirs.value})" if theirs else ""
        goal = Text("目标", "target")[spoken]
        reach = f"{target.metric} {target.sense} {target.value:g}"
        print(f"{goal} [{target.preset}]: {reach}{every}{known}")
    if system.experiment:
        print(f"\ntidu run {system.id} --preset {system.presets[0]}\ntidu run {system.id} --help")
    if system.components:
        module, name = system.components[0].split(":")
        print(f"python -c 'from {module} import {name}; help({name})'")
