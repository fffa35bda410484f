"""LeNet: the convolutional network that reads digits, and its fully connected sister.

    LeNet-5        image - conv 5x5 - pool 2 - conv 5x5 - pool 2 - hidden layers - logits
    LeNet-300-100  pixels - 300 - 100 - logits

Source: LeCun, Bottou, Bengio, Haffner (1998), "Gradient-based learning applied to document
recognition", section II (LeNet-5, figure 2) and section III.C.4 (28x28-300-100-10). The widths
20-50-500 are those of the Caffe example that Han et al. (2015), "Learning both weights and
connections for efficient neural networks", section 4.1, call LeNet-5 (431,080 parameters).

Where ours differs from 1998: ReLU for the scaled tanh; max-pooling for the trained averaging;
every map of the second layer sees every map of the first; a linear last layer, whose logits go
into a softmax, for the radial basis functions; and no padding, so 28 x 28 images as they are.
Where it differs from Caffe's: a ReLU behind the convolutions too, which Caffe leaves out.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import max_pool2d, relu


class LeNet5(nn.Module):
    """Two convolutions with pooling, then linear layers; 431,080 parameters by default.

    ``channels`` are the maps of the two convolutions, ``hidden`` the widths of the linear layers
    before the last. ``LeNet5(channels=(6, 16), hidden=(120, 84))`` has the widths of 1998.
    ``padding`` puts as many rows of zeros around the maps before each convolution; without
    ``pooling`` a convolution looks at every other place, instead of at all to keep the largest.

    >>> import torch
    >>> LeNet5()(torch.zeros(8, 1, 28, 28)).shape
    torch.Size([8, 10])
    """

    def __init__(
        self,
        classes: int = 10,
        in_channels: int = 1,
        size: int = 28,
        channels: tuple[int, int] = (20, 50),
        hidden: Sequence[int] = (500,),
        padding: int = 0,
        pooling: bool = True,
    ) -> None:
        super().__init__()
        side = size
        for _ in channels:
            places = max(0, side + 2 * padding - 4)
            side = places // 2 if pooling else (places + 1) // 2
        if side < 1:
            least = 16 - 6 * padding if pooling else 13 - 6 * padding
            raise ValueError(
                f"size must be at least {max(1, least)}, so that two 5x5 convolutions and poolings "
                f"leave something; got {size}; enlarge the images"
            )
        first, second = channels
        self.pooling = pooling
        stride = 1 if pooling else 2
        self.conv1 = nn.Conv2d(in_channels, first, kernel_size=5, stride=stride, padding=padding)
        self.conv2 = nn.Conv2d(first, second, kernel_size=5, stride=stride, padding=padding)
        widths = [second * side * side, *hidden]
        self.hidden = nn.ModuleList(nn.Linear(before, after) for before, after in pairwise(widths))
        self.output = nn.Linear(widths[-1], classes)

    def forward(
        self, images: Float[Tensor, "batch channel height width"]
    ) -> Float[Tensor, "batch classes"]:
        """Logits of the classes."""
        return self.output(self.features(images))

    def features(
        self, images: Float[Tensor, "batch channel height width"]
    ) -> Float[Tensor, "batch features"]:
        """What the last hidden layer makes of the images: all that the logits are made from."""
        maps = relu(self._pooled(self.conv1(images)))
        maps = relu(self._pooled(self.conv2(maps)))
        features = maps.flatten(1)
        for layer in self.hidden:
            features = relu(layer(features))
        return features

    def _pooled(self, maps: Tensor) -> Tensor:
        return max_pool2d(maps, 2) if self.pooling else maps


class LeNet300100(nn.Module):
    """Three linear layers with ReLU between, 784-300-100-10; 266,610 parameters by default.

    Any dimensions may come before the image's three, so that it can be stacked
    (:func:`tidu.nn.stack`) and given ``(copies, batch, channel, height, width)``.

    >>> import torch
    >>> LeNet300100()(torch.zeros(8, 1, 28, 28)).shape
    torch.Size([8, 10])
    """

    def __init__(
        self,
        classes: int = 10,
        in_channels: int = 1,
        size: int = 28,
        hidden: Sequence[int] = (300, 100),
    ) -> None:
        super().__init__()
        widths = [in_channels * size * size, *hidden]
        self.hidden = nn.ModuleList(nn.Linear(before, after) for before, after in pairwise(widths))
        self.output = nn.Linear(widths[-1], classes)

    def forward(
        self, images: Float[Tensor, "*batch channel height width"]
    ) -> Float[Tensor, "*batch classes"]:
        """Logits of the classes."""
        features = images.flatten(-3)
        for layer in self.hidden:
            features = relu(layer(features))
        return self.output(features)
