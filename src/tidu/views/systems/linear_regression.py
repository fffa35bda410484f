"""The pictures of ``linear-regression``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from tidu import views
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from tidu.runs import Run


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """Predictions against the truth, the coefficients twice, and the way down."""
    fit, columns = run.recorded("fit"), run.read_json("columns")
    solutions = {CLOSED: fit["closed"][:-1], DESCENT: fit["descent"][:-1]}
    return [
        views.predicted_against_true(fit["predictions"], fit["truth"], columns["target"]),
        views.coefficient_bars(columns["features"], solutions, config.standardise),
        views.metric_curves(
            run.history(),
            {"above_closed_form": Text("训练误差高出闭式解的部分", "loss above the closed form")},
            name="descent",
            title=Text("梯度下降走向闭式解", "Gradient descent approaches the closed form"),
            log=True,
        ),
    ]


CLOSED = Text("闭式解（QR）", "closed form (QR)")


DESCENT = Text("梯度下降", "gradient descent")
