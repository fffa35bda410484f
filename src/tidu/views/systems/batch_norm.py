"""The pictures of ``batch-norm``: the race to a fixed accuracy, and what a deep neuron says."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu.views import palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from tidu.runs import Run

ARMS = {
    "with": Text("有批归一化", "with batch normalisation"),
    "without": Text("没有", "without"),
}
STEPS = Text("步数（对数刻度）", "step (log scale)")


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """The accuracy at every rate, and the quantiles of one neuron of the last hidden layer."""
    seen = {
        arm: {name: t.numpy() for name, t in run.recorded(f"curves-{arm}").items()} for arm in ARMS
    }
    best = {arm: _best(of_arm["accuracy"], config.reach) for arm, of_arm in seen.items()}
    return [_race(config, seen, best), _neuron(config, seen, best)]


def _best(accuracy: np.ndarray, reach: float) -> int:
    """The rate that arrived first; the one that came furthest if none did."""
    there = np.nan_to_num(accuracy) >= reach
    if there.any():
        return int(np.where(there.any(0), there.argmax(0), len(there)).argmin())
    return int(np.nanmax(accuracy, axis=0).argmax())


def _race(config: Any, seen: dict[str, dict[str, np.ndarray]], best: dict[str, int]) -> Picture:
    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        for number, (arm, of_arm) in enumerate(seen.items()):
            colour = palette.category(number)
            for rate in range(len(config.rates)):
                chosen = rate == best[arm]
                words = Text(
                    f"{ARMS[arm].zh}，学习率 {config.rates[rate]:g}",
                    f"{ARMS[arm].en}, learning rate {config.rates[rate]:g}",
                )
                axes.plot(
                    of_arm["steps"],
                    of_arm["accuracy"][:, rate],
                    color=colour,
                    alpha=1.0 if chosen else 0.3,
                    linewidth=2.2 if chosen else 1.0,
                    label=words[language] if chosen else None,
                )
        goal = Text(f"要达到的 {config.reach:g}", f"to be reached: {config.reach:g}")
        axes.axhline(config.reach, color=palette.GREY, linestyle="--", label=goal[language])
        axes.set_xscale("log")
        axes.set_ylim(0, 1.02)
        axes.set_xlabel(STEPS[language])
        axes.set_ylabel(Text("验证正确率", "validation accuracy")[language])
        axes.grid(visible=True)
        figure.legend(loc="outside lower center", ncols=1)

    steps = {arm: int(_last(of_arm)) for arm, of_arm in seen.items()}
    columns = {
        "arm": np.repeat(list(seen), [s["accuracy"].size for s in seen.values()]),
        "step": np.concatenate([np.repeat(s["steps"], len(config.rates)) for s in seen.values()]),
        "rate": np.concatenate([np.tile(config.rates, len(s["steps"])) for s in seen.values()]),
        "accuracy": np.concatenate([s["accuracy"].ravel() for s in seen.values()]),
    }
    return Picture(
        "race",
        Text("谁先读得懂：每条线一个学习率", "Who reads first: one line for each learning rate"),
        Text(
            f"验证正确率随步数的变化。有批归一化的网络走了 {steps['with']} 步，"
            f"没有的走了 {steps['without']} 步；粗线是各自最快的学习率，细线是其余的。",
            f"Validation accuracy by step. The network with batch normalisation took "
            f"{steps['with']} steps, the one without {steps['without']}; bold lines are each "
            "one's quickest rate, faint lines the others.",
        ),
        draw,
        columns,
        (7.0, 5.2),
    )


def _last(of_arm: dict[str, np.ndarray]) -> float:
    return float(of_arm["steps"][np.isfinite(of_arm["accuracy"]).any(1)].max())


def _neuron(config: Any, seen: dict[str, dict[str, np.ndarray]], best: dict[str, int]) -> Picture:
    """Figure 1 b and c of Ioffe & Szegedy, of the neuron's output instead of its input."""

    def draw(figure: Figure, language: str) -> None:
        panels = figure.subplots(1, 2, sharey=True)
        for number, (axes, (arm, of_arm)) in enumerate(zip(panels, seen.items(), strict=True)):
            low, middle, high = of_arm["said"][:, best[arm]].T
            colour = palette.category(number)
            axes.fill_between(of_arm["steps"], low, high, color=colour, alpha=0.25, linewidth=0)
            axes.plot(of_arm["steps"], middle, color=colour)
            axes.set_xscale("log")
            axes.set_xlim(of_arm["steps"][0], _last(of_arm))
            axes.set_title(ARMS[arm][language])
            axes.set_xlabel(STEPS[language])
            axes.grid(visible=True)
        words = Text("激活值：15%、50%、85% 分位数", "activation: 15, 50 and 85 % quantile")
        panels[0].set_ylabel(words[language])

    spread = {
        arm: float(np.nanmedian(s["said"][:, best[arm], 2] - s["said"][:, best[arm], 0]))
        for arm, s in seen.items()
    }
    columns = {
        "arm": np.repeat(list(seen), [len(s["steps"]) for s in seen.values()]),
        "step": np.concatenate([s["steps"] for s in seen.values()]),
    }
    for place, name in enumerate(("q15", "q50", "q85")):
        columns[name] = np.concatenate([s["said"][:, best[arm], place] for arm, s in seen.items()])
    return Picture(
        "neuron",
        Text(
            "最后一个隐层里的一个神经元，对不同的图像说的话有多不同",
            "One neuron of the last hidden layer: how differently it answers to different images",
        ),
        Text(
            "同一个神经元在验证图像上激活值的分位数随步数的变化；带子越宽，对不同图像的反应越不同。"
            f"宽度的中位数：有批归一化 {spread['with']:.3f}，没有 {spread['without']:.3f}。",
            "Quantiles of one neuron's activation over the validation images, by step; a wide band "
            "tells images apart. Median width: "
            f"{spread['with']:.3f} with batch normalisation, {spread['without']:.3f} without.",
        ),
        draw,
        columns,
        (9.4, 4.0),
    )
