"""Is minimising cross-entropy maximising the Bernoulli likelihood?

    Σ -y ln p - (1 - y) ln(1 - p) = -ln Π p^y (1 - p)^(1 - y)

Value and gradient of both sides on generated data, in float64; and the lowest place of a logistic
regression found twice, once from each side, by Newton's method.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from tidu import losses
from tidu.claims.finding import Finding
from tidu.words import Text

CASES = 200
ROWS, FEATURES = 60, 3
CLOSE = 1e-9


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """The loss that is minimised."""
    return losses.binary_cross_entropy(logits, labels, reduction="sum")


def negative_log_likelihood(logits: Tensor, labels: Tensor) -> Tensor:
    """Minus the logarithm of how likely the labels are, as PyTorch's distribution has it."""
    return -torch.distributions.Bernoulli(logits=logits).log_prob(labels).sum()


def check() -> list[Finding]:
    """The same value and slopes everywhere; the same lowest place."""
    return [_same_slopes(), _same_place()]


def _same_slopes() -> Finding:
    chance = torch.Generator().manual_seed(0)
    gaps: list[float] = []
    for _ in range(CASES):
        labels = torch.randint(2, (ROWS,), generator=chance).double()
        logits = 6 * torch.randn(ROWS, generator=chance, dtype=torch.float64)
        found = [
            _value_and_slope(side, logits, labels)
            for side in (cross_entropy, negative_log_likelihood)
        ]
        scale = max(1.0, float(found[0].abs().max()))
        gaps.append(float((found[0] - found[1]).abs().max()) / scale)
    return Finding(
        "value-and-gradient",
        Text("比较数值与梯度", "value and gradient are compared"),
        CASES,
        sum(gap <= CLOSE for gap in gaps),
        max(gaps),
        Text(f"相对差别最大 {max(gaps):.1e}", f"largest relative difference {max(gaps):.1e}"),
    )


def _same_place() -> Finding:
    chance = torch.Generator().manual_seed(1)
    gaps: list[float] = []
    for _ in range(CASES // 20):
        inputs = torch.randn(ROWS, FEATURES, generator=chance, dtype=torch.float64)
        odds = inputs @ torch.randn(FEATURES, generator=chance, dtype=torch.float64)
        labels = torch.bernoulli(odds.sigmoid(), generator=chance)
        places = [
            _lowest(side, inputs, labels) for side in (cross_entropy, negative_log_likelihood)
        ]
        gaps.append(float((places[0] - places[1]).abs().max() / places[0].abs().max()))
    return Finding(
        "same-minimum",
        Text("比较最低点", "the lowest places are compared"),
        len(gaps),
        sum(gap <= CLOSE for gap in gaps),
        max(gaps),
        Text(
            f"权重的相对差别最大 {max(gaps):.1e}",
            f"largest relative difference of the weights {max(gaps):.1e}",
        ),
    )


def _value_and_slope(
    side: Callable[[Tensor, Tensor], Tensor], logits: Tensor, labels: Tensor
) -> Tensor:
    logits = logits.clone().requires_grad_()
    value = side(logits, labels)
    (slope,) = torch.autograd.grad(value, logits)
    return torch.cat([value.detach()[None], slope])


def _lowest(side: Callable[[Tensor, Tensor], Tensor], inputs: Tensor, labels: Tensor) -> Tensor:
    """Newton's method with a small ridge, so that there always is one lowest place."""
    weights = torch.zeros(inputs.shape[1], dtype=torch.float64)

    def height(w: Tensor) -> Tensor:
        return side(inputs @ w, labels) + 0.05 * w.square().sum()

    for _ in range(12):
        slope = torch.autograd.functional.jacobian(height, weights)
        bend = torch.autograd.functional.hessian(height, weights)
        weights = weights - torch.linalg.solve(bend, slope)
    return weights
