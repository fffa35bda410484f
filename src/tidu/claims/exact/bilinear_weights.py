"""Is a place between four pixels their mean, weighted by the Manhattan distance to each?

    bilinear    (1 - dx)(1 - dy) a + dx (1 - dy) b + (1 - dx) dy c + dx dy d
    nearer      weights proportional to 2 - |Δx| - |Δy|
    inverse     weights proportional to 1 / (|Δx| + |Δy|)

The notes say that bilinear interpolation, which makes the spatial transformer differentiable, takes
the Manhattan distance as the weight. There are two ways to read that, a weight that falls in a
straight line with the distance, and one over the distance. Both are held against PyTorch's
``grid_sample`` on generated pixels and places, as is the product of the distances along each axis.
The conditions are the very middle of the four pixels, where all weights are a quarter, and all
other places.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import grid_sample

from tidu.claims.finding import Finding
from tidu.words import Text

PLACES = 500
NEAR = 1e-9

Weights = Callable[[Tensor, Tensor], Tensor]


def by_products(x: Tensor, y: Tensor) -> Tensor:
    """The weights (places, 4) of a, b, c, d in bilinear interpolation."""
    return torch.stack([(1 - x) * (1 - y), x * (1 - y), (1 - x) * y, x * y], dim=1)


def by_nearness(x: Tensor, y: Tensor) -> Tensor:
    """Two minus the Manhattan distance, over the sum of all four."""
    near = 2 - distances(x, y)
    return near / near.sum(1, keepdim=True)


def by_inverse(x: Tensor, y: Tensor) -> Tensor:
    """One over the Manhattan distance, over the sum of all four."""
    inverse = 1 / distances(x, y)
    return inverse / inverse.sum(1, keepdim=True)


def distances(x: Tensor, y: Tensor) -> Tensor:
    """The Manhattan distances (places, 4) to a, b, c, d."""
    return torch.stack([x + y, 1 - x + y, x + 1 - y, 2 - x - y], dim=1)


def by_pytorch(pixels: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """What ``grid_sample`` reads at each place between its own four pixels (places, 4)."""
    grid = torch.stack([2 * x - 1, 2 * y - 1], dim=1).view(-1, 1, 1, 2)
    return grid_sample(
        pixels.view(-1, 1, 2, 2), grid, mode="bilinear", align_corners=True
    ).flatten()


def check() -> list[Finding]:
    """Anywhere between the pixels, and in the very middle."""
    chance = torch.Generator().manual_seed(0)
    pixels = torch.rand(PLACES, 4, generator=chance, dtype=torch.float64)
    x, y = 0.01 + 0.98 * torch.rand(2, PLACES, generator=chance, dtype=torch.float64)
    middle = torch.full_like(x, 0.5)
    for across, down in ((x, y), (middle, middle)):
        if _misses(by_products, pixels, across, down).max() > NEAR:
            raise AssertionError("products of the distances along each axis must be bilinear")
    return [
        _finding("elsewhere", Text("在其他位置", "it lies elsewhere"), pixels, x, y),
        _finding(
            "middle",
            Text("在四个像素的正中", "the place is the very middle of the four"),
            pixels,
            middle,
            middle,
        ),
    ]


def _misses(weights: Weights, pixels: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """How far each place's value is from PyTorch's."""
    return ((weights(x, y) * pixels).sum(1) - by_pytorch(pixels, x, y)).abs()


def _finding(id: str, when: Text, pixels: Tensor, x: Tensor, y: Tensor) -> Finding:
    # In favour of the notes: a place agrees where either reading does.
    each = torch.stack([_misses(way, pixels, x, y) for way in (by_nearness, by_inverse)])
    best = each.amin(0)
    worst = int(best.argmax())
    place = f"({float(x[worst]):.2f}, {float(y[worst]):.2f})"
    weights, near, inverse = (
        ", ".join(f"{w:.3f}" for w in way(x, y)[worst].tolist())
        for way in (by_products, by_nearness, by_inverse)
    )
    return Finding(
        id,
        when,
        cases=len(x),
        agreeing=int((best <= NEAR).sum()),
        worst=float(best[worst]),
        example=Text(
            f"在 {place}，权重是 {weights}；按曼哈顿距离是 {near}，或 {inverse}",
            f"at {place} the weights are {weights}; by Manhattan distance {near} or {inverse}",
        ),
    )
