"""The list of systems in README, made from the catalogue."""

from __future__ import annotations

from tidu import catalogue
from tidu.cli.list_command import KINDS
from tidu.words import Text

HEADINGS = (Text("名字", "Id"), Text("是什么", "What it is"), Text("种类", "Kind"))
PRESETS = Text("预设", "Presets")


def systems_list(language: str) -> str:
    """One table a chapter, as Markdown."""
    parts: list[str] = []
    for chapter, title in catalogue.CHAPTERS.items():
        inside = [s for s in catalogue.SYSTEMS.values() if s.chapter == chapter]
        if inside:
            parts.append(f"**{title[language]}**\n\n{_table(inside, language)}")
    return "\n\n".join(parts)


def _table(systems: list[catalogue.System], language: str) -> str:
    lines = [
        "| " + " | ".join(h[language] for h in (*HEADINGS, PRESETS)) + " |",
        "| --- | --- | --- | --- |",
    ]
    for system in systems:
        presets = ", ".join(f"`{preset}`" for preset in system.presets) or "–"
        kind = KINDS[system.kind][language]
        lines.append(f"| `{system.id}` | {system.title[language]} | {kind} | {presets} |")
    return "\n".join(lines)
