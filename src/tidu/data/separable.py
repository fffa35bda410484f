"""Points on two sides of a line, with a strip between them that stays empty.

The line crosses the square from -1 to 1 at a random angle, at most 0.3 from its middle. Points are
spread evenly over the square; one within ``gap`` of the line is drawn again, until each side has
its half. So a line is known to part them, with at least ``gap`` to spare.
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Float64, Int64
from torch import Tensor

LARGEST_GAP = 0.5  # beyond it, one side of some line would have no room left


def two_sides(
    points: int, generator: torch.Generator, gap: float = 0.1
) -> tuple[Float64[Tensor, "points 2"], Int64[Tensor, " points"]]:
    """Points of the square and the side of the line, 0 or 1, each lies on.

    >>> points, sides = two_sides(100, torch.Generator().manual_seed(0))
    >>> points.shape, sides.bincount()
    (torch.Size([100, 2]), tensor([50, 50]))
    """
    if not 0 <= gap <= LARGEST_GAP:
        raise ValueError(f"gap must be from 0 to {LARGEST_GAP}; got {gap}")
    turn, shift = torch.rand(2, generator=generator, dtype=torch.float64).tolist()
    normal = torch.tensor([math.cos(2 * math.pi * turn), math.sin(2 * math.pi * turn)]).double()
    sides = (torch.arange(points) % 2)[torch.randperm(points, generator=generator)]
    found = torch.zeros(points, 2, dtype=torch.float64)
    missing = torch.ones(points, dtype=torch.bool)
    while bool(missing.any()):
        again = torch.rand(int(missing.sum()), 2, generator=generator, dtype=torch.float64)
        found[missing] = 2 * again - 1
        distance = found @ normal - 0.6 * (shift - 0.5)
        missing = torch.where(sides == 1, distance, -distance) <= gap
    return found, sides
