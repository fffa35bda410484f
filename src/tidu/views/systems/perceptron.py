"""The pictures of ``perceptron``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from tidu import views
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from tidu.runs import Run


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """The line on its way, XOR, and the mistakes after each correction."""
    path = {name: tensor.numpy() for name, tensor in run.recorded("path").items()}
    xor = {name: tensor.numpy() for name, tensor in run.recorded("xor").items()}
    columns = run.read_json("columns")
    return [
        views.moving_line.moving_line(
            path["lines"],
            path["steps"].tolist(),
            path["points"],
            path["labels"],
            columns["features"],
            columns["classes"],
        ),
        views.moving_line.xor_picture(
            xor["lines"], xor["corners"], xor["labels"], xor["region"], xor["by_hand"]
        ),
        views.metric_curves(
            run.history(),
            {
                "train_mistakes": Text("这份数据", "these points"),
                "xor_mistakes": Text("异或", "XOR"),
            },
            name="mistakes",
            title=Text("每次修正之后还错多少", "What is still wrong after every correction"),
            x_label=Text("修正次数", "corrections"),
            y_label=Text("分错的训练点所占比例", "share of training points wrong"),
        ),
    ]
