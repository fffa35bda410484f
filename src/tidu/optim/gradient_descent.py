"""Gradient descent on the mean squared error of a linear model, written out.

    loss(w)     = 1/n · || X w - y ||²
    gradient(w) = 2/n · Xᵀ (X w - y)
    w          <- w - rate · gradient(w)

The curvature is the same everywhere: H = 2/n · XᵀX. With its largest and smallest eigenvalue L
and m, descent converges for every rate below 2 / L, and fastest at 2 / (L + m), where each step
shrinks the distance to the solution at least by (L - m) / (L + m).

Source: Cauchy (1847); rate and bound: Nesterov (2004), "Introductory Lectures on Convex
Optimization", theorem 2.1.15.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from tidu.optim.curvature import curvatures


def mse_gradient(
    inputs: Float[Tensor, "rows columns"],
    targets: Float[Tensor, " rows"],
    weights: Float[Tensor, " columns"],
) -> Float[Tensor, " columns"]:
    """The gradient of ``mean((inputs @ weights - targets)²)`` with respect to ``weights``.

    >>> X, y = torch.tensor([[1.0], [1.0]]), torch.tensor([1.0, 3.0])
    >>> mse_gradient(X, y, torch.zeros(1))
    tensor([-4.])
    """
    return 2 / len(inputs) * inputs.mT @ (inputs @ weights - targets)


def best_rate(inputs: Float[Tensor, "rows columns"]) -> float:
    """The rate 2 / (L + m) with which descent on ``inputs`` converges fastest.

    Eigenvalues that are zero up to rounding do not count: along them nothing moves.

    >>> best_rate(torch.eye(2) * 2)
    0.25
    """
    found = curvatures(inputs)
    return float(2 / (found[-1] + found[0]))


def gradient_descent(
    inputs: Float[Tensor, "rows columns"],
    targets: Float[Tensor, " rows"],
    steps: int,
    rate: float | None = None,
) -> Float[Tensor, " columns"]:
    """The weights after ``steps`` steps from zero, at ``rate`` or else :func:`best_rate`.

    >>> X = torch.tensor([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    >>> gradient_descent(X, torch.tensor([1.0, 3.0, 5.0]), steps=100).round(decimals=3)
    tensor([1., 2.])
    """
    if rate is None:
        rate = best_rate(inputs)
    weights = torch.zeros_like(inputs[0])
    for _ in range(steps):
        weights = weights - rate * mse_gradient(inputs, targets, weights)
    return weights
