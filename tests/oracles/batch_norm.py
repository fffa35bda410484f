"""Batch normalisation against torch.nn: training, evaluation, and the buffers behind both."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from oracles import Case
from tidu.nn import BatchNorm1d, BatchNorm2d


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    return [
        (BatchNorm1d(5).to(dtype), (torch.randn(7, 5, dtype=dtype),)),
        (BatchNorm2d(3).to(dtype), (torch.randn(4, 3, 5, 6, dtype=dtype),)),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    batch, features, across, down = torch.randint(2, 7, (4,)).tolist()
    momentum, eps = (0.1, 1e-5) if seed == 0 else (0.3, 1e-3)
    for name, kind, torchs, shape in (
        ("vectors", BatchNorm1d, nn.BatchNorm1d, (batch, features)),
        ("sequences", BatchNorm1d, nn.BatchNorm1d, (batch, features, across)),
        ("images", BatchNorm2d, nn.BatchNorm2d, (batch, features, across, down)),
    ):
        for trained in (False, True):
            ours = kind(features, eps, momentum).to(dtype)
            theirs = torchs(features, eps, momentum).to(dtype)
            with torch.no_grad():
                ours.weight.normal_()
                ours.bias.normal_()
                for _ in range(3 if trained else 0):
                    ours(2 + 3 * torch.randn(shape, dtype=dtype))
            theirs.load_state_dict(ours.state_dict())
            x = 3 * torch.randn(shape, dtype=dtype) - 1
            shared = list(zip(ours.parameters(), theirs.parameters(), strict=True))
            yield Case(
                f"{name} in training", _and_buffers(ours), _and_buffers(theirs), (x,), shared
            )
            still = [kind(features, eps, momentum), torchs(features, eps, momentum)]
            for module in still:
                module.to(dtype).eval().load_state_dict(ours.state_dict())
            shared = list(zip(still[0].parameters(), still[1].parameters(), strict=True))
            yield Case(f"{name} in evaluation", *map(_and_buffers, still), (x,), shared)


def _and_buffers(module: nn.Module) -> Callable[[Tensor], tuple[Tensor, ...]]:
    return lambda x: (module(x), *(b.detach().clone() for b in module.buffers()))
