"""How an agent learns to act: its returns over training, its policy, an episode of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tidu.views import palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def return_over_training(totals: np.ndarray, solved: float) -> Picture:
    """Returns (batches, episodes) as mean, middle 80 % and the line at which it counts as solved.

    >>> return_over_training(np.ones((3, 5)), 475.0).data["mean"]
    array([1., 1., 1.])
    """
    mean = totals.mean(1)
    low, high = np.quantile(totals, [0.1, 0.9], axis=1)
    batches = np.arange(1, len(totals) + 1)
    episodes = batches * totals.shape[1]

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        axes.plot(episodes, mean, color=palette.BLUE, label=Text("平均", "mean")[language])
        words = Text("居中的 80%", "middle 80 %")[language]
        axes.fill_between(
            episodes, low, high, color=palette.BLUE, alpha=0.2, linewidth=0, label=words
        )
        words = Text(f"解决：{solved:.0f}", f"solved: {solved:.0f}")[language]
        axes.axhline(solved, color=palette.GREY, linestyle="--", label=words)
        axes.set_xlabel(Text("已玩的局数", "episodes played")[language])
        axes.set_ylabel(Text("回报", "return")[language])
        axes.grid(visible=True)
        axes.legend(loc="lower right")

    return Picture(
        "return-over-training",
        Text("回报随训练上升", "The return over training"),
        Text(
            f"折线：每批 {totals.shape[1]} 局的平均回报，从 {mean[0]:.0f} 到 {mean[-1]:.0f}；"
            f"阴影是居中的 80%，虚线是算作解决的 {solved:.0f}。动作按概率抽取。",
            f"Line: mean return of each batch of {totals.shape[1]} episodes, from {mean[0]:.0f} to "
            f"{mean[-1]:.0f}; the band holds the middle 80 %, the dashed line is {solved:.0f}, "
            "where it counts as solved. Actions are drawn with their probability.",
        ),
        draw,
        {"episodes": episodes, "mean": mean, "tenth": low, "ninetieth": high},
    )


def policy_map(right: np.ndarray, angle: np.ndarray, speed: np.ndarray) -> Picture:
    """Probability ``right`` (speeds, angles; first row the highest speed) of a push to the right.

    >>> policy_map(np.full((2, 2), 0.5), np.array([-0.2, 0.2]), np.array([-1, 1])).data["speed"]
    array([ 1,  1, -1, -1])
    """
    degrees = np.rad2deg(angle)

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        image = axes.imshow(
            right,
            extent=(degrees[0], degrees[-1], float(speed[0]), float(speed[-1])),
            cmap=palette.DIVERGING,
            vmin=0,
            vmax=1,
            aspect="auto",
        )
        line = axes.contour(
            degrees, speed[::-1], right, levels=[0.5], colors=palette.BLACK, linestyles="--"
        )
        axes.clabel(line, fmt="0.5")
        axes.set_xlabel(
            Text("杆的角度（度，向右为正）", "pole angle (degrees, right is positive)")[language]
        )
        axes.set_ylabel(Text("杆的角速度（弧度/秒）", "pole speed (radians a second)")[language])
        bar = figure.colorbar(image, ax=axes)
        bar.set_label(Text("向右推的概率", "probability of a push to the right")[language])

    return Picture(
        "policy-map",
        Text("学到的策略：什么时候向右推", "The learned policy: when it pushes right"),
        Text(
            "小车停在正中时，向右推的概率随杆的角度与角速度的变化；虚线处两个动作一样可能。"
            f"整张图上的概率从 {right.min():.2f} 到 {right.max():.2f}。",
            "Probability of a push to the right over the pole's angle and speed, with the cart "
            "standing in the middle; both actions are equally likely on the dashed line. Over the "
            f"whole map it ranges from {right.min():.2f} to {right.max():.2f}.",
        ),
        draw,
        {
            "angle": np.tile(angle, len(speed)),
            "speed": np.repeat(speed[::-1], len(angle)),
            "right": right.ravel(),
        },
        (6.8, 5.2),
    )


def cartpole_episode(observations: np.ndarray, actions: np.ndarray) -> Picture:
    """One episode: observations (steps, 4) of position, speed, angle, angular speed; actions.

    >>> cartpole_episode(np.zeros((7, 4)), np.zeros(7)).data["angle"].shape
    (7,)
    """
    steps = np.arange(len(observations))
    position, angle = observations[:, 0], np.rad2deg(observations[:, 2])
    pushes = _smooth(actions.astype(float), 21)

    def draw(figure: Figure, language: str) -> None:
        rows = (
            (position, 2.4, Text("小车位置", "cart position")),
            (angle, 12.0, Text("杆的角度（度）", "pole angle (degrees)")),
        )
        axes = None
        for i, (values, limit, label) in enumerate(rows):
            axes = figure.add_subplot(3, 1, i + 1, sharex=axes)
            axes.plot(steps, values, color=palette.category(i))
            for edge in (-limit, limit):
                axes.axhline(edge, color=palette.GREY, linestyle="--")
            axes.set_ylabel(label[language])
        axes = figure.add_subplot(3, 1, 3, sharex=axes)
        axes.plot(steps, pushes, color=palette.category(2))
        axes.set_ylim(0, 1)
        axes.set_ylabel(Text("向右推的比例", "share of pushes right")[language])
        axes.set_xlabel(Text("步数", "step")[language])

    return Picture(
        "episode",
        Text("一局的经过", "One episode"),
        Text(
            f"一局 {len(steps)} 步：小车位置在 {position.min():.2f} 到 {position.max():.2f} 之间，"
            f"杆的角度在 {angle.min():.1f} 到 {angle.max():.1f} 度之间；虚线以外算失败。"
            "最下面是前后共 21 步中向右推的比例。",
            f"An episode of {len(steps)} steps: the cart stays between {position.min():.2f} and "
            f"{position.max():.2f}, the pole between {angle.min():.1f} and {angle.max():.1f} "
            "degrees; beyond the dashed lines it has failed. Below, the share of pushes to the "
            "right among the 21 steps around.",
        ),
        draw,
        {
            "step": steps,
            "position": position,
            "speed": observations[:, 1],
            "angle": observations[:, 2],
            "angular_speed": observations[:, 3],
            "right": actions,
        },
        (7.0, 6.0),
    )


def _smooth(values: np.ndarray, width: int) -> np.ndarray:
    """The mean of the ``width`` values around each one, of as many as there are at the ends."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    places = np.arange(len(values))
    left = np.maximum(places - width // 2, 0)
    right = np.minimum(places + width // 2 + 1, len(values))
    return (sums[right] - sums[left]) / (right - left)
