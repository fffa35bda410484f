"""Huber's loss: squared for what is near, straight for what is far off.

    loss(ŷ, y)  = r² / 2             where |r| <= delta,   r = ŷ - y
                  delta (|r| - delta / 2)    elsewhere
    ∂loss/∂ŷ    = r, but no further from 0 than delta

Near the minimum it is as smooth as the squared error; a row that is far off pulls with ``delta``
and no more.

Source: Huber (1964), "Robust estimation of a location parameter", Annals of Mathematical Statistics
35, 73-101.
Where ours differs: nothing; equal to ``torch.nn.functional.huber_loss``.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from tidu.losses.reduction import Reduction, reduced


def huber(
    predictions: Float[Tensor, "*batch"],
    targets: Float[Tensor, "*batch"],
    delta: float = 1.0,
    reduction: Reduction = "mean",
) -> Float[Tensor, ...]:
    """The loss of ``predictions`` where the truth is ``targets``.

    >>> huber(torch.tensor([1.5, 11.0]), torch.tensor([1.0, 1.0]), reduction="none")
    tensor([0.1250, 9.5000])
    """
    if not delta > 0:
        raise ValueError(f"delta must be above 0; got {delta}; take the usual size of the noise")
    distance = (predictions - targets).abs()
    # a far-off row is squared as if it were near: its square could overflow and spoil the gradient
    near = distance.clamp(max=delta)
    return reduced(
        torch.where(distance <= delta, 0.5 * near.square(), delta * (distance - 0.5 * delta)),
        reduction,
    )
