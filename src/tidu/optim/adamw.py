"""AdamW: Adam whose weight decay does not go through its means.

    θ_t = θ_{t-1} - lr · ( m̂_t / (√ŝ_t + ε) + λ θ_{t-1} )

with m̂ and ŝ of the loss's gradient alone. In Adam the decay λ θ is divided by √ŝ like the rest of
the gradient, so weights with large gradients hardly decay; here all shrink by the same share.

Source: Loshchilov & Hutter (2019), "Decoupled weight decay regularization", ICLR, algorithm 2.
Where ours differs: the decay is multiplied by ``lr``, as in ``torch.optim.AdamW``, where the paper
multiplies it by the schedule alone.
"""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor

from tidu.optim.adam import Adam
from tidu.optim.descent import Group, Parameters


class AdamW(Adam):
    """Adam with decoupled weight decay, on parameters of any shape.

    Without a gradient of the loss, a step leaves the share ``1 - lr · weight_decay``.

    >>> import torch
    >>> weights = torch.tensor([4.0, -2.0], requires_grad=True)
    >>> optimizer = AdamW([weights], lr=0.5, weight_decay=1.0)
    >>> weights.grad = torch.zeros(2)
    >>> optimizer.step()
    >>> weights.tolist()
    [2.0, -1.0]
    """

    FIXED: ClassVar[dict[str, Any]] = {"amsgrad": False, "decoupled_weight_decay": True}

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay)

    def gradient(self, parameter: Tensor, group: Group) -> Tensor:
        """The gradient of the loss alone."""
        assert parameter.grad is not None
        return parameter.grad

    def direction(self, parameter: Tensor, gradient: Tensor, group: Group) -> Tensor:
        """Adam's direction, and the parameter itself for its decay."""
        adam = super().direction(parameter, gradient, group)
        return adam.add_(parameter, alpha=group["weight_decay"])
