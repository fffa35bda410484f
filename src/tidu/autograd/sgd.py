"""Gradient descent with momentum: a ball that rolls down the slope and keeps its speed.

    v <- momentum · v + ∂L/∂p
    p <- p - lr · v

Source: Polyak (1964), "Some methods of speeding up the convergence of iteration methods", USSR
Computational Mathematics and Mathematical Physics 4(5), equation 9. Where ours differs: the rate
multiplies the speed, as in ``torch.optim.SGD``, not the gradient that is added to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tidu.autograd.value import Value


class SGD:
    """Moves ``parameters`` against their gradients; each keeps its shape.

    >>> p = Value([1.0, 2.0])
    >>> SGD([p], lr=0.1).step([Value([10.0, 0.0])])
    >>> p
    Value([0., 2.])
    """

    def __init__(self, parameters: Sequence[Value], lr: float, momentum: float = 0.0) -> None:
        self.parameters, self.lr, self.momentum = list(parameters), lr, momentum
        self.speeds = [np.zeros_like(p.data) for p in self.parameters]

    def step(self, gradients: Sequence[Value]) -> None:
        """One step with one gradient for every parameter."""
        for p, speed, g in zip(self.parameters, self.speeds, gradients, strict=True):
            speed *= self.momentum
            speed += g.data
            p.data -= self.lr * speed

    def state_dict(self) -> dict[str, list[np.ndarray]]:
        """The speeds."""
        return {"speeds": [speed.copy() for speed in self.speeds]}

    def load_state_dict(self, state: Mapping[str, Sequence[np.ndarray]]) -> None:
        """Put the speeds back."""
        for speed, kept in zip(self.speeds, state["speeds"], strict=True):
            speed[...] = kept
