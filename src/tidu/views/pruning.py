"""Pruning seen: accuracy against what is left, which inputs stay connected, which weights go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tidu.views import palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


RIVALS = {
    "small_accuracy": (Text("一样小的稠密网络", "small dense network"), "D", palette.GREEN),
    "random_accuracy": (
        Text("同样的连接，随机权重", "same connections, random weights"),
        "X",
        palette.ORANGE,
    ),
}


def accuracy_against_left(
    left: np.ndarray,
    accuracy: np.ndarray,
    dense: np.ndarray,
    before: np.ndarray | None = None,
    rivals: Mapping[str, np.ndarray] | None = None,
) -> Picture:
    """Test accuracy (rounds, seeds) over the fraction ``left`` (rounds); ``dense`` by seed.

    ``before`` is the accuracy right behind each cut, before the weights left were trained again;
    ``rivals`` that of the networks (by seed) that are as small as the last round's.

    >>> left, accuracy = np.array([0.5, 0.1]), np.array([[0.98, 0.97], [0.96, 0.95]])
    >>> accuracy_against_left(left, accuracy, np.array([0.98, 0.98])).data["accuracy"].tolist()
    [0.975, 0.955]
    """
    mean, rivals = accuracy.mean(1), rivals or {}

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        label = Text("未剪枝", "not pruned")[language]
        axes.axhline(100 * dense.mean(), color=palette.GREY, linestyle="--", label=label)
        if before is not None:
            label = Text("刚剪完", "right behind the cut")[language]
            axes.plot(100 * left, 100 * before.mean(1), "o:", color=palette.VERMILION, label=label)
        label = Text("再训练之后", "trained again")[language]
        axes.plot(100 * left, 100 * mean, "s-", color=palette.BLUE, label=label)
        if accuracy.shape[1] > 1:
            low, high = 100 * accuracy.min(1), 100 * accuracy.max(1)
            axes.fill_between(100 * left, low, high, color=palette.BLUE, alpha=0.2, linewidth=0)
        for name, values in rivals.items():
            word, marker, colour = RIVALS[name]
            place = 100 * left[-1], 100 * values.mean()
            axes.plot(*place, marker, color=colour, markersize=9, label=word[language])
        axes.set_xscale("log")
        axes.invert_xaxis()
        ticks = [t for t in (100, 50, 20, 10, 5, 2, 1, 0.5) if t >= 100 * left.min() * 0.8]
        axes.set_xticks(ticks, [f"{t:g} %" for t in ticks])
        axes.set_xticks([], minor=True)
        shown = [
            accuracy.ravel(),
            dense,
            *(values.mean(keepdims=True) for values in rivals.values()),
        ]
        _set_floor(axes, 100 * np.concatenate(shown))
        axes.set_xlabel(Text("剩下的权重", "weights left")[language])
        axes.set_ylabel(Text("测试准确率（%）", "test accuracy, %")[language])
        axes.grid(visible=True)
        axes.legend()

    columns = {
        "left": left,
        "accuracy": mean,
        "lowest": accuracy.min(1),
        "highest": accuracy.max(1),
    }
    if before is not None:
        columns["before_training"] = before.mean(1)
    for name, values in rivals.items():  # of the last round only
        columns[name] = np.append(np.full(len(left) - 1, np.nan), values.mean())
    told = (f"{100 * left[-1]:.3g}", f"{100 * mean[-1]:.2f}", f"{100 * dense.mean():.2f}")
    alt = Text(
        f"折线图：剩下 {told[0]}% 的权重时，测试准确率 {told[1]}%；未剪枝时 {told[2]}%。"
        + "".join(f"{RIVALS[n][0].zh} {100 * v.mean():.2f}%。" for n, v in rivals.items()),
        f"Line chart: with {told[0]} % of the weights left the test accuracy is {told[1]} %; "
        f"not pruned it is {told[2]} %."
        + "".join(f" {RIVALS[n][0].en}: {100 * v.mean():.2f} %." for n, v in rivals.items()),
    )
    title = Text("剪掉多少，准确率还在", "How much can be cut at what accuracy")
    return Picture("accuracy", title, alt, draw, columns)


def connected_pixels(counts: np.ndarray, neurons: int) -> Picture:
    """For every pixel (height, width), how many of the first layer's neurons still look at it.

    >>> connected_pixels(np.ones((28, 28)), 300).data["connections"].sum()
    np.float64(784.0)
    """

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        image = axes.imshow(counts, cmap=palette.SEQUENTIAL, vmin=0)
        axes.set_axis_off()
        bar = figure.colorbar(image, ax=axes, shrink=0.85)
        label = Text("仍与该像素相连的神经元数", "neurons still connected to the pixel")
        bar.set_label(label[language])

    blind = 100 * float((counts == 0).mean())
    alt = Text(
        f"热图：第一层 {neurons} 个神经元与每个像素的连接数；"
        f"{blind:.0f}% 的像素已无人看，多在四周。",
        f"Heat map of the pixels: how many of the {neurons} neurons of the first layer look at "
        f"each; {blind:.0f} % of the pixels, most of them at the border, have none left.",
    )
    row, column = np.indices(counts.shape).reshape(2, -1)
    data = {"row": row, "column": column, "connections": counts.ravel()}
    title = Text("剪枝之后，网络还在看哪里", "Where the pruned network still looks")
    return Picture("connections", title, alt, draw, data, (5.2, 4.4))


def weight_histograms(weights: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> Picture:
    """For every layer, the weights that are not zero before pruning and after.

    >>> picture = weight_histograms({"output": (np.random.randn(1000), np.random.randn(50))})
    >>> picture.data["after"].sum()
    np.int64(50)
    """
    edges: dict[str, np.ndarray] = {}
    counts: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    for layer, (before, after) in weights.items():
        edges[layer] = np.histogram_bin_edges(np.concatenate([before, after]), 60)
        first, second = (np.histogram(part, edges[layer])[0] for part in (before, after))
        counts[layer] = (first, second)

    def draw(figure: Figure, language: str) -> None:
        grid = figure.subplots(1, len(weights), squeeze=False)[0]
        words = (Text("剪枝前", "before"), Text("剪枝后", "after"))
        for axes, (layer, pair) in zip(grid, counts.items(), strict=True):
            for part, word, colour in zip(
                pair, words, (palette.GREY, palette.VERMILION), strict=True
            ):
                axes.stairs(
                    part, edges[layer], fill=True, alpha=0.55, color=colour, label=word[language]
                )
            axes.set_yscale("log")
            axes.set_title(layer)
            axes.set_xlabel(Text("权重", "weight")[language])
        grid[0].set_ylabel(Text("个数", "count")[language])
        grid[-1].legend()

    columns = {
        "layer": np.concatenate([np.repeat(name, 60) for name in weights]),
        "from": np.concatenate([e[:-1] for e in edges.values()]),
        "to": np.concatenate([e[1:] for e in edges.values()]),
        "before": np.concatenate([pair[0] for pair in counts.values()]),
        "after": np.concatenate([pair[1] for pair in counts.values()]),
    }
    alt = Text(
        "各层权重的直方图：剪枝前多数挤在零附近，剪枝后零附近空了，留下的都离零较远。",
        "Histograms of each layer's weights: before pruning most crowd around zero; after it the "
        "middle is empty and what is left lies away from zero.",
    )
    title = Text("哪些权重被剪掉", "Which weights are cut")
    size = (max(4.5, 3.2 * len(weights)), 3.6)
    return Picture("weights", title, alt, draw, columns, size)


def size_and_time(size: Sequence[float], seconds: Sequence[float], unit: str) -> Picture:
    """Bytes and seconds a batch of 256, each (dense, pruned); ``unit`` is what was cut.

    >>> size_and_time([1000, 100], [0.002, 0.001], "neuron").data["bytes"].tolist()
    [1000, 100]
    """
    names = Text("剪枝前", "before"), Text("剪枝后", "after")
    panels = (
        (
            [part / 1000 for part in size],
            Text("存下来的大小（kB，零不存）", "stored size, kB, zeros left out"),
        ),
        (
            [1000 * part for part in seconds],
            Text("256 张图的时间（毫秒）", "time for 256 images, ms"),
        ),
    )

    def draw(figure: Figure, language: str) -> None:
        colours = (palette.GREY, palette.BLUE)
        for axes, (values, label) in zip(figure.subplots(1, 2), panels, strict=True):
            bars = axes.bar([name[language] for name in names], values, color=colours, width=0.6)
            axes.bar_label(bars, [f"{v:,.0f}" if v >= 100 else f"{v:.3g}" for v in values])
            axes.set_title(label[language])

    smaller, faster = size[0] / size[1], seconds[0] / seconds[1]
    titles = {
        "weight": Text("置零的权重照样要乘", "A zero weight is multiplied all the same"),
        "neuron": Text("拿掉的神经元不用再算", "A removed neuron costs nothing"),
    }
    alt = Text(
        f"柱状图：剪枝后存储小 {smaller:.1f} 倍，运算快 {faster:.2f} 倍（本机实测）。",
        f"Bar chart: stored {smaller:.1f} times smaller and run {faster:.2f} times as fast as "
        "before, measured on this machine.",
    )
    columns = {
        "network": np.array(["before", "after"]),
        "bytes": np.array(size),
        "seconds": np.array(seconds),
    }
    return Picture("size-and-time", titles[unit], alt, draw, columns, (6.4, 3.4))


def _set_floor(axes: Axes, shown: np.ndarray) -> None:
    """Begin the axis a little below what matters; what falls far behind a cut leaves the frame."""
    low, high = float(shown.min()), float(shown.max())
    room = max(0.3, high - low)
    axes.set_ylim(low - 1.5 * room, min(100.0, high + 0.5 * room))
