"""Exclusive or in the plane: a class lies in two opposite quarters, so no line has it to itself.

Points gather around the four corners (±1/2, ±1/2) with the deviation ``noise`` in x and in y. The
class is 1 around the two corners where exactly one coordinate is above 0, as in the table of XOR.

Source: the four corners are the parity of two inputs of Minsky & Papert (1969), "Perceptrons".
Where ours differs: clouds of points around the corners, of which a few may stray over an axis.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor


def exclusive_or(
    points_per_class: int, generator: torch.Generator, noise: float = 0.2
) -> tuple[Float[Tensor, "points 2"], Int[Tensor, " points"]]:
    """Points and the class of each, 0 or 1; each class changes between its two corners.

    >>> points, classes = exclusive_or(100, torch.Generator().manual_seed(0))
    >>> points.shape, classes.bincount()
    (torch.Size([200, 2]), tensor([100, 100]))
    """
    classes = torch.arange(2).repeat_interleave(points_per_class)
    right = torch.arange(len(classes)) % 2
    above = right ^ classes
    corners = torch.stack([right, above], dim=1) - 0.5
    return corners + noise * torch.randn(len(classes), 2, generator=generator), classes
