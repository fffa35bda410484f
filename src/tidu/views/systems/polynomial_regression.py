"""The pictures of ``polynomial-regression``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from tidu import views
from tidu.views.picture import Picture

if TYPE_CHECKING:
    from tidu.runs import Run


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """The errors of every degree, and the polynomials themselves."""
    fits = {name: tensor.numpy() for name, tensor in run.recorded("fits").items()}
    columns = run.read_json("columns")
    turn, names = columns["degree"], (columns["features"][0], columns["target"])
    return [
        views.degree_sweep.error_curves(run.recorded("errors")["errors"].numpy(), turn),
        views.degree_sweep.fitted_curves(
            fits["x"], fits["y"], fits["grid"], fits["curves"], turn, names
        ),
    ]
