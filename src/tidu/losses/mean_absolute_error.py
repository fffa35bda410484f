"""Mean absolute error: every unit of distance costs the same.

    loss(ŷ, y)  = |ŷ - y|
    ∂loss/∂ŷ    = sign(ŷ - y)                  0 where they are equal

The prediction that makes it smallest is the median of what may come: a row that is far off pulls no
harder than one that is near. Its slope does not fade near the minimum, so steps must.

Source: Boscovich (1757), the first to fit a line by it; Koenker & Bassett (1978), "Regression
quantiles", Econometrica 46, 33-50, at the quantile of one half.
Where ours differs: nothing; equal to ``torch.nn.functional.l1_loss``.
"""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from tidu.losses.reduction import Reduction, reduced


def mean_absolute_error(
    predictions: Float[Tensor, "*batch"],
    targets: Float[Tensor, "*batch"],
    reduction: Reduction = "mean",
) -> Float[Tensor, ...]:
    """The distance of ``predictions`` from ``targets``.

    >>> import torch
    >>> mean_absolute_error(torch.tensor([1.0, 5.0]), torch.tensor([1.0, 2.0]))
    tensor(1.5000)
    """
    return reduced((predictions - targets).abs(), reduction)
