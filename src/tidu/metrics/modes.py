"""How well samples cover the modes of a known mixture, and how many of them are any good.

A sample is *good* when it lies within ``radius`` of some mode; a mode is *covered* when at least
one good sample lies nearest to it. For a mixture of Gaussians of standard deviation s the usual
radius is 3 s, which 98.9 % of true samples of a plane meet (1 - exp(-9/2)): that, not 1, is what
a perfect model scores.

Source: Srivastava et al. (2017), "VEEGAN: Reducing mode collapse in GANs using implicit variational
learning", section 5.1 (modes captured, high-quality samples); Lin et al. (2018), "PacGAN",
section 4.1 (the same, with the standard deviations).
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor


def nearest_mode(
    samples: Float[Tensor, "*games count dim"], modes: Float[Tensor, "modes dim"]
) -> tuple[Float[Tensor, "*games count"], Int[Tensor, "*games count"]]:
    """Distance to the nearest mode and its number, for each sample.

    >>> distance, index = nearest_mode(torch.tensor([[0.9, 0.0]]), torch.eye(2))
    >>> round(distance.item(), 4), index.item()
    (0.1, 0)
    """
    # differences, not the expanded square: near a mode the expansion loses all digits
    distance = torch.cdist(samples, modes, compute_mode="donot_use_mm_for_euclid_dist")
    nearest = distance.min(dim=-1)
    return nearest.values, nearest.indices


def good_share(
    samples: Float[Tensor, "*games count dim"],
    modes: Float[Tensor, "modes dim"],
    radius: float,
) -> Float[Tensor, "*games"]:
    """Share of samples within ``radius`` of a mode, from 0 to 1.

    >>> good_share(torch.tensor([[0.9, 0.0], [5.0, 5.0]]), torch.eye(2), radius=0.2)
    tensor(0.5000)
    """
    distance, _ = nearest_mode(samples, modes)
    return (distance <= radius).to(samples.dtype).mean(-1)


def mode_counts(
    samples: Float[Tensor, "*games count dim"],
    modes: Float[Tensor, "modes dim"],
    radius: float,
) -> Int[Tensor, "*games modes"]:
    """Good samples at each mode.

    >>> mode_counts(torch.tensor([[0.9, 0.0], [5.0, 5.0]]), torch.eye(2), radius=0.2)
    tensor([1, 0])
    """
    distance, index = nearest_mode(samples, modes)
    counts = torch.zeros(*samples.shape[:-2], len(modes), dtype=torch.long, device=samples.device)
    return counts.scatter_add_(-1, index, (distance <= radius).long())


def modes_covered(
    samples: Float[Tensor, "*games count dim"],
    modes: Float[Tensor, "modes dim"],
    radius: float,
) -> Int[Tensor, "*games"]:
    """Number of modes with at least one good sample.

    >>> modes_covered(torch.tensor([[0.9, 0.0], [5.0, 5.0]]), torch.eye(2), radius=0.2)
    tensor(1)
    """
    return (mode_counts(samples, modes, radius) > 0).sum(-1)
