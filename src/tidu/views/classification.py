"""Pictures of a classifier of two classes: its curve, how well it ranks, how far to trust it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from scipy import special

from tidu import metrics
from tidu.views import palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FEW = 100  # fewer rows are cut into fewer bins


def probability_curve(
    scores: np.ndarray, labels: np.ndarray, classes: tuple[str, str], target: str
) -> Picture:
    """The sigmoid over the score of every unseen row, which lies at 0 or 1, wherever it belongs."""
    wrong = (scores > 0) != (labels > 0)
    line = np.linspace(min(-5.0, 1.05 * scores.min()), max(5.0, 1.05 * scores.max()), 400)
    # a row of its own for equal scores would hide them: they are spread a little, in a fixed way
    spread = ((np.arange(len(scores)) * 0.618034) % 1 - 0.5) * 0.09

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        axes.plot(line, special.expit(line), color=palette.BLACK, label="sigmoid(w · x + b)")
        axes.axvline(0, color=palette.GREY, linestyle="--", linewidth=1)
        for k, name in enumerate(classes):
            own = (labels > 0) == bool(k)
            colour, marker = palette.category(k), palette.marker(k)
            axes.scatter(scores[own], k + spread[own], s=14, alpha=0.6, linewidths=0,
                         color=colour, marker=marker, label=name)  # fmt: skip
        mistaken = Text(f"判错（{wrong.sum()}）", f"wrong ({wrong.sum()})")[language]
        axes.scatter(scores[wrong], (labels > 0)[wrong] + spread[wrong], s=60, facecolors="none",
                     edgecolors=palette.BLACK, linewidths=0.9, label=mistaken)  # fmt: skip
        axes.set_xlabel(Text("得分 w · x + b", "score w · x + b")[language])
        axes.set_ylabel(
            Text(f"{target} 为 {classes[1]} 的概率", f"probability of {target} = {classes[1]}")[
                language
            ]
        )
        axes.legend(loc="center right")

    return Picture(
        "probability",
        Text("没见过的数据在 S 形曲线的哪一侧", "Which side of the curve unseen rows lie on"),
        Text(
            f"S 形曲线把得分变成概率。{len(scores)} 行没见过的数据按真实类别画在 0（{classes[0]}）"
            f"或 1（{classes[1]}）处；得分 0 是分界，{wrong.sum()} 行在错的一侧。",
            f"An S-shaped curve turns scores into probabilities. {len(scores)} unseen rows are "
            f"drawn at 0 ({classes[0]}) or 1 ({classes[1]}), where they belong; the border is at "
            f"score 0, and {wrong.sum()} lie on the wrong side.",
        ),
        draw,
        {"score": scores, "class": labels},
        (7.4, 4.4),
    )


def roc_and_calibration(scores: np.ndarray, labels: np.ndarray) -> Picture | None:
    """How many are found over how many false alarms, and how often a predicted chance comes true.

    None where only one class is among the rows.
    """
    if len(np.unique(labels > 0)) < 2:
        return None
    found, truth = torch.from_numpy(scores).double(), torch.from_numpy(labels)
    alarms, hits = (part.numpy() for part in metrics.roc_curve(found, truth))
    area = float(metrics.area_under_curve(found, truth))
    bins = 10 if len(scores) >= FEW else max(2, len(scores) // 10)
    calibration = metrics.calibration_curve(torch.sigmoid(found), truth, bins).numpy()

    def draw(figure: Figure, language: str) -> None:
        one, two = figure.subplots(1, 2)
        one.plot(alarms, hits, color=palette.BLUE, drawstyle="steps-post")
        one.set_title(Text(f"ROC 曲线，面积 {area:.3f}", f"ROC, area {area:.3f}")[language])
        one.set_xlabel(Text("误报率", "false alarms")[language])
        one.set_ylabel(Text("命中率", "hit rate")[language])
        low, high = calibration[:, 1] - calibration[:, 2], calibration[:, 3] - calibration[:, 1]
        bars = np.clip(np.stack([low, high]), 0, None)
        two.errorbar(*calibration[:, :2].T, yerr=bars, fmt="o", markersize=4, capsize=2,
                     color=palette.BLUE, linewidth=1)  # fmt: skip
        two.set_title(
            Text("校准（线段为 95 % 区间）", "Calibration, with 95 % intervals")[language]
        )
        two.set_xlabel(Text("预测的概率", "predicted probability")[language])
        two.set_ylabel(Text("实际的比例", "observed share")[language])
        for axes in (one, two):
            _square(axes)

    return Picture(
        "roc-calibration",
        Text(
            "排得对不对，概率信不信得过", "Are they ranked well, and can the chances be believed?"
        ),
        Text(
            f"左：ROC 曲线，面积 {area:.3f}，对角线是瞎猜。右：按预测概率分成 {len(calibration)} "
            "组，每组预测的平均概率对实际的比例，在对角线上就是说得准。",
            f"Left: the ROC curve, area {area:.3f}; the diagonal is guessing. Right: rows in "
            f"{len(calibration)} groups by predicted probability, the mean prediction against the "
            "share that came true; on the diagonal they agree.",
        ),
        draw,
        {
            "predicted": calibration[:, 0],
            "observed": calibration[:, 1],
            "low": calibration[:, 2],
            "high": calibration[:, 3],
        },
        (9.0, 4.6),
    )


def _square(axes: Axes) -> None:
    axes.plot([0, 1], [0, 1], "--", color=palette.GREY, linewidth=1)
    axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), aspect="equal")


def weights_with_errors(weights: np.ndarray, errors: np.ndarray, names: list[str]) -> Picture:
    """Every weight for one deviation of its feature, with its 95 % interval where it has one."""
    half = 1.959964 * np.nan_to_num(errors)
    known = bool((half > 0).any())
    strongest = int(np.abs(weights).argmax())

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        places = np.arange(len(names))
        axes.barh(places, weights, 0.6, color=palette.SKY)
        if known:
            axes.errorbar(weights, places, xerr=half, fmt="none", ecolor=palette.BLACK, capsize=3)
        axes.axvline(0, color=palette.GREY, linewidth=0.8)
        axes.set_yticks(places, names)
        axes.invert_yaxis()
        effect = Text(
            "对数几率的变化（特征每增加一个标准差）", "change of the log-odds per deviation"
        )
        axes.set_xlabel(effect[language])

    interval = Text("，线段为 95 % 区间", ", with 95 % intervals") if known else Text("", "")
    return Picture(
        "weights",
        Text("每个特征往哪边拉、有多用力", "Which way every feature pulls, and how hard"),
        Text(
            f"{len(names)} 个权重{interval.zh}；最大的是 {names[strongest]}，"
            f"每个标准差 {weights[strongest]:.3g}。",
            f"{len(names)} weights{interval.en}; the largest is that of {names[strongest]}, "
            f"{weights[strongest]:.3g} per deviation.",
        ),
        draw,
        {"feature": np.array(names), "weight": weights, "standard_error": errors},
        (7.4, max(2.8, 1.3 + 0.34 * len(names))),
    )
