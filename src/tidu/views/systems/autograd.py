"""The pictures of ``autograd``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu import views
from tidu.autograd import Node
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from tidu.runs import Run


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """The graph of the expression and of the loss, what was learned, and the loss."""
    formula = config.expression
    return [
        views.computation_graph(
            nodes(run, "expression-graph"),
            "expression",
            Text(f"{formula} 的计算图", f"The graph of {formula}"),
        ),
        boundary(run) if config.learn == "spiral" else confusion(run),
        views.metric_curves(
            run.history(),
            {"loss": Text("训练损失", "training loss")},
            name="loss",
            title=Text("只用 NumPy 训练", "Training on NumPy alone"),
            y_label=Text("交叉熵", "cross-entropy"),
            log=True,
        ),
        views.computation_graph(
            nodes(run, "loss-graph"),
            "loss-graph",
            Text(
                "网络损失的计算图（三个样本）", "The graph of the network's loss (three examples)"
            ),
        ),
    ]


def nodes(run: Run, name: str) -> list[Node]:
    """A graph as it was kept."""
    return [Node(**told) for told in run.read_json(name)]


def boundary(run: Run) -> Picture:
    """How the boundary between the arms grew."""
    points, seen = run.recorded("points"), run.recorded("boundary")
    return views.decision_boundary(
        {Text("NumPy 网络", "NumPy network"): seen["network"].numpy()},
        points["inputs"].numpy(),
        points["labels"].numpy(),
        float(seen["reach"][-1]),
        seen["steps"].tolist(),
    )


def confusion(run: Run) -> Picture:
    """Which test digits were taken for which."""
    test = {name: tensor.numpy() for name, tensor in run.recorded("test").items()}
    classes = run.read_json("classes")
    table = np.zeros((len(classes), len(classes)), int)
    np.add.at(table, (test["labels"], test["said"]), 1)
    return views.heat_map(
        table,
        name="confusion",
        title=Text("谁被认成了谁", "What was taken for what"),
        alt=Text(
            f"混淆矩阵：{len(test['labels'])} 张测试图像，行为真实数字，列为预测数字。",
            f"Confusion matrix of {len(test['labels'])} test images: rows are the true digits, "
            "columns what they were read as.",
        ),
        rows=classes,
        columns=classes,
        row_label=Text("真实数字", "true digit"),
        column_label=Text("预测数字", "read as"),
    )
