"""Many small images in one picture, each with a caption."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tidu.views import palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def image_grid_picture(
    images: np.ndarray,
    *,
    name: str,
    title: Text,
    alt: Text,
    captions: Sequence[str | Text] = (),
    columns: int | None = None,
    signed: bool = False,
    side: float = 0.95,
) -> Picture:
    """``images`` of shape (count, height, width), or (count, height, width, 3) for colours.

    Grey images share one scale from the lowest to the highest value; ``signed`` ones (filters)
    take colours that diverge from zero. ``side`` is the width of an image in inches. The CSV
    holds the pixels.

    >>> picture = image_grid_picture(np.zeros((12, 28, 28)), name="digits",
    ...                              title=Text("数字", "Digits"), alt=Text("十二个", "Twelve"))
    >>> len(picture.data["value"])
    9408
    """
    if images.ndim not in (3, 4):
        raise ValueError(
            "image_grid_picture expects (count, height, width) or (count, height, width, 3); got "
            f"an array of shape {images.shape}; give one image along the first dimension"
        )
    across = columns or max(1, math.ceil(math.sqrt(len(images) * 1.6)))
    down = max(1, math.ceil(len(images) / across))

    def draw(figure: Figure, language: str) -> None:
        words = [c[language] if isinstance(c, Text) else c for c in captions]
        draw_tiles(figure.add_subplot(), images, across, signed, words)

    height = side * (1.25 if captions else 1.0)
    size = (max(3.5, across * side), down * height + 0.5)
    return Picture(name, title, alt, draw, pixel_columns(images), size)


def draw_tiles(
    axes: Axes,
    images: np.ndarray,
    across: int,
    signed: bool = False,
    captions: Sequence[str] = (),
) -> None:
    """Draw ``images`` on one pair of axes, ``across`` in a row, all on one scale.

    One image made of tiles is drawn many times faster than one pair of axes for each.
    """
    axes.set_axis_off()
    if not images.size:
        return
    height, width = images.shape[1:3]
    room = max(1, round(0.08 * width))  # between tiles
    above = max(room, round(0.25 * height)) if captions else room
    down = math.ceil(len(images) / across)
    shape = (down * (height + above), across * (width + room), *images.shape[3:])
    tiles = np.full(shape, np.nan)
    for place, image in enumerate(images):
        row, column = divmod(place, across)
        top, left = row * (height + above) + above, column * (width + room)
        tiles[top : top + height, left : left + width] = image / 255 if image.ndim == 3 else image
        if place < len(captions):
            middle = left + width / 2 - 0.5
            axes.text(middle, top - 1, captions[place], ha="center", va="bottom", fontsize=8)
    low, high = float(images.min()), float(images.max())
    if signed:
        high = max(abs(low), abs(high))
        low = -high
    colours = palette.DIVERGING if signed else "gray"
    axes.imshow(tiles, cmap=colours, vmin=low, vmax=high, interpolation="nearest")


def pixel_columns(images: np.ndarray) -> dict[str, np.ndarray]:
    """Every pixel as a row: which image, where in it, and its value.

    >>> {name: column.tolist() for name, column in pixel_columns(np.array([[[7, 8]]])).items()}
    {'image': [0, 0], 'row': [0, 0], 'column': [0, 1], 'value': [7, 8]}
    """
    names = ("image", "row", "column", "colour")[: images.ndim]
    places = np.indices(images.shape).reshape(images.ndim, -1)
    return dict(zip(names, places, strict=True)) | {"value": images.ravel()}
