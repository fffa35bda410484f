"""Sinusoids number by number from the note's formula; rotary as multiplication by e^(i angle)."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor
from torch.nn import functional

from oracles import Case
from tidu.nn.positions import (
    LearnedPositions,
    RotaryPositions,
    SinusoidalPositions,
    sinusoidal_positions,
)


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    x = torch.randn(2, 3, 4, dtype=dtype)
    return [
        (SinusoidalPositions(8, 4).to(dtype), (x,)),
        (LearnedPositions(8, 4).to(dtype), (x,)),
        (RotaryPositions(8, 4).to(dtype), (x,)),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    batch, time, pairs, start = torch.randint(1, 9, (4,)).tolist()
    dim, context = 2 * pairs, 20
    x = torch.randn(batch, time, dim, dtype=dtype)
    numbers = [[_note(i, k, dim) for k in range(dim)] for i in range(context)]
    table = torch.tensor(numbers, dtype=torch.float64)
    here = slice(start, start + time)
    yield Case(
        "sinusoidal table",
        lambda: sinusoidal_positions(context, dim, dtype),
        lambda: table.to(dtype),
        (),
        gradients=False,
    )
    sinusoidal = SinusoidalPositions(context, dim)
    yield Case(
        "sinusoidal",
        lambda x: sinusoidal(x, start),
        lambda x: x + table[here].to(dtype),
        (x,),
        atol=1e-6,  # the module keeps its table in single precision
        rtol=1e-6,
    )
    learned = LearnedPositions(context, dim).to(dtype)
    weight = learned.weight.detach().clone().requires_grad_()
    yield Case(
        "learned",
        lambda x: learned(x, start),
        lambda x: x + functional.embedding(torch.arange(start, start + time), weight),
        (x,),
        [(learned.weight, weight)],
    )
    rotary = RotaryPositions(context, dim)
    turns = [
        [cmath.exp(1j * i / 10000 ** (2 * j / dim)) for j in range(pairs)]
        for i in range(start, start + time)
    ]

    def by_complex_numbers(x: Tensor) -> Tensor:
        pairs = torch.view_as_complex(x.double().unflatten(-1, (-1, 2)))
        return (
            torch.view_as_real(pairs * torch.tensor(turns, dtype=torch.complex128))
            .flatten(-2)
            .to(x.dtype)
        )

    yield Case(
        "rotary",
        lambda x: rotary(x, start),
        by_complex_numbers,
        (torch.randn(batch, 3, time, dim, dtype=dtype),),
        atol=2e-6,
        rtol=2e-6,
    )


def _note(i: int, k: int, dim: int) -> float:
    """PE(i, 2j) = sin(i / 10000^(2j/d)), PE(i, 2j+1) = cos of the same angle."""
    angle = i / 10000 ** (2 * (k // 2) / dim)
    return math.sin(angle) if k % 2 == 0 else math.cos(angle)
