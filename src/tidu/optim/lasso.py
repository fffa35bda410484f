"""The lasso: least squares with a price on the size of the weights, by coordinate descent.

    minimise over w, b:   1/n · Σ (w · x_i + b - y_i)²  +  l1 · Σ_j |w_j|

With all weights but one held still, the best value of that one is known: with features and targets
centred, G = 2/n · XᵀX and c = 2/n · Xᵀy,

    w_j  <-  S(c_j - Σ_{k≠j} G_jk w_k, l1) / G_jj,      S(v, t) = sign(v) · max(|v| - t, 0).

S is zero for all |v| <= t: that is why the lasso makes weights *exactly* zero. One after another,
over and over, this comes to the minimum. The bias is not penalised. From l1 = max |c_j| on, every
weight is zero (:func:`largest_l1`).

Source: Tibshirani (1996), "Regression shrinkage and selection via the lasso", JRSS B 58, 267-288;
Friedman, Hastie & Tibshirani (2010), "Regularization paths for generalized linear models via
coordinate descent", J. Stat. Software 33(1), section 2.2 (covariance updates). Where ours differs:
all penalties of a path are solved side by side in one computation instead of one after another.
scikit-learn's ``alpha`` is l1 / 2 here, since its loss is half the mean.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor


def soft_threshold(
    values: Float[Tensor, "*shape"], threshold: Float[Tensor, "*shape"]
) -> Float[Tensor, "*shape"]:
    """``values`` moved towards zero by ``threshold``, and zero where that would cross it.

    >>> soft_threshold(torch.tensor([3.0, -3.0, 0.5]), torch.ones(3))
    tensor([ 2., -2.,  0.])
    """
    return values.sign() * (values.abs() - threshold).clamp(min=0)


def largest_l1(features: Float[Tensor, "rows columns"], targets: Float[Tensor, " rows"]) -> float:
    """The smallest ``l1`` at which every weight is zero.

    >>> largest_l1(torch.tensor([[0.0], [1.0], [2.0]]), torch.tensor([0.0, 3.0, 6.0]))
    4.0
    """
    _, correlations = _moments(features - features.mean(0), targets - targets.mean())
    return float(correlations.abs().max())


def lasso(
    features: Float[Tensor, "rows columns"],
    targets: Float[Tensor, " rows"],
    l1: float | Float[Tensor, "*penalties"],
    tolerance: float = 1e-9,
    sweeps: int = 100_000,
) -> Float[Tensor, "*penalties columns+1"]:
    """The weights, and the bias last, that minimise the mean squared error plus ``l1 · Σ |w|``.

    Several penalties at once give one row each. It ends when a whole sweep moves no weight's part
    of a correlation by more than ``tolerance`` of the largest, or after ``sweeps``.

    >>> X = torch.tensor([[0.0], [1.0], [2.0]])
    >>> lasso(X, torch.tensor([0.0, 3.0, 6.0]), torch.tensor([0.0, 2.0, 4.0]))
    tensor([[3.0000, 0.0000],
            [1.5000, 1.5000],
            [0.0000, 3.0000]])
    """
    price = torch.as_tensor(l1, dtype=features.dtype, device=features.device)
    if not bool((price >= 0).all()):
        raise ValueError(f"l1 must be at least 0; got {l1}; 0 is no penalty")
    # Rounded products would never settle; under autocast they would be of bfloat16.
    with torch.autocast(features.device.type, enabled=False):
        return _settled(features, targets, price, tolerance, sweeps)


def _settled(
    features: Tensor, targets: Tensor, price: Tensor, tolerance: float, sweeps: int
) -> Tensor:
    """Sweep over the weights until they rest."""
    mean, middle = features.mean(0), targets.mean()
    products, correlations = _moments(features - mean, targets - middle)
    rounding = 4 * torch.finfo(features.dtype).eps
    enough = max(tolerance, rounding) * float(correlations.detach().abs().max())
    weights = [torch.zeros_like(price) for _ in correlations]
    moves = [j for j, own in enumerate(products.diagonal().tolist()) if own > 0]
    for _ in range(sweeps):
        moved = 0.0
        # what of the correlations the present weights leave over; anew in every sweep, so that
        # rounding does not gather
        rest = correlations - torch.stack(weights, dim=-1) @ products
        for j in moves:
            own, old = products[j, j], weights[j]
            weights[j] = soft_threshold(rest[..., j] + own * old, price) / own
            change = weights[j] - old
            rest = rest - change.unsqueeze(-1) * products[j]
            moved = max(moved, float((own * change).detach().abs().max()))
        if moved <= enough:
            break
    found = torch.stack(weights, dim=-1)
    return torch.cat([found, (middle - found @ mean).unsqueeze(-1)], dim=-1)


@torch.no_grad()
def lasso_violation(
    features: Float[Tensor, "rows columns"],
    targets: Float[Tensor, " rows"],
    l1: Float[Tensor, "*penalties"],
    coefficients: Float[Tensor, "*penalties columns+1"],
) -> Float[Tensor, "*penalties"]:
    """How far ``coefficients`` are from the minimum: 0 there, and nowhere else.

    The minimum is where no weight can gain: the loss falls along a weight that is zero by at most
    ``l1``, and along any other by exactly ``l1`` (Karush, Kuhn and Tucker's conditions).

    >>> X, y = torch.tensor([[0.0], [1.0], [2.0]]), torch.tensor([0.0, 3.0, 6.0])
    >>> lasso_violation(X, y, torch.tensor(2.0), torch.tensor([1.5, 1.5]))
    tensor(0.)
    """
    weights = coefficients[..., :-1]
    predictions = weights @ features.mT + coefficients[..., -1:]
    slope = 2 / len(targets) * (targets - predictions) @ features  # how the loss falls
    price = l1.unsqueeze(-1)
    at_zero = (slope.abs() - price).clamp(min=0)
    elsewhere = (slope - price * weights.sign()).abs()
    along_weights = torch.where(weights == 0, at_zero, elsewhere).amax(-1)
    along_bias = 2 * (targets - predictions).mean(-1).abs()
    return torch.maximum(along_weights, along_bias)


def _moments(
    features: Float[Tensor, "rows columns"], targets: Float[Tensor, " rows"]
) -> tuple[Float[Tensor, "columns columns"], Float[Tensor, " columns"]]:
    return 2 / len(features) * features.mT @ features, 2 / len(features) * features.mT @ targets
