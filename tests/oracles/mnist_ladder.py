"""The nets of the ladder against convolutions written as patches times a matrix."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor
from torch.nn.functional import unfold

from oracles import Case
from tidu.nn import ConvPoolNet


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    images = torch.rand(2, 1, 28, 28, dtype=dtype)
    return [
        (ConvPoolNet(hidden=(7,), activation=torch.sigmoid).to(dtype), (images,)),
        (ConvPoolNet((3, 4), (6, 5)).to(dtype), (images,)),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    batch, colours, *widths = torch.randint(1, 6, (6,)).tolist()
    size, channels, hidden = 20 + seed, tuple(widths[: seed % 3]), tuple(widths[2:])
    activation = (torch.sigmoid, torch.relu)[seed % 2]
    net = ConvPoolNet(channels, hidden, activation, 0.0, 4, colours, size).to(dtype)
    theirs = [p.detach().clone().requires_grad_() for p in net.parameters()]

    def by_patches(x: Tensor) -> Tensor:
        for weight, bias in zip(theirs[: 2 * len(channels) : 2], theirs[1::2], strict=False):
            x = _pooled(x, weight, bias, activation)
        x = x.reshape(len(x), -1)
        dense = theirs[2 * len(channels) :]
        for weight, bias in zip(dense[:-2:2], dense[1:-2:2], strict=True):
            x = activation(torch.einsum("oi,bi->bo", weight, x) + bias)
        return torch.einsum("oi,bi->bo", dense[-2], x) + dense[-1]

    images = torch.rand(batch, colours, size, size, dtype=dtype)
    pairs = list(zip(net.parameters(), theirs, strict=True))
    yield Case(f"{channels} then {hidden}", net, by_patches, (images,), pairs)


def _pooled(
    images: Tensor, weight: Tensor, bias: Tensor, activation: Callable[[Tensor], Tensor]
) -> Tensor:
    """One product with all patches, the activation, then the largest of every 2 by 2."""
    side = images.shape[-1] - 4
    maps = weight.flatten(1) @ unfold(images, 5) + bias[:, None]
    maps = activation(maps).view(len(images), -1, side, side)[..., : side // 2 * 2, : side // 2 * 2]
    return torch.stack([maps[..., i::2, j::2] for i in (0, 1) for j in (0, 1)]).amax(0)
