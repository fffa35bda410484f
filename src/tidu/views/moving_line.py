"""A line that parts points of the plane, at every moment of its learning; and what XOR needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu.views import palette
from tidu.views.boundary import draw_points, mixed_colours
from tidu.views.picture import Picture
from tidu.views.player import Frame, player
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

View = tuple[float, float, float, float]
"""Left, right, bottom and top of what is shown."""


def moving_line(
    lines: np.ndarray,
    steps: Sequence[int],
    points: np.ndarray,
    labels: np.ndarray,
    axes_names: Sequence[str],
    classes: Sequence[str],
) -> Picture:
    """The last line and its path over the points: rows of ``lines`` are a, b, c of ax + by + c = 0.

    ``labels`` are 0 and 1, called ``classes``; ``steps`` says after how many corrections each line
    stood there.
    """
    view = view_of(points)
    ends = [line_ends(line, view) for line in lines]
    wrong = [int(((points @ line[:2] + line[2] > 0) != labels).sum()) for line in lines]

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        paint_sides(axes, lines[-1], view)
        for k, way in enumerate(ends[:-1]):
            axes.plot(*way.T, color=palette.GREY, linewidth=0.7, alpha=0.15 + 0.5 * k / len(ends))
        axes.plot(*ends[-1].T, color=palette.BLACK, linewidth=2.2)
        draw_points(axes, points, labels, size=20)
        axes.set(xlim=view[:2], ylim=view[2:], xlabel=axes_names[0], ylabel=axes_names[1])
        _explain(axes, classes, language)
        figure.legend(loc="outside lower center", ncols=4)

    def interactive(language: str) -> str:
        told = Text("第 {} 次修正，{} 个点分错", "correction {}, {} points wrong")[language]
        frames = [
            Frame(told.format(step, w), points=None if i else points, lines=way[None])
            for i, (step, w, way) in enumerate(zip(steps, wrong, ends, strict=True))
        ]
        return player(frames, labels, view, TITLE, language)

    return Picture(
        "moving-line",
        TITLE,
        Text(
            f"{len(points)} 个点分属两类。直线从头到尾修正了 {steps[-1]} 次，"
            f"最后有 {wrong[-1]} 个点分错；灰线是先前的位置，底色是最后一条线两侧的判断。",
            f"{len(points)} points of two classes. The line was corrected {steps[-1]} times and "
            f"leaves {wrong[-1]} points on the wrong side; grey lines are where it stood before, "
            "and the ground shows the two sides of the last one.",
        ),
        draw,
        {
            "correction": np.array(steps),
            "a": lines[:, 0],
            "b": lines[:, 1],
            "c": lines[:, 2],
            "wrong": np.array(wrong),
        },
        (6.4, 5.8),
        interactive,
    )


def xor_picture(
    lines: np.ndarray,
    corners: np.ndarray,
    labels: np.ndarray,
    region: np.ndarray,
    by_hand: np.ndarray,
) -> Picture:
    """One line going round in a circle on XOR, and the region of two layers set by hand.

    ``lines`` are those of one round; ``region`` is 0 or 1 over the square from -0.4 to 1.4, first
    row on top; ``by_hand`` holds the two lines of the first layer.
    """
    wide, near = (-1.6, 1.8, -1.6, 1.8), (-0.4, 1.4, -0.4, 1.4)

    def draw(figure: Figure, language: str) -> None:
        one, two = figure.subplots(1, 2)
        _number(one, lines, wide)
        shares = np.stack([1 - region, region], axis=-1) * 255
        two.imshow(mixed_colours(shares), extent=near)
        for line in by_hand:
            two.plot(*line_ends(line, near).T, color=palette.BLACK, linewidth=1.6)
        for axes, view, title in ((one, wide, ONE), (two, near, TWO)):
            draw_points(axes, corners, labels, size=110)
            axes.set(xlim=view[:2], ylim=view[2:], xlabel="a", ylabel="b", aspect="equal")
            axes.set_xticks([0, 1])
            axes.set_yticks([0, 1])
            axes.set_title(title[language])

    def interactive(language: str) -> str:
        told = Text("第 {} 次修正", "correction {}")[language]
        frames = [
            Frame(
                told.format(k),
                points=corners if k == 1 else None,
                lines=line_ends(line, wide)[None],
            )
            for k, line in enumerate([*lines, *lines, lines[0]], 1)
        ]
        return player(frames, labels, wide, ROUND, language)

    return Picture(
        "xor",
        Text("异或：一条线不够，两层就够", "XOR: one line is not enough, two layers are"),
        Text(
            f"四个角，对角同类。左：一条直线每修正 {len(lines)} 次就回到原处，"
            "标号是先后的位置，每一处都有点分错。右：与非、或、与三个手设的感知机分两层，"
            "答 1 的是两条线之间的带子。",
            f"Four corners, alike across the diagonal. Left: after every {len(lines)} corrections "
            "one line is back where it was; the numbers tell the order, and every place leaves "
            "some point wrong. Right: NAND, OR and AND set by hand in two layers answer 1 in the "
            "strip between two lines.",
        ),
        draw,
        {
            "place": np.arange(1, len(lines) + 1),
            "a": lines[:, 0],
            "b": lines[:, 1],
            "c": lines[:, 2],
        },
        (8.4, 4.6),
        interactive,
    )


def view_of(points: np.ndarray) -> View:
    """What shows all points with some room around them.

    >>> view_of(np.array([[0.0, 0.0], [10.0, 1.0]]))
    (-1.0, 11.0, -0.1, 1.1)
    """
    low, high = points.min(0), points.max(0)
    room = 0.1 * np.where(high > low, high - low, 1.0)
    (left, bottom), (right, top) = (low - room).tolist(), (high + room).tolist()
    return left, right, bottom, top


def line_ends(line: np.ndarray, view: View) -> np.ndarray:
    """Two points (2, 2) of ax + by + c = 0 outside the view, whose middle is nearest its middle.

    Weights of zero are no line: both points lie in one place outside.

    >>> line_ends(np.array([0.0, 1.0, -0.5]), (0.0, 1.0, 0.0, 1.0)).round(2).tolist()
    [[2.5, 0.5], [-1.5, 0.5]]
    """
    left, right, bottom, top = view
    size = np.array([right - left, top - bottom])
    middle = np.array([(left + right) / 2, (bottom + top) / 2])
    normal = line[:2] * size  # in units of the view, where both directions count the same
    length = np.linalg.norm(normal)
    if length == 0:
        return np.tile(middle + 4 * size, (2, 1))
    away = (line[:2] @ middle + line[2]) / length**2
    nearest = -away * normal
    along = np.array([normal[1], -normal[0]]) / length * 2
    return middle + size * np.stack([nearest + along, nearest - along])


def _explain(axes: Any, classes: Sequence[str], language: str) -> None:
    """Entries of the legend for both classes, the last line and those before."""
    for k, name in enumerate(classes):
        colour, marker = palette.category(k), palette.marker(k)
        axes.scatter([], [], s=20, color=colour, marker=marker, label=name)
    axes.plot([], [], color=palette.BLACK, linewidth=2.2, label=LAST[language])
    axes.plot([], [], color=palette.GREY, linewidth=0.7, label=BEFORE[language])


def _number(axes: Any, lines: np.ndarray, view: View) -> None:
    """The lines in grey, numbered in their order."""
    for k, line in enumerate(lines):
        ends = line_ends(line, view)
        axes.plot(*ends.T, color=palette.GREY, linewidth=1.2)
        place = ends.mean(0) - 0.1 * (ends[1] - ends[0])
        axes.text(*place, str(k + 1), ha="center", va="center", backgroundcolor="white")


def paint_sides(axes: Any, line: np.ndarray, view: View) -> None:
    """Colour both sides of the line by the class the perceptron answers there."""
    left, right, bottom, top = view
    x, y = np.meshgrid(np.linspace(left, right, 300), np.linspace(top, bottom, 300))
    above = line[0] * x + line[1] * y + line[2] > 0
    shares = np.stack([~above, above], axis=-1) * 255
    axes.imshow(mixed_colours(shares), extent=view, aspect="auto", alpha=0.45)


TITLE = Text("直线怎样找到它的位置", "How the line finds its place")
LAST = Text("最后的线", "last line")
BEFORE = Text("先前的线", "lines before")
ONE = Text("一个感知机：打转", "one perceptron: round and round")
TWO = Text("两层，手设权重", "two layers, weights set by hand")
ROUND = Text("异或面前的一条线", "One line before XOR")
