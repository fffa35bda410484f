"""Rings inside one another: no straight line parts them, one look at the distance does.

Ring j of n has the radius (j + 1) / n. Its points stand at even angles, each moved along its
radius by noise / n times a normal draw: ``noise`` counts in gaps between neighbouring rings. At 0.2
the middle of a gap is 2.5 deviations away, and 0.6 % of the points lie beyond it on each side.

Source: ``make_circles`` of scikit-learn (Pedregosa et al. 2011, "Scikit-learn: machine learning in
Python", JMLR 12). Where ours differs: any number of rings, and noise along the radius only, so that
no point changes its angle.
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor


def rings(
    points_per_ring: int, generator: torch.Generator, count: int = 2, noise: float = 0.2
) -> tuple[Float[Tensor, "points 2"], Int[Tensor, " points"]]:
    """Points and the ring each lies on, 0 for the innermost.

    >>> points, ring = rings(100, torch.Generator().manual_seed(0), count=3)
    >>> points.shape, ring.bincount()
    (torch.Size([300, 2]), tensor([100, 100, 100]))
    """
    ring = torch.arange(count).repeat_interleave(points_per_ring)
    angle = (torch.arange(points_per_ring) * (2 * math.pi / points_per_ring)).repeat(count)
    radius = (ring + 1 + noise * torch.randn(len(ring), generator=generator)) / count
    return torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1), ring
