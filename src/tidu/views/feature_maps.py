"""What a convolutional network sees: its filters, and the maps they make of an image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from tidu.views.image_grid import draw_tiles, image_grid_picture
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = 20  # maps of a layer; more would be too small to see
ACROSS = 10  # maps in a row


def filters(weights: np.ndarray, *, name: str = "filters", title: Text | None = None) -> Picture:
    """The filters of a first layer, ``weights`` of shape (count, height, width).

    >>> filters(np.random.randn(20, 5, 5)).data["value"].shape
    (500,)
    """
    count, height, width = weights.shape
    return image_grid_picture(
        weights,
        name=name,
        title=title or Text("第一层的卷积核", "The filters of the first layer"),
        alt=Text(
            f"{count} 个 {height}×{width} 的权重图，橙色为负，紫色为正，白色为零。",
            f"{count} weight images of {height} by {width}: orange is negative, purple positive, "
            "white zero.",
        ),
        columns=ACROSS,
        signed=True,
    )


def feature_maps(
    image: np.ndarray,
    layers: Mapping[str, np.ndarray],
    *,
    name: str = "feature-maps",
    title: Text | None = None,
) -> Picture:
    """An ``image`` (height, width) and, layer by layer, the maps (channels, height, width) of it.

    ``layers`` goes by the layers' names. The first 20 maps of each are shown, on a scale of the
    layer's own; the CSV has every pixel of those.

    >>> maps = {"conv1": np.zeros((20, 24, 24)), "conv2": np.zeros((50, 8, 8))}
    >>> sorted(set(feature_maps(np.zeros((28, 28)), maps).data["layer"].tolist()))
    ['conv1', 'conv2', 'input']
    """
    shown = {layer: maps[:SHOWN] for layer, maps in layers.items()}
    rows = [-(-len(maps) // ACROSS) for maps in shown.values()]

    def draw(figure: Figure, language: str) -> None:
        grid = figure.subplots(len(shown) + 1, 1, squeeze=False, height_ratios=[1.4, *rows])[:, 0]
        draw_tiles(grid[0], image[None], 1)
        grid[0].set_title(Text("输入", "input")[language])
        for axes, (layer, maps) in zip(grid[1:], shown.items(), strict=True):
            draw_tiles(axes, maps, ACROSS)
            axes.set_title(_label(layer, layers[layer], len(maps))[language])

    return Picture(
        name,
        title or Text("卷积核看见了什么", "What the filters see"),
        Text(
            "最上面是输入图像，下面逐层是每个卷积核的输出，越亮响应越强。",
            "On top the input image; below, layer by layer, the output of each filter, brighter "
            "where it responds more.",
        ),
        draw,
        _columns({"input": image[None], **shown}),
        size=(8.5, 1.6 + 0.95 * sum(rows) + 0.3 * len(rows)),
    )


def _label(layer: str, maps: np.ndarray, shown: int) -> Text:
    count, height, width = maps.shape
    if shown < count:
        return Text(
            f"{layer}：{count} 张 {height}×{width} 特征图中的前 {shown} 张",
            f"{layer}: the first {shown} of {count} maps of {height} by {width}",
        )
    return Text(
        f"{layer}：{count} 张 {height}×{width} 特征图",
        f"{layer}: {count} maps of {height} by {width}",
    )


def _columns(layers: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    places = [np.indices(maps.shape).reshape(3, -1) for maps in layers.values()]
    joined = np.concatenate(places, 1)
    return {
        "layer": np.concatenate([np.repeat(name, maps.size) for name, maps in layers.items()]),
        "map": joined[0],
        "row": joined[1],
        "column": joined[2],
        "value": np.concatenate([maps.ravel() for maps in layers.values()]),
    }
