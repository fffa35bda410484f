"""One description of how training images are varied, applied to a whole batch at once."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from tidu.vision.affine import random_affine
from tidu.vision.elastic import random_elastic
from tidu.vision.flip import random_flip


@dataclass(frozen=True)
class Warp:
    """How far an image may be varied and still show the same thing; by default not at all.

    >>> Warp(rotate=10, shift=2)(torch.rand(16, 1, 28, 28), torch.Generator()).shape
    torch.Size([16, 1, 28, 28])
    """

    rotate: float = 0.0  # degrees to either side
    scale: float = 0.0  # share by which it may grow, shrink or slant
    shift: float = 0.0  # pixels in each direction
    elastic: float = 0.0  # alpha of random_elastic
    flip: bool = False  # mirror every other image

    def __call__(
        self, images: Float[Tensor, "batch channel height width"], generator: torch.Generator
    ) -> Float[Tensor, "batch channel height width"]:
        """Vary each image by its own draws of ``generator``."""
        if self.rotate or self.scale or self.shift:
            images = random_affine(
                images, self.rotate, self.scale, self.scale, self.shift, generator
            )
        if self.elastic:
            images = random_elastic(images, self.elastic, generator=generator)
        if self.flip:
            images = random_flip(images, generator=generator)
        return images
