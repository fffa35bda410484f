"""What each layer does to space: a grid carried through linear maps and nonlinearities.

A layer wider than two is shown in its two leading principal directions (those in which its points
spread most), turned to match the layer before it (orthogonal Procrustes, Schönemann 1966) and
scaled to fill the frame. So the shape is the layer's; position, turn and size on paper are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tidu.views import palette
from tidu.views.boundary import draw_points
from tidu.views.picture import Picture
from tidu.views.player import Frame, player
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def moving_grid_picture(
    lines: Sequence[np.ndarray], points: Sequence[np.ndarray], labels: np.ndarray, activation: str
) -> Picture:
    """``lines[i]`` (lines, beads, width) and ``points[i]`` (n, width) are stage i of a network.

    Stage 0 is the plane itself; then linear maps and nonlinearities take turns.
    """
    flat = flatten_stages(lines, points)
    names = stage_names(len(flat), activation)

    def draw(figure: Figure, language: str) -> None:
        columns = -(-len(flat) // 2)
        for i, (threads, dots, share) in enumerate(flat):
            axes = figure.add_subplot(2, columns, i + 1)
            for thread in threads:
                axes.plot(*thread.T, color=palette.GREY, linewidth=0.5, alpha=0.7)
            draw_points(axes, dots, labels, size=9)
            axes.set_title(_with_share(names[i], share, language))
            axes.set(xlim=(-1.15, 1.15), ylim=(-1.15, 1.15), xticks=[], yticks=[], aspect="equal")

    def interactive(language: str) -> str:
        frames = [
            Frame(_with_share(names[i], share, language), points=dots, lines=threads)
            for i, (threads, dots, share) in enumerate(flat)
        ]
        title = Text("一层一层地把平面揉开", "Layer after layer, the plane unfolds")
        return player(frames, labels, (-1.15, 1.15, -1.15, 1.15), title, language, blend=True)

    return Picture(
        "moving-grid",
        Text("每一层怎样移动平面", "How every layer moves the plane"),
        Text(
            f"{len(flat)} 幅小图：输入平面的网格与训练点依次经过每个线性映射与 {activation}。"
            "宽于二维的层只画点散布最大的两个主方向（标题中为其所占方差），"
            "并转正、缩放到同一画框；到最后一层，各类的点已各在一边。",
            f"{len(flat)} panels: a grid on the input plane and the training points, carried "
            f"through every linear map and every {activation}. Layers wider than two are shown in "
            "their two leading principal directions (with their share of the variance), turned "
            "and scaled to one frame. In the last one the classes lie apart.",
        ),
        draw,
        {
            "stage": np.repeat(np.arange(len(flat)), len(labels)),
            "class": np.tile(labels, len(flat)),
            "x": np.concatenate([dots[:, 0] for _, dots, _ in flat]),
            "y": np.concatenate([dots[:, 1] for _, dots, _ in flat]),
        },
        (2.6 * -(-len(flat) // 2), 5.9),
        interactive,
    )


Flat = tuple[np.ndarray, np.ndarray, float]
"""Lines (lines, beads, 2), points (n, 2), and the share of the points' variance they show."""


def flatten_stages(lines: Sequence[np.ndarray], points: Sequence[np.ndarray]) -> list[Flat]:
    """Every stage in two dimensions, each turned to match the one before."""
    flat: list[Flat] = []
    for threads, dots in zip(lines, points, strict=True):
        middle = dots.mean(0)
        axes, share = principal_axes(dots)
        moved = (dots - middle) @ axes
        turn = np.eye(2) if not flat else match(moved, flat[-1][1])
        carried = (threads - middle) @ axes @ turn
        size = np.percentile(np.abs(np.concatenate([moved, carried.reshape(-1, 2)])), 99) or 1.0
        flat.append((carried / size, moved @ turn / size, share))
    return flat


def principal_axes(points: np.ndarray) -> tuple[np.ndarray, float]:
    """The two directions (width, 2) in which ``points`` spread most, and their share.

    A plane keeps its own axes.
    """
    if points.shape[1] == 2:
        return np.eye(2), 1.0
    _, sizes, directions = np.linalg.svd(points - points.mean(0), full_matrices=False)
    total = float((sizes**2).sum()) or 1.0
    return directions[:2].T, float((sizes[:2] ** 2).sum()) / total


def match(points: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The rotation or reflection (2, 2) that brings ``points`` closest to ``target``.

    >>> match(np.array([[0.0, 1.0], [2.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 2.0]])).round(6)
    array([[0., 1.],
           [1., 0.]])
    """
    left, _, right = np.linalg.svd(points.T @ target)
    return left @ right


def stage_names(count: int, activation: str) -> list[Text]:
    """What each stage is called.

    >>> [name.en for name in stage_names(4, "tanh")]
    ['input', 'linear map 1', 'tanh 1', 'linear map 2']
    """
    names = [Text("输入", "input")]
    for i in range(1, count):
        layer = (i + 1) // 2
        linear = Text(f"线性映射 {layer}", f"linear map {layer}")
        names.append(linear if i % 2 else Text(f"{activation} {layer}", f"{activation} {layer}"))
    return names


def _with_share(name: Text, share: float, language: str) -> str:
    shown = Text(f"（{share:.0%} 方差）", f" ({share:.0%} of variance)")[language]
    return name[language] + (shown if share < 0.9995 else "")
