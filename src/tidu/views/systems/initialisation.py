"""The pictures of ``initialisation``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu import views
from tidu.views import palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from tidu.runs import Run

ARMS = {
    "zeros": Text("全零", "zeros"),
    "normal": Text("N(0, 1)", "N(0, 1)"),
    "xavier": Text("Xavier", "Xavier"),
    "he": Text("He", "He"),
}
BINS = 41


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """Histograms of activations and gradients through depth, their sizes, and the training."""
    seen = {arm: run.recorded(f"start-{arm}") for arm in ARMS}
    ahead = {arm: tensors["activations"].numpy() for arm, tensors in seen.items()}
    back = {arm: tensors["gradients"].numpy().astype(float) for arm, tensors in seen.items()}
    return [
        _histograms(
            ahead,
            "activations",
            Text("训练之前：激活值一层层走下去", "Before training: activations through the layers"),
            Text("激活值", "activation"),
        ),
        _histograms(
            back,
            "gradients",
            Text("训练之前：梯度一层层走回来", "Before training: gradients on their way back"),
            Text("损失对激活值的梯度", "gradient by the activation"),
        ),
        _sizes(ahead, back),
        views.metric_curves(
            run.history(),
            {f"accuracy_{arm}": words for arm, words in ARMS.items()},
            name="accuracy",
            title=Text("不同的起点，同样的训练", "Another start, the same training"),
            y_label=Text("训练批上的正确率", "accuracy on the training batch"),
        ),
    ]


def _histograms(by_arm: dict[str, np.ndarray], name: str, title: Text, label: Text) -> Picture:
    """A ridge of histograms for each arm: a row a layer, each on a scale common to the arm."""
    layers = len(by_arm["he"])
    edges = {arm: np.linspace(*_reach(values), BINS + 1) for arm, values in by_arm.items()}
    counts = {
        arm: np.stack([np.histogram(layer, edges[arm])[0] / layer.size for layer in values])
        for arm, values in by_arm.items()
    }

    def draw(figure: Figure, language: str) -> None:
        panels = figure.subplots(1, len(ARMS), sharey=True)
        for axes, (arm, words) in zip(panels, ARMS.items(), strict=True):
            for layer, heights in enumerate(counts[arm]):
                shape = np.sqrt(heights / heights.max())  # so that the tails can be seen
                axes.stairs(
                    layer + 1 - 0.85 * shape,
                    edges[arm],
                    baseline=layer + 1,
                    fill=True,
                    color=palette.BLUE,
                    alpha=0.75,
                )
            axes.set_title(words[language])
            axes.set_xlim(edges[arm][0], edges[arm][-1])
            axes.locator_params(axis="x", nbins=3)
            axes.ticklabel_format(axis="x", style="sci", scilimits=(-2, 3))
        panels[0].set_ylabel(Text("第几层（上面靠近输入）", "layer, the input on top")[language])
        panels[0].set_yticks(range(1, layers + 1))
        panels[0].set_ylim(layers + 0.3, -0.1)
        figure.supxlabel(label[language], fontsize=10)

    ends = {arm: (values[0].std(), values[-1].std()) for arm, values in by_arm.items()}
    zh = "；".join(f"{ARMS[a].zh} {one:.1e} 与 {two:.1e}" for a, (one, two) in ends.items())
    en = "; ".join(f"{ARMS[a].en} {one:.1e} and {two:.1e}" for a, (one, two) in ends.items())
    rows = np.tile(np.arange(1, layers + 1).repeat(BINS), len(ARMS))
    middles = {arm: (e[1:] + e[:-1]) / 2 for arm, e in edges.items()}
    return Picture(
        name,
        title,
        Text(
            f"四组直方图，每种起点一组，每层一行，高度开了平方；第一层与最后一层的标准差：{zh}。",
            "Four ridges of histograms, one for each start, a row a layer, heights as square "
            f"roots; deviation in the first and the last layer: {en}.",
        ),
        draw,
        {
            "start": np.repeat(list(ARMS), layers * BINS),
            "layer": rows,
            label.en: np.concatenate([np.tile(middles[arm], layers) for arm in ARMS]),
            "share": np.concatenate([counts[arm].ravel() for arm in ARMS]),
        },
        (11.0, 5.4),
    )


def _reach(values: np.ndarray) -> tuple[float, float]:
    """From the lowest to the highest; as far down as up where both signs come up."""
    low, high = float(values.min()), float(values.max())
    if low == high:
        return low - 1.0, high + 1.0
    return (low, high) if low >= 0 else (-max(-low, high), max(-low, high))


def _sizes(ahead: dict[str, np.ndarray], back: dict[str, np.ndarray]) -> Picture:
    layers = np.arange(1, len(ahead["he"]) + 1)
    sizes = [{arm: v.std(1) for arm, v in part.items()} for part in (ahead, back)]

    def draw(figure: Figure, language: str) -> None:
        panels = figure.subplots(1, 2)
        titles = (
            Text("往前：激活值", "forward: activations"),
            Text("往回：梯度", "backward: gradients"),
        )
        for axes, part, title in zip(panels, sizes, titles, strict=True):
            for i, (arm, values) in enumerate(part.items()):
                shown = np.where(values > 0, values, np.nan)
                label = ARMS[arm][language]
                if np.isnan(shown).all():
                    label += Text("（处处为零）", " (zero everywhere)")[language]
                axes.plot(
                    layers, shown, color=palette.category(i), marker=palette.marker(i), label=label
                )
            axes.set_yscale("log")
            axes.xaxis.get_major_locator().set_params(integer=True)
            axes.set_xlabel(Text("第几层", "layer")[language])
            axes.set_title(title[language])
            axes.grid(visible=True)
            axes.legend()
        panels[0].set_ylabel(Text("标准差", "deviation")[language])

    he = sizes[0]["he"]
    return Picture(
        "sizes",
        Text("信号和梯度还剩多大", "How large signal and gradient still are"),
        Text(
            "两幅折线图，纵轴为对数刻度：激活值与梯度的标准差随层数变化；"
            f"He 的激活值从 {he[0]:.2g} 到 {he[-1]:.2g}。",
            "Two line charts with logarithmic scale: the deviation of activations and of gradients "
            f"by layer; with He's the activations go from {he[0]:.2g} to {he[-1]:.2g}.",
        ),
        draw,
        {"layer": layers}
        | {f"activations, {arm}": v for arm, v in sizes[0].items()}
        | {f"gradients, {arm}": v for arm, v in sizes[1].items()},
        (10.0, 4.4),
    )
