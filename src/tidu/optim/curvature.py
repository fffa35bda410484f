"""How the loss of a linear model curves, and what that means for descent.

    H = 2/n · XᵀX,  eigenvalues  m = λ_1 <= ... <= λ_p = L
    condition number = L / m,      descent converges for rates below 2 / L

Along the eigenvector of λ the distance to the minimum shrinks by 1 - rate · λ a step: the rate has
to suit the steepest direction, and the flattest pays for it, with about L / m steps. Since

    loss - lowest loss = ½ Σ_k λ_k (1 - rate · λ_k)^(2 t) a_k²         after t steps,

with a the distance at the start along each eigenvector, the number of steps to any loss can be
told without taking them.

Source: Nesterov (2004), "Introductory Lectures on Convex Optimization", section 2.1.5; LeCun,
Bottou, Orr & Müller (1998), "Efficient BackProp", section 5.1.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from tidu.optim.least_squares import least_squares


@torch.no_grad()
def curvatures(inputs: Float[Tensor, "rows columns"]) -> Float[Tensor, " directions"]:
    """The eigenvalues of the Hessian of the mean squared error, from the smallest up.

    Those that are zero up to rounding are left out: along them nothing moves.

    >>> curvatures(torch.tensor([[1.0, 0.0], [0.0, 3.0]]))
    tensor([1., 9.])
    """
    eigenvalues = torch.linalg.eigvalsh(2 / len(inputs) * inputs.mT @ inputs)
    floor = eigenvalues[-1] * len(eigenvalues) * torch.finfo(inputs.dtype).eps
    return eigenvalues[eigenvalues > floor]


def condition_number(inputs: Float[Tensor, "rows columns"]) -> float:
    """The largest curvature over the smallest; 1 is a round bowl.

    >>> condition_number(torch.tensor([[1.0, 0.0], [0.0, 3.0]]))
    9.0
    """
    found = curvatures(inputs)
    return float(found[-1] / found[0])


def largest_rate(inputs: Float[Tensor, "rows columns"]) -> float:
    """The rate 2 / L from which on descent no longer converges.

    >>> largest_rate(torch.eye(2) * 2)
    0.5
    """
    return float(2 / curvatures(inputs)[-1])


@torch.no_grad()
def steps_to(
    inputs: Float[Tensor, "rows columns"],
    targets: Float[Tensor, " rows"],
    rate: float,
    share: float,
) -> int:
    """After how many steps from zero the loss stands at most ``share`` of its first height.

    Heights are measured above the lowest loss.

    >>> X, y = torch.tensor([[1.0, 0.0], [0.0, 3.0]]), torch.tensor([1.0, 3.0])
    >>> steps_to(X, y, rate=0.1, share=0.01)
    11
    """
    if not (share > 0 and 0 < rate < largest_rate(inputs)):
        raise ValueError(
            f"steps are counted for a share above 0 and a rate from 0 to {largest_rate(inputs):.4g}"
            f", where descent converges; got share={share} and rate={rate}"
        )
    eigenvalues, axes = torch.linalg.eigh(2 / len(inputs) * inputs.mT @ inputs)
    start = axes.mT @ least_squares(inputs, targets)
    kept = eigenvalues > 0
    weight, shrink = (eigenvalues * start.square())[kept], (1 - rate * eigenvalues[kept]).abs()

    def is_low(steps: int) -> bool:
        return bool((weight * shrink ** (2.0 * steps)).sum() <= share * weight.sum())

    high = 1
    while not is_low(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_low(middle) else (middle, high)
    return 0 if is_low(0) else high
