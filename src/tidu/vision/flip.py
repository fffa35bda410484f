"""Mirror images left to right, each with a probability of its own draw.

    output[b, c, y, x] = input[b, c, y, width - 1 - x]      for about ``probability`` of the images

Source: Krizhevsky, Sutskever, Hinton (2012), "ImageNet classification with deep convolutional
neural networks", section 4.1. A mirrored shoe is a shoe; a mirrored 2 is nothing.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor


def random_flip(
    images: Float[Tensor, "batch channel height width"],
    probability: float = 0.5,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "batch channel height width"]:
    """Mirror each image left to right with ``probability``; right for clothes, wrong for digits.

    >>> random_flip(torch.arange(3.0).view(1, 1, 1, 3), probability=1.0).tolist()
    [[[[2.0, 1.0, 0.0]]]]
    """
    mirrored = torch.rand(len(images), generator=generator).to(images.device) < probability
    return torch.where(mirrored.view(-1, 1, 1, 1), images.flip(-1), images)
