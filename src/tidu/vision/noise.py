"""Grain on each image of a batch, of a strength of its own: every pixel moves a little by chance.

    output = clip(input + s * n, 0, 1),    s ~ U(0, deviation) for every image,
                                           n ~ N(0, 1) for every pixel

Source: Bishop (1995), "Training with noise is equivalent to Tikhonov regularization", Neural
Computation 7, 108-116: to first order it costs the net what steep outputs would.
Where ours differs: the strength varies, so that images without noise are seen too, and the result
stays between black and white, as in a photograph.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor


def random_noise(
    images: Float[Tensor, "batch channel height width"],
    deviation: float = 0.1,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "batch channel height width"]:
    """Add noise of a standard deviation of up to ``deviation`` to images of values from 0 to 1.

    >>> random_noise(torch.rand(16, 1, 28, 28), deviation=0.2).shape
    torch.Size([16, 1, 28, 28])
    """
    if deviation < 0:
        raise ValueError(f"deviation must be at least 0; got {deviation}; 1 is from black to white")
    strength = deviation * torch.rand(len(images), 1, 1, 1, generator=generator)
    grain = torch.randn(images.shape, generator=generator)
    return (images + (strength * grain).to(images)).clamp(0, 1)
