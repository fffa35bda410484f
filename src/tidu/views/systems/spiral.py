"""The pictures of ``spiral``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from tidu import views
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from tidu.runs import Run


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """The boundary growing, what each layer does to the plane, and the loss."""
    points, boundary = run.recorded("points"), run.recorded("boundary")
    inputs, labels = points["inputs"].numpy(), points["labels"].numpy()
    layers = 2 * len(config.hidden) + 2
    stages = [run.recorded(f"stage-{i}") for i in range(layers)]
    return [
        views.decision_boundary(
            {
                Text("线性模型", "linear model"): boundary["linear"].numpy(),
                Text("多层感知机", "MLP"): boundary["mlp"].numpy(),
            },
            inputs,
            labels,
            float(boundary["reach"][-1]),
            boundary["steps"].tolist(),
        ),
        views.moving_grid_picture(
            [stage["lines"].numpy() for stage in stages],
            [stage["points"].numpy() for stage in stages],
            labels,
            config.activation,
        ),
        views.metric_curves(
            run.history(),
            {
                "loss": Text("多层感知机", "MLP"),
                "linear_loss": Text("线性模型", "linear model"),
            },
            name="loss",
            title=Text("训练损失", "Training loss"),
            y_label=Text("交叉熵", "cross-entropy"),
            log=True,
        ),
    ]
