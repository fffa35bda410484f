"""Reading a learning-rate range test: which rate its curve of losses proposes.

The rate rises exponentially while a network trains, from far too small to far too large. The loss
first stands still, then falls, then becomes ragged and rises. Of the curve, smoothed over the steps
and measured from its start down to its lowest place,

    proposal = the first rate at which 9/10 of the fall are done.

Source: Smith (2017), "Cyclical learning rates for training neural networks", WACV, section 3.3:
the highest useful rate is where the accuracy "slows, becomes ragged, or starts to fall".
Where ours differs: he reads it off by eye, from a linear rise over some epochs; "slows" is put
into a number here, and the rise is exponential over a few hundred steps, as usual since.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

DONE = 0.9  # share of the fall at which it has slowed
WIDTH = 0.02  # of the smoothing, as a share of all steps
LEAST_FALL = 0.03  # a fall by less than this share of the first loss is taken for noise


def proposed_rate(rates: Float[Tensor, " steps"], losses: Float[Tensor, " steps"]) -> float | None:
    """The rate that the test proposes, of two tensors (steps,); None where the loss did not fall.

    >>> rates = torch.logspace(-4, 0, 81)
    >>> losses = torch.where(rates < 0.1, 1 / (1 + 30 * rates), 10 * rates)
    >>> 0.03 < proposed_rate(rates, losses) < 0.1
    True
    >>> rates.shape, proposed_rate(rates, torch.ones(81)) is None
    (torch.Size([81]), True)
    """
    if not len(rates) == len(losses) > 0:
        raise ValueError(
            f"a range test has a loss for every rate; got {len(rates)} and {len(losses)}"
        )
    smooth = smoothed(losses.detach())
    lowest = int(smooth.argmin())
    first = smooth[0]
    fall = first - smooth[lowest]
    if not fall > LEAST_FALL * first.abs():
        return None
    slowed = int((smooth <= first - DONE * fall).nonzero()[0])
    return float(rates.detach()[slowed])


def smoothed(losses: Float[Tensor, " steps"]) -> Float[Tensor, " steps"]:
    """The losses under a Gaussian window; what is twice as high as the start counts as that.

    >>> smoothed(torch.tensor([1.0, 1.0, float("inf"), 1.0])).shape
    torch.Size([4])
    """
    steps = torch.arange(len(losses), dtype=losses.dtype, device=losses.device)
    start = losses[: max(1, len(losses) // 10)].mean()
    ceiling = start + start.abs()
    capped = torch.where(losses < ceiling, losses, ceiling)
    apart = (steps[:, None] - steps) / max(1.0, WIDTH * len(losses))
    weights = torch.exp(-0.5 * apart.square())
    return weights @ capped / weights.sum(1)
