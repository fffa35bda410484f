"""The pictures of ``lr-schedule``: the range test, the schedules, and what each peak came to."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu.views import learning_rate, palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from tidu.runs import Run

NAMES = (
    Text("不变", "constant"),
    Text("阶梯", "step"),
    Text("余弦", "cosine"),
    Text("预热 + 余弦", "warm-up, then cosine"),
)
COSINE = 2
STEP = Text("步数", "step")


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """The curve that proposes, the sweep that judges, and the four ways to change the rate."""
    test = {name: tensor.numpy() for name, tensor in run.recorded("range-test").items()}
    seen = {name: tensor.numpy() for name, tensor in run.recorded("schedules").items()}
    chosen = float(f"{seen['peaks'][COSINE, -1]:.3g}")
    curves = [(test["rates"], losses) for losses in test["losses"]]
    return [
        sweep(seen),
        schedules(seen),
        learning_rate.range_test(
            curves, test["proposals"][~np.isnan(test["proposals"])].tolist(), chosen
        ),
    ]


def sweep(seen: dict[str, np.ndarray]) -> Picture:
    """Test accuracy over the peak rate; the proposed peaks stand apart from the sweep."""
    rates, proposed = seen["peaks"][0, :-1], seen["peaks"][:, -1]
    order = np.argsort(rates)

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        for i, (name, read) in enumerate(zip(NAMES, seen["accuracy"], strict=True)):
            look: dict[str, Any] = {"color": palette.category(i), "marker": palette.marker(i)}
            axes.plot(rates[order], read[:-1][order], label=name[language], **look)
            axes.plot(proposed[i], read[-1], ms=13, markeredgecolor="black", linestyle="", **look)
        words = Text("范围测试建议的峰值", "peaks proposed by the range test")
        style: dict[str, Any] = {"color": "none", "markeredgecolor": "black", "linestyle": ""}
        axes.plot([], [], "o", ms=13, label=words[language], **style)
        axes.set_xscale("log")
        top = float(seen["accuracy"].max())
        axes.set_ylim(max(0.0, top - 0.25), top + 0.02)
        axes.set_xlabel(Text("学习率的峰值", "peak of the learning rate")[language])
        axes.set_ylabel(Text("测试正确率", "test accuracy")[language])
        axes.grid(visible=True)
        axes.legend(loc="lower center")

    told = list(zip(NAMES, proposed, seen["accuracy"], strict=True))
    alt = Text(
        "折线图：学习率峰值与测试正确率。"
        + "".join(
            f"{n.zh}：建议的峰值 {p:.3g} 处 {a[-1]:.3f}，全程最好 {a[:-1].max():.3f}。"
            for n, p, a in told
        ),
        "Line chart: test accuracy over the peak of the rate. "
        + " ".join(
            f"{n.en}: {a[-1]:.3f} at the proposed {p:.3g}, {a[:-1].max():.3f} at best."
            for n, p, a in told
        ),
    )
    columns: dict[str, np.ndarray] = {}
    for i, name in enumerate(NAMES):
        columns |= {f"{name.en}.peak": seen["peaks"][i], f"{name.en}.accuracy": seen["accuracy"][i]}
    title = Text(
        "建议的学习率，比得过一轮扫描吗？", "Does the proposed rate match the best of a sweep?"
    )
    return Picture("sweep", title, alt, draw, columns)


def schedules(seen: dict[str, np.ndarray]) -> Picture:
    """The rate of every schedule, and below it the loss it leads to."""
    steps = np.arange(seen["rates"].shape[1])
    ends = np.array([part[-1] for part in np.array_split(steps, seen["losses"].shape[1])])

    def draw(figure: Figure, language: str) -> None:
        upper, lower = figure.subplots(2, 1, sharex=True)
        for i, name in enumerate(NAMES):
            colour = palette.category(i)
            upper.plot(steps, seen["rates"][i], color=colour, label=name[language])
            lower.plot(ends, seen["losses"][i], color=colour)
        upper.set_ylabel(Text("学习率", "learning rate")[language])
        lower.set_ylabel(Text("训练损失", "training loss")[language])
        lower.set_yscale("log")
        lower.set_xlabel(STEP[language])
        for axes in (upper, lower):
            axes.grid(visible=True, which="both")
        figure.legend(loc="outside lower center", ncols=4)

    told = list(zip(NAMES, seen["losses"][:, -1], strict=True))
    alt = Text(
        "上图：四种调度下的学习率；下图：各自的训练损失，最后是 "
        + "，".join(f"{n.zh} {v:.3g}" for n, v in told),
        "Above, the learning rate under four schedules; below, the training loss of each, in the "
        "end " + ", ".join(f"{n.en} {v:.3g}" for n, v in told),
    )
    columns = {"step": ends}
    for name, rate, loss in zip(NAMES, seen["rates"], seen["losses"], strict=True):
        columns |= {f"{name.en}.rate": rate[ends], f"{name.en}.loss": loss}
    title = Text("学习率怎样变，损失怎样降", "How the rate changes, how the loss falls")
    return Picture("schedules", title, alt, draw, columns, (7.0, 5.6))
