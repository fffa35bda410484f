"""One description of how training images are varied, applied to a whole batch at once.

    output = noise(flip(elastic(affine(input))))      each only where its amount is not zero

Source: Simard, Steinkraus, Platt (2003), "Best practices for convolutional neural networks applied
to visual document analysis", section 2 (affine and elastic). Where ours differs: every image of
every batch is varied anew, so that none is seen twice, instead of a set enlarged beforehand.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from tidu.vision.affine import random_affine
from tidu.vision.elastic import random_elastic
from tidu.vision.flip import random_flip
from tidu.vision.noise import random_noise


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
    noise: float = 0.0  # largest standard deviation of what is added to the pixels

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
        if self.noise:
            images = random_noise(images, self.noise, generator)
        return images
