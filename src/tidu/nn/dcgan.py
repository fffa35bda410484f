"""The two players of a GAN on images: convolutions that grow an image, and that take it apart.

    generator:      z ~ N(0, I) -> Linear -> (h) -> BatchNorm -> ReLU
                    -> Linear -> (2c, s/4, s/4) -> BatchNorm -> ReLU
                    -> ConvT 4x4 / 2 -> (c, s/2, s/2) -> BatchNorm -> ReLU
                    -> ConvT 4x4 / 2 -> (k, s, s) -> sigmoid
    discriminator:  (k, s, s) -> Conv 4x4 / 2 -> (c, s/2, s/2) -> LeakyReLU(0.2)
                    -> Conv 4x4 / 2 -> (2c, s/4, s/4) -> LeakyReLU(0.2)
                    -> Linear -> (h) -> LeakyReLU(0.2) -> Linear -> logit

with c ``channels``, h ``hidden``, k colours and images of s x s pixels. The layer of h numbers sees
the whole image at once: convolutions so few see only patches, and would pass a coat with one leg.

Source: Radford, Metz, Chintala (2016), "Unsupervised representation learning with deep
convolutional generative adversarial networks", section 3: strided convolutions in place of
pooling, batch normalisation, ReLU in the generator, leaky ReLU in the discriminator; the layout
for 28 pixels is that of Chen et al. (2016), "InfoGAN", appendix C.1 (c = 64, h = 1024).
Where ours differs: narrower by default; grey values from 0 to 1 out of a sigmoid; and no batch
normalisation in the discriminator, because a gradient penalty is defined image by image (Gulrajani
et al. 2017, "Improved training of Wasserstein GANs", section 4).
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import leaky_relu, relu


class ConvGenerator(nn.Module):
    """Noise in, images with values from 0 to 1 out.

    Args:
        noise: numbers of noise that each image is made from.
        channels: maps of the layer before the image; the one before that has twice as many.
        hidden: width of the layer behind the noise.
        size: height and width of an image, a multiple of 4.
        colours: 1 for grey images, 3 for coloured ones.

    >>> ConvGenerator(noise=16, channels=8)(torch.zeros(5, 16)).shape
    torch.Size([5, 1, 28, 28])
    """

    def __init__(
        self,
        noise: int = 64,
        channels: int = 32,
        hidden: int = 256,
        size: int = 28,
        colours: int = 1,
    ) -> None:
        super().__init__()
        side = _quarter(size)
        self.shape = (2 * channels, side, side)
        # No biases in front of a batch normalisation: it takes the mean away again.
        self.first = nn.Linear(noise, hidden, bias=False)
        self.norm0 = nn.BatchNorm1d(hidden)
        self.spread = nn.Linear(hidden, 2 * channels * side * side, bias=False)
        self.norm1 = nn.BatchNorm2d(2 * channels)
        self.grow1 = nn.ConvTranspose2d(2 * channels, channels, 4, stride=2, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)
        self.grow2 = nn.ConvTranspose2d(channels, colours, 4, stride=2, padding=1)

    def forward(
        self, noise: Float[Tensor, "batch noise"]
    ) -> Float[Tensor, "batch colour height width"]:
        """One image for each row of noise."""
        whole = relu(self.norm0(self.first(noise)))
        maps = relu(self.norm1(self.spread(whole).unflatten(1, self.shape)))
        maps = relu(self.norm2(self.grow1(maps)))
        return torch.sigmoid(self.grow2(maps))


class ConvDiscriminator(nn.Module):
    """Images in, one logit each: above 0 means "real".

    Args:
        channels: maps of the first layer; the second has twice as many.
        hidden: width of the layer before the logit.
        size: height and width of an image, a multiple of 4.
        colours: 1 for grey images, 3 for coloured ones.

    >>> ConvDiscriminator(channels=8)(torch.zeros(5, 1, 28, 28)).shape
    torch.Size([5])
    """

    def __init__(
        self, channels: int = 32, hidden: int = 256, size: int = 28, colours: int = 1
    ) -> None:
        super().__init__()
        side = _quarter(size)
        self.shrink1 = nn.Conv2d(colours, channels, 4, stride=2, padding=1)
        self.shrink2 = nn.Conv2d(channels, 2 * channels, 4, stride=2, padding=1)
        self.gather = nn.Linear(2 * channels * side * side, hidden)
        self.last = nn.Linear(hidden, 1)

    def forward(
        self, images: Float[Tensor, "batch colour height width"]
    ) -> Float[Tensor, " batch"]:
        """The logit of each image."""
        maps = leaky_relu(self.shrink1(images), 0.2)
        maps = leaky_relu(self.shrink2(maps), 0.2)
        whole = leaky_relu(self.gather(maps.flatten(1)), 0.2)
        return self.last(whole).squeeze(1)


def _quarter(size: int) -> int:
    if size < 4 or size % 4:
        raise ValueError(
            f"size must be a multiple of 4, because the layers halve it twice; got {size}; "
            "scale the images"
        )
    return size // 4
