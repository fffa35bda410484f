"""k-means: each point goes to the nearest centre, each centre to the mean of its points, and again.

    label[n]  = argmin over k of || x[n] - c[k] ||
    c[k]      = mean of the x[n] with label[n] = k

Neither half can raise the sum of squared distances, and there are finitely many ways to part the
points: from some step on nothing moves any more. Where it ends depends on the start, so several
starts are tried, and a good start is drawn far apart: each next centre is a point chosen with a
probability in proportion to its squared distance from the centres there are.

Source: Lloyd (1982), "Least squares quantization in PCM", IEEE Transactions on Information Theory
28, section II; Arthur & Vassilvitskii (2007), "k-means++: the advantages of careful seeding",
section 2.2. Where ours differs: all starts move in one computation; a centre that has lost all its
points stays where it is (scikit-learn moves it to the point that is worst off).
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor


def k_means(
    points: Float[Tensor, "n dim"], centres: Float[Tensor, "*starts k dim"], steps: int = 100
) -> Float[Tensor, "*starts k dim"]:
    """The centres after ``steps`` rounds; once nothing moves, further rounds change nothing.

    >>> points = torch.tensor([[0.0], [1.0], [10.0], [12.0]])
    >>> k_means(points, torch.tensor([[0.0], [1.0]])).tolist()
    [[0.5], [11.0]]
    """
    for _ in range(steps):
        nearest = nearest_centre(points, centres)
        own = nearest.unsqueeze(-1) == torch.arange(centres.shape[-2], device=points.device)
        shares = own.to(points.dtype).mT  # (*starts, k, n)
        counts = shares.sum(-1, keepdim=True)
        centres = torch.where(counts > 0, shares @ points / counts.clamp(min=1), centres)
    return centres


def nearest_centre(
    points: Float[Tensor, "n dim"], centres: Float[Tensor, "*starts k dim"]
) -> Int[Tensor, "*starts n"]:
    """Which centre each point belongs to.

    >>> nearest_centre(torch.tensor([[0.0], [9.0]]), torch.tensor([[1.0], [10.0]])).tolist()
    [0, 1]
    """
    # || x - c ||² without || x ||², which is the same for every centre
    return (centres.square().sum(-1).unsqueeze(-2) - 2 * points @ centres.mT).argmin(-1)


def inertia(
    points: Float[Tensor, "n dim"], centres: Float[Tensor, "*starts k dim"]
) -> Float[Tensor, "*starts"]:
    """The sum of the squared distances from each point to its centre: what k-means lowers.

    >>> inertia(torch.tensor([[0.0], [9.0]]), torch.tensor([[1.0], [10.0]]))
    tensor(2.)
    """
    nearest = nearest_centre(points, centres).unsqueeze(-1)
    own = centres.gather(-2, nearest.expand(*nearest.shape[:-1], points.shape[-1]))
    return (points - own).square().sum((-2, -1))


def spread_centres(
    points: Float[Tensor, "n dim"], k: int, generator: torch.Generator | None = None
) -> Float[Tensor, "k dim"]:
    """``k`` of the points to start from, drawn far apart (k-means++).

    >>> spread_centres(torch.tensor([[0.0], [0.0], [5.0]]), 2).sort(0).values.tolist()
    [[0.0], [5.0]]
    """
    if not 1 <= k <= len(points):
        raise ValueError(f"k must be from 1 to the {len(points)} points there are; got {k}")
    chosen = torch.randint(len(points), (1,), generator=generator)
    left = (points - points[chosen]).square().sum(-1)
    for _ in range(k - 1):
        even = left if bool(left.sum() > 0) else torch.ones_like(left)  # only equal points are left
        place = torch.multinomial(even, 1, generator=generator)
        chosen = torch.cat([chosen, place])
        left = torch.minimum(left, (points - points[place]).square().sum(-1))
    return points[chosen]
