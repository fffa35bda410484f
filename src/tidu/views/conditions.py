"""How hard a descent is in several forms of the same data: condition numbers and steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from tidu.views import palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def conditions(
    condition: Mapping[Text, float], steps: Mapping[Text, float], share: float
) -> Picture:
    """Bars on a logarithmic scale: the condition number, and the steps to ``share`` of the loss.

    >>> one = Text("原样", "raw")
    >>> conditions({one: 100.0}, {one: 50.0}, 0.01).data["steps"].tolist()
    [50.0]
    """
    panels = (
        (Text("条件数", "condition number"), condition),
        (Text(f"损失降到 {share:.3g} 的步数", f"steps to {share:.3g} of the loss"), steps),
    )

    def draw(figure: Figure, language: str) -> None:
        for axes, (title, values) in zip(figure.subplots(1, 2), panels, strict=True):
            names = [label[language] for label in values]
            bars = axes.barh(names, list(values.values()), color=palette.CATEGORIES[: len(names)])
            axes.bar_label(bars, [f" {value:,.3g}" for value in values.values()])
            axes.set_xscale("log")
            axes.set_xlim(0.6, 30 * max(values.values()))
            axes.invert_yaxis()
            axes.set_title(title[language])

    told = Text(
        "；".join(
            f"{label.zh}：条件数 {condition[label]:.3g}，{steps[label]:.3g} 步" for label in steps
        ),
        "; ".join(
            f"{label.en}: condition number {condition[label]:.3g}, {steps[label]:.3g} steps"
            for label in steps
        ),
    )
    return Picture(
        "conditions",
        Text("同样的数据，难度相差多少", "The same data, how much harder"),
        Text(f"两组对数刻度的条形。{told.zh}。", f"Two sets of bars on a log scale. {told.en}."),
        draw,
        {
            "form": np.array([label.en for label in steps]),
            "condition": np.array(list(condition.values())),
            "steps": np.array(list(steps.values())),
        },
        (9.4, 2.9),
    )
