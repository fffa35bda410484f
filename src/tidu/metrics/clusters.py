"""How well clusters that were found without labels agree with the true classes.

    purity = (1/n) sum over clusters of the size of its largest class
    NMI    = I(cluster; class) / ((H(cluster) + H(class)) / 2)

Both are 1 where every cluster is one class. Purity rises by itself with the number of clusters;
mutual information does not reward splitting a class.

Source: Manning, Raghavan & Schütze (2008), "Introduction to information retrieval", section 16.3.
"""

from __future__ import annotations

import torch
from jaxtyping import Float64, Int
from torch import Tensor


def purity(clusters: Int[Tensor, " n"], classes: Int[Tensor, " n"]) -> Float64[Tensor, ""]:
    """The share of the points whose cluster has their class for its largest.

    >>> purity(torch.tensor([0, 0, 0, 1]), torch.tensor([2, 2, 5, 5])).item()
    0.75
    """
    together = _counts(clusters, classes)
    return together.amax(1).sum() / together.sum()


def normalised_mutual_information(
    clusters: Int[Tensor, " n"], classes: Int[Tensor, " n"]
) -> Float64[Tensor, ""]:
    """From 0, where the clusters tell nothing of the classes, to 1, where they are the same.

    >>> names = torch.tensor([0, 0, 1, 1])
    >>> round(normalised_mutual_information(names, 1 - names).item(), 6)
    1.0
    >>> normalised_mutual_information(names, torch.tensor([0, 1, 0, 1])).item()
    0.0
    """
    chance = _counts(clusters, classes)
    chance = chance / chance.sum()
    own = _entropy(chance.sum(1)), _entropy(chance.sum(0))
    shared = own[0] + own[1] - _entropy(chance.flatten())
    mean = (own[0] + own[1]) / 2
    # one cluster and one class: nothing to tell, and all of it told
    return torch.where(mean > 0, shared.clamp(min=0) / mean.clamp(min=1e-300), 1.0)


def _counts(clusters: Tensor, classes: Tensor) -> Float64[Tensor, "clusters classes"]:
    """How many points of each class lie in each cluster; names are numbered anew."""
    if clusters.shape != classes.shape or not len(clusters):
        raise ValueError(
            "clusters and classes must name the same points, at least one; got "
            f"{len(clusters)} and {len(classes)}"
        )
    rows, row = clusters.unique(return_inverse=True)
    columns, column = classes.unique(return_inverse=True)
    size = len(rows) * len(columns)
    counts = torch.bincount(row * len(columns) + column, minlength=size)
    return counts.view(len(rows), len(columns)).double()


def _entropy(chances: Tensor) -> Float64[Tensor, ""]:
    return torch.special.entr(chances).sum()
