"""Images a generator draws: beside real ones, as training goes on, and on the way between two."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

from tidu import vision
from tidu.views.image_grid import draw_tiles, pixel_columns
from tidu.views.picture import Picture
from tidu.views.player import Frame, player
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOMENTS, OF_EACH = 6, 10  # rows and columns of the static picture of a training
WALKS, STATIONS = 5, 11  # the same of the walks
DRAWN, REAL = Text("生成", "drawn"), Text("真实", "real")
SHARPER = 2  # how much larger than the images the player's are, so that pixels stay squares


def drawn_and_real(drawn: np.ndarray, real: np.ndarray) -> Picture:
    """Drawn and real images, bytes (n, height, width), side by side.

    >>> drawn_and_real(np.zeros((4, 2, 2)), np.zeros((4, 2, 2))).data["drawn"].sum()
    np.int64(16)
    """
    across = int(np.ceil(np.sqrt(len(drawn))))
    both = np.concatenate([drawn, real])

    def draw(figure: Figure, language: str) -> None:
        for place, (name, images) in enumerate(((DRAWN, drawn), (REAL, real))):
            axes = figure.add_subplot(1, 2, place + 1)
            draw_tiles(axes, images, across)
            axes.set_title(name[language])

    return Picture(
        "drawn",
        Text("画出来的与真实的", "Drawn and real"),
        Text(
            f"左边 {len(drawn)} 张是生成器从噪声画出的，右边 {len(real)} 张是训练集里的真实图像。",
            f"On the left {len(drawn)} images that the generator drew from noise, on the right "
            f"{len(real)} real ones out of the training set.",
        ),
        draw,
        pixel_columns(both) | {"drawn": np.repeat([1, 0], [drawn.size, real.size])},
        (9.0, 4.9),
    )


def drawn_over_training(frames: np.ndarray, steps: Sequence[int]) -> Picture:
    """``frames`` (moments, n, height, width) of images from the same noise: six moments as rows.

    The player shows every moment, all n images.

    >>> picture = drawn_over_training(np.zeros((3, 4, 2, 2), dtype=np.uint8), [0, 10, 20])
    >>> sorted(set(picture.data["step"].tolist()))
    [0, 10, 20]
    """
    chosen = np.unique(np.linspace(0, len(steps) - 1, MOMENTS).round().astype(int))
    shown = frames[chosen, :OF_EACH]
    step_words = Text("第 {} 步", "step {}")

    def draw(figure: Figure, language: str) -> None:
        rows = figure.subplots(len(chosen), 1, squeeze=False)[:, 0]
        for axes, moment, images in zip(rows, chosen, shown, strict=True):
            draw_tiles(axes, images, len(images))
            axes.set_title(step_words[language].format(steps[moment]), loc="left", fontsize=9)

    def interactive(language: str) -> str:
        states = [
            Frame(step_words[language].format(step), image=_sheet(images))
            for step, images in zip(steps, frames, strict=True)
        ]
        return _player(
            states, Text("同一份噪声变成的图像", "What the same noise becomes"), language
        )

    return Picture(
        "samples-over-training",
        Text("图像怎样从噪声里长出来", "How images grow out of noise"),
        Text(
            f"{len(chosen)} 行图像，从第 {steps[0]} 步到第 {steps[-1]} 步；"
            "同一列用的始终是同一份噪声。",
            f"{len(chosen)} rows of images from step {steps[0]} to step {steps[-1]}; a column "
            "always comes from the same noise.",
        ),
        draw,
        pixel_columns(shown.reshape(-1, *shown.shape[2:]))
        | {"step": np.repeat(np.array(steps)[chosen], shown[0].size)},
        (0.75 * shown.shape[1] + 0.5, 0.95 * len(chosen) + 0.5),
        interactive,
    )


def latent_walks(walks: np.ndarray) -> Picture:
    """``walks`` (n, way, height, width): a row goes from one noise vector to another.

    >>> latent_walks(np.zeros((9, 21, 2, 2), dtype=np.uint8)).data["value"].shape
    (220,)
    """
    stations = np.linspace(0, walks.shape[1] - 1, STATIONS).round().astype(int)
    shown = walks[:WALKS, stations]
    flat = shown.reshape(-1, *shown.shape[2:])

    def draw(figure: Figure, language: str) -> None:
        draw_tiles(figure.add_subplot(), flat, len(stations))

    def interactive(language: str) -> str:
        states = [
            Frame(f"{share:.0%}", image=_sheet(images))
            for share, images in zip(
                np.linspace(0, 1, walks.shape[1]), walks.swapaxes(0, 1), strict=True
            )
        ]
        title = Text("从一份噪声走到另一份", "From one noise vector to another")
        return _player(states, title, language)

    return Picture(
        "latent-walk",
        Text("在噪声空间里散步", "A walk through the space of noise"),
        Text(
            f"{len(shown)} 行，每行 {len(stations)} 张图：最左与最右各来自一份噪声，"
            "中间的噪声在两者之间沿弧线均匀移动。",
            f"{len(shown)} rows of {len(stations)} images: the first and the last come from a "
            "noise vector each, those between from vectors evenly spaced on the arc from one to "
            "the other.",
        ),
        draw,
        pixel_columns(flat),
        (0.8 * len(stations), 0.8 * len(shown) + 0.5),
        interactive,
    )


def _player(states: Sequence[Frame], title: Text, language: str) -> str:
    return player(states, np.zeros(0, int), (0, 1, 0, 1), title, language, blend=False)


def _sheet(images: np.ndarray) -> str:
    sheet = torch.from_numpy(np.kron(images, np.ones((1, SHARPER, SHARPER), np.uint8)))
    picture = vision.png(vision.contact_sheet(sheet, gap=2 * SHARPER))
    return "data:image/png;base64," + b64encode(picture).decode()
