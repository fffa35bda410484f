"""Momentum: a heavy ball, whose velocity adds up the gradients and forgets them slowly.

    v_t = μ v_{t-1} + g_t
    θ_t = θ_{t-1} - lr · v_t

Where gradients agree, steps grow up to 1 / (1 - μ) times; where they alternate, they cancel.

Source: Polyak (1964), "Some methods of speeding up the convergence of iteration methods", USSR
Computational Mathematics and Mathematical Physics 4, equation 9. Where ours differs: as in
``torch.optim.SGD(momentum=μ)`` the rate stands outside the velocity, where Sutskever et al.
(2013), equation 1, have it inside; they differ only while the rate changes.
"""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor

from tidu.optim.descent import Descent, Group, Parameters


class Momentum(Descent):
    """Descent with a velocity, on parameters of any shape.

    >>> import torch
    >>> weights = torch.tensor([4.0], requires_grad=True)
    >>> optimizer = Momentum([weights], lr=0.1, momentum=0.5)
    >>> for gradient in (1.0, 1.0, 1.0):
    ...     weights.grad = torch.tensor([gradient])
    ...     optimizer.step()
    >>> optimizer.state[weights]["momentum_buffer"].tolist()
    [1.75]
    """

    FIXED: ClassVar[dict[str, Any]] = {"dampening": 0, "nesterov": False}

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-3,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr, weight_decay, momentum=momentum)

    def direction(self, parameter: Tensor, gradient: Tensor, group: Group) -> Tensor:
        """The velocity."""
        velocity = self.memory(parameter, "momentum_buffer")
        return velocity.mul_(group["momentum"]).add_(gradient)
