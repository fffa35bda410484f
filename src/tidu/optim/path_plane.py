"""The plane in which a path through the space of all parameters moves most: PCA of the path.

    M = [θ_0 - θ_*; ...; θ_n - θ_*],      first, second = its leading right singular vectors

The points are the network at some steps of its training, θ_* is where it ended. In two random
directions a path hardly moves, because in so many dimensions they stand at right angles to it; in
these two it moves as much as it can.

Source: Li, Xu, Taylor, Studer & Goldstein (2018), "Visualizing the loss landscape of neural nets",
NeurIPS, section 7.2.
Where ours differs: the vectors come from the small matrix M Mᵀ of products between points, so that
millions of parameters cost no more than going through the points twice; each vector points to the
side on which the path begins.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class PathPlane(NamedTuple):
    """Two unit vectors, where the points of the path lie on them, and the share they explain."""

    directions: Float[Tensor, "2 parameters"]
    coordinates: Float[Tensor, "points 2"]
    explained: Float[Tensor, " 2"]


@torch.no_grad()
def path_plane(
    path: Float[Tensor, "points parameters"], center: Float[Tensor, " parameters"]
) -> PathPlane:
    """The two directions from ``center`` along which the points of ``path`` differ most.

    ``explained`` is the share of all squared distances from the centre that lies along each.

    >>> path = torch.tensor([[4.0, 0.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    >>> plane = path_plane(path, torch.zeros(3))
    >>> plane.directions.shape, plane.coordinates.shape, plane.explained.sum() > 0.999
    (torch.Size([2, 3]), torch.Size([3, 2]), tensor(True))
    """
    if path.shape[0] < 2:
        raise ValueError(f"a plane needs at least 2 points of a path; got {path.shape[0]}")
    away = path - center
    products = (away @ away.mT).double()
    values, vectors = torch.linalg.eigh(products)
    leading = vectors[:, [-1, -2]].to(path.dtype)
    directions = torch.nn.functional.normalize(leading.mT @ away, dim=1)
    # What two points leave of the second direction may be rounding along the first.
    second = directions[1] - directions[0] * (directions[0] @ directions[1])
    directions = torch.stack([directions[0], torch.nn.functional.normalize(second, dim=0)])
    coordinates = away @ directions.mT
    begin = coordinates.abs().argmax(0)  # the first of the points that are farthest out
    sign = torch.where(coordinates.gather(0, begin[None])[0] < 0, -1.0, 1.0).to(path.dtype)
    total = products.diagonal().sum().clamp(min=torch.finfo(torch.float64).tiny)
    explained = (values[[-1, -2]].clamp(min=0) / total).to(path.dtype)
    return PathPlane(directions * sign[:, None], coordinates * sign, explained)
