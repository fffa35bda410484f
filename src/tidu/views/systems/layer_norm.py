"""The pictures of ``layer-norm``: the axes of both normalisations, and the size of the batch."""

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
    "batch": Text("批归一化", "batch normalisation"),
    "layer": Text("层归一化", "layer normalisation"),
}


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """One tensor three times, which numbers share a mean, and the error by batch size."""
    tensor, masks, errors = (
        {name: t.numpy() for name, t in run.recorded(part).items()}
        for part in ("tensor", "masks", "errors")
    )
    return [_tensor(tensor), _cubes(masks), _errors(errors)]


def _tensor(seen: dict[str, np.ndarray]) -> Picture:
    """The same numbers raw, normalised down the columns, and along the rows, with their means."""
    panels = {
        "raw": Text("原样", "as it is"),
        "batch": Text("批归一化：每列均值 0", "batch norm: every column has mean 0"),
        "layer": Text("层归一化：每行均值 0", "layer norm: every row has mean 0"),
    }
    images, neurons = seen["raw"].shape

    def draw(figure: Figure, language: str) -> None:
        from matplotlib.patches import Rectangle

        for axes, (name, title) in zip(figure.subplots(1, 3), panels.items(), strict=True):
            values = np.full((images + 2, neurons + 2), np.nan)
            values[:images, :neurons] = seen[name]
            values[images + 1, :neurons] = seen[name].mean(0)
            values[:images, neurons + 1] = seen[name].mean(1)
            reach = np.abs(seen[name]).max()
            axes.imshow(values, cmap=palette.DIVERGING, vmin=-reach, vmax=reach)
            group = {"batch": (1, images, 2, 0), "layer": (neurons, 1, 0, 2)}.get(name)
            if group is not None:
                wide, high, left, top = group
                frame = Rectangle((left - 0.5, top - 0.5), wide, high, fill=False)
                frame.set(edgecolor=palette.BLUE, linewidth=2.5)
                axes.add_patch(frame)
            mean = Text("均值", "mean")[language]
            axes.set_xticks([neurons + 1], [mean])
            axes.set_yticks([images + 1], [mean])
            axes.set_xlabel(Text("神经元", "neurons")[language])
            axes.set_title(title[language])
            for side in axes.spines.values():
                side.set_visible(False)
            axes.tick_params(length=0)
        figure.axes[0].set_ylabel(Text("图像", "images")[language])

    columns = {
        "image": np.repeat(range(images), neurons),
        "neuron": np.tile(range(neurons), images),
    }
    return Picture(
        "axes",
        Text(
            "同一个张量：一列是一个神经元，一行是一幅图像",
            "One tensor: a column is a neuron, a row is an image",
        ),
        Text(
            f"{images} 幅图像、{neurons} 个神经元的矩阵画了三遍：原样、批归一化之后、层归一化之后。"
            "右边和下边是各行、各列的均值：批归一化让每列的均值为零，层归一化让每行的均值为零；"
            "蓝框圈出共用一个均值的数。",
            f"The matrix of {images} images and {neurons} neurons three times: as it is, after "
            "batch and after layer normalisation. The means of rows and columns stand at the right "
            "and below: batch normalisation makes those of the columns zero, layer normalisation "
            "those of the rows. A blue frame holds numbers that share one mean.",
        ),
        draw,
        columns | {name: values.ravel() for name, values in seen.items()},
        (10.4, 3.6),
    )


def _cubes(masks: dict[str, np.ndarray]) -> Picture:
    """For images: what the first number's mean is over, in the cube of images, channels, places."""

    def draw(figure: Figure, language: str) -> None:
        for place, arm in enumerate(ARMS, 1):
            axes: Any = figure.add_subplot(1, 2, place, projection="3d")
            mask = masks[arm][:, :, :: masks[arm].shape[2] // 4]  # four of the places are enough
            colours = np.where(mask, palette.BLUE, "#DDDDDD")
            axes.voxels(np.ones(mask.shape, dtype=bool), facecolors=colours, edgecolor="white")
            axes.set_title(ARMS[arm][language])
            axes.set_xlabel(Text("图像 N", "image N")[language], labelpad=-8)
            axes.set_ylabel(Text("通道 C", "channel C")[language], labelpad=-8)
            axes.set_zlabel(Text("位置 H×W", "place H×W")[language], labelpad=-8)
            axes.set_xticks([])
            axes.set_yticks([])
            axes.set_zticks([])
            axes.view_init(elev=24, azim=-128)

    sizes = {arm: int(masks[arm].sum()) for arm in ARMS}
    index = np.indices(masks["batch"].shape).reshape(3, -1)
    columns = dict(zip(("image", "channel", "place"), index, strict=True))
    return Picture(
        "cubes",
        Text(
            "一批图像：蓝色的数共用一个均值和方差",
            "A batch of images: the blue numbers share one mean and variance",
        ),
        Text(
            "两个由图像、通道、位置组成的立方体。批归一化的蓝色部分是一个通道，横跨所有图像，"
            f"共 {sizes['batch']} 个数；层归一化的是一幅图像，纵贯所有通道，"
            f"共 {sizes['layer']} 个数。",
            "Two cubes of images, channels and places. Blue under batch normalisation is one "
            f"channel across all images, {sizes['batch']} numbers; under layer normalisation one "
            f"image across all channels, {sizes['layer']} numbers.",
        ),
        draw,
        columns | {arm: masks[arm].astype(int).ravel() for arm in ARMS},
        (8.4, 4.2),
    )


def _errors(seen: dict[str, np.ndarray]) -> Picture:
    sizes, errors = seen["sizes"], seen["errors"]

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        for number, (name, values) in enumerate(zip(ARMS.values(), errors, strict=True)):
            colour, marker = palette.category(number), palette.marker(number)
            axes.plot(sizes, 100 * values, marker=marker, color=colour, label=name[language])
        axes.set_xscale("log", base=2)
        axes.set_xticks(sizes, [str(size) for size in sizes])
        axes.set_ylim(0)
        axes.set_xlabel(Text("每批图像数", "images in a batch")[language])
        axes.set_ylabel(Text("测试错误率（%）", "test error (%)")[language])
        axes.grid(visible=True)
        axes.legend()

    told_zh = "；".join(
        f"每批 {s} 张：{b:.1%} 对 {own:.1%}" for s, b, own in zip(sizes, *errors, strict=True)
    )
    told_en = "; ".join(
        f"batches of {s}: {b:.1%} against {own:.1%}"
        for s, b, own in zip(sizes, *errors, strict=True)
    )
    return Picture(
        "errors",
        Text(
            "看过的图像一样多，每批的张数不同", "Equally many images seen, in batches of any size"
        ),
        Text(
            f"测试错误率随每批张数的变化，批归一化对层归一化。{told_zh}。",
            f"Test error by batch size, batch against layer normalisation. {told_en}.",
        ),
        draw,
        {"size": sizes, "batch": errors[0], "layer": errors[1]},
    )
