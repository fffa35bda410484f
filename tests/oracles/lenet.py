"""LeNet against convolutions written as patches times a matrix, and pooling as a maximum."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor
from torch.nn.functional import unfold

from oracles import Case
from tidu.nn import LeNet5, LeNet300100


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    small = torch.rand(2, 1, 20, 20, dtype=dtype)
    whole = torch.rand(2, 1, 28, 28, dtype=dtype)
    return [
        (LeNet5().to(dtype), (whole,)),
        (LeNet5(4, size=20, channels=(2, 3), hidden=(6, 5)).to(dtype), (small,)),
        (LeNet300100().to(dtype), (whole,)),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    batch, colours, first, second, wide, narrow, classes = torch.randint(1, 6, (7,)).tolist()
    size = 16 + 3 * seed
    images = torch.rand(batch, colours, size, size, dtype=dtype)
    convolutional = LeNet5(
        classes, colours, size, channels=(first, second), hidden=(wide, narrow)
    ).to(dtype)
    theirs = [p.detach().clone().requires_grad_() for p in convolutional.parameters()]
    yield Case(
        f"LeNet-5 on {colours} x {size} x {size}",
        convolutional,
        lambda x: _dense(_pooled(_pooled(x, *theirs[:2]), *theirs[2:4]), theirs[4:]),
        (images,),
        list(zip(convolutional.parameters(), theirs, strict=True)),
    )
    padding, pooling = seed % 3, seed % 2 == 0
    varied = LeNet5(
        classes, colours, size, (first, second), (wide,), padding=padding, pooling=pooling
    ).to(dtype)
    others = [p.detach().clone().requires_grad_() for p in varied.parameters()]

    def step(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        x = torch.nn.functional.pad(x, (padding,) * 4)
        if pooling:
            return _pooled(x, weight, bias)
        high, wide = x.shape[-2] - 4, x.shape[-1] - 4
        maps = weight.flatten(1) @ unfold(x, 5) + bias[:, None]
        return maps.view(len(x), -1, high, wide)[..., ::2, ::2].clamp(min=0)

    yield Case(
        f"LeNet-5 with padding {padding}" + ("" if pooling else ", without pooling"),
        varied,
        lambda x: _dense(step(step(x, *others[:2]), *others[2:4]), others[4:]),
        (images,),
        list(zip(varied.parameters(), others, strict=True)),
    )
    dense = LeNet300100(classes, colours, size, hidden=(wide, narrow)).to(dtype)
    own = [p.detach().clone().requires_grad_() for p in dense.parameters()]
    yield Case(
        "LeNet-300-100",
        dense,
        lambda x: _dense(x, own),
        (images,),
        list(zip(dense.parameters(), own, strict=True)),
    )


def _pooled(images: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Convolution as one product with all patches, then the largest of every 2 by 2, then ReLU."""
    batch, _, height, width = images.shape
    patches = unfold(images, weight.shape[2:])
    high, wide = height - 4, width - 4
    maps = (weight.flatten(1) @ patches + bias[:, None]).view(batch, -1, high, wide)
    maps = maps[..., : high // 2 * 2, : wide // 2 * 2]
    corners = [maps[..., i::2, j::2] for i in (0, 1) for j in (0, 1)]
    return torch.stack(corners).amax(0).clamp(min=0)


def _dense(features: Tensor, parameters: list[Tensor]) -> Tensor:
    features = features.reshape(len(features), -1)
    pairs = list(zip(parameters[::2], parameters[1::2], strict=True))
    for weight, bias in pairs[:-1]:
        features = torch.einsum("oi,bi->bo", weight, features).add(bias).clamp(min=0)
    return torch.einsum("oi,bi->bo", pairs[-1][0], features) + pairs[-1][1]
