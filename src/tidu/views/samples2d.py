"""Generated points of the plane beside the real ones, and how they got there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu.views import palette
from tidu.views.picture import Picture
from tidu.views.player import Frame, player
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = 600  # points of a frame in the player
PANELS = 6
REAL = Text("真实", "real")
GENERATED = Text("生成", "generated")


def real_and_generated(
    real: np.ndarray, fake: np.ndarray, centres: np.ndarray, radius: float
) -> Picture:
    """Real and generated points (n, 2) side by side; a good one lies within ``radius`` of a centre.

    >>> points = np.zeros((5, 2))
    >>> real_and_generated(points, points, np.zeros((1, 2)), 0.1).data["good"].sum()
    np.int64(10)
    """
    good = [_distance(points, centres).min(1) <= radius for points in (real, fake)]
    covered = len(np.unique(_distance(fake, centres).argmin(1)[good[1]]))
    reach = _reach(centres)

    def draw(figure: Figure, language: str) -> None:
        for i, (label, points) in enumerate(((REAL, real), (GENERATED, fake))):
            axes = figure.add_subplot(1, 2, i + 1)
            _draw_points(axes, points[good[i]], palette.category(i), "o")
            _draw_points(axes, points[~good[i]], palette.BLACK, "x")
            _frame_axes(axes, reach)
            share = f"{good[i].mean():.1%}"
            told = Text(f"{label.zh}：合格 {share}", f"{label.en}: {share} good")
            axes.set_title(told[language])

    return Picture(
        "samples",
        Text("真实的点与生成的点", "Real points and generated ones"),
        Text(
            f"左边是真实的点，右边是生成的点，× 是离每个模态中心都超过 {radius:.2g} 的点。"
            f"生成的点覆盖了 {len(centres)} 个模态中的 {covered} 个，"
            f"合格的占 {good[1].mean():.1%}；真实的点合格的占 {good[0].mean():.1%}。",
            "Real points on the left, generated ones on the right; a cross is further than "
            f"{radius:.2g} from the centre of every mode. The generated points cover {covered} of "
            f"{len(centres)} modes and {good[1].mean():.1%} of them are good; of the real points "
            f"{good[0].mean():.1%} are.",
        ),
        draw,
        {
            "x": np.concatenate([real[:, 0], fake[:, 0]]),
            "y": np.concatenate([real[:, 1], fake[:, 1]]),
            "generated": np.repeat([0, 1], [len(real), len(fake)]),
            "good": np.concatenate(good).astype(int),
        },
        (9.0, 4.8),
    )


def samples_over_training(frames: np.ndarray, steps: Sequence[int], centres: np.ndarray) -> Picture:
    """Generated points (frames, n, 2) at ``steps``: six moments as panels, all of them to play.

    >>> moments = np.zeros((3, 5, 2))
    >>> len(samples_over_training(moments, [0, 10, 20], np.zeros((1, 2))).data["step"])
    15
    """
    reach = _reach(centres)
    chosen = np.unique(np.linspace(0, len(steps) - 1, PANELS).round().astype(int))
    step_words = Text("第 {} 步", "step {}")

    def draw(figure: Figure, language: str) -> None:
        columns = -(-len(chosen) // 2)
        for place, k in enumerate(chosen):
            axes = figure.add_subplot(2, columns, place + 1)
            _draw_points(axes, centres, palette.GREY, "+", size=60)
            _draw_points(axes, frames[k], palette.category(1), "o")
            _frame_axes(axes, reach)
            axes.set_title(step_words[language].format(steps[k]))

    def interactive(language: str) -> str:
        shown = [
            Frame(step_words[language].format(step), points=np.clip(points[:SHOWN], -reach, reach))
            for step, points in zip(steps, frames, strict=True)
        ]
        colours = np.ones(len(frames[0][:SHOWN]), dtype=int)
        view = (-reach, reach, -reach, reach)
        title = Text("同一份噪声变成的点", "What the same noise becomes")
        return player(shown, colours, view, title, language)

    everything = frames[chosen].reshape(-1, 2)
    return Picture(
        "samples-over-training",
        Text("生成的点怎样找到各个模态", "How the generated points find the modes"),
        Text(
            f"{len(chosen)} 个时刻的生成点，从第 {steps[0]} 步到第 {steps[-1]} 步；"
            f"灰色十字是 {len(centres)} 个模态的中心。每个时刻用的是同一份噪声。",
            f"Generated points at {len(chosen)} moments from step {steps[0]} to step {steps[-1]}; "
            f"grey crosses are the centres of the {len(centres)} modes. The noise is the same at "
            "every moment.",
        ),
        draw,
        {
            "step": np.repeat(np.array(steps)[chosen], frames.shape[1]),
            "x": everything[:, 0],
            "y": everything[:, 1],
        },
        (9.0, 6.4),
        interactive,
    )


def _distance(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, None] - centres, axis=-1)


def _reach(centres: np.ndarray) -> float:
    return 1.25 * max(float(np.abs(centres).max()), 0.1)


def _draw_points(axes: Any, points: np.ndarray, colour: str, marker: str, size: float = 6) -> None:
    edge = 0.0 if marker == "o" else 0.8
    axes.scatter(points[:, 0], points[:, 1], s=size, c=colour, marker=marker, linewidths=edge)


def _frame_axes(axes: Any, reach: float) -> None:
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-reach, reach)
    axes.set_aspect("equal")
