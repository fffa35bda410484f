"""Cross-entropy on logits: how surprising the true class is to a model that gave these logits.

    p = softmax(z / T)
    loss(z, y) = -Σ_k q_k log p_k,     q_k = (1 - ε) [k = y] + ε / K       over K classes
    ∂loss/∂z   = (p - q) / T

Without smoothing (ε = 0) it is -log p_y. Label smoothing spreads a share ε of the truth over all
classes, so that no logit is pulled towards infinity. The temperature T divides the logits first.

Source: Szegedy et al. (2016), "Rethinking the Inception architecture for computer vision", section
7 (label smoothing); Hinton, Vinyals & Dean (2015), "Distilling the knowledge in a neural network",
equation 1 (temperature).
Where ours differs: classes stand in the last dimension, in PyTorch's in the second. Hinton et al.
multiply a loss at temperature T by T² to keep gradients comparable; here that is the caller's.
"""

from __future__ import annotations

from jaxtyping import Float, Int
from torch import Tensor

from tidu.losses.reduction import Reduction, reduced
from tidu.nn import log_softmax


def cross_entropy(
    logits: Float[Tensor, "*batch classes"],
    labels: Int[Tensor, "*batch"],
    temperature: float = 1.0,
    label_smoothing: float = 0.0,
    reduction: Reduction = "mean",
) -> Float[Tensor, ...]:
    """The loss of ``logits`` where the true classes are ``labels``, counted from 0.

    Equal to ``torch.nn.functional.cross_entropy``; stable for logits of any size.

    >>> import torch
    >>> logits = torch.tensor([[0.0, 0.0], [0.0, 1e4]])
    >>> cross_entropy(logits, torch.tensor([0, 0]), reduction="none")
    tensor([6.9315e-01, 1.0000e+04])
    """
    if not 0 <= label_smoothing <= 1:
        raise ValueError(
            f"label_smoothing must be from 0 to 1; got {label_smoothing}; 0 leaves the labels whole"
        )
    log_probs = log_softmax(logits, temperature)
    losses = -log_probs.gather(-1, labels.long().unsqueeze(-1)).squeeze(-1)
    if label_smoothing > 0:
        losses = (1 - label_smoothing) * losses - label_smoothing * log_probs.mean(-1)
    return reduced(losses, reduction)
