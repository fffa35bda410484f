"""A mistake of the visitor's as a panel tells it: in words, and where it stands in the text."""

from __future__ import annotations

from typing import Any

from tidu.errors import TiduError
from tidu.expression import FormulaError


def told(problem: TiduError | None, text: str = "") -> dict[str, Any] | None:
    """What the browser's ``mistake`` shows; ``text`` is what was typed."""
    if problem is None:
        return None
    said = {"message": problem.message, "hint": problem.hint}
    if isinstance(problem, FormulaError):
        return said | {"text": text, "place": problem.place}
    return said
