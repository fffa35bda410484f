"""``tidu runs``: the runs there are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from tidu.cli.parse import parse
from tidu.errors import TiduError
from tidu.runs import store
from tidu.words import Text, language

STATES = {
    "finished": Text("完成", "finished"),
    "running": Text("进行中", "running"),
    "interrupted": Text("被打断", "interrupted"),
    "stopped": Text("被终止", "killed"),
    "failed": Text("失败", "failed"),
}


@dataclass(frozen=True)
class Arguments:
    """The runs there are, the oldest first."""

    experiment: str | None = None  # only runs of this experiment
    json: bool = False  # print an array of objects for programs


def main(words: Sequence[str]) -> None:
    """Carry the command out."""
    wanted = parse(Arguments, "runs", words)
    rows: list[dict[str, Any]] = []
    for name in store.list_names():
        try:
            row = _row(name)
        except TiduError as problem:
            row = {"run": name, "experiment": "?", "state": "damaged", "problem": problem.message}
        if wanted.experiment in (None, row["experiment"]):
            rows.append(row)
    if wanted.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    spoken = language()
    if not rows:
        empty = Text("还没有运行。试试：", "No runs yet. Try:")
        print(f"{empty[spoken]} tidu run lenet --preset quick")
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    headings = Text(
        "运行 实验 预设 种子 状态 时间 指标", "run experiment preset seeds state created metrics"
    )
    for heading in headings[spoken].split():
        table.add_column(heading, no_wrap=heading in {"run", "运行"})
    for row in rows:
        state = STATES.get(row["state"], Text("损坏", "damaged"))[spoken]
        metrics = "  ".join(f"{k} {v:.4g}" for k, v in list(row.get("metrics", {}).items())[:3])
        table.add_row(
            row["run"], row["experiment"], row.get("preset", ""), str(len(row.get("seeds", []))),
            state, row.get("created", ""), metrics or row.get("problem", ""),
        )  # fmt: skip
    Console(highlight=False).print(table)


def _row(name: str) -> dict[str, Any]:
    path = store.runs_folder() / name
    told = store.about(path)
    finished = (path / "result.json").exists()
    done = store.result(path) if finished else {"metrics": {}, "seconds": None}
    return {
        "run": str(path),
        "experiment": told["name"],
        "preset": told["preset"],
        "seeds": told["seeds"],
        "state": store.state(path),
        "created": told["created"],
        "metrics": done["metrics"],
        "seconds": done["seconds"],
    }
