"""Learning rates: the curve of a range test, and what each rate of a sweep came to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

from tidu.optim.range_test import smoothed
from tidu.views import palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RATE = Text("学习率", "learning rate")


def range_test(
    curves: Sequence[tuple[np.ndarray, np.ndarray]], proposals: Sequence[float], chosen: float
) -> Picture:
    """The loss of every test (rates, losses) as its rate rises, and the rate taken.

    ``proposals`` are what the tests would propose alone.

    >>> rates = np.logspace(-4, 0, 50)
    >>> range_test([(rates, 1 / (1 + rates))], [0.1], 0.1).name
    'learning-rate'
    """
    smooth = [smoothed(torch.from_numpy(losses).double()).numpy() for _, losses in curves]

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        for i, ((rates, losses), line) in enumerate(zip(curves, smooth, strict=True)):
            colour = palette.category(i)
            test = Text(f"第 {i + 1} 次测试", f"test {i + 1}")[language]
            axes.plot(rates, losses, color=colour, alpha=0.3, linewidth=0.8)
            axes.plot(rates, line, color=colour, label=test)
            if i < len(proposals):
                height = np.interp(np.log(proposals[i]), np.log(rates), line)
                axes.plot(proposals[i], height, "o", color=colour, markeredgecolor="white", ms=8)
        words = Text(f"采用 {chosen:g}", f"taken: {chosen:g}")[language]
        axes.axvline(chosen, color=palette.BLACK, linestyle="--", linewidth=1, label=words)
        low, high = min(map(np.min, smooth)), max(float(line[0]) for line in smooth)
        axes.set_ylim(low - 0.15 * (high - low), high + 0.35 * (high - low))
        axes.set_xscale("log")
        axes.set_xlabel(RATE[language])
        axes.set_ylabel(Text("训练损失", "training loss")[language])
        axes.grid(visible=True)
        axes.legend(loc="lower left")

    each = ", ".join(f"{rate:.3g}" for rate in proposals)
    alt = Text(
        "折线图：学习率一路升高时的训练损失，先平、后降、再乱。"
        f"单看一次测试会建议 {each}；由平均曲线采用 {chosen:g}。",
        "Line chart: the training loss while the learning rate rises; it stands, falls, then goes "
        f"ragged. Each test alone would propose {each}; the mean curve gives {chosen:g}.",
    )
    columns = {
        "test": np.concatenate([np.full(len(r), i + 1) for i, (r, _) in enumerate(curves)]),
        "rate": np.concatenate([rates for rates, _ in curves]),
        "loss": np.concatenate([losses for _, losses in curves]),
        "smoothed": np.concatenate(smooth),
    }
    title = Text("学习率范围测试", "Learning-rate range test")
    return Picture("learning-rate", title, alt, draw, columns)
