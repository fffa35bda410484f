"""The pictures of ``regularisation``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from tidu import views
from tidu.views.picture import Picture

if TYPE_CHECKING:
    from tidu.runs import Run


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """Weights and errors over the penalty."""
    seen = {name: tensor.numpy() for name, tensor in run.recorded("paths").items()}
    penalties, errors = seen["penalties"], seen["errors"]
    chosen = errors.mean(1).argmin(1).tolist()
    weights = seen["paths"][:, :, :-1]
    return [
        views.coefficient_paths.coefficient_paths(
            penalties, weights, chosen, run.read_json("weights")
        ),
        views.coefficient_paths.errors_over_penalty(penalties, errors, chosen),
    ]
