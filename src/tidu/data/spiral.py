"""Points on spirals wound into each other: drawn, not measured, so they need no download.

Two classic problems that no straight line solves:

- *arms with noise*: Stanford CS231n, "Putting it together: minimal neural network case study"
  (Karpathy & Johnson). Point i of n on arm j has radius r = i / (n - 1) and angle
  4 (j + r) + 0.2 · noise, and lies at (r sin angle, r cos angle). There a linear classifier gets
  49 % and a network with 100 hidden units 98 %, both on the points they were trained on.
- *two spirals*: Lang & Witbrock (1988), "Learning to tell two spirals apart", Connectionist
  Models Summer School. Point i of 97 has radius 6.5 (104 - i) / 104 and angle i π / 16; the other
  spiral is its mirror image through the origin. 194 points without noise.
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

PER_SPIRAL = 97


def noisy_arms(
    points_per_arm: int, generator: torch.Generator, arms: int = 3, noise: float = 0.2
) -> tuple[Float[Tensor, "points 2"], Int[Tensor, " points"]]:
    """The spiral of CS231n: points and the arm each lies on.

    >>> points, arms = noisy_arms(100, torch.Generator().manual_seed(0))
    >>> points.shape, arms.bincount()
    (torch.Size([300, 2]), tensor([100, 100, 100]))
    """
    arm = torch.arange(arms).repeat_interleave(points_per_arm)
    radius = torch.linspace(0, 1, points_per_arm).repeat(arms)
    wobble = torch.randn(len(arm), generator=generator)
    angle = 4 * (arm + radius) + noise * wobble
    return torch.stack([radius * angle.sin(), radius * angle.cos()], dim=1), arm


def two_spirals(
    between: bool = False,
) -> tuple[Float[Tensor, "points 2"], Int[Tensor, " points"]]:
    """The 194 points of Lang & Witbrock and the spiral, 0 or 1, each lies on.

    With ``between``, the 192 points half-way (in i) between neighbours instead: they belong to
    the same curves and are good for testing.

    >>> points, spirals = two_spirals()
    >>> points.shape, spirals.bincount(), points.abs().max()
    (torch.Size([194, 2]), tensor([97, 97]), tensor(6.5000))
    """
    i = torch.arange(PER_SPIRAL - 1) + 0.5 if between else torch.arange(PER_SPIRAL).float()
    radius = 6.5 * (104 - i) / 104
    angle = i * math.pi / 16
    one = torch.stack([radius * angle.sin(), radius * angle.cos()], dim=1)
    spiral = torch.arange(2).repeat_interleave(len(i))
    return torch.cat([one, -one]), spiral
