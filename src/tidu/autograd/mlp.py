"""A multilayer perceptron: matrix products with a bend between them.

    h_0 = x      h_k = f(h_(k-1) W_k + b_k)      logits = h_(n-1) W_n + b_n

Source: Rumelhart, Hinton & Williams (1986), "Learning representations by back-propagating errors",
Nature 323, 533-536; start: He et al. (2015), "Delving deep into rectifiers", equation 10 (ReLU),
Glorot & Bengio (2010), "Understanding the difficulty of training deep feedforward neural
networks", equation 16 (tanh).
Where ours differs: He et al. draw from a normal distribution, here both are uniform.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from jaxtyping import Float

from tidu.autograd.value import Value


class MLP:
    """Layers from ``widths[0]`` numbers to ``widths[-1]`` logits.

    >>> net = MLP((2, 16, 3), np.random.default_rng(0))
    >>> net(Value(np.zeros((5, 2)), requires_grad=False)).shape
    (5, 3)
    """

    def __init__(
        self,
        widths: Sequence[int],
        generator: np.random.Generator,
        activation: Literal["relu", "tanh"] = "tanh",
        dtype: Any = np.float64,
    ) -> None:
        self.activation = activation
        self.weights: list[Value] = []
        self.biases: list[Value] = []
        for i, (before, after) in enumerate(pairwise(widths), start=1):
            reach = np.sqrt(6 / before if activation == "relu" else 6 / (before + after))
            weight = generator.uniform(-reach, reach, (before, after)).astype(dtype)
            self.weights.append(Value(weight, f"W{i}"))
            self.biases.append(Value(np.zeros(after, dtype), f"b{i}"))

    def __call__(self, input: Float[Value, "batch inputs"]) -> Float[Value, "batch outputs"]:
        hidden = input
        for i, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            if i:
                hidden = hidden.tanh() if self.activation == "tanh" else hidden.relu()
            hidden = hidden @ weight + bias
        return hidden

    def parameters(self) -> list[Value]:
        """All that is learned, layer by layer."""
        return [p for layer in zip(self.weights, self.biases, strict=True) for p in layer]

    def state_dict(self) -> dict[str, np.ndarray]:
        """The numbers of every parameter by its name."""
        return {p.name: p.data.copy() for p in self.parameters()}

    def load_state_dict(self, state: Mapping[str, np.ndarray]) -> None:
        """Put the numbers back."""
        for p in self.parameters():
            p.data[...] = state[p.name]
