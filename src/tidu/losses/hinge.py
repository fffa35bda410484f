"""The hinge: no cost for what is right with room to spare, a straight one for the rest.

    loss(z, y)  = max(0, margin - y z)         y = -1 or 1
    ∂loss/∂z    = -y where y z <= margin, else 0

Only rows within the margin or on its wrong side pull at the model: the support vectors.

Source: Cortes & Vapnik (1995), "Support-vector networks", Machine Learning 20, section 3; Rosasco
et al. (2004), "Are loss functions all the same?", Neural Computation 16, in this form.
Where ours differs: classes are -1 and 1, as in the papers; at the corner the slope is that of
the lower side, as in ``torch.nn.functional.hinge_embedding_loss``, which takes y z as its input and
adds the inputs of the other class as they are.
"""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from tidu.losses.reduction import Reduction, reduced


def hinge(
    scores: Float[Tensor, "*batch"],
    signs: Float[Tensor, "*batch"],
    margin: float = 1.0,
    reduction: Reduction = "mean",
) -> Float[Tensor, ...]:
    """The loss of ``scores`` where the true classes are ``signs``, -1 or 1.

    >>> import torch
    >>> hinge(torch.tensor([2.0, 0.5, -3.0]), torch.tensor([1.0, 1.0, 1.0]), reduction="none")
    tensor([0.0000, 0.5000, 4.0000])
    """
    return reduced((margin - signs * scores).clamp(min=0), reduction)
