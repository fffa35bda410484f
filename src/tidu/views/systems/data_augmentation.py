"""The pictures of ``data-augmentation``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu import views
from tidu.views import palette
from tidu.views.image_grid import draw_tiles, pixel_columns
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from tidu.runs import Run

TREATMENTS = {
    "none": Text("原样", "as they are"),
    "turned": Text("旋转", "turned"),
    "moved": Text("平移", "moved"),
    "mirrored": Text("左右翻转", "mirrored"),
    "noisy": Text("加噪声", "noisy"),
    "all": Text("合在一起", "all together"),
}
TESTS = {"clean": Text("干净", "clean")} | TREATMENTS


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """Who reads which test images, what was done to them, and the accuracy over training."""
    table = run.recorded("accuracy")["table"].numpy().mean(0)
    return [
        lessons(table, experiment.TREATMENTS, experiment.TESTS),
        treatments(run.recorded("examples")["images"].numpy()),
        views.metric_curves(
            run.history(),
            {f"clean_{name}": words for name, words in TREATMENTS.items()},
            name="clean",
            title=Text("干净测试图像上的正确率", "Accuracy on clean test images"),
            y_label=Text("正确率", "accuracy"),
        ),
    ]


def lessons(table: np.ndarray, learned: tuple[str, ...], tested: tuple[str, ...]) -> Picture:
    """What was done in training (rows) against what was done to the test images (columns)."""

    def draw(figure: Figure, language: str) -> None:
        from matplotlib.patches import Rectangle

        axes = figure.add_subplot()
        image = axes.imshow(table, cmap=palette.SEQUENTIAL, aspect="auto")
        axes.set_yticks(range(len(learned)), [TREATMENTS[name][language] for name in learned])
        axes.set_xticks(range(len(tested)), [TESTS[name][language] for name in tested])
        axes.set_ylabel(Text("训练图像", "training images")[language])
        axes.set_xlabel(Text("测试图像", "test images")[language])
        for (row, column), value in np.ndenumerate(table):
            red, green, blue, _ = image.cmap(image.norm(value))
            ink = "white" if 0.299 * red + 0.587 * green + 0.114 * blue < 0.5 else "black"
            axes.text(column, row, f"{value:.1%}", ha="center", va="center", color=ink, fontsize=10)
            if learned[row] == tested[column]:
                box = (column - 0.48, row - 0.48), 0.96, 0.96
                axes.add_patch(Rectangle(*box, fill=False, edgecolor=ink, linewidth=1.5))
        figure.colorbar(
            image, ax=axes, label=Text("正确率", "accuracy")[language], format="{x:.0%}"
        )

    plain, every = table[0], table[-1]
    return Picture(
        "lessons",
        Text("见过什么，就不怕什么", "A net does not fear what it has seen"),
        Text(
            f"热力图：行是训练时的处理，列是测试图像的处理，方框标出两者相同的格子。"
            f"不做增强，干净图像上 {plain[0]:.1%}，全部干扰 {plain[-1]:.1%}；"
            f"合在一起训练，分别为 {every[0]:.1%} 和 {every[-1]:.1%}。",
            "Heat map: rows are what was done to the training images, columns what was done to "
            "the test images; a frame marks where both are the same. Without augmentation "
            f"{plain[0]:.1%} on clean images and {plain[-1]:.1%} on those with everything done to "
            f"them; trained on all together {every[0]:.1%} and {every[-1]:.1%}.",
        ),
        draw,
        {
            "training": np.repeat(learned, len(tested)),
            "test": np.tile(tested, len(learned)),
            "accuracy": table.ravel(),
        },
        (7.6, 4.6),
    )


def treatments(images: np.ndarray) -> Picture:
    """The same images (treatments, count, height, width) under every treatment, a row each."""
    count = images.shape[1]

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        draw_tiles(axes, images.reshape(-1, *images.shape[2:]), count)
        row = images.shape[2] + max(1, round(0.08 * images.shape[3]))
        for place, words in enumerate(TREATMENTS.values()):
            axes.text(
                -3, (place + 0.5) * row, words[language], ha="right", va="center", fontsize=10
            )

    return Picture(
        "treatments",
        Text("同样的图像，不同的处理", "The same images under every treatment"),
        Text(
            f"{count} 张训练图像，每行一种处理：原样、旋转、平移、左右翻转、加噪声、合在一起。",
            f"{count} training images, a row for each treatment: as they are, turned, moved, "
            "mirrored, noisy, all together.",
        ),
        draw,
        pixel_columns(images.reshape(-1, *images.shape[2:])),
        (1.0 * count + 1.4, 1.0 * len(images) + 0.5),
    )
