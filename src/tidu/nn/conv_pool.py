"""Convolutions with pooling, then fully connected layers: a net that begins simple and can grow.

    maps     = activation(max_pool(conv(maps)))          for every width of ``channels``
    features = activation(W features + b)                for every width of ``hidden``
    logits   = W features + b

In training a share ``dropout`` of what goes into each fully connected layer is silenced. Without
``channels`` it is the plain multilayer perceptron on the pixels.

Source: Nielsen (2015), "Neural Networks and Deep Learning", chapter 6 (5 x 5 receptive fields,
stride 1, maximum over 2 x 2). Where ours differs: the pooling stands before the activation, which
is the same for one that never falls (sigmoid, ReLU) and four times less work; weights start as
PyTorch's do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import max_pool2d

from tidu.nn.dropout import Dropout


class ConvPoolNet(nn.Module):
    """Images (batch, in_channels, size, size) in, logits (batch, classes) out.

    >>> ConvPoolNet(channels=(20, 40), hidden=(100,))(torch.zeros(8, 1, 28, 28)).shape
    torch.Size([8, 10])
    >>> ConvPoolNet(hidden=(100,))(torch.zeros(8, 1, 28, 28)).shape
    torch.Size([8, 10])
    """

    def __init__(
        self,
        channels: Sequence[int] = (),
        hidden: Sequence[int] = (100,),
        activation: Callable[[Tensor], Tensor] = torch.relu,
        dropout: float = 0.0,
        classes: int = 10,
        in_channels: int = 1,
        size: int = 28,
    ) -> None:
        super().__init__()
        sides = [size]
        for _ in channels:
            sides.append((sides[-1] - 4) // 2)
        if sides[-1] < 1:
            raise ValueError(
                f"{len(channels)} convolutions of 5 x 5 with pooling leave nothing of {size} "
                "pixels; give fewer channels, or enlarge the images"
            )
        maps = [in_channels, *channels]
        widths = [maps[-1] * sides[-1] ** 2, *hidden, classes]
        self.convolutions = nn.ModuleList(nn.Conv2d(a, b, kernel_size=5) for a, b in pairwise(maps))
        self.hidden = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths[:-1]))
        self.output = nn.Linear(widths[-2], classes)
        self.dropout = Dropout(dropout)
        self.activation = activation

    def forward(
        self, images: Float[Tensor, "batch in_channels height width"]
    ) -> Float[Tensor, "batch classes"]:
        """Logits of the classes."""
        maps = images
        for convolution in self.convolutions:
            maps = self.activation(max_pool2d(convolution(maps), 2))
        features = self.dropout(maps.flatten(1))
        for layer in self.hidden:
            features = self.dropout(self.activation(layer(features)))
        return self.output(features)
