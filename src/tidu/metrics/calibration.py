"""Calibration: of the rows that are given 70 %, do 70 % come true?

    rows sorted by their predicted probability p, cut into bins of equal size
    predicted(bin) = mean of p,      observed(bin) = share of class 1 = k / n
    Wilson's interval:  (k + z²/2) / (n + z²)  ±  z / (n + z²) · sqrt(k (n - k) / n + z²/4)

Source: Dawid (1982), "The well-calibrated Bayesian", JASA 77, 605-610; Wilson (1927), "Probable
inference, the law of succession, and statistical inference", JASA 22, 209-212, with z = 1.96.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Shaped
from torch import Tensor

Z = 1.959963984540054  # 95 % of a normal distribution lies between -Z and Z


def calibration_curve(
    probabilities: Float[Tensor, " rows"], labels: Shaped[Tensor, " rows"], bins: int = 10
) -> Float[Tensor, "bins 4"]:
    """A row for every bin: mean prediction, observed share, and the ends of its 95 % interval.

    >>> p = torch.tensor([0.1, 0.2, 0.8, 0.9])
    >>> calibration_curve(p, torch.tensor([0, 0, 1, 1]), bins=2)[:, :2]
    tensor([[0.1500, 0.0000],
            [0.8500, 1.0000]])
    """
    order = probabilities.argsort()
    found: list[Tensor] = []
    for rows in order.tensor_split(min(bins, len(order))):
        share = (labels[rows] > 0).to(probabilities.dtype).mean()
        low, high = wilson(share, len(rows))
        found.append(torch.stack([probabilities[rows].mean(), share, low, high]))
    return torch.stack(found)


def wilson(share: Float[Tensor, ""], rows: int) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """The 95 % interval of a share that was counted in ``rows`` rows.

    >>> [round(float(end), 3) for end in wilson(torch.tensor(0.5), 100)]
    [0.404, 0.596]
    """
    middle = (share + Z**2 / (2 * rows)) / (1 + Z**2 / rows)
    half = Z / (1 + Z**2 / rows) * (share * (1 - share) / rows + Z**2 / (4 * rows**2)).sqrt()
    return middle - half, middle + half
