"""The pictures of ``feature-normalisation``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from tidu import views
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from tidu.runs import Run

ARMS = {
    "raw": Text("原样", "as measured"),
    "centred": Text("减去均值", "centred"),
    "standardised": Text("再除以标准差", "standardised"),
}


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """The bowl before and after, the loss on the way down, and how hard each form is."""
    one, two = (surface_of(run, name) for name in ("own", "new"))
    hard = {name: tensor.tolist() for name, tensor in run.recorded("hardness").items()}
    return [
        views.contour_pair(
            one,
            two,
            (Text("原来的单位", "own units"), Text("标准化之后", "standardised")),
            "bowl",
            Text("狭长的山谷，圆圆的碗", "A narrow valley, a round bowl"),
        ),
        views.metric_curves(
            run.history(),
            {f"{arm}_loss_left": name for arm, name in ARMS.items()},
            name="descent",
            title=Text("损失还剩下多少", "How much of the loss is left"),
            y_label=Text("高出最低损失的部分，起点为 1", "loss above the lowest, 1 at the start"),
            log=True,
        ),
        views.conditions.conditions(
            dict(zip(ARMS.values(), hard["condition"], strict=True)),
            dict(zip(ARMS.values(), hard["needed"], strict=True)),
            config.share,
        ),
    ]


def surface_of(run: Run, name: str) -> Any:
    """One recorded surface with its labels."""
    seen = {key: tensor.numpy() for key, tensor in run.recorded(f"surface-{name}").items()}
    across, up = run.read_json("surfaces")
    return views.Surface(
        seen["x"],
        seen["y"],
        seen["height"],
        Text(f"{across} 的权重", f"weight of {across}"),
        Text(f"{up} 的权重", f"weight of {up}"),
        Text("均方误差", "mean squared error"),
        seen["path"],
    )
