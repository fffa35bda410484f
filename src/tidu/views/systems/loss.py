"""The pictures of ``loss``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu.views import palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from tidu.runs import Run

ERRORS = {
    "squared": Text("均方误差", "squared"),
    "absolute": Text("绝对误差", "absolute"),
    "huber": Text("Huber", "Huber"),
}
MARGINS = {
    "bce": Text("交叉熵", "cross-entropy"),
    "smoothed": Text("交叉熵，标签平滑 0.1", "cross-entropy, labels smoothed by 0.1"),
    "hinge": Text("合页", "hinge"),
}


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """The losses with their slopes, and the lines they fit."""
    curves = {
        name: {key: tensor.numpy() for key, tensor in run.recorded(f"curve-{name}").items()}
        for name in (*ERRORS, *MARGINS)
    }
    seen = {name: tensor.numpy() for name, tensor in run.recorded("lines").items()}
    harm = {loss: read_harm(run, loss) for loss in ERRORS}
    return [
        _curves(curves),
        _lines(seen, run.read_json("strongest"), harm),
    ]


def read_harm(run: Run, loss: str) -> float:
    """How many times larger the error on test rows is where training rows were spoiled."""
    return float(run.recorded("harm")[loss])


def _curves(curves: dict[str, dict[str, np.ndarray]]) -> Picture:
    def draw(figure: Figure, language: str) -> None:
        panels = figure.subplots(2, 2, sharex="col")
        labels = (
            Text("误差：预测减真值", "error: prediction less truth"),
            Text("间隔：正确类别高出多少", "margin: by how much the true class is ahead"),
        )
        for column, names in enumerate((ERRORS, MARGINS)):
            above, below = panels[:, column]
            for i, (name, words) in enumerate(names.items()):
                style = {"color": palette.category(i), "linestyle": ("-", "--", "-.")[i]}
                x = curves[name]["x"]
                above.plot(x, curves[name]["value"], label=words[language], **style)
                below.plot(x, curves[name]["slope"], **style)
            above.set_ylim(-0.2, 5)
            above.legend(loc="upper center" if column == 0 else "upper right")
            below.set_ylim(-3, 3) if column == 0 else below.set_ylim(-1.2, 0.4)
            below.set_xlabel(labels[column][language])
            above.grid(visible=True)
            below.grid(visible=True)
        panels[0, 0].set_ylabel(Text("损失", "loss")[language])
        panels[1, 0].set_ylabel(Text("梯度", "gradient")[language])

    columns = {"x": curves["squared"]["x"]}
    for name, one in curves.items():
        columns |= {name: one["value"], f"gradient of {name}": one["slope"]}
    return Picture(
        "curves",
        Text("每种损失，和它往回拉的力气", "Every loss, and how hard it pulls back"),
        Text(
            "四幅曲线图。左上：回归损失随误差变化；左下是它们的梯度，均方误差的梯度越远越大，"
            "绝对误差的恒为 1，Huber 到一定距离就不再增大。右上：分类损失随间隔变化；右下是梯度，"
            "合页在间隔超过 1 之后为零，交叉熵始终留着一点，标签平滑之后过头了反而往回拉。",
            "Four charts. Top left, losses of a regression over the error; below, their gradients: "
            "that of the squared error grows without end, that of the absolute one is always 1, "
            "Huber\u2019s grows no further from some distance on. Top right, losses of a "
            "classification over the margin; below, their gradients: the hinge\u2019s is 0 beyond "
            "1, cross-entropy always keeps some, and with labels smoothed it pulls back what has "
            "gone too far.",
        ),
        draw,
        columns,
        (10.0, 6.0),
    )


def _lines(seen: dict[str, np.ndarray], feature: str, harm: dict[str, float]) -> Picture:
    is_spoiled = np.zeros(len(seen["x"]), dtype=bool)
    is_spoiled[seen["spoiled"]] = True
    ends = np.array([seen["x"].min(), seen["x"].max()])

    def draw(figure: Figure, language: str) -> None:
        panels = figure.subplots(1, 3, sharey=True)
        good, bad = Text("好的行", "good rows"), Text("写错的行", "spoiled rows")
        before, after = (
            Text("只用好的行", "fit to good rows"),
            Text("有错的行", "fit to spoiled ones"),
        )
        for i, (axes, loss) in enumerate(zip(panels, ERRORS, strict=True)):
            _points(axes, seen, is_spoiled, good[language], bad[language])
            for j, words in enumerate((before, after)):
                slope, bias = seen["lines"][i, j]
                colour = (palette.BLACK, palette.VERMILION)[j]
                axes.plot(ends, slope * ends + bias, color=colour, linewidth=2.2,
                          linestyle=("--", "-")[j], label=words[language])  # fmt: skip
            told = Text(f"：误差 × {harm[loss]:.2f}", f": error × {harm[loss]:.2f}")
            axes.set_title(ERRORS[loss][language] + told[language])
            axes.set_xlabel(Text(f"{feature}，标准化", f"{feature}, standardised")[language])
            axes.grid(visible=True)
        panels[0].set_ylabel(Text("目标，标准化", "target, standardised")[language])
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)

    zh = "，".join(f"{ERRORS[loss].zh} {times:.2f} 倍" for loss, times in harm.items())
    en = ", ".join(f"{ERRORS[loss].en} {times:.2f} times" for loss, times in harm.items())
    return Picture(
        "lines",
        Text("几行写错的数据，三条直线", "A few spoiled rows, three lines"),
        Text(
            f"三幅散点图，各有两条直线：只用好的行拟合，与混进 {is_spoiled.sum()} 行错的之后拟合。"
            f"用全部特征时，没见过的行的误差变为原来的：{zh}。",
            "Three scatter plots with two lines each: fitted to good rows alone, and with "
            f"{is_spoiled.sum()} spoiled ones among them. With all features, the error on rows not "
            f"seen became: {en} what it was.",
        ),
        draw,
        {"x": seen["x"], "good": seen["good"], "with spoiled rows": seen["spoiled_targets"]},
        (11.0, 4.4),
    )


def _points(
    axes: Axes, seen: dict[str, np.ndarray], is_spoiled: np.ndarray, good: str, bad: str
) -> None:
    x, y = seen["x"], seen["spoiled_targets"]
    axes.scatter(x[~is_spoiled], y[~is_spoiled], s=8, color=palette.BLUE, alpha=0.5, label=good)
    axes.scatter(x[is_spoiled], y[is_spoiled], s=22, color=palette.ORANGE, marker="X", label=bad)
