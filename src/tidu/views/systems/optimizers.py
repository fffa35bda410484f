"""The pictures of ``optimizers``: the race from above and in space, and how fast each came down."""

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

NAMES = {
    "sgd": Text("SGD", "SGD"),
    "momentum": Text("动量", "momentum"),
    "nesterov": Text("Nesterov 动量", "Nesterov"),
    "adagrad": Text("AdaGrad", "AdaGrad"),
    "rmsprop": Text("RMSProp", "RMSProp"),
    "adam": Text("Adam", "Adam"),
    "adamw": Text("AdamW", "AdamW"),
}
SURFACES = {
    "beale": Text("Beale 函数", "Beale's function"),
    "rosenbrock": Text("Rosenbrock 香蕉谷", "Rosenbrock's valley"),
    "himmelblau": Text("Himmelblau 函数", "Himmelblau's function"),
    "ravine": Text("狭长的沟", "a ravine"),
    "saddle": Text("鞍点", "a saddle"),
}
STEP = Text("步数", "step")
LOSS = Text("训练损失", "training loss")


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """The surface with all ways, the heights, and the loss on the images."""
    names = [NAMES[name] for name in dict.fromkeys(config.optimizers)]
    surface = race(run, names)
    own = config.expression
    what = Text(own, own) if own else SURFACES[config.surface]
    title = Text(
        f"{what.zh}：同一个起点，各用自己最好的学习率",
        f"Down {what.en}: one start, each at its best rate",
    )
    images = {name: tensor.numpy() for name, tensor in run.recorded("images").items()}
    seconds = list(run.read_json("seconds").values())
    return [
        views.contour_picture(surface, "race", title),
        views.surface_picture(surface, "race-3d", title),
        heights(run, names),
        loss_curves(names, images, seconds),
        sensitivity(names, images),
    ]


def race(run: Run, names: list[Text]) -> views.Surface:
    """The surface and the ways on it, on a scale on which the valley can be seen."""
    seen = {name: tensor.numpy() for name, tensor in run.recorded("surface").items()}
    paths = seen["paths"]
    finite = seen["height"][np.isfinite(seen["height"])]
    lowest = min(float(finite.min()), float(paths[..., 2].min()))

    def scaled(height: np.ndarray) -> np.ndarray:
        return np.round(np.log10(1 + height - lowest), 9)

    ways = [np.column_stack([way[:, :2], scaled(way[:, 2])]) for way in paths]
    return views.Surface(
        seen["x"],
        seen["y"],
        scaled(np.where(np.isfinite(seen["height"]), seen["height"], finite.max())),
        Text("x", "x"),
        Text("y", "y"),
        Text("高出最低处，lg(1 + h)", "above the lowest, log10(1 + h)"),
        paths=dict(zip(names, ways, strict=True)),
    )


def heights(run: Run, names: list[Text]) -> Picture:
    """How high each stands above the lowest place that any of them found, step by step."""
    paths = run.recorded("surface")["paths"].numpy()
    above = paths[..., 2] - paths[..., 2].min()

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        for i, name in enumerate(names):
            axes.plot(np.maximum(above[i], 1e-12), color=palette.category(i), label=name[language])
            axes.plot(
                len(above[i]) - 1,
                max(above[i, -1], 1e-12),
                palette.marker(i),
                color=palette.category(i),
                clip_on=False,
            )
        axes.set_yscale("log")
        axes.set_xlabel(STEP[language])
        axes.set_ylabel(
            Text("比所有人到过的最低处高多少", "above the lowest that any found")[language]
        )
        axes.grid(visible=True)
        axes.legend(loc="lower left")

    ends = [(name, above[i, -1]) for i, name in enumerate(names)]
    alt = Text(
        "折线图：地形上的高度随步数下降，终点依次为 "
        + "，".join(f"{n.zh} {h:.2g}" for n, h in ends),
        "Line chart: the height on the surface, step by step; in the end "
        + ", ".join(f"{n.en} {h:.2g}" for n, h in ends),
    )
    columns = {"step": np.arange(above.shape[1])}
    columns |= {name.en: row for name, row in zip(names, above, strict=True)}
    title = Text("在地形上谁下得快", "Who comes down fastest on the surface")
    return Picture("heights", title, alt, draw, columns)


