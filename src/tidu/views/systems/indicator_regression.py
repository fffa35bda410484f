"""The pictures of ``indicator-regression``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from tidu import views
from tidu.views.picture import Picture

if TYPE_CHECKING:
    from tidu.runs import Run


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """Every category's line, and what it is worth on rows not seen."""
    rows = {name: tensor.numpy() for name, tensor in run.recorded("rows").items()}
    lines = {name: tensor.numpy() for name, tensor in run.recorded("lines").items()}
    names = run.read_json("columns")
    groups, codes = names["groups"], rows["codes"]
    return [
        views.species_lines.species_lines(
            rows["x"],
            rows["y"],
            codes,
            lines["lines"],
            lines["pooled"],
            groups,
            (names["feature"], names["target"]),
        ),
        views.species_lines.error_by_category(rows["errors"], codes, groups),
    ]
