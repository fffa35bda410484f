"""The picture of ``early-stopping``: both curves, the point that was chosen, what it is worth."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu.views import palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from tidu.runs import Run

CURVES = {
    "whole_train_loss": Text("训练", "training"),
    "whole_validation_loss": Text("验证", "validation"),
}
ARMS = (Text("提前终止", "stopped"), Text("训练到底", "to the end"))


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """The loss to the end of training with the stop on it, and the test error of both."""
    lines = [line for line in run.history() if "whole_validation_loss" in line]
    steps = np.array([line["step"] for line in lines])
    curves = {name: np.array([line[name] for line in lines], dtype=float) for name in CURVES}
    chosen = run.recorded("chosen")
    best, stop = int(chosen["best"]), int(chosen["stop"])
    errors = chosen["errors"].numpy()
    lowest = float(curves["whole_validation_loss"][steps == best][0])

    def draw(figure: Figure, language: str) -> None:
        axes, bars = figure.subplots(1, 2, width_ratios=[3, 1])
        for number, (name, label) in enumerate(CURVES.items()):
            axes.plot(steps, curves[name], color=palette.category(number), label=label[language])
        words = Text(f"放回的权重：第 {best} 步", f"weights put back: step {best}")
        axes.plot(
            best, lowest, "*", color="white", markeredgecolor="black", ms=15, label=words[language]
        )
        words = Text(f"耐心用尽：第 {stop} 步", f"patience runs out: step {stop}")
        axes.axvline(stop, color=palette.GREY, linestyle="--", label=words[language])
        axes.set_xlabel(Text("步数", "step")[language])
        axes.set_ylabel(
            Text("均方误差（标准化之后）", "mean squared error (standardised)")[language]
        )
        axes.set_ylim(0, 1.15 * max(curve.max() for curve in curves.values()))
        axes.grid(visible=True)
        figure.legend(loc="outside lower center", ncols=4)
        drawn = bars.bar(
            [name[language] for name in ARMS], errors, color=[palette.GREEN, palette.GREY]
        )
        bars.bar_label(drawn, [f"{error:.4g}" for error in errors])
        bars.set_title(Text("测试均方误差", "test mean squared error")[language])

    return [
        Picture(
            "stop",
            Text("验证误差掉头的地方", "Where the validation error turns"),
            Text(
                f"训练与验证的均方误差随步数的变化：验证误差在第 {best} 步最低（{lowest:.3g}），"
                f"第 {stop} 步停下，放回最好的权重。测试均方误差：提前终止 {errors[0]:.4g}，"
                f"训练到底 {errors[1]:.4g}。",
                f"Training and validation error by step: validation is lowest at step {best} "
                f"({lowest:.3g}), training stops at step {stop} and the best weights are put back. "
                f"Test error {errors[0]:.4g} when stopped, {errors[1]:.4g} at the end.",
            ),
            draw,
            {"step": steps} | {name.removeprefix("whole_"): c for name, c in curves.items()},
            (9.4, 4.5),
        )
    ]
