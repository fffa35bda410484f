"""Dropout against torch.nn with the same draws; max_norm against a loop over the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from oracles import Case
from tidu.nn import Dropout
from tidu.optim import max_norm


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    return [
        (Dropout(0.3), (torch.randn(6, 7, dtype=dtype),)),
        (lambda w: max_norm(w, 1.5), (torch.randn(4, 7, dtype=dtype),)),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    generator = torch.Generator().manual_seed(seed)
    shape = torch.randint(1, 8, (2 + seed,), generator=generator).tolist()
    p = float(torch.rand((), generator=generator))
    x = torch.randn(shape, dtype=dtype, generator=generator)
    yield Case("training", _drawn(Dropout(p), seed), _drawn(nn.Dropout(p), seed), (x,))
    yield Case("evaluation", Dropout(p).eval(), nn.Dropout(p).eval(), (x,))
    for name, shape in (("matrix", (5, 4)), ("filters", (6, 2, 3, 3))):
        weight = torch.randn(shape, dtype=dtype, generator=generator)
        limit = float(
            torch.linalg.vector_norm(weight.flatten(1), dim=1).mean()
        )  # no row at the kink
        yield Case(
            f"max-norm of a {name}", lambda w, c=limit: max_norm(w, c), _rows(limit), (weight,)
        )


def _drawn(module: nn.Module, seed: int) -> Callable[[Tensor], Tensor]:
    def call(x: Tensor) -> Tensor:
        torch.manual_seed(seed)
        return module(x)

    return call


def _rows(limit: float) -> Callable[[Tensor], Tensor]:
    def call(weight: Tensor) -> Tensor:
        rows: list[Tensor] = []
        for row in weight:
            length = (row * row).sum() ** 0.5
            rows.append(row if length.detach().item() <= limit else row * limit / length)
        return torch.stack(rows)

    return call
