"""The pictures of ``gradient-check``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from tidu.views import gradients
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from tidu.runs import Run

SPOILED = {
    "sign": Text("符号反了", "sign turned"),
    "factor": Text("大了一倍", "twice as large"),
    "permille": Text("差千分之一", "off by a thousandth"),
    "entry": Text("漏了一个元素", "one entry forgotten"),
    "transposed": Text("忘了转置", "transposed"),
    "lost": Text("整个丢了", "lost altogether"),
}


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """The field, the sweep of the step, and the errors of everything that was checked."""
    field = {name: tensor.numpy() for name, tensor in run.recorded("field").items()}
    sweep = {name: tensor.numpy() for name, tensor in run.recorded("sweep").items()}
    right = [(one["net"], one["tensor"], one["error"]) for one in run.read_json("errors")]
    spoiled = {
        SPOILED.get(name, Text(name, name)): error
        for name, error in run.read_json("spoiled").items()
    }
    return [
        gradients.gradient_field_picture(field, config.expression, run.read_json("variables")),
        gradients.step_sweep_picture(sweep["width"], sweep["central"], sweep["forward"]),
        gradients.check_picture(right, spoiled, config.threshold),
    ]
