"""Principal components: the directions in which the points spread most.

    X - mean = U S Vᵀ            the rows of Vᵀ are the directions, at right angles to each other
    variance along v[i] = s[i]² / (n - 1),      coordinates = (X - mean) V

Of all projections on a plane, that on the first two keeps most of the variance.

Source: Pearson (1901), "On lines and planes of closest fit to systems of points in space",
Philosophical Magazine 2, 559-572; Jolliffe (2002), "Principal component analysis", section 3.5
(by the singular values). Where ours differs: the direction of an axis is free; the largest entry
of each is made positive, so that the same points give the same picture.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class Components(NamedTuple):
    """Where the points lie and how they spread."""

    mean: Float[Tensor, " dim"]
    directions: Float[Tensor, "count dim"]
    variances: Float[Tensor, " count"]

    def project(self, points: Float[Tensor, "n dim"]) -> Float[Tensor, "n count"]:
        """The coordinates of ``points`` along the directions."""
        return (points - self.mean) @ self.directions.T


def principal_components(points: Float[Tensor, "n dim"], count: int = 2) -> Components:
    """The first ``count`` principal components of ``points``, the widest first.

    >>> line = torch.tensor([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]])
    >>> found = principal_components(line, 1)
    >>> found.directions.round(decimals=3).tolist(), found.variances.round().tolist()
    ([[0.6000000238418579, 0.800000011920929]], [25.0])
    """
    if len(points) < 2 or not 1 <= count <= min(points.shape):
        raise ValueError(
            f"{count} components need at least 2 points and as many points and dimensions; "
            f"got points of shape {tuple(points.shape)}"
        )
    mean = points.mean(0)
    _, lengths, directions = torch.linalg.svd(points - mean, full_matrices=False)
    directions = directions[:count]
    largest = directions.abs().argmax(1, keepdim=True)
    directions = directions * directions.gather(1, largest).sign()
    return Components(mean, directions, lengths[:count].square() / (len(points) - 1))
