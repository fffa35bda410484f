"""The report page of a run (adapter to views.report)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tidu.files import write_text


def write(path: Path, experiment: Any, told: Any, result: Any, run: Any, pictures: Any) -> None:
    write_text(path, "<html></html>")
