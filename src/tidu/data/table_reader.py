"""The user's own table: a CSV file becomes numbers, with every decision told."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import torch

from tidu.data.kinds import Category, Table
from tidu.data.table_columns import MAX_LEVELS, MISSING_LEVEL, CellError, Column, column
from tidu.data.table_file import Header, Records, read_records
from tidu.errors import TiduError, unknown

Task = Literal["auto", "regression", "classification"]


def read_csv(
    path: str | Path,
    target: str | None = None,
    header: Header = "auto",
    task: Task = "auto",
    encoding: str = "auto",
) -> Table:
    """Read a CSV file as features and a target (the last column unless named).

    The separator (comma, semicolon, tab, bar), the byte order mark and, with ``header="auto"``,
    the header are recognised; without a header the columns are called ``column 1`` and so on.

    - A column of numbers stays as it is. A missing number is NaN in ``features``, counted in
      ``missing``; ``Table.split`` and ``Standardiser`` put the mean of the training rows there.
    - A column of categories becomes one column of 0 and 1 for each category but the first, which
      is the reference. Missing is a category of its own.
    - A column that never changes, or of more than 100 texts, tells nothing: it is left out.
    - A target of texts, or of at most 10 different whole numbers, is a classification, any other
      a regression, unless ``task`` says so.

    ``Table.notes`` tells what was done.
    """
    path = Path(path).expanduser()
    records = read_records(path, header, encoding)
    if len(records.names) < 2:
        raise TiduError(
            f"{path} has one column; a table needs at least one feature and the target.",
            "Columns are separated by a comma, semicolon, tab or vertical bar.",
        )
    name = records.names[-1] if target is None else _target_name(records, target)
    columns = {c: _column(records, i) for i, c in enumerate(records.names)}
    goal = columns.pop(name)
    _no_gaps(records, goal)
    notes: list[str] = []
    names: list[str] = []
    values: list[Sequence[float]] = []
    categories: dict[str, Category] = {}
    for feature in columns.values():
        found = _encode(feature, notes)
        names += found
        values += found.values()
        if found and not feature.is_numeric:
            categories[feature.name] = _category(feature)
    if not names:
        raise TiduError(
            f"{path} has no column left to learn from: {'; '.join(notes)}.",
            "Give at least one column of numbers or categories that changes.",
        )
    chosen = _task(records, goal, task)
    labels, classes = _labels(records, goal, chosen)
    gaps = {c.name: c.missing for c in columns.values() if c.missing}
    notes += [f"{c}: {n} of {len(records.rows)} missing" for c, n in gaps.items()]
    return Table(
        torch.tensor(values, dtype=torch.float64).T.contiguous(),
        labels,
        tuple(names),
        name,
        chosen,
        classes,
        gaps,
        tuple(notes),
        categories,
    )


def _target_name(records: Records, target: str) -> str:
    if target not in records.names:
        raise unknown("column", target, records.names, f"The file is {records.path}.")
    return target


def _column(records: Records, index: int) -> Column:
    cells = [row[index] for row in records.rows]
    try:
        return column(records.names[index], cells, decimal_comma=records.separator == ";")
    except CellError as problem:
        raise TiduError(
            f"{records.path}, line {records.lines[problem.row]}: {problem}, unlike the rest of "
            "the column.",
            "Correct the cell, or leave it empty if it is not known.",
        ) from problem


def _no_gaps(records: Records, goal: Column) -> None:
    known = [bool(t) for t in goal.texts] or [not math.isnan(v) for v in goal.numbers]
    if not all(known):
        line = records.lines[known.index(False)]
        more = known.count(False) - 1
        raise TiduError(
            f"{records.path}, line {line}: the target {goal.name!r} is missing"
            + (f", and in {more} more rows." if more else "."),
            "What is to be predicted must be known in every row: remove those rows.",
        )
    if len(set(goal.texts or goal.numbers)) == 1:
        value = goal.texts[0] if goal.texts else goal.numbers[0]
        raise TiduError(
            f"{records.path}: the target {goal.name!r} is {value!r} in every row; there is "
            "nothing to learn.",
            "Choose another target.",
        )


def _encode(feature: Column, notes: list[str]) -> dict[str, Sequence[float]]:
    """The column as one or more columns of numbers, by name; empty if it is left out."""
    if feature.is_numeric:
        known = {v for v in feature.numbers if not math.isnan(v)}
        if len(known) > 1:
            return {feature.name: feature.numbers}
        notes.append(f"{feature.name}: left out, " + ("never changes" if known else "no values"))
        return {}
    levels = _levels(feature)
    if len(levels) == 1:
        notes.append(f"{feature.name}: left out, never changes")
        return {}
    if len(levels) > min(MAX_LEVELS, max(2, len(feature.texts) // 2)):
        notes.append(f"{feature.name}: left out, {len(levels)} different texts")
        return {}
    notes.append(f"{feature.name}: {len(levels)} categories, reference {levels[0]}")
    return {
        f"{feature.name}={level}": [
            float((text or MISSING_LEVEL) == level) for text in feature.texts
        ]
        for level in levels[1:]
    }


def _levels(feature: Column) -> list[str]:
    return feature.levels + [MISSING_LEVEL] * bool(feature.missing)


def _category(feature: Column) -> Category:
    levels = _levels(feature)
    codes = [levels.index(text or MISSING_LEVEL) for text in feature.texts]
    return Category(torch.tensor(codes, dtype=torch.int64), tuple(levels))


def _task(records: Records, goal: Column, task: Task) -> Literal["regression", "classification"]:
    if task == "auto":
        few = len(set(goal.numbers)) <= 10 and all(v.is_integer() for v in goal.numbers)
        return "classification" if not goal.is_numeric or few else "regression"
    if task == "regression" and not goal.is_numeric:
        row, text = next((i, t) for i, t in enumerate(goal.texts))
        raise TiduError(
            f"{records.path}, line {records.lines[row]}: a regression needs a target of numbers; "
            f"{goal.name!r} holds {text!r}.",
            "Choose a column of numbers with --target, or run a classification.",
        )
    return task


def _labels(
    records: Records, goal: Column, task: Literal["regression", "classification"]
) -> tuple[torch.Tensor, tuple[str, ...]]:
    if task == "regression":
        return torch.tensor(goal.numbers, dtype=torch.float64), ()
    values: Sequence[str | float] = goal.texts or goal.numbers
    order = sorted(set(values))  # type: ignore[type-var]
    if len(order) > len(values) // 2:
        raise TiduError(
            f"{records.path}: the target {goal.name!r} has {len(order)} classes in "
            f"{len(values)} rows; most would have one row only.",
            "Choose another target, or run a regression.",
        )
    index = {value: i for i, value in enumerate(order)}
    names = tuple(v if isinstance(v, str) else f"{v:g}" for v in order)
    return torch.tensor([index[v] for v in values], dtype=torch.int64), names
