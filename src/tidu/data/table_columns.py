"""From the cells of a column, as text, to numbers or categories."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "?"})
MOSTLY = 0.95  # a column with this share of numbers is meant to be one of numbers
MAX_LEVELS = 100
_DATE = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?Z?)?"
)
MISSING_LEVEL = "(missing)"  # the category of the cells of texts that are empty


class CellError(ValueError):
    """A cell that cannot be what its column is; ``row`` counts the records from 0."""

    def __init__(self, row: int, message: str) -> None:
        super().__init__(message)
        self.row = row


@dataclass(frozen=True)
class Column:
    """A column of a table: its name, and either numbers (NaN where missing) or texts.

    A missing text is ``""``; ``missing`` counts both kinds. Dates are numbers: days since
    1970-01-01.
    """

    name: str
    numbers: tuple[float, ...] = ()
    texts: tuple[str, ...] = ()
    is_date: bool = False

    @property
    def is_numeric(self) -> bool:
        """Whether the column holds numbers."""
        return bool(self.numbers)

    @property
    def missing(self) -> int:
        """How many cells are empty or say that nothing is known."""
        return sum(map(math.isnan, self.numbers)) + self.texts.count("")

    @property
    def levels(self) -> list[str]:
        """The different texts, sorted, without the missing ones."""
        return sorted(set(self.texts) - {""})


def column(name: str, cells: Sequence[str], decimal_comma: bool = False) -> Column:
    """Decide whether ``cells`` are numbers or categories.

    All numbers or all dates: numeric. At least 95 % numbers: one of the others is an error,
    because it is more likely a slip than a category. Anything less: categories.
    """
    texts = ["" if is_missing(cell) else cell.strip() for cell in cells]
    parsed = [number(text, decimal_comma) if text else None for text in texts]
    known = sum(map(bool, texts))
    numeric = sum(value is not None for value in parsed)
    if known == 0:
        return Column(name, numbers=(math.nan,) * len(texts))
    if numeric == 0:
        days = [date(text) if text else math.nan for text in texts]
        if None not in days:
            return Column(name, tuple(d for d in days if d is not None), is_date=True)
    if numeric < known:
        if numeric < MOSTLY * known:
            return Column(name, texts=tuple(texts))
        row = next(i for i, text in enumerate(texts) if text and parsed[i] is None)
        raise CellError(row, f"{texts[row]!r} in column {name!r} is not a finite number")
    return Column(name, numbers=tuple(math.nan if value is None else value for value in parsed))


def is_missing(cell: str) -> bool:
    """Whether the cell is empty or one of the usual words for it (NA, NaN, null, none, ?)."""
    return cell.strip().lower() in MISSING


def number(text: str, decimal_comma: bool = False) -> float | None:
    """``text`` as a finite number, else None. Thousands separators are not understood."""
    text = text.strip()
    if "_" in text:  # Python reads 1_000, a table does not mean it
        return None
    if decimal_comma and text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def date(text: str) -> float | None:
    """``text`` as days since 1970-01-01, where it is a date with the year first, else None.

    >>> date("1970-01-03"), date("1970/1/2 12:00"), date("1970年1月2日"), date("3rd of May")
    (2.0, 1.5, 1.0, None)
    """
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second = (float(part or 0) for part in found.groups())
    try:
        days = datetime.date(int(year), int(month), int(day)) - datetime.date(1970, 1, 1)
    except ValueError:
        return None
    return days.days + (hour + (minute + second / 60) / 60) / 24
