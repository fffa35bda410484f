"""The MLP against its formula written with matrix products; stacked layers against a loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from oracles import Case
from tidu.nn import MLP, StackedLinear


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    return [
        (MLP((2, 5, 4, 3)).to(dtype), (torch.randn(6, 2, dtype=dtype),)),
        (MLP((4, 3), nn.Tanh).to(dtype), (torch.randn(6, 4, dtype=dtype),)),
        (StackedLinear(3, 4, 2).to(dtype), (torch.randn(3, 5, 4, dtype=dtype),)),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    sizes = torch.randint(1, 6, (2 + seed % 3,)).tolist()
    for name, layer, squash in (
        ("tanh", nn.Tanh, torch.tanh),
        ("relu", nn.ReLU, lambda x: x * (x > 0)),
        ("sigmoid", nn.Sigmoid, lambda x: 1 / (1 + torch.exp(-x))),
    ):
        ours = MLP(sizes, layer).to(dtype)
        copies = [p.detach().clone().requires_grad_() for p in ours.parameters()]
        yield Case(
            f"{name} MLP {sizes}",
            ours,
            _formula(copies, squash),
            (torch.randn(7, sizes[0], dtype=dtype),),
            list(zip(ours.parameters(), copies, strict=True)),
        )
    copies, batch, before, after = torch.randint(1, 6, (4,)).tolist()
    for bias in (True, False):
        ours = StackedLinear(copies, before, after, bias).to(dtype)
        theirs = [p.detach().clone().requires_grad_() for p in ours.parameters()]
        yield Case(
            f"{copies} stacked layers, bias {bias}",
            ours,
            lambda x, own=theirs: torch.stack([nn.functional.linear(*o) for o in _each(x, own)]),
            (torch.randn(copies, batch, before, dtype=dtype),),
            list(zip(ours.parameters(), theirs, strict=True)),
        )


def _each(x: Tensor, parameters: list[Tensor]) -> list[tuple[Tensor, ...]]:
    return [(x[c], *(p[c] for p in parameters)) for c in range(len(x))]


def _formula(
    parameters: list[Tensor], squash: Callable[[Tensor], Tensor]
) -> Callable[[Tensor], Tensor]:
    pairs = list(zip(parameters[::2], parameters[1::2], strict=True))

    def forward(x: Tensor) -> Tensor:
        for weight, bias in pairs[:-1]:
            x = squash(torch.einsum("oi,bi->bo", weight, x) + bias)
        weight, bias = pairs[-1]
        return torch.einsum("oi,bi->bo", weight, x) + bias

    return forward
