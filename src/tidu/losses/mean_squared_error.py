"""Mean squared error: twice as far off costs four times as much.

    loss(ŷ, y)  = (ŷ - y)²
    ∂loss/∂ŷ    = 2 (ŷ - y)

The prediction that makes it smallest is the mean of what may come. One row that is far off pulls as
hard as many that are near, which is right for Gaussian noise and wrong for slips of the pen.

Source: Legendre (1805), "Nouvelles méthodes pour la détermination des orbites des comètes",
appendix; Gauss (1809), "Theoria motus corporum coelestium", section 179.
Where ours differs: nothing; equal to ``torch.nn.functional.mse_loss``.
"""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from tidu.losses.reduction import Reduction, reduced


def mean_squared_error(
    predictions: Float[Tensor, "*batch"],
    targets: Float[Tensor, "*batch"],
    reduction: Reduction = "mean",
) -> Float[Tensor, ...]:
    """The squared distance of ``predictions`` from ``targets``.

    >>> import torch
    >>> mean_squared_error(torch.tensor([1.0, 5.0]), torch.tensor([1.0, 2.0]))
    tensor(4.5000)
    """
    return reduced((predictions - targets).square(), reduction)
