"""Binary cross-entropy on logits: how surprising a yes or no is to a model that answered z.

    p = sigmoid(z) = 1 / (1 + exp(-z))
    loss(z, y) = -y log p - (1 - y) log(1 - p)                    the definition
               = max(z, 0) - z y + log(1 + exp(-|z|))             the same, and stable
    ∂loss/∂z   = p - y

The definition overflows: from z = 17 on, p is exactly 1 in float32 and log(1 - p) is minus
infinity. The second form only ever takes the exponential of a number that is not above 0.

Source: Cox (1958), "The regression analysis of binary sequences", section 2 (the likelihood);
Mächler (2012), "Accurately computing log(1 - exp(-|a|))", section 4 (why ``log1p``).
Where ours differs: at z = 0, where max and |z| have a corner, automatic differentiation must not
pick a side. ``torch.maximum`` shares the gradient between equals, so it is 1/2 - y there too;
that counts, as every model that begins with zero weights begins at z = 0.
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
    positive = torch.maximum(logits, torch.zeros_like(logits))
    losses = positive - logits * targets + torch.log1p(torch.exp(-logits.abs()))
    return reduced(losses, reduction)
