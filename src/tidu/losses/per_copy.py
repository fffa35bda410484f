"""Cross-entropy of every copy of a network on its own batch, for many trained in one computation.

    loss_s = (1 / n) Σ_i -log softmax(z_si)[y_si]     for copy s and the n rows of its batch

The copies share no weight, so the gradient of the sum of these losses is for each copy the gradient
of its own.

Where ours differs: nothing in the value; :func:`tidu.losses.cross_entropy` is the form to read,
this one is PyTorch's in one call over all copies.
"""

from __future__ import annotations

from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional


def cross_entropy_per_copy(
    logits: Float[Tensor, "copies batch classes"], labels: Int[Tensor, "copies batch"]
) -> Float[Tensor, " copies"]:
    """The mean loss of each copy.

    >>> import torch
    >>> cross_entropy_per_copy(torch.zeros(3, 8, 10), torch.ones(3, 8, dtype=torch.long))
    tensor([2.3026, 2.3026, 2.3026])
    """
    each = functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="none")
    return each.view_as(labels).mean(1)
