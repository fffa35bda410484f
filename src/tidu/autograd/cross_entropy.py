"""Softmax and cross-entropy: how surprising the true class is to who gave these logits.

    log p = z - log Σ_k exp z_k          L = -1/n Σ_i log p_i,label(i)

The largest logit is subtracted first: p stays the same, and no exponential overflows. As a
constant, since the derivative of p by it is zero.

Source: Bridle (1990), "Probabilistic interpretation of feedforward classification network outputs",
in Neurocomputing, 227-236 (softmax with this loss).
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from tidu.autograd.value import Value


def log_softmax(logits: Float[Value, "*batch classes"]) -> Float[Value, "*batch classes"]:
    """The logarithms of the probabilities along the last axis."""
    shifted = logits - logits.data.max(-1, keepdims=True)
    return shifted - shifted.exp().sum(-1, keepdims=True).log()


def softmax(logits: Float[Value, "*batch classes"]) -> Float[Value, "*batch classes"]:
    """Probabilities along the last axis, which sum to 1.

    >>> softmax(Value([0.0, 0.0, 1e4])).data
    array([0., 0., 1.])
    """
    return log_softmax(logits).exp()


def cross_entropy(
    logits: Float[Value, "batch classes"], labels: Int[np.ndarray, " batch"]
) -> Float[Value, ""]:
    """The mean surprise at ``labels`` (batch,) of ``logits`` (batch, classes).

    >>> loss = cross_entropy(Value([[0.0, 0.0], [0.0, 1e4]]), np.array([0, 1]))
    >>> round(float(loss.data), 4)
    0.3466
    """
    classes = logits.shape[1]
    if labels.size and not 0 <= labels.min() <= labels.max() < classes:
        raise ValueError(
            f"labels must be from 0 to {classes - 1}; got {labels.min()} to {labels.max()}; "
            "give the logits one column for every class"
        )
    return -log_softmax(logits)[np.arange(len(labels)), labels].mean()
