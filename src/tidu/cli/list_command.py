"""``tidu list``: what there is, by chapter."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tidu import catalogue
from tidu.cli.parse import parse
from tidu.errors import unknown
from tidu.words import Text, language


@dataclass(frozen=True)
class Arguments:
    """What there is, by chapter."""

    chapter: str | None = None  # only this chapter
    kind: str | None = None  # only "component", "experiment" or "both"
    json: bool = False  # print an array of objects for programs


KINDS = {
    "component": Text("组件", "component"),
    "experiment": Text("实验", "experiment"),
    "both": Text("组件＋实验", "both"),
}


def main(words: Sequence[str]) -> None:
    """Carry the command out."""
    wanted = parse(Arguments, "list", words)
    if wanted.chapter is not None and wanted.chapter not in catalogue.CHAPTERS:
        raise unknown("chapter", wanted.chapter, catalogue.CHAPTERS)
    if wanted.kind is not None and wanted.kind not in KINDS:
        raise unknown("kind", wanted.kind, KINDS)
    chosen = [
        system
        for system in catalogue.SYSTEMS.values()
        if wanted.chapter in (None, system.chapter) and wanted.kind in (None, system.kind)
    ]
    if wanted.json:
        print(json.dumps([as_json(system) for system in chosen], ensure_ascii=False, indent=1))
        return
    spoken = language()
    for chapter, title in catalogue.CHAPTERS.items():
        inside = [system for system in chosen if system.chapter == chapter]
        if inside:
            print(f"\n{title[spoken]}")
        for system in inside:
            presets = f"  [{', '.join(system.presets)}]" if system.presets else ""
            print(
                f"  {system.id:<20} {system.title[spoken]}  ({KINDS[system.kind][spoken]}){presets}"
            )
    print(Text("\n细节：tidu info <名字>", "\nDetails: tidu info <id>")[spoken])


def as_json(system: catalogue.System) -> dict[str, object]:
    """The object that programs read; its keys are kept stable."""
    return {
        "id": system.id,
        "kind": system.kind,
        "chapter": system.chapter,
        "presets": list(system.presets),
        "title": {"zh": system.title.zh, "en": system.title.en},
        "components": list(system.components),
        "sources": list(system.sources),
    }
