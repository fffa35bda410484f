"""How far predictions are from numbers that are known.

    MSE = 1/n · Σ (prediction - truth)²
    R²  = 1 - Σ (prediction - truth)² / Σ (truth - mean of truth)²

R² is 1 for a perfect prediction and 0 for one no better than the mean of ``truth`` itself; it
falls below 0 for a worse one. Source: Hastie, Tibshirani & Friedman (2009), "The Elements of
Statistical Learning", 2nd ed., section 2.4 (squared error); Wright (1921), "Correlation and
causation", Journal of Agricultural Research 20, 557-585 (coefficient of determination).
Where ours differs: where the truth never changes, R² is 1 if it is met exactly and 0 if not, as
in scikit-learn, instead of a division by zero.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor


def mean_squared_error(
    predictions: Float[Tensor, " rows"], truth: Float[Tensor, " rows"]
) -> Float[Tensor, ""]:
    """The mean of the squared differences.

    >>> mean_squared_error(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0]))
    tensor(2.)
    """
    return (predictions - truth).square().mean()


def r_squared(
    predictions: Float[Tensor, " rows"], truth: Float[Tensor, " rows"]
) -> Float[Tensor, ""]:
    """The share of the truth's variation that the predictions account for.

    >>> r_squared(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 2.0, 4.0])).round(decimals=3)
    tensor(0.7860)
    """
    error = (predictions - truth).square().sum()
    spread = (truth - truth.mean()).square().sum()
    varies = spread > 0
    share = 1 - error / torch.where(varies, spread, torch.ones_like(spread))
    return torch.where(varies, share, (error == 0).to(share.dtype))
