"""The pictures of ``mini-batch``: the loss after equal passes, equal images, equal seconds."""

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

LOSS = Text("训练损失", "training loss")
AXES = {
    "epochs": Text("整遍数据", "passes over the data"),
    "steps": Text("更新次数", "updates of the weights"),
    "seen": Text("看过的图片数", "images seen"),
    "seconds": Text("秒（单独训练一个网络）", "seconds, one network alone"),
}


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """Four panels of one race, and what a step and a pass cost."""
    names = {
        "full": Text("整个训练集一步", "the whole set a step"),
        "mini": Text(f"每步 {config.batch} 张", f"{config.batch} images a step"),
        "single": Text("每步 1 张", "one image a step"),
    }
    seconds = run.read_json("timing")["seconds"]
    curves: dict[str, dict[str, np.ndarray]] = {}
    rows = int(run.recorded("full")["seen"][0])
    for way in names:
        kept = {key: tensor.numpy() for key, tensor in run.recorded(way).items()}
        steps = kept["seen"] / batch_of(config, way, rows)
        kept |= {"epochs": kept["seen"] / rows, "steps": steps, "seconds": steps * seconds[way]}
        curves[way] = kept
    return [race(names, curves), cost(names, curves, seconds, rows)]


def batch_of(config: Any, way: str, rows: int) -> int:
    """How many images make a step."""
    return {"full": rows, "mini": config.batch, "single": 1}[way]


def race(names: dict[str, Text], curves: dict[str, dict[str, np.ndarray]]) -> Picture:
    """The loss of the three, against four measures of effort."""

    def draw(figure: Figure, language: str) -> None:
        panels = figure.subplots(2, 2, sharey=True).flat
        for number, (axes, (key, label)) in enumerate(zip(panels, AXES.items(), strict=True)):
            for i, (way, of_one) in enumerate(curves.items()):
                words = Text(
                    f"{names[way].zh}（学习率 {float(of_one['rate']):.3g}）",
                    f"{names[way].en}, rate {float(of_one['rate']):.3g}",
                )[language]
                look: dict[str, Any] = {"color": palette.category(i), "marker": palette.marker(i)}
                look |= {"markersize": 3.5, "label": None if number else words}
                axes.plot(of_one[key], of_one["loss"], **look)
            axes.set_xscale("log")
            axes.set_yscale("log")
            axes.set_xlabel(label[language])
            axes.grid(visible=True, which="both")
            if number % 2 == 0:
                axes.set_ylabel(LOSS[language])
        figure.legend(loc="outside lower center", ncols=3)

    ends = [
        (names[way], c["loss"][-1], c["epochs"][-1], c["seconds"][-1]) for way, c in curves.items()
    ]
    alt = Text(
        "四幅折线图，训练损失对遍数、更新次数、图片数与时间。"
        + "".join(f"{n.zh}：{e:g} 遍、{s:.2g} 秒后为 {v:.3g}。" for n, v, e, s in ends),
        "Four line charts, training loss against passes, updates, images and seconds. "
        + " ".join(f"{n.en}: {v:.3g} after {e:g} passes, {s:.2g} s." for n, v, e, s in ends),
    )
    columns = {
        "way": np.concatenate([np.full(len(c["loss"]), way) for way, c in curves.items()]),
        **{key: np.concatenate([c[key] for c in curves.values()]) for key in (*AXES, "loss")},
    }
    title = Text("同样的力气，走到哪里", "How far the same effort goes")
    return Picture("race", title, alt, draw, columns, (9.2, 6.8))


def cost(
    names: dict[str, Text],
    curves: dict[str, dict[str, np.ndarray]],
    seconds: dict[str, float],
    rows: int,
) -> Picture:
    """Bars: what one step takes, and what one pass over the data takes."""
    steps = {way: c["steps"][-1] / c["epochs"][-1] for way, c in curves.items()}
    each = {
        Text("一步（毫秒）", "one step, milliseconds"): [1000 * seconds[way] for way in names],
        Text("一遍数据（秒）", "one pass over the data, seconds"): [
            steps[way] * seconds[way] for way in names
        ],
    }

    def draw(figure: Figure, language: str) -> None:
        for axes, (label, values) in zip(figure.subplots(1, 2), each.items(), strict=True):
            colours = [palette.category(i) for i in range(len(names))]
            bars = axes.barh([name[language] for name in names.values()], values, color=colours)
            axes.bar_label(bars, fmt=" {:.3g}")
            axes.set_xscale("log")
            axes.margins(x=0.25)
            axes.invert_yaxis()
            axes.set_xlabel(label[language])
            if label is not next(iter(each)):
                axes.set_yticklabels([])

    step, whole = each.values()
    alt = Text(
        "两组横条。" + "".join(
            f"{n.zh}：一步 {a:.3g} 毫秒，一遍 {b:.3g} 秒。"
            for n, a, b in zip(names.values(), step, whole, strict=True)
        ),
        "Two groups of bars. " + " ".join(
            f"{n.en}: {a:.3g} ms a step, {b:.3g} s a pass."
            for n, a, b in zip(names.values(), step, whole, strict=True)
        ),
    )  # fmt: skip
    columns = {"way": np.array(list(names)), "milliseconds_a_step": np.array(step)}
    columns |= {"seconds_a_pass": np.array(whole), "images": np.full(len(names), rows)}
    title = Text("一步便宜，一遍就贵", "Cheap steps make a dear pass")
    return Picture("cost", title, alt, draw, columns, (8.6, 3.2))
