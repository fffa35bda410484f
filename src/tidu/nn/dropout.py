"""Dropout: in training every unit is silenced by the toss of a coin, and the others speak louder.

    training      output = input * mask / (1 - p),     mask ~ Bernoulli(1 - p), one for each number
    evaluation    output = input

Since the mean of ``mask / (1 - p)`` is 1, the expected output is the input, and nothing has to be
scaled when the network is used. The gradient passes through the same mask.

Source: Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov (2014), "Dropout: a simple way to
prevent neural networks from overfitting", JMLR 15, section 4.
Where ours differs: there the weights are multiplied by 1 - p after training; here the activations
are divided by 1 - p in training (section 10, now the rule). With the same state of the generator
it draws the mask of ``torch.nn.functional.dropout``.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Dropout(nn.Module):
    """Silence a share ``p`` of the numbers in training; ``generator`` instead of the global one.

    >>> drop = Dropout(0.5)
    >>> set(drop(torch.ones(1000)).tolist()) == {0.0, 2.0}
    True
    >>> drop.eval()(torch.ones(2, 3)).tolist()
    [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]
    """

    def __init__(self, p: float = 0.5, generator: torch.Generator | None = None) -> None:
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(
                f"Dropout expects the share to silence, at least 0 and below 1; got {p}; "
                "0.5 is common for hidden units, 0.2 for inputs"
            )
        self.p, self.generator = p, generator

    def forward(self, input: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """What is left of ``input``."""
        if not self.training or self.p == 0:
            return input
        mask = torch.empty_like(input).bernoulli_(1 - self.p, generator=self.generator)
        return input * (mask / (1 - self.p))

    def extra_repr(self) -> str:
        """What ``print`` shows between the brackets."""
        return f"p={self.p}"
