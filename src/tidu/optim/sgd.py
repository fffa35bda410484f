"""Stochastic gradient descent: a step against the gradient, and nothing is remembered.

    g_t = ∇loss(θ_{t-1}) + λ θ_{t-1}
    θ_t = θ_{t-1} - lr · g_t

Source: Robbins & Monro (1951), "A stochastic approximation method", Annals of Mathematical
Statistics 22, equation 6. Where ours differs: the rate is what the group says, and need not
shrink; schedules are kept apart (:mod:`tidu.optim.schedule`). Equal to ``torch.optim.SGD``.
"""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor

from tidu.optim.descent import Descent, Group, Parameters


class SGD(Descent):
    """Plain descent on parameters of any shape.

    >>> import torch
    >>> weights = torch.tensor([4.0, -2.0], requires_grad=True)
    >>> optimizer = SGD([weights], lr=0.25)
    >>> weights.square().sum().backward()
    >>> optimizer.step()
    >>> weights.tolist()
    [2.0, -1.0]
    """

    FIXED: ClassVar[dict[str, Any]] = {"momentum": 0, "dampening": 0, "nesterov": False}

    def __init__(
        self, params: Parameters, lr: float | Tensor = 1e-3, weight_decay: float = 0.0
    ) -> None:
        super().__init__(params, lr, weight_decay)

    def direction(self, parameter: Tensor, gradient: Tensor, group: Group) -> Tensor:
        """The gradient itself."""
        return gradient
