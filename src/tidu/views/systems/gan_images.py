"""The pictures of ``gan-images``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu import views
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from tidu.runs import Run

PAIRS, ACROSS = 24, 12  # drawn images beside their nearest, and how many in a row


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """What was drawn, how it came about, walks through the noise, copies, and the curves."""
    frames = run.recorded("samples")
    seen = {name: tensor.numpy() for name, tensor in run.recorded("final").items()}
    history = run.history()
    return [
        views.drawn_images.drawn_and_real(seen["drawn"], seen["real"]),
        views.drawn_images.drawn_over_training(frames["images"].numpy(), frames["steps"].tolist()),
        views.drawn_images.latent_walks(seen["walks"]),
        _nearest(seen["drawn"][:PAIRS], seen["nearest"][:PAIRS]),
        views.metric_curves(
            history,
            {"train_distance": Text("到训练图像的距离", "distance to training images")},
            name="train-distance",
            title=Text("离真实图像有多远", "How far from real images"),
            y_label=Text("弗雷歇距离", "Fréchet distance"),
            log=True,
        ),
        views.metric_curves(
            history,
            {
                "discriminator_loss": Text("判别器", "discriminator"),
                "generator_loss": Text("生成器", "generator"),
            },
            name="losses",
            title=Text("两个玩家的损失", "The losses of the two players"),
        ),
    ]


def _nearest(drawn: np.ndarray, nearest: np.ndarray) -> Picture:
    """Rows of drawn images, each row above that of their nearest training images."""
    rows = [
        images[start : start + ACROSS]
        for start in range(0, len(drawn), ACROSS)
        for images in (drawn, nearest)
    ]
    return views.image_grid_picture(
        np.concatenate(rows),
        name="nearest",
        title=Text(
            "是抄来的吗？上：生成；下：最近的训练图像",
            "Copied? Above: drawn; below: the nearest training image",
        ),
        alt=Text(
            f"{len(drawn)} 张生成图像，每张下方是训练集中与它欧氏距离最近的一张。",
            f"{len(drawn)} drawn images, below each the training image at the smallest Euclidean "
            "distance.",
        ),
        columns=ACROSS,
    )