def loss_curves(names: list[Text], images: dict[str, np.ndarray], seconds: list[float]) -> Picture:
    """The loss on the images at each method's best rate, against steps and against seconds."""
    best = [int(np.nanargmin(of_one[-6:].mean(0))) for of_one in images["losses"]]
    curves = np.stack([c[:, b] for c, b in zip(images["losses"], best, strict=True)])
    steps = images["steps"]

    def draw(figure: Figure, language: str) -> None:
        panels = figure.subplots(1, 2, sharey=True)
        labels = STEP, Text("秒（单独训练一个网络）", "seconds, one network alone")
        for panel, (axes, label) in enumerate(zip(panels, labels, strict=True)):
            for i, name in enumerate(names):
                words = f"{name[language]} ({images['rates'][best[i]]:.2g})"
                x = steps * seconds[i] if panel else steps
                axes.plot(x, curves[i], color=palette.category(i), label=None if panel else words)
            axes.set_yscale("log")
            axes.set_xlabel(label[language])
            axes.grid(visible=True, which="both")
        panels[0].set_ylabel(LOSS[language])
        figure.legend(
            loc="outside lower center",
            ncols=4,
            title=Text("方法（所用的学习率）", "method (its learning rate)")[language],
        )

    ends = [(name, curves[i, -1], 1000 * seconds[i]) for i, name in enumerate(names)]
    alt = Text(
        "两幅折线图，训练损失对步数与对时间。"
        + "".join(f"{n.zh}降到 {h:.3g}，每步 {t:.2g} 毫秒。" for n, h, t in ends),
        "Two line charts, training loss against steps and against time: "
        + "; ".join(f"{n.en} comes to {h:.3g} at {t:.2g} ms a step" for n, h, t in ends),
    )
    columns = {"step": steps}
    for name, row, each in zip(names, curves, seconds, strict=True):
        columns |= {f"{name.en}.loss": row, f"{name.en}.seconds": steps * each}
    title = Text(
        "在真实图片上：同样的步数，同样的时间", "On real images: the same steps, the same time"
    )
    return Picture("images", title, alt, draw, columns, (9.6, 5.0))


def sensitivity(names: list[Text], images: dict[str, np.ndarray]) -> Picture:
    """What each rate came to: how choosy a method is."""
    last = images["losses"][:, -6:].mean(1)
    highest = float(np.nanmax(images["losses"][:, 0]))

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        for i, name in enumerate(names):
            shown = np.where(last[i] <= highest, last[i], np.nan)
            look: dict[str, Any] = {"color": palette.category(i), "marker": palette.marker(i)}
            axes.plot(images["rates"], shown, label=name[language], **look)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel(Text("学习率", "learning rate")[language])
        axes.set_ylabel(Text("最后的训练损失", "training loss in the end")[language])
        axes.grid(visible=True, which="both")
        figure.legend(loc="outside lower center", ncols=4)

    best = [(name, images["rates"][int(np.nanargmin(last[i]))]) for i, name in enumerate(names)]
    alt = Text(
        "折线图：每种方法在每个学习率下最后的训练损失；最好的学习率分别是 "
        + "，".join(f"{n.zh} {r:.2g}" for n, r in best),
        "Line chart: the final training loss of every method at every learning rate; best at "
        + ", ".join(f"{n.en} {r:.2g}" for n, r in best),
    )
    columns = {"rate": images["rates"]} | dict(zip([n.en for n in names], last, strict=True))
    title = Text("谁挑学习率", "Who is choosy about the learning rate")
    return Picture("sensitivity", title, alt, draw, columns)
