"""Bytes as grey values: 0 becomes 0, 255 becomes 1; as images with one channel, or as pixels.

    x = byte / 255

Where ours differs: no mean is taken off and no deviation divided by, so that black stays 0 and a
file of anybody's can be given to the network without knowing what it was trained on.
"""

from __future__ import annotations

from jaxtyping import Float, UInt8
from torch import Tensor


def grey_images(
    images: UInt8[Tensor, "*batch height width"],
) -> Float[Tensor, "*batch channel height width"]:
    """One channel of grey values for every image.

    >>> import torch
    >>> grey_images(torch.zeros(5, 28, 28, dtype=torch.uint8)).shape
    torch.Size([5, 1, 28, 28])
    """
    return images.unsqueeze(-3).float() / 255


def grey_pixels(images: UInt8[Tensor, "*batch height width"]) -> Float[Tensor, "*batch pixels"]:
    """The grey values of every image in a row.

    >>> import torch
    >>> grey_pixels(torch.full((5, 2, 2), 255, dtype=torch.uint8))[0]
    tensor([1., 1., 1., 1.])
    """
    return images.flatten(-2).float() / 255
