"""A linear classifier of any number of classes, with a price on large weights.

    two classes:    p = sigmoid(w · x + b)                 loss = binary cross-entropy
    more:           p = softmax(W x + b)                   loss = cross-entropy
    minimise        mean loss + l2 · Σ w²                  the biases are free

The loss has one lowest place. L-BFGS walks there; Newton's method
(:mod:`tidu.optim.logistic_regression`) would need a matrix of all weights times all weights.

Source: Cox (1958), Bridle (1990); Liu & Nocedal (1989), "On the limited memory BFGS method for
large scale optimization" (PyTorch's implementation).
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional


def linear_classifier(
    features: Float[Tensor, "rows columns"],
    labels: Int64[Tensor, " rows"],
    outputs: int,
    l2: float,
    start: Float[Tensor, "outputs columns+1"] | None = None,
) -> Float[Tensor, "outputs columns+1"]:
    """Weights, the bias last, of one logit (``outputs=1``) or of one logit for each class.

    >>> X, y = torch.tensor([[-1.0], [1.0]], dtype=torch.float64), torch.tensor([0, 1])
    >>> linear_classifier(X, y, outputs=1, l2=0.1).shape
    torch.Size([1, 2])
    """
    columns = features.shape[1]
    found = features.new_zeros(outputs, columns + 1) if start is None else start.clone()
    found.requires_grad_()
    search = torch.optim.LBFGS(
        [found], max_iter=500, tolerance_grad=1e-9, tolerance_change=1e-14, history_size=20,
        line_search_fn="strong_wolfe",
    )  # fmt: skip

    def measure() -> Tensor:
        search.zero_grad()
        logits = features @ found[:, :-1].mT + found[:, -1]
        loss = classifier_loss(logits, labels) + l2 * found[:, :-1].square().sum()
        loss.backward()
        return loss

    search.step(measure)
    return found.detach()


def classifier_loss(
    logits: Float[Tensor, "rows outputs"], labels: Int64[Tensor, " rows"], reduction: str = "mean"
) -> Float[Tensor, ...]:
    """Cross-entropy; binary cross-entropy where there is one logit.

    >>> classifier_loss(torch.zeros(1, 1), torch.tensor([1]))
    tensor(0.6931)
    """
    if logits.shape[1] == 1:
        return functional.binary_cross_entropy_with_logits(
            logits[:, 0], labels.to(logits.dtype), reduction=reduction
        )
    return functional.cross_entropy(logits, labels, reduction=reduction)
