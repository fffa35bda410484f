"""The pictures of ``mlp``: the weights and the activation of every neuron."""

from __future__ import annotations

import math
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tidu import views
from tidu.views import palette
from tidu.views.image_grid import draw_tiles
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from tidu.runs import Run

SHOWN = 32  # neurons of the first layer whose weights are shown


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """Weights, activations, what is taken for what, and the curves."""
    classes: list[str] = run.read_json("classes")
    seen = {name: tensor.numpy() for name, tensor in run.recorded("example").items()}
    network = experiment.model(config, run)
    error = Text("测试错误率", "test error")
    return [
        _activations(seen, classes),
        _weights(network, seen),
        views.heat_map(
            run.recorded("test")["confusion"].numpy(),
            name="confusion",
            title=Text("谁被认成了谁", "What was taken for what"),
            alt=Text(
                "混淆矩阵：行为真实类别，列为预测类别，格中为测试图像张数。",
                "Confusion matrix: rows are the true classes, columns the predicted ones, numbers "
                "are test images.",
            ),
            rows=classes,
            columns=classes,
            row_label=Text("真实类别", "true class"),
            column_label=Text("预测类别", "predicted class"),
        ),
        views.metric_curves(run.history(), {"error": error}, name="error", title=error, log=True),
    ]


def _weights(network: torch.nn.Module, seen: dict[str, np.ndarray]) -> Picture:
    """The weights of the first layer's neurons as images, each with its activation."""
    first = next(m for m in network.modules() if isinstance(m, torch.nn.Linear))
    activation = seen.get("hidden-1", seen["output"])
    chosen = np.sort(np.argsort(-activation, kind="stable")[:SHOWN])
    images = first.weight.detach().numpy()[chosen].reshape(-1, *seen["image"].shape)
    count = len(activation)
    which = Text("", "") if count <= SHOWN else Text("最活跃的", "most active ")
    return views.image_grid_picture(
        images,
        name="weights",
        title=Text(
            "第一层神经元的权重，上方是它的激活值",
            "The weights of first-layer neurons, each under its activation",
        ),
        alt=Text(
            f"第一层 {count} 个神经元中{which.zh} {len(chosen)} 个的权重图："
            "像素亮在紫色处使它激活，亮在橙色处使它安静；标题为它对示例图像的激活值。",
            f"Weight images of {len(chosen)} {which.en}neurons out of the {count} in the first "
            "layer: a bright pixel where it is purple excites the neuron, where it is orange it "
            "calms it; captions are the activations for the example.",
        ),
        captions=[f"{value:.2f}" for value in activation[chosen]],
        columns=8,
        signed=True,
    )


def _activations(seen: dict[str, np.ndarray], classes: list[str]) -> Picture:
    """One image, and how strongly every neuron of every layer answers to it."""
    hidden = {name: values for name, values in seen.items() if name.startswith("hidden")}
    layers = [hidden[f"hidden-{i}"] for i in range(1, len(hidden) + 1)]
    true = classes[int(seen["label"])]
    said = classes[int(seen["output"].argmax())]

    def draw(figure: Figure, language: str) -> None:
        panels = figure.subplots(1, len(layers) + 2, width_ratios=[1, *(1 for _ in layers), 1.4])
        draw_tiles(panels[0], seen["image"][None], 1)
        panels[0].set_title(Text(f"输入：{true}", f"input: {true}")[language])
        for i, (axes, values) in enumerate(zip(panels[1:-1], layers, strict=True), 1):
            axes.imshow(_block(values), cmap=palette.SEQUENTIAL, vmin=0)
            axes.set_axis_off()
            words = Text(f"第 {i} 层：{len(values)} 个", f"layer {i}: {len(values)} neurons")
            axes.set_title(words[language])
        last = panels[-1]
        colours = [palette.VERMILION if name == said else palette.BLUE for name in classes]
        last.barh(range(len(classes)), seen["output"], color=colours)
        last.set_yticks(range(len(classes)), classes)
        last.invert_yaxis()
        last.axvline(0, color=palette.GREY, linewidth=0.7)
        last.set_title(Text(f"输出：{said}", f"output: {said}")[language])
        last.set_xlabel(Text("加权和", "weighted sum")[language])

    table = [*layers, seen["output"]]
    return Picture(
        "activations",
        Text("一幅图像，每个神经元的激活值", "One image and the activation of every neuron"),
        Text(
            f"左边是一幅测试图像（真实类别 {true}），中间逐层是每个神经元的激活值，"
            f"一格一个，越亮越强，右边是各类的加权和，最高的是 {said}。",
            f"Left, a test image (true class {true}); then, layer by layer, one cell for each "
            f"neuron, brighter where it is more active; right, each class's weighted sum, the "
            f"highest is {said}.",
        ),
        draw,
        {
            "layer": np.repeat(range(1, len(table) + 1), [len(values) for values in table]),
            "neuron": np.concatenate([np.arange(len(values)) for values in table]),
            "activation": np.concatenate(table),
        },
        (2.6 * (len(layers) + 2), 3.0),
    )


def _block(values: np.ndarray) -> np.ndarray:
    """A layer's numbers as a matrix, about as high as wide; what is left over stays empty."""
    across = math.ceil(math.sqrt(len(values)))
    down = math.ceil(len(values) / across)
    padded = np.full(down * across, np.nan)
    padded[: len(values)] = values
    return padded.reshape(down, across)
