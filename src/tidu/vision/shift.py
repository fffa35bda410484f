"""Move each image of a batch by whole pixels, zeros coming in from outside.

    output[b, c, y, x] = input[b, c, y - dy[b], x - dx[b]],    0 where that lies outside.

Source: Nielsen (2015), "Neural Networks and Deep Learning", chapter 6, who expands MNIST by moving
each image one pixel in each direction. Where ours differs: an image is moved when it is drawn for
a batch, so nothing is stored. :func:`shift_one` is the definition; :func:`shift` moves all images
in one gather, without a loop over them.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor


def shift(
    images: Float[Tensor, "batch channel height width"], offset: Int[Tensor, "batch 2"]
) -> Float[Tensor, "batch channel height width"]:
    """Move image ``b`` by ``offset[b] = (dy, dx)`` pixels: down and to the right.

    >>> image = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    >>> shift(image, torch.tensor([[0, 1]])).tolist()
    [[[[0.0, 1.0], [0.0, 3.0]]]]
    """
    height, width = images.shape[-2:]
    rows, row_inside = _source(offset[:, 0], height)
    columns, column_inside = _source(offset[:, 1], width)
    index = rows.unsqueeze(2) * width + columns.unsqueeze(1)
    inside = row_inside.unsqueeze(2) & column_inside.unsqueeze(1)
    flat = images.flatten(2)
    moved = flat.gather(2, index.flatten(1).unsqueeze(1).expand_as(flat)).view_as(images)
    return moved * inside.unsqueeze(1)


def shift_one(
    image: Float[Tensor, "channel height width"], down: int, right: int
) -> Float[Tensor, "channel height width"]:
    """The definition: each pixel of the image that is still inside goes to its new place.

    >>> shift_one(torch.tensor([[[1.0, 2.0], [3.0, 4.0]]]), 1, 0).tolist()
    [[[0.0, 0.0], [1.0, 2.0]]]
    """
    _, height, width = image.shape
    moved = torch.zeros_like(image)
    for y in range(max(0, down), min(height, height + down)):
        for x in range(max(0, right), min(width, width + right)):
            moved[:, y, x] = image[:, y - down, x - right]
    return moved


def random_shift(
    images: Float[Tensor, "batch channel height width"],
    pixels: int,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "batch channel height width"]:
    """Move each image by up to ``pixels`` in each direction, every whole offset equally likely.

    >>> random_shift(torch.rand(16, 1, 28, 28), pixels=2).shape
    torch.Size([16, 1, 28, 28])
    """
    if pixels < 0:
        raise ValueError(f"pixels must be at least 0; got {pixels}; give how far an image may move")
    offset = torch.randint(-pixels, pixels + 1, (len(images), 2), generator=generator)
    return shift(images, offset.to(images.device))


def _source(offset: Int[Tensor, " batch"], size: int) -> tuple[Int[Tensor, "batch size"], Tensor]:
    """Where each place comes from, kept inside the image, and whether it was inside."""
    place = torch.arange(size, device=offset.device) - offset.unsqueeze(1)
    return place.clamp(0, size - 1), (place >= 0) & (place < size)
