"""Polynomials of every degree: what they cost on known and on new points, and how they look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tidu.views import palette
from tidu.views.moving_line import view_of
from tidu.views.picture import Picture
from tidu.views.player import Frame, player
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ERRORS = (
    Text("训练", "training"),
    Text("交叉验证", "cross-validation"),
    Text("测试", "test"),
)
HIGHEST = 12.0  # errors beyond so many times the lowest leave the picture


def error_curves(errors: np.ndarray, turn: int) -> Picture:
    """Training, validation and test error (degrees, 3) over the degree, and where it turns."""
    degrees = np.arange(len(errors))
    lowest, first = float(errors[:, 1].min()), float(errors[0].max())
    top = max(first * 1.3, min(float(errors.max()) * 1.5, lowest * HIGHEST))
    ended = turn < len(errors) - 1
    zh_turn = f"转折在 {turn} 次" if ended else f"到 {turn} 次还没有转折"
    en_turn = f"the turn is at degree {turn}" if ended else f"no turn up to degree {turn}"

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        for k, name in enumerate(ERRORS):
            colour, marker = palette.category(k), palette.marker(k)
            axes.plot(degrees, errors[:, k], "-", color=colour, marker=marker, ms=5,
                      label=name[language])  # fmt: skip
        axes.axvline(turn, color=palette.GREY, linestyle="--", linewidth=1)
        label = Text(f" {zh_turn}", f" {en_turn}")[language]
        axes.text(turn, 0.97, label, transform=axes.get_xaxis_transform(), va="top")
        if errors.any():
            axes.set_yscale("log")
            axes.set_ylim(max(float(errors[errors > 0].min()) * 0.8, lowest / 30), top)
        axes.set_xticks(degrees[:: max(1, len(degrees) // 14)])
        axes.grid(visible=True, axis="y")
        axes.set_xlabel(Text("多项式次数", "degree")[language])
        axes.set_ylabel(Text("均方误差", "mean squared error")[language])
        axes.legend(loc="center left", bbox_to_anchor=(0, 0.75))

    train, _, test = (errors[:, k] for k in range(3))
    return Picture(
        "errors",
        Text(f"训练误差一路下降，{zh_turn}", f"Training error only falls; {en_turn}"),
        Text(
            f"三条折线随次数 0 到 {degrees[-1]}：训练误差从 {train[0]:.4g} 降到 {train[-1]:.4g}；"
            f"交叉验证在 {turn} 次最低；测试误差在那里是 {test[turn]:.4g}，"
            f"最高次数时是 {test[-1]:.4g}。",
            f"Three lines over degrees 0 to {degrees[-1]}: training error falls from "
            f"{train[0]:.4g} to {train[-1]:.4g}; cross-validation is lowest at degree {turn}, "
            f"where the test error is {test[turn]:.4g}; at the highest degree it is "
            f"{test[-1]:.4g}.",
        ),
        draw,
        {"degree": degrees, "train": train, "validation": errors[:, 1], "test": test},
    )


def fitted_curves(
    x: np.ndarray,
    y: np.ndarray,
    grid: np.ndarray,
    curves: np.ndarray,
    turn: int,
    names: tuple[str, str],
) -> Picture:
    """The points with three of the polynomials (degrees, grid), and all of them to play."""
    last = len(curves) - 1
    shown = {0: palette.category(2), turn: palette.category(0), last: palette.category(1)}
    view = view_of(np.stack([x, y], axis=1))

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        axes.scatter(x, y, s=14 if len(x) > 50 else 34, color=palette.GREY, alpha=0.6, linewidths=0)
        for degree, colour in sorted(shown.items()):
            label = Text(f"{degree} 次", f"degree {degree}")[language]
            label += Text("（转折）", " (the turn)")[language] if degree == turn else ""
            width = 2.6 if degree == turn else 1.5
            axes.plot(grid, curves[degree], color=colour, linewidth=width, label=label)
        axes.set(xlim=view[:2], ylim=view[2:], xlabel=names[0], ylabel=names[1])
        axes.legend()

    def interactive(language: str) -> str:
        told = Text("{} 次", "degree {}")[language]
        points = np.stack([x, y], axis=1)
        frames = [
            Frame(
                told.format(degree),
                points=points if degree == 0 else None,
                lines=np.stack([grid, np.clip(curve, *far(view))], axis=1)[None],
            )
            for degree, curve in enumerate(curves)
        ]
        return player(frames, np.full(len(x), 5), view, TITLE, language)

    return Picture(
        "curves",
        TITLE,
        Text(
            f"{len(x)} 个训练点与三条曲线：0 次是一条平线，{turn} 次是交叉验证选出的，"
            f"{last} 次最贴近训练点。",
            f"{len(x)} training points and three curves: degree 0 is flat, degree {turn} is the "
            f"one that cross-validation chose, degree {last} is closest to the training points.",
        ),
        draw,
        {names[0]: grid} | {f"degree {degree}": curves[degree] for degree in sorted(shown)},
        interactive=interactive,
    )


def far(view: tuple[float, float, float, float]) -> tuple[float, float]:
    """Heights well outside the view: curves may leave it, but not for astronomic numbers."""
    height = view[3] - view[2]
    return view[2] - height, view[3] + height


TITLE = Text("次数越高，曲线越弯", "The higher the degree, the more the curve bends")
