"""Watching the gradients of a loop, one line a look in ``gradients.jsonl`` (``--watch gradients``).

What stands in ``keep`` of the loop is watched: its modules, as its optimisers step.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from tidu.files import disk_error
from tidu.record import GradientFlow

LOOKS = 100  # about so many in a loop, evenly spread


class GradientLog:
    """Looks at about a hundred steps of a loop and appends what it saw to ``file``.

    Its state goes into the loop's checkpoints beside ``keep``; ``looking`` is false in processes
    that write nothing.
    """

    def __init__(
        self, file: Path, loop: str, total: int, keep: Mapping[str, Any], looking: bool
    ) -> None:
        networks = {name: kept for name, kept in keep.items() if isinstance(kept, torch.nn.Module)}
        optimizers = [kept for kept in keep.values() if isinstance(kept, torch.optim.Optimizer)]
        self.flow = GradientFlow(networks, optimizers)
        self._file, self._loop, self._every = file, loop, max(1, total // LOOKS)
        self._looking = looking

    def __enter__(self) -> GradientLog:
        if self._looking:
            self.flow.__enter__()
        return self

    def __exit__(self, *raised: Any) -> None:
        self.flow.__exit__(*raised)

    def at(self, step: int) -> None:
        """``step`` begins."""
        self.flow.at(None if step % self._every else step)

    def write(self) -> None:
        """Append what was seen since the last call."""
        rows = [row for row in self.flow.rows if row["gradient"]]
        self.flow.rows.clear()
        if not rows:
            return
        lines = [json.dumps({"loop": self._loop, **_plain(row)}) + "\n" for row in rows]
        try:
            with self._file.open("a", encoding="utf-8") as file:
                file.writelines(lines)
        except OSError as problem:
            raise disk_error(problem, self._file) from problem


def read(file: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of each loop, as :func:`tidu.record.diagnose` takes them."""
    rows: dict[str, list[dict[str, Any]]] = {}
    if file.exists():
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.endswith("}"):
                row = json.loads(line)
                rows.setdefault(row.pop("loop"), []).append(row)
    return rows


def _plain(value: Any) -> Any:
    """Six digits of every number; those that are not finite as text, which JSON has none for."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else str(value)
    return value
