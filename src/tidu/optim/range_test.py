"""Reading a learning-rate range test: which rate its curve of losses proposes.

The rate rises exponentially while a network trains, from far too small to far too large. The loss
first stands still, then falls, then becomes ragged and rises. Of the curve, smoothed over the steps
and measured from its start down to its lowest place,

    slowed   = the first rate at which 9/10 of the fall are done
    proposal = min(slowed / height, lowest / 2)

where ``lowest`` is the rate of the lowest place, and ``height`` the mean of the schedule that the
training will follow, as a share of its peak: 1 for a constant rate, 1/2 for a cosine down to 0. The
first term gives the training the rate ``slowed`` on average; the second keeps the peak away from
where the training bursts. Of several tests the mean curve is read: where a valley is flat, its
lowest place in a single test is a matter of chance.

Source: Smith (2017), "Cyclical learning rates for training neural networks", WACV, section 3.3:
the highest useful rate is where the accuracy "slows, becomes ragged, or starts to fall"; Bengio
(2012), "Practical recommendations for gradient-based training of deep architectures", section
3.1.1: the best rate is usually within a factor of two of the largest one that does not diverge.
Where ours differs: Smith reads it off by eye, from a linear rise over some epochs; "slows" is put
into a number here, and the rise is exponential over a few hundred steps, as usual since.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

DONE = 0.9  # share of the fall at which it has slowed
BELOW_LOWEST = 0.5  # of the rate with the lowest loss; a peak may be so high
WIDTH = 0.02  # of the smoothing, as a share of all steps
LEAST_FALL = 0.03  # a fall by less than this share of the first loss is taken for noise


def proposed_rate(
    rates: Float[Tensor, " steps"], losses: Float[Tensor, "*tests steps"], height: float = 1.0
) -> float | None:
    """The peak that the tests propose; None where the loss did not fall.

    Args:
        rates: of the tests, rising (steps,).
        losses: of their steps, of one test (steps,) or several (tests, steps); infinite or NaN
            where a test has burst.
        height: mean of the schedule as a share of its peak, above 0, at most 1.

    >>> rates = torch.logspace(-4, 0, 81)
    >>> losses = torch.where(rates < 0.1, 1 / (1 + 300 * rates), 10 * rates)
    >>> constant, cosine = proposed_rate(rates, losses), proposed_rate(rates, losses, height=0.5)
    >>> 0.01 < constant < cosine < 0.05
    True
    >>> rates.shape, proposed_rate(rates, torch.ones(3, 81)) is None
    (torch.Size([81]), True)
    """
    if not len(rates) == losses.shape[-1] > 0:
        raise ValueError(
            f"a range test has a loss for every rate; got {len(rates)} and {losses.shape[-1]}"
        )
    if not 0 < height <= 1:
        raise ValueError(f"height is a share above 0, of at most 1; got {height}")
    smooth = smoothed(losses.detach()).reshape(-1, len(rates)).mean(0)
    lowest = int(smooth.argmin())
    first = smooth[0]
    fall = first - smooth[lowest]
    if not fall > LEAST_FALL * first.abs():
        return None
    slowed = int((smooth <= first - DONE * fall).nonzero()[0])
    rates = rates.detach()
    return min(float(rates[slowed]) / height, float(rates[lowest]) * BELOW_LOWEST)


def smoothed(losses: Float[Tensor, "*tests steps"]) -> Float[Tensor, "*tests steps"]:
    """The losses under a Gaussian window; what is twice as high as the start counts as that.

    >>> smoothed(torch.tensor([1.0, 1.0, float("inf"), 1.0])).shape
    torch.Size([4])
    """
    count = losses.shape[-1]
    steps = torch.arange(count, dtype=losses.dtype, device=losses.device)
    start = losses[..., : max(1, count // 10)].mean(-1, keepdim=True)
    ceiling = start + start.abs()
    capped = torch.where(losses < ceiling, losses, ceiling)
    apart = (steps[:, None] - steps) / max(1.0, WIDTH * count)
    weights = torch.exp(-0.5 * apart.square())
    return capped @ weights / weights.sum(1)
