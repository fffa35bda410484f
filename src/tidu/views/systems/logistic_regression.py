"""The pictures of ``logistic-regression``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu.views import classification, palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from tidu.runs import Run


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """The curve, the ranking, the weights, and both ways down."""
    fit = {name: tensor.numpy() for name, tensor in run.recorded("fit").items()}
    newton = run.recorded("newton")["loss"].numpy()
    columns = run.read_json("columns")
    named = columns["classes"][0], columns["classes"][1]
    ranked = classification.roc_and_calibration(fit["scores"], fit["labels"])
    return [
        classification.probability_curve(fit["scores"], fit["labels"], named, columns["target"]),
        *([ranked] if ranked else []),
        classification.weights_with_errors(
            fit["weights"][:-1], fit["errors"][:-1], columns["features"]
        ),
        ways_down(run.history(), newton),
    ]


def ways_down(history: list[dict[str, Any]], newton: np.ndarray) -> Picture:
    """The loss above the lowest after every step of Newton's method and of descent."""
    steps = np.array([row["step"] for row in history])
    lowest = float(newton[-1])
    descent = np.array([row["loss"] for row in history]) - lowest
    above = newton[:-1] - lowest
    floor = 1e-16
    shown = above > floor
    last = float(descent[-1])

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        names = (Text("梯度下降", "gradient descent"), Text("牛顿法", "Newton's method"))
        axes.plot(steps + 1, np.where(descent > floor, descent, np.nan), label=names[0][language])
        axes.plot(np.arange(len(above))[shown] + 1, above[shown], "o-", markersize=4,
                  color=palette.VERMILION, label=names[1][language])  # fmt: skip
        axes.set(xscale="log", yscale="log")
        axes.set_xlabel(Text("第几步", "step")[language])
        axes.set_ylabel(Text("损失高出最低处多少", "loss above the lowest")[language])
        axes.grid(visible=True)
        axes.legend()

    whole = np.full((2, max(len(steps), len(above))), np.nan)
    whole[0, : len(descent)], whole[1, : len(above)] = descent, above
    places = np.pad(steps + 1.0, (0, whole.shape[1] - len(steps)), constant_values=np.nan)
    return Picture(
        "ways-down",
        Text("下山的两种走法", "Two ways down"),
        Text(
            f"损失高出最低处的部分，双对数坐标。牛顿法走 {len(above)} 步就到底；"
            f"梯度下降走 {int(steps[-1]) + 1} 步，还高出 {last:.2g}。",
            "How far the loss is above its lowest, on logarithmic axes. Newton's method is down "
            f"after {len(above)} steps; descent is {last:.2g} above after {int(steps[-1]) + 1}.",
        ),
        draw,
        {"descent_step": places, "descent": whole[0], "newton_from_step_1": whole[1]},
        (7.0, 4.2),
    )
