"""Ridge regression: least squares with a price on the squares of the weights, in closed form.

    minimise over w, b:   1/n · Σ (w · x_i + b - y_i)²  +  l2 · Σ_j w_j²

The bias b is not penalised: it only moves the line up and down, it does not make it steeper. So
features and targets are centred, which solves for b, and the weights are

    w = (XᵀX + n l2 I)⁻¹ Xᵀ y,      b = mean(y) - w · mean(x).

Source: Hoerl & Kennard (1970), "Ridge regression: biased estimation for nonorthogonal problems",
Technometrics 12, 55-67; the intercept: Hastie, Tibshirani & Friedman (2009), section 3.4.1.
Where ours differs: the penalty is written as rows below the data, sqrt(n l2) I with target 0, and
the ordinary least squares of all rows are solved by QR. That is the same minimum (same book,
exercise 3.12) without forming XᵀX, which would lose half the digits. scikit-learn's ``alpha`` is
n · l2 here, since its loss is the sum and ours the mean.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from tidu.optim.least_squares import least_squares


def ridge(
    features: Float[Tensor, "rows columns"], targets: Float[Tensor, " rows"], l2: float
) -> Float[Tensor, " columns+1"]:
    """The weights, and the bias last, that minimise the mean squared error plus ``l2 · Σ w²``.

    >>> X = torch.tensor([[0.0], [1.0], [2.0]])
    >>> ridge(X, torch.tensor([1.0, 3.0, 5.0]), l2=1.0)
    tensor([0.8000, 2.2000])
    """
    if not l2 >= 0:
        raise ValueError(f"l2 must be at least 0; got {l2}; 0 is no penalty")
    mean, middle = features.mean(0), targets.mean()
    rows, columns = features.shape
    size = (rows * l2) ** 0.5
    penalty = size * torch.eye(columns, dtype=features.dtype, device=features.device)
    inputs = torch.cat([features - mean, penalty])
    wanted = torch.cat([targets - middle, torch.zeros_like(mean)])
    weights = least_squares(inputs, wanted)
    return torch.cat([weights, (middle - weights @ mean).unsqueeze(0)])


def ridge_path(
    features: Float[Tensor, "rows columns"],
    targets: Float[Tensor, " rows"],
    l2: Float[Tensor, " penalties"],
) -> Float[Tensor, "penalties columns+1"]:
    """:func:`ridge` for many penalties from one decomposition X = U S Vᵀ of the centred features.

    w = V diag(s / (s² + n l2)) Uᵀ y. Without a penalty it is the shortest of all solutions.

    >>> X = torch.tensor([[0.0], [1.0], [2.0]])
    >>> ridge_path(X, torch.tensor([1.0, 3.0, 5.0]), torch.tensor([0.0, 1.0]))
    tensor([[2.0000, 1.0000],
            [0.8000, 2.2000]])
    """
    mean, middle = features.mean(0), targets.mean()
    left, sizes, right = torch.linalg.svd(features - mean, full_matrices=False)
    rounding = torch.finfo(sizes.dtype).eps * max(features.shape) * sizes.max()
    prices = len(features) * l2.unsqueeze(1)
    shrunk = torch.where(sizes > rounding, sizes / (sizes.square() + prices), 0.0)
    weights = (shrunk * (left.mT @ (targets - middle))) @ right
    return torch.cat([weights, (middle - weights @ mean).unsqueeze(1)], dim=1)
