"""Points of the plane with a class each, of one's own: a CSV file with columns x, y and class."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import torch
from jaxtyping import Float, Int
from torch import Tensor

from tidu.data.new_rows import read_rows
from tidu.data.table_columns import number
from tidu.data.table_file import read_records
from tidu.errors import TiduError
from tidu.files import write_text

COLUMNS = ("x", "y", "class")
MOST_CLASSES = 8  # as many as there are colours to tell apart


def read_points(
    path: str | Path,
) -> tuple[Float[Tensor, "points 2"], Int[Tensor, " points"], tuple[str, ...]]:
    """The points, the class of each as a number, and what the classes are called, in order.

    Further columns are ignored. A class may be a text or a number.
    """
    records = read_records(Path(path).expanduser(), "yes")
    missing = [name for name in COLUMNS if name not in records.names]
    if missing:
        raise TiduError(
            f"{records.path} has no column {' and no '.join(missing)}; "
            f"it has {', '.join(records.names)}.",
            "Points of your own are a CSV file whose first line is x,y,class.",
        )
    points = read_rows(path, COLUMNS[:2], header="yes").float()
    cells = [row[records.names.index("class")].strip() for row in records.rows]
    for line, values, cell in zip(records.lines, points.tolist(), cells, strict=True):
        if not all(math.isfinite(value) for value in values) or not cell:
            raise TiduError(
                f"{records.path}, line {line}: a point needs x, y and a class.",
                "Complete the line, or take it out.",
            )
    names = sorted(set(cells), key=_by_size)
    if not 2 <= len(names) <= MOST_CLASSES:
        raise TiduError(
            f"{records.path} has {len(names)} class{'es' if len(names) > 1 else ''}; "
            f"from 2 to {MOST_CLASSES} can be told apart here.",
            "For more classes or other columns: tidu run tabular --data FILE --target class",
        )
    return points, torch.tensor([names.index(cell) for cell in cells]), tuple(names)


def write_points(path: Path, points: Iterable[tuple[float, float, str]]) -> None:
    """Write such a file."""
    rows = [f"{x:g},{y:g},{name}" for x, y, name in points]
    write_text(path, "\n".join([",".join(COLUMNS), *rows, ""]))


def _by_size(name: str) -> tuple[bool, float, str]:
    value = number(name)
    return (value is None, value or 0.0, name)
