"""The pictures of ``activation``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu import views
from tidu.views import palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from tidu.runs import Run

NAMES = {
    "step": Text("阶跃", "step"),
    "sigmoid": Text("sigmoid", "sigmoid"),
    "tanh": Text("tanh", "tanh"),
    "relu": Text("ReLU", "ReLU"),
    "leaky-relu": Text("leaky ReLU", "leaky ReLU"),
    "gelu": Text("GELU", "GELU"),
    "softplus": Text("softplus", "softplus"),
}
REACH = 6.0  # of what is shown to either side of 0


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """The curves with their slopes, where units work in a trained network, and the loss."""
    curves = {n: {k: t.numpy() for k, t in run.recorded(f"curve-{n}").items()} for n in NAMES}
    inputs = {n: {k: t.numpy() for k, t in run.recorded(f"inputs-{n}").items()} for n in NAMES}
    return [
        _curves(curves, config.flat),
        _inputs(curves, inputs, config.flat),
        views.metric_curves(
            run.history(),
            {f"loss_{name}": words for name, words in NAMES.items()},
            name="loss",
            title=Text("同样的网络，换一个激活函数", "One network, another activation"),
            y_label=Text("交叉熵", "cross-entropy"),
            log=True,
        ),
    ]


def _curves(curves: dict[str, dict[str, np.ndarray]], flat: float) -> Picture:
    def draw(figure: Figure, language: str) -> None:
        panels = figure.subplots(2, 4, sharex=True).ravel()
        value, slope = Text("值", "value")[language], Text("导数", "slope")[language]
        ground = Text("饱和：几乎没有斜率", "saturated: hardly any slope")[language]
        for axes, (name, seen) in zip(panels, curves.items(), strict=False):
            _shade(axes, seen, flat)
            axes.plot(seen["x"], seen["value"], color=palette.BLUE)
            axes.plot(seen["x"], seen["slope"], color=palette.VERMILION, linestyle="--")
            axes.set_title(NAMES[name][language])
            axes.set_ylim(-1.3, 2.3)
            axes.grid(visible=True)
        for axes in panels[3:7]:
            axes.tick_params(labelbottom=True)
        last = panels[-1]
        last.set_axis_off()
        last.plot([], [], color=palette.BLUE, label=value)
        last.plot([], [], color=palette.VERMILION, linestyle="--", label=slope)
        last.fill_between([], [], color=palette.GREY, alpha=0.2, label=ground)
        last.legend(loc="center", fontsize=10)

    columns = {"x": curves["step"]["x"]}
    for name, seen in curves.items():
        columns |= {name: seen["value"], f"slope of {name}": seen["slope"]}
    percent = f"{100 * flat:g}"
    return Picture(
        "curves",
        Text("七种激活函数：值与导数", "Seven activations: value and slope"),
        Text(
            f"七幅曲线图：实线是函数值，虚线是导数；灰底处导数不到最大值的 {percent}%。"
            "阶跃处处没有斜率，sigmoid 和 tanh 两头饱和，ReLU 只在左边饱和，leaky ReLU 右边全通、"
            "左边漏过一点。",
            "Seven charts: value as a solid line, slope dashed; the ground is grey where the slope "
            f"is below {percent} % of the largest. The step has none anywhere, sigmoid and tanh "
            "are flat at both ends, ReLU only on the left, where leaky ReLU lets a little through.",
        ),
        draw,
        columns,
        (11.0, 5.2),
    )


def _inputs(
    curves: dict[str, dict[str, np.ndarray]], inputs: dict[str, dict[str, np.ndarray]], flat: float
) -> Picture:
    edges = np.linspace(-REACH, REACH, 61)
    layers = len(inputs["step"]["inputs"])
    counts = {
        name: [np.histogram(one, edges, density=True)[0] for one in seen["inputs"]]
        for name, seen in inputs.items()
    }
    shares = {name: 100 * seen["after"].mean() for name, seen in inputs.items()}

    def draw(figure: Figure, language: str) -> None:
        panels = figure.subplots(2, 4, sharex=True).ravel()
        for axes, name in zip(panels, NAMES, strict=False):
            _shade(axes, curves[name], flat)
            for layer, heights in enumerate(counts[name]):
                axes.stairs(heights, edges, color=palette.category(layer), linewidth=1.4)
            told = Text(f"：{shares[name]:.0f}% 饱和", f": {shares[name]:.0f} % saturated")
            axes.set_title(NAMES[name][language] + told[language])
            axes.set_yticks([])
        last = panels[-1]
        last.set_axis_off()
        for layer in range(layers):
            label = Text(f"第 {layer + 1} 层", f"layer {layer + 1}")[language]
            last.plot([], [], color=palette.category(layer), label=label)
        ground = Text("饱和：几乎没有斜率", "saturated: hardly any slope")[language]
        last.fill_between([], [], color=palette.GREY, alpha=0.2, label=ground)
        last.legend(loc="center", fontsize=10)
        for axes in panels[3:7]:
            axes.set_xlabel(Text("加权和", "weighted sum")[language])
            axes.tick_params(labelbottom=True)

    zh = "，".join(f"{NAMES[n].zh} {share:.0f}%" for n, share in shares.items())
    en = ", ".join(f"{NAMES[n].en} {share:.0f} %" for n, share in shares.items())
    middles = (edges[1:] + edges[:-1]) / 2
    return Picture(
        "inputs",
        Text("训练之后：单元在曲线的哪一段工作", "After training: where on the curve units work"),
        Text(
            f"七幅直方图：测试图像上各层单元的加权和，灰底是饱和区。饱和的比例：{zh}。",
            "Seven histograms of the weighted sums that units of each layer have on test images; "
            f"the ground is grey where they are saturated. Share saturated: {en}.",
        ),
        draw,
        {"weighted sum": middles}
        | {f"{n}, layer {i + 1}": c for n, each in counts.items() for i, c in enumerate(each)},
        (11.0, 5.2),
    )


def _shade(axes: Axes, seen: dict[str, np.ndarray], flat: float) -> None:
    """A grey ground where the slope is below the share ``flat`` of the largest."""
    slope = np.abs(seen["slope"])
    axes.fill_between(
        seen["x"],
        0,
        1,
        where=slope <= flat * slope.max(),
        transform=axes.get_xaxis_transform(),
        color=palette.GREY,
        alpha=0.2,
        linewidth=0,
    )
