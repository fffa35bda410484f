"""The pictures of ``cost-surface``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from tidu import views
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from tidu.runs import Run


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """The landscape from above and in space, and the loss along the way."""
    recorded = {name: value.numpy() for name, value in run.recorded("surface").items()}
    across, up = Text("方向一", "first direction"), Text("方向二", "second direction")
    height = Text("训练损失", "training loss")
    if config.net == "linear":
        across, up = Text("权重 w", "weight w"), Text("偏置 b", "bias b")
        height = Text("均方误差", "mean squared error")
    surface = views.Surface(
        recorded["x"], recorded["y"], recorded["height"], across, up, height, recorded.get("path")
    )
    title = Text("训练所得解附近的损失地形", "The loss around the trained solution")
    if config.net == "linear":
        names = run.read_json("labels")
        title = Text(
            f"用 {names['feature']} 预测 {names['target']}：成本表面与下降的足迹",
            f"Predicting {names['target']} from {names['feature']}: cost surface and descent",
        )
    return [
        views.surface_picture(surface, "surface", title),
        views.contour_picture(surface, "contour", title),
        views.metric_curves(
            run.history(),
            {"loss": height},
            name="descent",
            title=Text("损失随步数下降", "The loss, step by step"),
            log=config.net == "mlp",
        ),
    ]
