"""Logistic regression by Newton's method, which is least squares weighted anew in every step.

    p_i = sigmoid(w · x_i + b)
    minimise   1/n · Σ -y_i log p_i - (1 - y_i) log(1 - p_i)   +  l2 · Σ_j w_j²
    slope      g = 1/n · Xᵀ(p - y) + 2 l2 w
    curvature  H = 1/n · Xᵀ diag(p (1 - p)) X + 2 l2 I
    step       w <- w - H⁻¹ g,    halved while the loss would rise

X ends with a column of ones, and the bias is not penalised. Without the penalty the step solves a
least-squares problem with weights p (1 - p): *iteratively reweighted least squares*. Near the
minimum every step doubles the digits that are right.

Source: Nelder & Wedderburn (1972), "Generalized linear models", section 1.3 (reweighting); Hastie,
Tibshirani & Friedman (2009), section 4.4.1. Where ours differs: columns that others determine get
the coefficient 0, as in :mod:`tidu.optim.least_squares`; and where a plane parts the classes, so
that weights would grow for ever (Albert & Anderson 1984), it says so instead.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from tidu.optim.least_squares import independent_columns, with_ones
from tidu.optim.separation import separation

MOST_STEPS = 50  # what has a minimum needs about ten
SATURATED = 15.0  # scores beyond it leave nothing of a probability in float32


class NoMinimum(ValueError):
    """Newton's method does not settle: most likely a plane parts the classes."""


def logistic_gradient(
    inputs: Float[Tensor, "rows columns"],
    targets: Float[Tensor, " rows"],
    weights: Float[Tensor, " columns"],
) -> Float[Tensor, " columns"]:
    """The slope of the mean binary cross-entropy: errors of the probabilities times the inputs.

    >>> X, y = torch.tensor([[1.0], [3.0]]), torch.tensor([0.0, 1.0])
    >>> logistic_gradient(X, y, torch.zeros(1))
    tensor([-0.5000])
    """
    return inputs.mT @ (torch.sigmoid(inputs @ weights) - targets) / len(targets)


def logistic_curvature(
    inputs: Float[Tensor, "rows columns"], weights: Float[Tensor, " columns"]
) -> Float[Tensor, "columns columns"]:
    """The Hessian of the mean binary cross-entropy, which does not depend on the targets.

    >>> logistic_curvature(torch.tensor([[2.0]]), torch.zeros(1))
    tensor([[1.]])
    """
    chances = torch.sigmoid(inputs @ weights)
    return inputs.mT @ ((chances * (1 - chances)).unsqueeze(1) * inputs) / len(inputs)


def logistic_regression(
    features: Float[Tensor, "rows columns"], targets: Float[Tensor, " rows"], l2: float = 0.0
) -> Float[Tensor, " columns+1"]:
    """The weights, and the bias last, that make ``targets`` of 0 and 1 most likely.

    >>> X, y = torch.tensor([[0.0], [1.0], [2.0], [3.0]]), torch.tensor([0.0, 1.0, 0.0, 1.0])
    >>> logistic_regression(X, y)
    tensor([ 0.9082, -1.3623])
    """
    return newton_path(features, targets, l2)[-1]


def newton_path(
    features: Float[Tensor, "rows columns"], targets: Float[Tensor, " rows"], l2: float = 0.0
) -> Float[Tensor, "steps columns+1"]:
    """The coefficients before and after every step, from zero.

    >>> X, y = torch.tensor([[0.0], [1.0], [2.0], [3.0]]), torch.tensor([0.0, 1.0, 0.0, 1.0])
    >>> newton_path(X, y)[:2]
    tensor([[ 0.0000,  0.0000],
            [ 0.8000, -1.2000]])
    """
    if not l2 >= 0:
        raise ValueError(f"l2 must be at least 0; got {l2}; 0 is no penalty")
    everything = with_ones(features)
    keep = independent_columns(everything.roll(1, 1)).roll(-1)  # the bias comes first
    inputs = everything[:, keep]
    price = torch.full_like(inputs[0], 2 * l2)
    price[-1] = 0.0
    path = [torch.zeros_like(inputs[0])]
    precise = torch.finfo(inputs.dtype).eps
    for _ in range(MOST_STEPS):
        weights = path[-1]
        slope = logistic_gradient(inputs, targets, weights) + price * weights
        curvature = logistic_curvature(inputs, weights) + torch.diag(price)
        step, wrong = torch.linalg.solve_ex(curvature, slope)
        if wrong or not bool(step.isfinite().all()):
            break
        height = _loss(inputs, targets, weights, price)
        while _loss(inputs, targets, weights - step, price) > height * (1 + 10 * precise):
            step = step / 2
        path.append(weights - step)
        # the next step would change digits that rounding has spoilt already
        if float(step.detach().abs().max()) <= precise**0.5 * (1 + float(weights.abs().max())):
            if l2 == 0 and _grows_for_ever(inputs, targets, path[-1]):
                break
            found = everything.new_zeros(len(path), everything.shape[1])
            found[:, keep] = torch.stack(path)
            return found
    raise NoMinimum(
        f"Newton's method does not settle in {MOST_STEPS} steps with l2={l2}; where a plane parts "
        "the classes there is no minimum; give l2 above 0"
    )


def _loss(inputs: Tensor, targets: Tensor, weights: Tensor, price: Tensor) -> float:
    """The penalised loss; ``price`` is twice the penalty of every coefficient."""
    with torch.no_grad():
        surprise = functional.binary_cross_entropy_with_logits(inputs @ weights, targets)
        return float(surprise + (price * weights.square()).sum() / 2)


def _grows_for_ever(inputs: Tensor, targets: Tensor, weights: Tensor) -> bool:
    """Whether the steps ended only because the probabilities were 0 and 1 to the last digit."""
    saturated = float((inputs @ weights).detach().abs().max()) > SATURATED
    return saturated and separation(inputs, targets) != "overlap"
