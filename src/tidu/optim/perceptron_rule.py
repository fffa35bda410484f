"""Rosenblatt's learning rule: only a mistake teaches, and it moves the weights by the example.

    if  y (w · x) <= 0:    w <- w + y x          y is -1 or 1; x ends with a 1 for the bias

If some line parts the two classes, the rule finds one, after at most (R / margin)² corrections,
whatever the order: R is the length of the longest example and the margin how far the examples keep
from the best plane through the origin (:func:`tidu.optim.largest_margin`). If none does, it never
ends.

Source: Rosenblatt (1958), Psychological Review 65, 386-408; the bound: Novikoff (1962), "On
convergence proofs on perceptrons", Symposium on the Mathematical Theory of Automata 12, 615-622.
Where ours differs: no learning rate; from a start at zero it scales the weights and changes no
decision. An example on the line counts as a mistake, as in the proof.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor


def perceptron_rule(
    weights: Float[Tensor, " columns"],
    input: Float[Tensor, " columns"],
    target: Float[Tensor, ""],
) -> Float[Tensor, " columns"]:
    """The weights after one example has been seen; ``target`` is -1 or 1.

    >>> perceptron_rule(torch.zeros(3), torch.tensor([2.0, 5.0, 1.0]), torch.tensor(-1.0))
    tensor([-2., -5., -1.])
    """
    wrong = target * (input * weights).sum() <= 0
    return weights + torch.where(wrong, target, torch.zeros_like(target)) * input


def perceptron_learning(
    inputs: Float[Tensor, "rows columns"], targets: Float[Tensor, " rows"], passes: int
) -> Float[Tensor, " columns"]:
    """The weights after ``passes`` times over all examples in their order, from zero.

    >>> X = torch.tensor([[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0]])
    >>> either = torch.tensor([-1.0, 1.0, 1.0, 1.0])
    >>> X @ perceptron_learning(X, either, passes=10) > 0
    tensor([False,  True,  True,  True])
    """
    weights = torch.zeros_like(inputs[0])
    for _ in range(passes):
        for input, target in zip(inputs, targets, strict=True):
            weights = perceptron_rule(weights, input, target)
    return weights
