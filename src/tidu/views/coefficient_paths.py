"""What a penalty does to every weight, and to the error on rows left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu.views import palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMED = 8  # weights with a colour of their own
KINDS = (Text("L2（岭回归）", "L2 (ridge)"), Text("L1（套索）", "L1 (lasso)"))


def coefficient_paths(
    penalties: np.ndarray, weights: np.ndarray, chosen: Sequence[int], names: Sequence[str]
) -> Picture:
    """Every weight (2, penalties, columns) over the penalty (2, penalties): L2, then L1.

    The largest at the chosen L1 penalty have a colour and a name, the others are grey.
    """
    size = np.abs(weights[1, chosen[1]]) + 1e-9 * np.abs(weights[0, chosen[0]])
    largest = np.argsort(-size, kind="stable")[:NAMED].tolist()
    kept = int((weights[1, chosen[1]] != 0).sum())

    def draw(figure: Figure, language: str) -> None:
        for kind, axes in enumerate(figure.subplots(1, 2, sharey=True)):
            for column in range(weights.shape[2]):
                if column not in largest:
                    axes.plot(penalties[kind], weights[kind, :, column], color="#BDBDBD", lw=0.7)
            for k, column in enumerate(largest):
                axes.plot(penalties[kind], weights[kind, :, column], color=palette.category(k),
                          label=names[column] if kind else None)  # fmt: skip
            _penalty_axis(axes, penalties[kind], chosen[kind], kind, language)
            axes.axhline(0, color=palette.BLACK, linewidth=0.6)
            low, high = _range(weights[:, :, largest])
            axes.set_ylim(low, high)
            if kind == 0:
                axes.set_ylabel(Text("权重（每个标准差）", "weight (per deviation)")[language])
        figure.legend(loc="outside right upper")

    strongest = names[largest[0]]
    return Picture(
        "paths",
        Text("惩罚越重，权重越小", "The heavier the penalty, the smaller the weights"),
        Text(
            f"两幅图：{len(names)} 个权重随惩罚从轻到重的变化。L2 让它们一起缩小；"
            f"L1 让它们一个个变成零，选定处留下 {kept} 个，其中最大的是 {strongest}。",
            f"Two panels: {len(names)} weights from light to heavy penalty. L2 shrinks all "
            f"together; L1 turns one after another to zero and leaves {kept} where it was chosen, "
            f"the largest that of {strongest}.",
        ),
        draw,
        {"l2": penalties[0], "l1": penalties[1]}
        | {f"L2 {names[c]}": weights[0, :, c] for c in range(len(names))}
        | {f"L1 {names[c]}": weights[1, :, c] for c in range(len(names))},
        (9.4, 4.4),
    )


def errors_over_penalty(
    penalties: np.ndarray, errors: np.ndarray, chosen: Sequence[int]
) -> Picture:
    """The error on left-out folds (2, folds, penalties): mean, and its standard error as a band."""
    mean = errors.mean(1)
    spread = errors.std(1, ddof=1) / errors.shape[1] ** 0.5

    def draw(figure: Figure, language: str) -> None:
        for kind, axes in enumerate(figure.subplots(1, 2, sharey=True)):
            colour = palette.category(kind)
            axes.plot(penalties[kind], mean[kind], color=colour)
            low, high = mean[kind] - spread[kind], mean[kind] + spread[kind]
            axes.fill_between(penalties[kind], low, high, color=colour, alpha=0.2, linewidth=0)
            axes.plot(penalties[kind, chosen[kind]], mean[kind, chosen[kind]], "o", color=colour)
            _penalty_axis(axes, penalties[kind], chosen[kind], kind, language)
            axes.grid(visible=True, axis="y")
            axes.set_ylim((mean - spread).min() * 0.97, np.percentile(mean + spread, 98) * 1.03)
            if kind == 0:
                label = Text("没见过的折上的均方误差", "MSE on folds not seen")
                axes.set_ylabel(label[language])

    best = [float(penalties[kind, chosen[kind]]) for kind in (0, 1)]
    return Picture(
        "errors",
        Text("多重的惩罚，在没见过的折上最好", "The penalty that is best on folds not seen"),
        Text(
            f"两条曲线：交叉验证误差随惩罚变化，带子是标准误。L2 在 {best[0]:.3g} 处最低，"
            f"为 {mean[0].min():.4g}；L1 在 {best[1]:.3g} 处最低，为 {mean[1].min():.4g}。",
            "Two curves: cross-validation error over the penalty, with its standard error as a "
            f"band. L2 is lowest at {best[0]:.3g} with {mean[0].min():.4g}, L1 at {best[1]:.3g} "
            f"with {mean[1].min():.4g}.",
        ),
        draw,
        {
            "l2": penalties[0],
            "l2 error": mean[0],
            "l2 standard error": spread[0],
            "l1": penalties[1],
            "l1 error": mean[1],
            "l1 standard error": spread[1],
        },
        (9.0, 4.0),
    )


def _penalty_axis(axes: Any, penalties: np.ndarray, chosen: int, kind: int, language: str) -> None:
    axes.set_xscale("log")
    axes.axvline(penalties[chosen], color=palette.GREY, linestyle="--", linewidth=1)
    axes.set_xlabel(Text("惩罚 λ", "penalty λ")[language])
    axes.set_title(KINDS[kind][language])


def _range(weights: np.ndarray) -> tuple[float, float]:
    """Where the named weights move, without what the lightest penalties let loose."""
    low, high = np.percentile(weights, [2, 98])
    room = 0.15 * max(high - low, 1e-12)
    return float(min(low, 0) - room), float(max(high, 0) + room)
