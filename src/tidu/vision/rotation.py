"""Turn each image of a batch by its own angle.

    output[y, x] = input[y', x'],      (x', y') = R(angle) (x, y),
    R(a) = [cos a  -sin a; sin a  cos a]

with places measured from the image's middle, x to the right and y downwards; between pixels the
value is bilinear, outside it is zero. A positive angle turns what is seen anticlockwise.

Source: Simard, Steinkraus, Platt (2003), "Best practices for convolutional neural networks applied
to visual document analysis", section 2. :func:`rotate_one` is the definition, place by place;
:func:`rotate` gives the same for a whole batch in one call.
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor

from tidu.vision.affine import affine_matrices, warp_affine


def rotate(
    images: Float[Tensor, "batch channel height width"], degrees: Float[Tensor, " batch"]
) -> Float[Tensor, "batch channel height width"]:
    """Turn image ``b`` by ``degrees[b]``, all of them at once.

    >>> rotate(torch.rand(16, 1, 28, 28), torch.linspace(-30, 30, 16)).shape
    torch.Size([16, 1, 28, 28])
    """
    degrees = degrees.to(images)
    still = torch.zeros_like(degrees)
    matrices = affine_matrices(degrees, still + 1, still, torch.stack([still, still], 1))
    return warp_affine(images, matrices)


def rotate_one(
    image: Float[Tensor, "channel height width"], degrees: float
) -> Float[Tensor, "channel height width"]:
    """The definition: where does each place of the turned image look in the old one?

    >>> rotate_one(torch.tensor([[[1.0, 2.0], [3.0, 4.0]]]), 90).round().tolist()
    [[[2.0, 4.0], [1.0, 3.0]]]
    """
    _, height, width = image.shape
    middle_y, middle_x = (height - 1) / 2, (width - 1) / 2
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    rows: list[Tensor] = []
    for row in range(height):
        for column in range(width):
            x, y = column - middle_x, row - middle_y
            there_x, there_y = cos * x - sin * y, sin * x + cos * y
            rows.append(_between(image, there_y + middle_y, there_x + middle_x))
    return torch.stack(rows, 1).view_as(image)


def _between(
    image: Float[Tensor, "channel height width"], y: float, x: float
) -> Float[Tensor, " channel"]:
    """The value at a place between pixels: each of the four around counts by its nearness."""
    _, height, width = image.shape
    top, left = math.floor(y), math.floor(x)
    value = torch.zeros_like(image[:, 0, 0])
    for row, column in ((top, left), (top, left + 1), (top + 1, left), (top + 1, left + 1)):
        if 0 <= row < height and 0 <= column < width:
            nearness = (1 - abs(y - row)) * (1 - abs(x - column))
            value = value + nearness * image[:, row, column]
    return value
