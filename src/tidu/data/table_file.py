"""The records of a CSV file: encoding, separator, quotes and header, with errors by line."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tidu.data.table_columns import is_missing, number
from tidu.data.text_reader import decode, read_bytes
from tidu.errors import TiduError

SEPARATORS = ",;\t|"
Header = Literal["auto", "yes", "no"]


@dataclass(frozen=True)
class Records:
    """A CSV file cut into cells. ``lines`` holds the line in the file where each row starts."""

    path: Path
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    separator: str


def read_records(path: Path, header: Header = "auto", encoding: str = "auto") -> Records:
    """Cut a CSV file into names and rows of equal length."""
    text = decode(read_bytes(path), path, encoding)
    if not text.strip():
        raise TiduError(f"{path} is empty.", "Give a CSV file with rows.")
    separator = _separator(text)
    rows, lines = _parse(path, text, separator)
    _same_length(path, rows, lines, separator)
    named = _has_header(rows) if header == "auto" else header == "yes"
    names = _names(path, rows[0], lines[0]) if named else _numbered(len(rows[0]))
    rows, lines = (rows[1:], lines[1:]) if named else (rows, lines)
    if not rows:
        raise TiduError(f"{path} has a header and no rows.", "Give a CSV file with rows.")
    return Records(path, names, tuple(rows), tuple(lines), separator)


def _parse(path: Path, text: str, separator: str) -> tuple[list[tuple[str, ...]], list[int]]:
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    start = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(tuple(row))
                lines.append(start)
            start = reader.line_num + 1
    except csv.Error as problem:
        raise TiduError(
            f"{path}, line {start}: the quotes do not match ({problem}).",
            'A cell with quotes is written as "so ""quoted"" inside".',
        ) from problem
    return rows, lines


def _separator(text: str) -> str:
    """The separator that cuts the first lines into the most columns, the same in most lines."""
    head = [line for line in text.split("\n", 50)[:50] if line.strip()]

    def columns(separator: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(head, delimiter=separator)]
        except csv.Error:
            return (0, 0)
        width, times = Counter(widths).most_common(1)[0]
        return (times if width > 1 else 0, width)

    return max(SEPARATORS, key=columns)


def _same_length(path: Path, rows: list[tuple[str, ...]], lines: list[int], separator: str) -> None:
    width = len(rows[0])
    for row, line in zip(rows, lines, strict=True):
        if len(row) != width:
            name = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars"}[separator]
            raise TiduError(
                f"{path}, line {line}: expected {width} cells as in line {lines[0]}, "
                f"found {len(row)}.",
                f"Give every line as many {name}, and put quotes around cells that hold one.",
            )


def _has_header(rows: list[tuple[str, ...]]) -> bool:
    """Whether the first row holds names: no numbers although there are some below, or, in a
    table of texts, names that are all different and do not return in their columns."""
    first, rest = rows[0], rows[1:]
    if any(number(cell, decimal_comma=True) is not None for cell in first):
        return False
    if any(number(cell, decimal_comma=True) is not None for row in rest for cell in row):
        return True
    different = len(set(first)) == len(first) and not any(map(is_missing, first))
    return different and not any(
        cell == head for row in rest for cell, head in zip(row, first, strict=True)
    )


def _names(path: Path, cells: tuple[str, ...], line: int) -> tuple[str, ...]:
    numbered = _numbered(len(cells))
    names = tuple(cell.strip() or numbered[i] for i, cell in enumerate(cells))
    twice = next((name for name, times in Counter(names).items() if times > 1), None)
    if twice is not None:
        raise TiduError(
            f"{path}, line {line}: two columns are called {twice!r}.",
            "Give every column its own name.",
        )
    return names


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(f"column {i + 1}" for i in range(count))
