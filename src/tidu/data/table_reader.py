"""The user's own table: a CSV file becomes numbers, with every decision told."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import torch

from tidu.data.kinds import Category, Table
from tidu.data.table_columns import MAX_LEVELS, MISSING_LEVEL, CellError, Column, column
from tidu.data.table_file import Header, Records, read_records
from tidu.errors import TiduError, unknown
from tidu.words import Text

Task = Literal["auto", "regression", "classification"]
MOST_CLASSES = 10  # more different whole numbers are amounts
NEVER_CHANGES = Text("从不变化", "never changes")
ID_NAME = re.compile(  # as in id, ID, user_id, userId; pandas calls a column without a name Unnamed
    r"^(id|index|idx|nr|no\.?|#|row|uuid|unnamed: ?0)$|[_ -]id$|编号$|序号$|行号$|学号$|工号$", re.I
)


def read_csv(
    path: str | Path,
    target: str | None = None,
    header: Header = "auto",
    task: Task = "auto",
    encoding: str = "auto",
    leave_out: Sequence[str] = (),
) -> Table:
    """Read a CSV file as features and a target (the last column unless named).

    The separator (comma, semicolon, tab, bar), the byte order mark and, with ``header="auto"``,
    the header are recognised; without a header the columns are called ``column 1`` and so on.

    - A column of numbers stays as it is. A missing number is NaN in ``features``, counted in
      ``missing``; ``Table.split`` and ``Standardiser`` put the mean of the training rows there.
    - A column of categories becomes one column of 0 and 1 for each category but the first, which
      is the reference. Missing is a category of its own.
    - Dates with the year first become days since 1970-01-01.
    - A column that never changes, or of more than 100 texts, or that numbers the rows, tells
      nothing: it is left out, as are those in ``leave_out``.
    - A target of texts, or of at most 10 different whole numbers that come twice on average, is a
      classification, any other a regression, unless ``task`` says so.

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
    for unwanted in leave_out:
        if unwanted not in columns:
            raise unknown("column to leave out", unwanted, columns)
        del columns[unwanted]
    notes: list[Text] = []
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
            f"{path} has no column left to learn from: {'; '.join(n.en for n in notes)}.",
            "Give at least one column of numbers or categories that changes.",
        )
    chosen = _task(records, goal, task)
    labels, classes = _labels(records, goal, chosen)
    gaps = {c.name: c.missing for c in columns.values() if c.missing}
    rows = len(records.rows)
    notes += [
        Text(f"{c}：{rows} 行中缺 {n} 个", f"{c}: {n} of {rows} missing") for c, n in gaps.items()
    ]
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
        tuple(c.name for c in columns.values() if c.is_date and c.name in names),
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


def _encode(feature: Column, notes: list[Text]) -> dict[str, Sequence[float]]:
    """The column as one or more columns of numbers, by name; empty if it is left out."""
    name = feature.name
    if feature.is_numeric:
        known = {v for v in feature.numbers if not math.isnan(v)}
        if _numbers_the_rows(feature, known):
            why = Text("只是行的编号", "a number for every row")
        elif len(known) > 1:
            if feature.is_date:
                notes.append(Text(f"{name}：日期，按天数计", f"{name}: dates, counted in days"))
            return {name: feature.numbers}
        else:
            why = NEVER_CHANGES if known else Text("没有值", "no values")
        notes.append(_left_out(name, why))
        return {}
    levels = _levels(feature)
    if len(levels) == 1:
        notes.append(_left_out(name, NEVER_CHANGES))
        return {}
    if len(levels) > min(MAX_LEVELS, max(2, len(feature.texts) // 2)):
        why = Text(f"{len(levels)} 种不同的文字", f"{len(levels)} different texts")
        notes.append(_left_out(name, why))
        return {}
    notes.append(
        Text(
            f"{name}：{len(levels)} 个类别，以 {levels[0]} 为基准",
            f"{name}: {len(levels)} categories, reference {levels[0]}",
        )
    )
    return {
        f"{name}={level}": [float((text or MISSING_LEVEL) == level) for text in feature.texts]
        for level in levels[1:]
    }


def _left_out(name: str, why: Text) -> Text:
    return Text(f"{name}：不用，{why.zh}", f"{name}: left out, {why.en}")


def _numbers_the_rows(feature: Column, known: set[float]) -> bool:
    """Whether it is called an id, or has no name, and tells every row from every other."""
    called = ID_NAME.search(feature.name.strip()) is not None
    whole = all(value.is_integer() for value in known)
    return called and whole and len(known) == len(feature.numbers) and not feature.is_date


def _levels(feature: Column) -> list[str]:
    return feature.levels + [MISSING_LEVEL] * bool(feature.missing)


def _category(feature: Column) -> Category:
    levels = _levels(feature)
    codes = [levels.index(text or MISSING_LEVEL) for text in feature.texts]
    return Category(torch.tensor(codes, dtype=torch.int64), tuple(levels))


def _task(records: Records, goal: Column, task: Task) -> Literal["regression", "classification"]:
    if task == "auto":
        most = min(MOST_CLASSES, len(goal.numbers) // 2)
        few = len(set(goal.numbers)) <= most and all(v.is_integer() for v in goal.numbers)
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
