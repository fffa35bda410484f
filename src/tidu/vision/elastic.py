"""Bend each image of a batch as if it were drawn on rubber.

Every pixel is displaced by a random vector; the vectors are drawn evenly from ±1, smoothed with a
Gaussian of ``sigma`` pixels, and scaled by ``alpha``:

    displacement = alpha (G * u),     u ~ U(-1, 1),     output[p] = input[p + displacement[p]].

Source: Simard, Steinkraus, Platt (2003), "Best practices for convolutional neural networks applied
to visual document analysis", section 2 (they use sigma = 4, alpha = 34 on 29 x 29 digits).
Where ours differs: the smoothing of the whole batch is two matrix products, one for rows and one
for columns; a Gaussian near the border is cut off, not folded back.
"""

from __future__ import annotations

import torch
import torch.nn.functional as functional
from jaxtyping import Float
from torch import Tensor


def elastic_displacement(
    batch: int,
    height: int,
    width: int,
    alpha: float = 34.0,
    sigma: float = 4.0,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "batch 2 height width"]:
    """Smooth random displacements in pixels, ``(x, y)`` in the second dimension.

    >>> elastic_displacement(16, 28, 28).shape
    torch.Size([16, 2, 28, 28])
    """
    if sigma <= 0:
        raise ValueError(f"sigma must be above 0; got {sigma}; give the smoothing in pixels")
    rough = torch.rand(batch, 2, height, width, generator=generator) * 2 - 1
    return alpha * (_gaussian(height, sigma) @ rough @ _gaussian(width, sigma))


def warp_displacement(
    images: Float[Tensor, "batch channel height width"],
    displacement: Float[Tensor, "batch 2 height width"],
) -> Float[Tensor, "batch channel height width"]:
    """Sample each image at ``p + displacement[p]`` (bilinear, zero outside).

    >>> warp_displacement(torch.rand(16, 1, 28, 28), torch.zeros(16, 2, 28, 28)).shape
    torch.Size([16, 1, 28, 28])
    """
    height, width = images.shape[-2:]
    here = [
        (2 * torch.arange(size, dtype=images.dtype, device=images.device) + 1) / size - 1
        for size in (height, width)
    ]
    y, x = torch.meshgrid(here[0], here[1], indexing="ij")
    moved = displacement.to(images)
    grid = torch.stack([x + moved[:, 0] * 2 / width, y + moved[:, 1] * 2 / height], -1)
    return functional.grid_sample(images, grid, padding_mode="zeros", align_corners=False)


def random_elastic(
    images: Float[Tensor, "batch channel height width"],
    alpha: float = 34.0,
    sigma: float = 4.0,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "batch channel height width"]:
    """Bend each image by its own random field.

    >>> random_elastic(torch.rand(16, 1, 28, 28)).shape
    torch.Size([16, 1, 28, 28])
    """
    height, width = images.shape[-2:]
    return warp_displacement(
        images, elastic_displacement(len(images), height, width, alpha, sigma, generator)
    )


def _gaussian(size: int, sigma: float) -> Float[Tensor, "size size"]:
    """Row i weighs every place by its distance from i; a full row would sum to one."""
    place = torch.arange(size)
    square = (place - place.unsqueeze(1)).square()
    reach = torch.arange(-4 * round(sigma + 1), 4 * round(sigma + 1) + 1).square()
    return torch.exp(-square / (2 * sigma**2)) / torch.exp(-reach / (2 * sigma**2)).sum()
