"""New rows for a model that is already trained: the same columns, in the same order, or no."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from jaxtyping import Float64, Int64
from torch import Tensor

from tidu.data.table_columns import (
    MISSING_LEVEL,
    CellError,
    Column,
    column,
    date,
    is_missing,
    number,
)
from tidu.data.table_file import Header, Records, read_records
from tidu.errors import TiduError


def read_rows(
    path: str | Path,
    features: Sequence[str],
    levels: Mapping[str, Sequence[str]] | None = None,
    dates: Sequence[str] = (),
    header: Header = "auto",
    encoding: str = "auto",
) -> Float64[Tensor, "rows columns"]:
    """The columns ``features`` of a CSV file as numbers; ``colour=red`` is 1 where it holds.

    Further columns are ignored. A column that is missing, a text where the model learned numbers
    and a category it never saw are errors that name the column. A missing number is NaN, and so
    is a missing category where training had none.
    """
    records = read_records(Path(path).expanduser(), header, encoding)
    levels = levels or {}
    wanted = {_base(feature, levels): None for feature in features}
    _all_there(records, list(wanted))
    values = {name: _values(records, name, levels.get(name), name in dates) for name in wanted}
    columns: list[Sequence[float]] = []
    for feature in features:
        base = _base(feature, levels)
        found = values[base]
        if found.is_numeric:
            columns.append(found.numbers)
        else:
            level = feature.removeprefix(f"{base}=")
            gap = float(level == MISSING_LEVEL) if MISSING_LEVEL in levels[base] else math.nan
            columns.append([float(text == level) if text else gap for text in found.texts])
    return torch.tensor(columns, dtype=torch.float64).T.contiguous()


def read_levels(path: str | Path, name: str, levels: Sequence[str]) -> Int64[Tensor, " rows"]:
    """The column of categories ``name`` of a CSV file, as the numbers of its ``levels``.

    Levels may be numbers: 4 and 4.0 are the same.
    """
    records = read_records(Path(path).expanduser())
    _all_there(records, [name])
    codes: list[int] = []
    for row, line in zip(records.rows, records.lines, strict=True):
        cell = row[records.names.index(name)].strip()
        value = number(cell)
        if cell not in levels and is_missing(cell) and MISSING_LEVEL in levels:
            cell = MISSING_LEVEL
        elif cell not in levels and value is not None:
            cell = f"{value:g}"
        if cell not in levels:
            raise _unseen(records, line, name, cell, levels)
        codes.append(list(levels).index(cell))
    return torch.tensor(codes, dtype=torch.int64)


def _all_there(records: Records, wanted: Sequence[str]) -> None:
    missing = [name for name in wanted if name not in records.names]
    if missing:
        raise TiduError(
            f"{records.path} has no column {_listed(missing)}; "
            f"the model was trained on {_listed(wanted)}.",
            f"Name the columns as in training; the file has {_listed(list(records.names))}.",
        )


def _unseen(records: Records, line: int, name: str, text: str, known: Sequence[str]) -> TiduError:
    return TiduError(
        f"{records.path}, line {line}: column {name!r} holds {text!r}, "
        f"which training never saw; it knows {_listed(known)}.",
        "Correct the spelling, or train on a table that has this category.",
    )


def _base(feature: str, levels: Mapping[str, Sequence[str]]) -> str:
    """The column that ``colour=red`` was made from."""
    for name in levels:
        if feature.startswith(f"{name}="):
            return name
    return feature


def _column(records: Records, name: str) -> Column:
    cells = [row[records.names.index(name)] for row in records.rows]
    try:
        return column(name, cells, decimal_comma=records.separator == ";")
    except CellError as problem:
        raise TiduError(
            f"{records.path}, line {records.lines[problem.row]}: {problem}.",
            "Correct the cell, or leave it empty if it is not known.",
        ) from problem


def _values(records: Records, name: str, known: Sequence[str] | None, dates: bool) -> Column:
    """The column, as numbers where the model learned numbers, else as texts it has seen."""
    cells = [row[records.names.index(name)].strip() for row in records.rows]
    if known is None:
        found = _column(records, name)
        empty = found.missing == len(cells)
        if found.is_numeric and (found.is_date == dates or empty):
            return found
        reads = date if dates else number
        row = next(i for i, c in enumerate(cells) if not is_missing(c) and reads(c) is None)
        held = "dates (2024-05-31)" if dates else "numbers"
        raise TiduError(
            f"{records.path}, line {records.lines[row]}: column {name!r} held {held} in training; "
            f"got {cells[row]!r}.",
            f"Give {held} there, or leave a cell empty if it is not known.",
        )
    texts = tuple("" if text == "" or _is_gap(text, known) else text for text in cells)
    for row, text in enumerate(texts):
        if text and text not in known:
            raise _unseen(records, records.lines[row], name, text, known)
    return Column(name, texts=texts)


def _is_gap(text: str, known: Sequence[str]) -> bool:
    return text not in known and is_missing(text)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:12])
    return shown + (f" and {len(names) - 12} more" if len(names) > 12 else "")
