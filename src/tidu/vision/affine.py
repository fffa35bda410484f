"""Rotate, scale, shear and move each image of a batch by its own random amount.

An output place p (in pixels from the image's centre, x to the right, y downwards) takes its value
from the input place

    A p + t,      A = R(angle) [1 shear; 0 1] / scale,      R(a) = [cos a  -sin a; sin a  cos a]

by bilinear interpolation, zero outside. ``scale`` above 1 enlarges what is seen.

Source: Simard, Steinkraus, Platt (2003), "Best practices for convolutional neural networks applied
to visual document analysis", section 2, the affine part.
Where ours differs: the whole batch is sampled in one call, with one matrix for each image.
"""

from __future__ import annotations

import torch
import torch.nn.functional as functional
from jaxtyping import Float
from torch import Tensor


def affine_matrices(
    degrees: Float[Tensor, " batch"],
    scale: Float[Tensor, " batch"],
    shear: Float[Tensor, " batch"],
    shift: Float[Tensor, "batch 2"],
) -> Float[Tensor, "batch 2 3"]:
    """The matrices ``[A | t]`` in pixels; ``shift`` is ``(x, y)``.

    >>> one = torch.ones(1)
    >>> affine_matrices(0 * one, one, 0 * one, torch.zeros(1, 2)).tolist()
    [[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]]
    """
    angle = torch.deg2rad(degrees)
    cos, sin = angle.cos() / scale, angle.sin() / scale
    first = torch.stack([cos, cos * shear - sin, shift[:, 0]], 1)
    second = torch.stack([sin, sin * shear + cos, shift[:, 1]], 1)
    return torch.stack([first, second], 1)


def warp_affine(
    images: Float[Tensor, "batch channel height width"], matrices: Float[Tensor, "batch 2 3"]
) -> Float[Tensor, "batch channel height width"]:
    """Sample each image at ``A p + t`` for every pixel p; see the module for the formula.

    >>> warp_affine(torch.rand(16, 1, 28, 28), torch.eye(2, 3).expand(16, 2, 3)).shape
    torch.Size([16, 1, 28, 28])
    """
    height, width = images.shape[-2:]
    # grid_sample measures in half widths and half heights, so turn pixels into those.
    half = torch.tensor([width / 2, height / 2], dtype=images.dtype, device=images.device)
    linear = matrices[:, :, :2] * half / half.unsqueeze(1)
    moved = matrices[:, :, 2:] / half.unsqueeze(1)
    grid = functional.affine_grid(
        torch.cat([linear, moved], 2), list(images.shape), align_corners=False
    )
    return functional.grid_sample(images, grid, padding_mode="zeros", align_corners=False)


def random_affine(
    images: Float[Tensor, "batch channel height width"],
    degrees: float = 0.0,
    scale: float = 0.0,
    shear: float = 0.0,
    pixels: float = 0.0,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "batch channel height width"]:
    """Warp each image by its own draw: angle in ±``degrees``, scale in 1 ± ``scale``, and so on.

    ``shear`` is the sideways slant (tangent of the angle), ``pixels`` how far it may move.
    Everything is drawn evenly from its range, as ``(batch, 5)`` numbers of ``generator``.

    >>> random_affine(torch.rand(16, 1, 28, 28), degrees=10, scale=0.1, pixels=2).shape
    torch.Size([16, 1, 28, 28])
    """
    if not 0 <= scale < 1:
        raise ValueError(
            f"scale must be at least 0 and below 1; got {scale}; it is the range's half"
        )
    draw = torch.rand(len(images), 5, generator=generator) * 2 - 1
    draw = draw.to(device=images.device, dtype=images.dtype)
    matrices = affine_matrices(
        draw[:, 0] * degrees, 1 + draw[:, 1] * scale, draw[:, 2] * shear, draw[:, 3:] * pixels
    )
    return warp_affine(images, matrices)
