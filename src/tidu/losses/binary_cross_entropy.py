"""Binary cross-entropy on logits: how surprising a yes or no is to a model that answered z.

    p = sigmoid(z) = 1 / (1 + exp(-z))
    loss(z, y) = -y log p - (1 - y) log(1 - p)                    the definition
               = log(exp(z) + exp(0)) - z y                        the same, and stable
    ∂loss/∂z   = p - y,        ∂²loss/∂z² = p (1 - p)

The definition overflows: from z = 17 on, p is exactly 1 in float32 and log(1 - p) is minus
infinity. The second form takes its logarithm with ``torch.logaddexp``, which only ever takes the
exponential of a number that is not above 0.

Source: Cox (1958), "The regression analysis of binary sequences", section 2 (the likelihood);
Mächler (2012), "Accurately computing log(1 - exp(-|a|))", section 4 (the stable logarithm).
Where ours differs: the usual stable form, max(z, 0) - z y + log(1 + exp(-|z|)), has corners at
z = 0 that cancel on paper but not in automatic differentiation: its second derivative there comes
out as 0 instead of 1/4, and every model that begins with zero weights begins at z = 0.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from tidu.losses.reduction import Reduction, reduced


def binary_cross_entropy(
    logits: Float[Tensor, "*batch"],
    targets: Float[Tensor, "*batch"],
    reduction: Reduction = "mean",
) -> Float[Tensor, ...]:
    """The loss of ``logits`` where the truth is ``targets``: 0, 1, or a probability between.

    Equal to ``torch.nn.functional.binary_cross_entropy_with_logits``.

    >>> binary_cross_entropy(torch.tensor([0.0, 1e4, -1e4]), torch.tensor([1.0, 1.0, 0.0]), "none")
    tensor([0.6931, 0.0000, 0.0000])
    """
    losses = torch.logaddexp(logits, torch.zeros_like(logits)) - logits * targets
    return reduced(losses, reduction)
