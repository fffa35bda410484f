"""``tidu compare RUN RUN ...``: metrics and configurations side by side."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tyro
from rich.console import Console
from rich.table import Table

from tidu.cli.parse import parse
from tidu.errors import TiduError
from tidu.laboratory import results
from tidu.runs import store


@dataclass(frozen=True)
class Arguments:
    """Metrics of several runs side by side, and where their configurations differ."""

    runs: tyro.conf.Positional[tuple[str, ...]]  # two or more runs
    json: bool = False  # print an object for programs


def main(words: Sequence[str]) -> None:
    """Carry the command out."""
    wanted = parse(Arguments, "compare", words)
    if len(wanted.runs) < 2:
        raise TiduError(
            f"tidu compare needs at least two runs; got {len(wanted.runs)}.", "See them: tidu runs"
        )
    paths = [store.find(name) for name in wanted.runs]
    told = [store.about(path) for path in paths]
    done = [store.result(path) for path in paths]
    differing = _differing(told)
    if wanted.json:
        metrics = {str(path): one["summary"] for path, one in zip(paths, done, strict=True)}
        print(json.dumps({"metrics": metrics, "differing": differing}, indent=1))
        return
    Console(highlight=False).print(_table(paths, done, differing))


def _table(paths: list[Path], done: list[dict[str, Any]], differing: dict[str, list[Any]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for path in paths:
        table.add_column(path.name, justify="right")
    for metric in dict.fromkeys(m for one in done for m in one["summary"]):
        cells = [one["summary"].get(metric) for one in done]
        table.add_row(metric, *(results.shown(cell) if cell else "–" for cell in cells))
    for field, values in differing.items():
        table.add_row(f"[dim]{field}[/dim]", *(f"[dim]{v}[/dim]" for v in values))
    table.add_row("[dim]seconds[/dim]", *(f"[dim]{one['seconds']:.1f}[/dim]" for one in done))
    return table


def _differing(told: list[dict[str, Any]]) -> dict[str, list[Any]]:
    flat = [{"experiment": t["experiment"], "seeds": t["seeds"], **t["config"]} for t in told]
    fields = dict.fromkeys(field for one in flat for field in one)
    rows = {field: [one.get(field) for one in flat] for field in fields}
    return {field: values for field, values in rows.items() if any(v != values[0] for v in values)}
