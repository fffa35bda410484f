"""Nesterov's accelerated gradient: momentum that looks one step ahead.

    v_t = μ v_{t-1} + g_t
    θ_t = θ_{t-1} - lr · (g_t + μ v_t)

The gradient that counts is that of the place where the velocity is about to carry the ball, so it
brakes before it has overshot.

Source: Nesterov (1983), "A method of solving a convex programming problem with convergence rate
O(1/k²)", Soviet Mathematics Doklady 27; with a constant μ as in Sutskever, Martens, Dahl & Hinton
(2013), "On the importance of initialization and momentum in deep learning", equations 3 and 4.
Where ours differs: the parameters held are those of the place ahead, at which the gradient is
taken (Bengio et al. 2013, "Advances in optimizing recurrent networks", equation 7). Equal to
``torch.optim.SGD(momentum=μ, nesterov=True)``.
"""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor

from tidu.optim.descent import Descent, Group, Parameters


class Nesterov(Descent):
    """Momentum that looks ahead, on parameters of any shape.

    >>> import torch
    >>> weights = torch.tensor([4.0], requires_grad=True)
    >>> optimizer = Nesterov([weights], lr=1.0, momentum=0.5)
    >>> weights.grad = torch.tensor([1.0])
    >>> optimizer.step()
    >>> weights.tolist()
    [2.5]
    """

    FIXED: ClassVar[dict[str, Any]] = {"dampening": 0, "nesterov": True}

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-3,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr, weight_decay, momentum=momentum)

    def direction(self, parameter: Tensor, gradient: Tensor, group: Group) -> Tensor:
        """The gradient and what the velocity will add to it."""
        velocity = self.memory(parameter, "momentum_buffer")
        velocity.mul_(group["momentum"]).add_(gradient)
        return gradient.add(velocity, alpha=group["momentum"])
