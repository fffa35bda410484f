"""A dataclass as a table of flags: what may be given, the default, the comment as its meaning."""

from __future__ import annotations

import dataclasses
import inspect
import re
import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from tidu.fields import Range
from tidu.words import Text

HEADINGS = (
    Text("参数", "Flag"),
    Text("取值", "Value"),
    Text("默认", "Default"),
    Text("含义", "Meaning"),
)
NONE = Text("不给", "none")
ON, OFF = Text("开", "on"), Text("关", "off")
KINDS = {
    bool: Text("开 / 关", "on / off"),
    int: Text("整数", "whole number"),
    float: Text("数", "number"),
    str: Text("文字", "text"),
}
PATH = Text("路径", "path")
RANGES = {
    "a whole number of at least 1": "不小于 1 的整数",
    "a whole number of at least 0": "不小于 0 的整数",
    "a number above 0": "大于 0 的数",
    "a number of at least 0": "不小于 0 的数",
    "a number from 0 to 1": "0 到 1 的数",
    "a number of at least 0 and below 1": "不小于 0、小于 1 的数",
}


def fields_table(kind: type[Any], language: str, preset: Any = None) -> str:
    """One line for every field of ``kind``; ``preset`` stands in for its defaults."""
    hints = get_type_hints(kind, include_extras=True)
    source = inspect.getsource(kind)
    lines = [
        "| " + " | ".join(heading[language] for heading in HEADINGS) + " |",
        "| --- | --- | --- | --- |",
    ]
    for field in dataclasses.fields(kind):
        given = getattr(preset, field.name, field.default)
        default = "–" if given is dataclasses.MISSING else _code(given, language)
        hint = hints[field.name]
        name = field.name.upper() if _is_positional(hint) else f"--{_flag(field.name)}"
        cells = [f"`{name}`", _values(hint, language), default, meaning(source, field.name)]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def meaning(source: str, name: str) -> str:
    """The comment behind the field ``name`` in the dataclass's source.

    >>> meaning("    lr: float = 0.1  # the rate\\n", "lr")
    'the rate'
    """
    found = re.search(rf"^\s+{name}: [^\n]*?#\s*(.+)$", source, re.MULTILINE)
    if found is None:
        raise ValueError(f"the field {name} has no comment behind it that says what it means")
    return found.group(1).strip()


def _flag(name: str) -> str:
    return name.strip("_").replace("_", "-")


def _is_positional(hint: Any) -> bool:
    return any("Positional" in str(extra) for extra in getattr(hint, "__metadata__", ()))


def _values(hint: Any, language: str) -> str:
    if get_origin(hint) is Annotated:
        ranges = [extra.words for extra in hint.__metadata__ if isinstance(extra, Range)]
        if ranges:
            return RANGES.get(ranges[0], ranges[0]) if language == "zh" else ranges[0]
        return _values(get_args(hint)[0], language)
    if get_origin(hint) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(hint))
    if get_origin(hint) in (Union, types.UnionType):
        parts = [part for part in get_args(hint) if part is not type(None)]
        return " / ".join(_values(part, language) for part in parts)
    if get_origin(hint) is tuple:
        return f"{_values(get_args(hint)[0], language)} …"
    return KINDS.get(hint, PATH)[language]


def _code(value: Any, language: str) -> str:
    if value is None:
        return NONE[language]
    if isinstance(value, bool):
        return (ON if value else OFF)[language]
    if isinstance(value, (tuple, list)):
        return f"`{' '.join(str(part) for part in value)}`" if value else NONE[language]
    return f"`{value}`"
