"""A double well: one valley deeper than the other, and a slope that a batch only guesses.

    f(w)     = w⁴/4 - w²/2 - tilt w                    less its lowest value
    f'(w, B) = w³ - w - tilt + mean of x_i over B       for a batch B of rows

The rows x_i have the mean 0, so the whole set gives the true slope, and a small batch one with a
deviation of ``noise / sqrt(batch)``. The valleys lie near 1, the deeper one, and near -1.

Source: Kramers (1940), "Brownian motion in a field of force", Physica 7, for how noise carries over
a barrier; that the noise of small batches may do so LeCun et al. (1998), "Efficient BackProp",
section 4.1. Where ours differs: steps are finite, and the rate falls along a cosine.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from tidu.optim import schedule

WELL_ROWS = 1000
TILT = 0.1
NOISE = 5.0  # deviation of the rows


def double_well(w: Float[Tensor, "*any"], tilt: float = TILT) -> Float[Tensor, "*any"]:
    """The height above the deeper valley.

    >>> double_well(torch.tensor([-1.0, 0.0, 1.0])).shape
    torch.Size([3])
    """
    height = w**4 / 4 - w**2 / 2 - tilt * w
    lowest = torch.tensor(1.0, dtype=torch.float64)
    for _ in range(50):  # Newton's method, from the valley's side
        lowest = lowest - (lowest**3 - lowest - tilt) / (3 * lowest**2 - 1)
    return height - float(lowest**4 / 4 - lowest**2 / 2 - tilt * lowest)


def double_well_walks(
    batch: int, seed: int, walks: int = 200, steps: int = 2000, lr: float = 0.1
) -> Float[Tensor, " walks"]:
    """Where walks of descent end that begin evenly between -1.5 and 1.5; float64.

    Args:
        batch: rows in a step, of ``WELL_ROWS``; each walk draws its own.
        seed: of the rows and the draws.
        walks: how many.
        steps: of each.
        lr: learning rate at the start; it falls along a cosine.

    >>> double_well_walks(WELL_ROWS, seed=0, walks=5, steps=10).shape
    torch.Size([5])
    """
    if not 1 <= batch <= WELL_ROWS:
        raise ValueError(f"batch must be from 1 to the {WELL_ROWS} rows there are; got {batch}")
    chance = torch.Generator().manual_seed(seed)
    rows = NOISE * torch.randn(WELL_ROWS, generator=chance, dtype=torch.float64)
    rows -= rows.mean()
    places = torch.linspace(-1.5, 1.5, walks, dtype=torch.float64)
    rate = schedule.cosine(lr, steps)
    for step in range(steps):
        guess = torch.zeros(walks, dtype=torch.float64)
        if batch < WELL_ROWS:
            drawn = torch.randint(WELL_ROWS, (walks, batch), generator=chance)
            guess = rows[drawn].mean(1)
        places = places - rate(step) * (places**3 - places - TILT + guess)
    return places
