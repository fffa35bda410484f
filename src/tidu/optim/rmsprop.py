"""RMSProp: the gradient over its root mean square of late.

    s_t = α s_{t-1} + (1 - α) g_t²
    θ_t = θ_{t-1} - lr · g_t / (√s_t + ε)

Steep and flat directions are walked at one speed, about ``lr`` a step, and old gradients are
forgotten after some 1 / (1 - α) steps.

Source: Tieleman & Hinton (2012), "Lecture 6.5: rmsprop", Neural Networks for Machine Learning,
Coursera, slide 29. Where ours differs: the ε, which the slide leaves out, and α = 0.99 for 0.9,
both as in ``torch.optim.RMSprop``.
"""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor

from tidu.optim.descent import Descent, Group, Parameters


class RMSProp(Descent):
    """Descent over a running root mean square, on parameters of any shape.

    >>> import torch
    >>> weights = torch.tensor([1.0, 1.0], requires_grad=True)
    >>> optimizer = RMSProp([weights], lr=0.1, alpha=0.75)
    >>> weights.grad = torch.tensor([100.0, 0.01])
    >>> optimizer.step()
    >>> [round(w, 4) for w in weights.tolist()]
    [0.8, 0.8]
    """

    FIXED: ClassVar[dict[str, Any]] = {"momentum": 0, "centered": False}

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr, weight_decay, alpha=alpha, eps=eps)

    def direction(self, parameter: Tensor, gradient: Tensor, group: Group) -> Tensor:
        """The gradient over its running root mean square."""
        self.count(parameter)
        square = self.memory(parameter, "square_avg")
        square.mul_(group["alpha"]).addcmul_(gradient, gradient, value=1 - group["alpha"])
        return gradient / square.sqrt().add_(group["eps"])
