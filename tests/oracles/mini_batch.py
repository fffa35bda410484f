"""The double well against NumPy's polynomials; walks of the whole set against a plain loop."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor

from oracles import Case
from tidu.optim import WELL_ROWS, double_well, double_well_walks

TILT = 0.1


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    return [(double_well, (torch.linspace(-2, 2, 7, dtype=dtype),))]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    generator = torch.Generator().manual_seed(seed)
    places = 2 * torch.randn(4, 3, generator=generator, dtype=dtype)
    yield Case("height", double_well, above_lowest_root, (places,))
    walks, steps = torch.randint(1, 30, (2,), generator=generator).tolist()
    lr = 0.01 + 0.2 * float(torch.rand((), generator=generator))
    yield Case(
        "walks without noise",
        lambda _: double_well_walks(WELL_ROWS, seed, walks, steps, lr),
        lambda _: by_hand(walks, steps, lr),
        (places,),
        gradients=False,
    )


def above_lowest_root(w: Tensor) -> Tensor:
    """Height above the lowest of the places where NumPy finds no slope."""
    roots = np.roots([1.0, 0.0, -1.0, -TILT]).real
    lowest = float(np.polyval([0.25, 0.0, -0.5, -TILT, 0.0], roots).min())
    return w.pow(4) / 4 - w.pow(2) / 2 - TILT * w - lowest


def by_hand(walks: int, steps: int, lr: float) -> Tensor:
    """One walk after the other; the mean of all rows is 0."""
    ends: list[float] = []
    for start in np.linspace(-1.5, 1.5, walks):
        place = float(start)
        for step in range(steps):
            rate = lr * (1 + math.cos(math.pi * step / steps)) / 2
            place -= rate * (place**3 - place - TILT)
        ends.append(place)
    return torch.tensor(ends, dtype=torch.float64)
