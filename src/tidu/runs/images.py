"""What experiments on grey images do alike once something is trained.

An experiment gives them away under its own names, ``Use = runs.PictureFile`` and the like, so that
its file still tells everything it can do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import tyro

from tidu import data, vision

if TYPE_CHECKING:
    from jaxtyping import Float, Int
    from torch import Tensor

    from tidu.runs.run import Run


@dataclass(frozen=True)
class PictureFile:
    """What to read."""

    image: tyro.conf.Positional[str]  # a picture file of any size, dark on bright or the reverse


def class_of_picture(
    options: PictureFile, network: torch.nn.Module, run: Run, source: str, size: int
) -> dict[str, object]:
    """The class that ``network`` sees in a picture, prepared as the images of ``source`` were."""
    image = data.image_like(options.image, source, run.data is not None, size)
    with torch.inference_mode():
        return vision.ranking(network(image[None, None])[0], run.read_json("classes"))


def some_images(
    run: Run, source: str, size: int, examples: int
) -> tuple[Float[Tensor, "examples 1 size size"], Int[Tensor, " examples"]]:
    """Training images as grey values from 0 to 1, and their labels; the same for every call."""
    images = data.images_or(source, run.data, size)
    rows = torch.randperm(len(images.train_labels), generator=run.generator(99))[:examples]
    return vision.grey_images(images.train_images[rows]), images.train_labels[rows]


def two_images(size: int) -> tuple[Float[Tensor, "2 1 size size"]]:
    """Two images for an export to be traced and checked with.

    >>> two_images(28)[0].shape
    torch.Size([2, 1, 28, 28])
    """
    return (torch.linspace(0, 1, 2 * size * size).reshape(2, 1, size, size),)
