"""What the lab's pages say of a system, read from the catalogue, the results and the sources.

Nothing here imports PyTorch: a page stands before it is loaded.
"""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tidu import catalogue
from tidu.catalogue import System
from tidu.claims import Settled
from tidu.laboratory import results
from tidu.laboratory.ledger import ledger

PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True)
class Source:
    """One file of code beside a page, coloured."""

    name: str  # what it is called: LeNet, or the experiment's id
    file: str  # where it stands in the package
    html: str  # one <span class="line"> for every line


@cache
def sources(system: System) -> tuple[Source, ...]:
    """The files of a system's components, then its experiment's."""
    found: dict[Path, str] = {}
    for component in system.components:
        module, name = component.split(":")
        found.setdefault(_file_of(module, name), name)
    if system.experiment:
        found.setdefault(_path(system.experiment), system.id)
    return tuple(
        Source(
            name, str(Path("tidu") / file.relative_to(PACKAGE)), coloured(file.read_text("utf-8"))
        )
        for file, name in found.items()
    )


def formula(system: System) -> str:
    """The first formula in the files of the system's components, else of its experiment's."""
    files = [_file_of(*component.split(":")) for component in system.components]
    if system.experiment:
        files.append(_path(system.experiment))
    for file in files:
        said = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
        for block in said.split("\n\n"):
            if block.startswith("    ") and ">>>" not in block and "=" in block:
                return inspect.cleandoc("\n" + block)
    return ""


def measured(system: System) -> list[dict[str, Any]]:
    """Every figure that was published or aimed at, beside what was measured."""
    rows: list[dict[str, Any]] = []
    for preset in system.presets:
        result = results.committed(system.id, preset)
        if result is None:
            continue
        for metric, summary in result["summary"].items():
            aims = [t for t in system.targets if (t.preset, t.metric) == (preset, metric)]
            for aim in aims or [None]:
                known = aim.published if aim else None
                rows.append(
                    {
                        "preset": preset,
                        "metric": metric,
                        "measured": results.shown(summary),
                        "seeds": len(result["seeds"]),
                        "target": f"{_sign(aim.sense)} {aim.value:g}" if aim else "",
                        "met": aim.met(result["per_seed"][metric]) if aim else None,
                        "published": f"{known.value} ({known.source})" if known else "",
                    }
                )
    return sorted(rows, key=lambda row: (row["met"] is None, row["preset"] != "standard"))


def claims_about(system: System) -> list[Settled]:
    """The claims that this system's experiment tests, or that come from the same notes."""
    return [
        found
        for found in ledger()
        if any(arm.experiment == system.id for arm in found.claim.arms)
        or found.claim.note in system.notes
    ]


def chapters() -> list[tuple[str, Any, list[System]]]:
    """The systems by chapter."""
    every = catalogue.SYSTEMS.values()
    found = [
        (id, title, [s for s in every if s.chapter == id])
        for id, title in catalogue.CHAPTERS.items()
    ]
    return [one for one in found if one[2]]


def coloured(code: str) -> str:
    """Python as HTML, one numbered element for every line."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    lines = highlight(code, PythonLexer(), HtmlFormatter(nowrap=True)).rstrip("\n").split("\n")
    return "".join(
        f'<span class="line" data-line="{number}">{line}\n</span>'
        for number, line in enumerate(lines, 1)
    )


def _sign(sense: str) -> str:
    return {"<=": "≤", ">=": "≥"}[sense]


def _path(module: str) -> Path:
    inside = PACKAGE.joinpath(*module.split(".")[1:])
    return inside / "__init__.py" if inside.is_dir() else inside.with_suffix(".py")


def _file_of(module: str, name: str) -> Path:
    """Where ``name`` is defined: its room's file imports it from there."""
    file = _path(module)
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("tidu"):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return _file_of(node.module, alias.name)
    return file
