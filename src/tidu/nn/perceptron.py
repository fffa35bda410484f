"""The perceptron: weigh the inputs, add a bias, and answer 1 above zero, 0 otherwise.

    output = 1 if w · x + b > 0 else 0

One perceptron divides the plane by a straight line, so AND, OR and NAND are one perceptron each.
XOR has its ones in opposite corners, which no line parts from its zeros; two layers do it:

    XOR(a, b) = AND(NAND(a, b), OR(a, b)).

Source: Rosenblatt (1958), "The perceptron: a probabilistic model for information storage and
organization in the brain", Psychological Review 65, 386-408; XOR: Minsky & Papert (1969),
"Perceptrons". How it learns: :func:`tidu.optim.perceptron_rule`.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

GATES: dict[str, tuple[tuple[float, float], float]] = {
    "and": ((1.0, 1.0), -1.5),
    "or": ((1.0, 1.0), -0.5),
    "nand": ((-1.0, -1.0), 1.5),
}


class Perceptron(nn.Linear):
    """``out_features`` perceptrons over the same inputs; weights and biases begin at zero.

    The step has no slope, so no gradient passes.

    >>> Perceptron(2, 1)(torch.zeros(5, 2)).shape
    torch.Size([5, 1])
    """

    def reset_parameters(self) -> None:
        """Back to zero."""
        for parameter in self.parameters():
            nn.init.zeros_(parameter)

    def forward(self, input: Float[Tensor, "*batch inputs"]) -> Float[Tensor, "*batch outputs"]:
        """0 or 1 from every perceptron."""
        return (super().forward(input) > 0).to(input.dtype)


def gate(name: str) -> nn.Module:
    """The logic gate ``and``, ``or``, ``nand`` or ``xor`` with weights set by hand.

    One perceptron of two inputs, or for XOR two layers.

    >>> corners = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> gate("xor")(corners).squeeze(1)
    tensor([0., 1., 1., 0.])
    """
    if name not in (*GATES, "xor"):
        raise ValueError(f"a gate is one of {', '.join(GATES)} or xor; got {name!r}")
    if name == "xor":
        return nn.Sequential(_by_hand("nand", "or"), _by_hand("and"))
    return _by_hand(name)


def _by_hand(*names: str) -> Perceptron:
    layer = Perceptron(2, len(names))
    with torch.no_grad():
        for i, name in enumerate(names):
            weights, bias = GATES[name]
            layer.weight[i] = torch.tensor(weights)
            layer.bias[i] = bias
    return layer
