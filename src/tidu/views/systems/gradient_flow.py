"""The pictures of ``gradient-flow``."""

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
    "sigmoid": Text("sigmoid", "sigmoid"),
    "relu": Text("换成 ReLU", "with ReLU"),
    "residual": Text("sigmoid + 残差", "sigmoid, residual"),
    "normalised": Text("sigmoid + 批归一化", "sigmoid, normalised"),
    "exploding": Text("ReLU，权重太大", "ReLU, weights too large"),
    "clipped": Text("权重太大，但裁剪", "too large, clipped"),
}
AT_START = tuple(ARMS)[:5]  # clipping changes no gradient before it is clipped


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """The gradient by layer and depth before training, in training, and what was learned."""
    depths = run.recorded("depths")["depths"].numpy()
    start = {arm: run.recorded(f"start-{arm}") for arm in AT_START}
    accuracy = {f"accuracy_{arm}": words for arm, words in ARMS.items()}
    return [
        _start(
            depths,
            {arm: seen["norms"].numpy() for arm, seen in start.items()},
            {arm: seen["firsts"].numpy() for arm, seen in start.items()},
        ),
        _training(run),
        views.metric_curves(
            run.history(),
            accuracy,
            name="accuracy",
            title=Text("同样的步数，各自学会了多少", "What each learns in the same steps"),
            y_label=Text("测试正确率", "test accuracy"),
        ),
    ]


def _start(
    depths: np.ndarray, norms: dict[str, np.ndarray], firsts: dict[str, np.ndarray]
) -> Picture:
    """Norms (layers, seeds) of the deepest networks, and first layers (depths, seeds) of all."""
    deepest = int(depths[-1])
    layers = np.arange(1, deepest + 1)

    def draw(figure: Figure, language: str) -> None:
        by_layer, by_depth = figure.subplots(1, 2, sharey=True)
        for axes, x, values in ((by_layer, layers, norms), (by_depth, depths, firsts)):
            for i, (arm, each) in enumerate(values.items()):
                colour = palette.category(i)
                axes.plot(x, _mean(each), color=colour, marker=palette.marker(i), markersize=4)
                axes.fill_between(x, each.min(1), each.max(1), color=colour, alpha=0.2)
                axes.plot([], [], color=colour, marker=palette.marker(i), label=ARMS[arm][language])
            axes.set_yscale("log")
            axes.xaxis.get_major_locator().set_params(integer=True)
            axes.grid(visible=True)
        by_layer.set_xlabel(
            Text("第几层（左边靠近输入）", "layer, the input on the left")[language]
        )
        by_layer.set_ylabel(Text("梯度范数", "norm of the gradient")[language])
        by_layer.set_title(Text(f"{deepest} 层网络的每一层", f"each of {deepest} layers")[language])
        by_depth.set_xlabel(Text("网络有多少层", "layers of the network")[language])
        by_depth.set_title(
            Text("第一层，网络越来越深", "the first layer, deeper and deeper")[language]
        )
        figure.legend(*by_layer.get_legend_handles_labels(), loc="outside lower center", ncols=5)

    ends = {arm: (_mean(each)[0], _mean(each)[-1]) for arm, each in norms.items()}
    told = [
        "；".join(f"{ARMS[arm].zh} {a:.1g} 与 {b:.1g}" for arm, (a, b) in ends.items()),
        "; ".join(f"{ARMS[arm].en} {a:.1g} and {b:.1g}" for arm, (a, b) in ends.items()),
    ]
    return Picture(
        "start",
        Text("训练之前：梯度还剩多少", "Before training: what is left of the gradient"),
        Text(
            f"左：{deepest} 层网络各层的梯度范数，第一层与最后一层分别为：{told[0]}。"
            "右：网络加深时第一层的梯度范数。",
            f"Left: the norm of the gradient in each of {deepest} layers; in the first and the "
            f"last: {told[1]}. Right: the first layer's norm as networks get deeper.",
        ),
        draw,
        {"layer": layers} | {arm: _mean(each) for arm, each in norms.items()},
        (10.5, 4.6),
    )


def _training(run: Run) -> Picture:
    """Heat maps of the norm, layer against step, of every arm."""
    seen = {arm: run.recorded(f"training-{arm}") for arm in ARMS}
    steps = next(iter(seen.values()))["steps"].numpy()
    norms = {arm: tensors["norms"].numpy().astype(float) for arm, tensors in seen.items()}
    norms = {arm: np.where(np.isfinite(n) & (n > 0), n, np.nan) for arm, n in norms.items()}
    known = np.concatenate([n[np.isfinite(n)] for n in norms.values()])
    low, high = np.quantile(known, [0.01, 0.99])  # so that a leap does not take all colours
    layers = norms["sigmoid"].shape[1]

    def draw(figure: Figure, language: str) -> None:
        from matplotlib.colors import LogNorm

        panels = figure.subplots(2, 3, sharex=True, sharey=True)
        width = steps[1] - steps[0] if len(steps) > 1 else 1
        image: Any = None
        for axes, (arm, n) in zip(panels.flat, norms.items(), strict=True):
            image = axes.pcolormesh(
                np.append(steps, steps[-1] + width),
                np.arange(layers + 1) + 0.5,
                n.T,
                cmap=palette.SEQUENTIAL,
                norm=LogNorm(low, high),
                rasterized=True,
            )
            axes.set_title(ARMS[arm][language])
        panels[0, 0].invert_yaxis()
        panels[0, 0].yaxis.get_major_locator().set_params(integer=True)
        for axes in panels[:, 0]:
            axes.set_ylabel(Text("第几层", "layer")[language])
        for axes in panels[1]:
            axes.set_xlabel(Text("步数", "step")[language])
        bar = figure.colorbar(image, ax=panels, shrink=0.7, extend="both")
        bar.set_label(Text("梯度范数", "norm of the gradient")[language])

    blank = [arm for arm, n in norms.items() if np.isnan(n[-1]).all()]
    names = Text("、".join(ARMS[a].zh for a in blank), ", ".join(ARMS[a].en for a in blank))
    ended = Text("", "")
    if blank:
        ended = Text(
            f"空白处梯度已不是有限的数：{names.zh}。",
            f" Blank where the gradient is no longer a finite number: {names.en}.",
        )
    return Picture(
        "training",
        Text("训练当中：每一层的梯度", "In training: the gradient of every layer"),
        Text(
            f"六幅热图，每种网络一幅：横为步数，竖为层（上面靠近输入），越亮梯度越强。{ended.zh}",
            "Six heat maps, one for each kind of network: steps across, layers down (the input on "
            f"top), brighter where the gradient is stronger.{ended.en}",
        ),
        draw,
        {"step": np.repeat(steps, layers), "layer": np.tile(np.arange(1, layers + 1), len(steps))}
        | {arm: n.ravel() for arm, n in norms.items()},
        (10.5, 6.0),
    )


def _mean(each: np.ndarray) -> np.ndarray:
    """The geometric mean over the seeds."""
    return np.exp(np.log(np.maximum(each, np.finfo(float).tiny)).mean(1))
