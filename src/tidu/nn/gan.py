"""The two players of a GAN on points: a generator from noise, a discriminator with one logit.

    generator:      z ~ N(0, I) -> [Linear -> ReLU] x depth -> Linear -> point
    discriminator:  point -> [Linear -> LeakyReLU(0.2)] x depth -> Linear -> logit

Source: Goodfellow et al. (2014), "Generative adversarial nets", section 3; the leaky slope of 0.2
is that of Radford et al. (2016), "Unsupervised representation learning with deep convolutional
generative adversarial networks", section 3. Where ours differs: points of a plane instead of
images, so plain linear layers; no batch normalisation, because a gradient penalty is defined point
by point, and no dropout.
"""

from __future__ import annotations

from functools import partial

from jaxtyping import Float
from torch import Tensor, nn

from tidu.nn.mlp import MLP


class Generator(nn.Module):
    """Noise in, points out.

    Args:
        noise: numbers of noise that each point is made from.
        out_features: dimension of a point.
        hidden: width of the hidden layers.
        depth: number of hidden layers.
        scale: factor on the output, from the units of training to those of the data.

    >>> import torch
    >>> Generator(noise=4)(torch.zeros(100, 4)).shape
    torch.Size([100, 2])
    """

    def __init__(
        self,
        noise: int = 2,
        out_features: int = 2,
        hidden: int = 128,
        depth: int = 4,
        scale: float = 1.0,
    ) -> None:
        super().__init__()
        self.scale = scale
        self.layers = MLP((noise, *[hidden] * depth, out_features), nn.ReLU)

    def forward(self, noise: Float[Tensor, "*batch noise"]) -> Float[Tensor, "*batch out_features"]:
        """One point for each row of noise."""
        return self.layers(noise) * self.scale


class Discriminator(nn.Module):
    """Points in, one logit each: above 0 means "real".

    Args:
        in_features: dimension of a point.
        hidden: width of the hidden layers.
        depth: number of hidden layers.

    >>> import torch
    >>> Discriminator()(torch.zeros(100, 2)).shape
    torch.Size([100])
    """

    def __init__(self, in_features: int = 2, hidden: int = 128, depth: int = 3) -> None:
        super().__init__()
        self.layers = MLP((in_features, *[hidden] * depth, 1), partial(nn.LeakyReLU, 0.2))

    def forward(self, points: Float[Tensor, "*batch in_features"]) -> Float[Tensor, "*batch"]:
        """The logit of each point."""
        return self.layers(points).squeeze(-1)
