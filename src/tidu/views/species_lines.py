"""A line for every category beside the one for all, category by category."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tidu.views import palette
from tidu.views.moving_line import view_of
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 20  # panels: the categories with the most rows


def species_lines(
    x: np.ndarray,
    y: np.ndarray,
    codes: np.ndarray,
    lines: np.ndarray,
    pooled: np.ndarray,
    groups: Sequence[str],
    names: tuple[str, str],
) -> Picture:
    """A panel for each category: its points over all others in grey, its line and the pooled one.

    ``lines`` (categories, 2) and ``pooled`` (2,) hold slope and intercept.
    """
    counts = np.bincount(codes, minlength=len(groups))
    shown = np.sort(np.argsort(-counts, kind="stable")[:MOST])
    columns = len(shown) if len(shown) <= 4 else min(6, -(-len(shown) // 3))
    rows = -(-len(shown) // columns)
    left, right, bottom, top = view_of(np.stack([x, y], axis=1))
    everywhere = np.array([left, right])
    steepest = groups[int(lines[:, 0].argmax())]

    def draw(figure: Figure, language: str) -> None:
        panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        for axes in panels.flat[len(shown) :]:
            axes.set_axis_off()
        for axes, code in zip(panels.flat, shown, strict=False):
            own = codes == code
            axes.scatter(x, y, s=2, color="#D9D9D9", linewidths=0, rasterized=True)
            axes.plot(everywhere, np.polyval(pooled, everywhere), "--", color=palette.GREY,
                      linewidth=1.2)  # fmt: skip
            axes.scatter(x[own], y[own], s=9, color=palette.BLUE, alpha=0.7, linewidths=0)
            reach = np.array([x[own].min(), x[own].max()])
            axes.plot(reach, np.polyval(lines[code], reach), color=palette.VERMILION, linewidth=2)
            axes.set_title(f"{groups[code]} ({counts[code]})", fontsize=9)
            axes.set(xlim=(left, right), ylim=(bottom, top))
        _label(panels, names, language)
        figure.legend(loc="outside lower center", ncols=2)

    return Picture(
        "species-lines",
        Text("每一类自己的直线，和不分类的一条", "A line for each category, and one for all"),
        Text(
            f"{len(shown)} 幅小图，每类一幅：该类的点、它自己的直线、不分类的虚线；"
            f"斜率从 {lines[:, 0].min():.3g} 到 {lines[:, 0].max():.3g}，最陡的是 {steepest}，"
            f"不分类时是 {pooled[0]:.3g}。",
            f"{len(shown)} panels, one a category: its points, its own line, and the dashed line "
            f"for all. Slopes reach from {lines[:, 0].min():.3g} to {lines[:, 0].max():.3g}, the "
            f"steepest is that of {steepest}; for all together it is {pooled[0]:.3g}.",
        ),
        draw,
        {
            "category": np.array(groups),
            "rows": counts,
            "slope": lines[:, 0],
            "intercept": lines[:, 1],
        },
        (max(6.0, 1.75 * columns), max(3.2, 1.7 * rows + 0.7)),
    )


def _label(panels: np.ndarray, names: tuple[str, str], language: str) -> None:
    """What both kinds of lines are, and the names below and beside the panels."""
    first = panels.flat[0]
    first.plot([], [], color=palette.VERMILION, linewidth=2, label=OWN[language])
    first.plot([], [], "--", color=palette.GREY, linewidth=1.2, label=POOLED[language])
    for axes in panels[-1]:
        axes.set_xlabel(names[0])
    for axes in panels[:, 0]:
        axes.set_ylabel(names[1])


def error_by_category(errors: np.ndarray, codes: np.ndarray, groups: Sequence[str]) -> Picture:
    """The mean squared error on rows not seen (rows, 2): pooled and own line, per category."""
    mean = np.array([(errors[codes == k] ** 2).mean(0) for k in range(len(groups))])
    gains = mean[:, 1] / mean[:, 0]
    order = np.argsort(gains, kind="stable")
    better = int((gains < 1).sum())

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        places = np.arange(len(groups))
        for k, (name, offset) in enumerate(((POOLED, -0.2), (OWN, 0.2))):
            colour = palette.GREY if k == 0 else palette.VERMILION
            axes.barh(places + offset, mean[order, k], 0.38, color=colour, label=name[language])
        axes.set_yticks(places, np.array(groups)[order].tolist())
        axes.invert_yaxis()
        axes.set_xlabel(UNSEEN[language])
        axes.legend()

    return Picture(
        "error-by-category",
        Text("分类划不划算：没见过的行上的误差", "Does it pay? Errors on rows not seen"),
        Text(
            f"每类两条：不分类的直线与自己的直线，在交叉验证中没见过的行上的均方误差；"
            f"{len(groups)} 类中有 {better} 类自己的直线更准。",
            "Two bars a category: the error of the line for all and of its own line on rows left "
            f"out in cross-validation. Its own line is better in {better} of {len(groups)}.",
        ),
        draw,
        {
            "category": np.array(groups)[order],
            "pooled": mean[order, 0],
            "own": mean[order, 1],
        },
        (6.4, max(3.0, 1.2 + 0.3 * len(groups))),
    )


OWN = Text("自己的直线", "its own line")
POOLED = Text("不分类的直线", "one line for all")
UNSEEN = Text("没见过的行上的均方误差", "mean squared error on rows not seen")
