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
    labels = run.read_json("labels")
    if labels["kind"] != "line":
        return _of_network(run, labels)
    recorded = {name: value.numpy() for name, value in run.recorded("surface").items()}
    height = Text("均方误差", "mean squared error")
    surface = views.Surface(
        recorded["x"],
        recorded["y"],
        recorded["height"],
        Text("权重 w", "weight w"),
        Text("偏置 b", "bias b"),
        height,
        recorded["path"],
    )
    title = Text(
        f"用 {labels['feature']} 预测 {labels['target']}：成本表面与下降的足迹",
        f"Predicting {labels['target']} from {labels['feature']}: cost surface and descent",
    )
    return [
        views.surface_picture(surface, "surface", title),
        views.contour_picture(surface, "contour", title),
        _descent(run, height, log=False),
    ]


def _of_network(run: Run, labels: dict[str, Any]) -> list[Picture]:
    """Both planes; without a path, only the random one."""
    height = Text("训练损失", "training loss")
    whose = Text("", "")
    if labels["kind"] == "trained":
        whose = Text(f"{labels['run']}：", f"{labels['run']}: ")
    recorded = {name: value.numpy() for name, value in run.recorded("surface").items()}
    random = views.Surface(
        recorded["x"],
        recorded["y"],
        recorded["height"],
        Text("方向一", "first direction"),
        Text("方向二", "second direction"),
        height,
    )
    title = Text(
        f"{whose.zh}训练所得解附近的损失地形", f"{whose.en}the loss around the trained solution"
    )
    found = [
        views.surface_picture(random, "surface", title),
        views.contour_picture(random, "contour", title),
    ]
    if labels["kind"] == "network" or labels["path"] > 1:
        recorded = {name: value.numpy() for name, value in run.recorded("plane").items()}
        shares = [f"{share:.0%}" for share in recorded["explained"]]
        plane = views.Surface(
            recorded["x"],
            recorded["y"],
            recorded["height"],
            Text(f"主方向一 {shares[0]}", f"PC 1 ({shares[0]})"),
            Text(f"主方向二 {shares[1]}", f"PC 2 ({shares[1]})"),
            height,
            recorded["path"],
        )
        title = Text(
            f"{whose.zh}训练走过的路，在它动得最多的平面上",
            f"{whose.en}the way of training, in the plane where it moves most",
        )
        found += [
            views.contour_picture(plane, "path", title),
            views.surface_picture(plane, "path-surface", title),
        ]
    if labels["kind"] == "network":
        found.append(_descent(run, height, log=True))
    return found


def _descent(run: Run, height: Text, log: bool) -> Picture:
    title = Text("损失随步数下降", "The loss, step by step")
    return views.metric_curves(
        run.history(), {"loss": height}, name="descent", title=title, log=log
    )
