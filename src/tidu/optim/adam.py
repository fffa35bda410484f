"""Adam: momentum over a root mean square, both freed of their start at zero.

    m_t = β₁ m_{t-1} + (1 - β₁) g_t          m̂_t = m_t / (1 - β₁ᵗ)
    s_t = β₂ s_{t-1} + (1 - β₂) g_t²         ŝ_t = s_t / (1 - β₂ᵗ)
    θ_t = θ_{t-1} - lr · m̂_t / (√ŝ_t + ε)

Source: Kingma & Ba (2015), "Adam: a method for stochastic optimization", ICLR, algorithm 1.
Where ours differs: ``weight_decay`` adds λ θ to the gradient, which the paper does not have;
equal to ``torch.optim.Adam``.
"""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor

from tidu.optim.descent import Descent, Group, Parameters


class Adam(Descent):
    """Descent along a mean over a root mean square, on parameters of any shape.

    The first step is ``lr`` long for every parameter, whatever the size of its gradient.

    >>> import torch
    >>> weights = torch.tensor([1.0, 1.0], requires_grad=True)
    >>> optimizer = Adam([weights], lr=0.5)
    >>> weights.grad = torch.tensor([100.0, 0.01])
    >>> optimizer.step()
    >>> [round(w, 4) for w in weights.tolist()]
    [0.5, 0.5]
    """

    FIXED: ClassVar[dict[str, Any]] = {"amsgrad": False, "decoupled_weight_decay": False}

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr, weight_decay, betas=betas, eps=eps)

    def direction(self, parameter: Tensor, gradient: Tensor, group: Group) -> Tensor:
        """The mean gradient over its root mean square."""
        beta1, beta2 = group["betas"]
        step = self.count(parameter)
        mean, square = self.memory(parameter, "exp_avg"), self.memory(parameter, "exp_avg_sq")
        mean.lerp_(gradient, 1 - beta1)
        square.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
        root = (square / (1 - beta2**step)).sqrt_().add_(group["eps"])
        return (mean / (1 - beta1**step)).div_(root)
