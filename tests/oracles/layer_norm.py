"""Layer normalisation against torch.nn."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from oracles import Case
from tidu.nn import LayerNorm


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    return [
        (LayerNorm(5).to(dtype), (torch.randn(7, 5, dtype=dtype),)),
        (LayerNorm((3, 4)).to(dtype), (torch.randn(2, 3, 4, dtype=dtype),)),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    batch, time, channels, size = torch.randint(2, 7, (4,)).tolist()
    for name, shape, normalised in (
        ("vectors", (batch, size), size),
        ("a batch of one", (1, size), size),
        ("sequences", (batch, time, size), size),
        ("images", (batch, channels, size, time), (channels, size, time)),
    ):
        eps = 10.0 ** -(3 + seed)
        ours, theirs = LayerNorm(normalised, eps).to(dtype), nn.LayerNorm(normalised, eps).to(dtype)
        with torch.no_grad():
            ours.weight.normal_()
            ours.bias.normal_()
        theirs.load_state_dict(ours.state_dict())
        x = 3 * torch.randn(shape, dtype=dtype) - 1
        shared = list(zip(ours.parameters(), theirs.parameters(), strict=True))
        yield Case(name, ours, theirs, (x,), shared)
