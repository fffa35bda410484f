"""AdaGrad: each parameter has a rate of its own, which shrinks with what it has seen.

    s_t = s_{t-1} + g_t²
    θ_t = θ_{t-1} - lr · g_t / (√s_t + ε)

A parameter that rarely has a gradient keeps its large steps. The sum only grows, so in a long
training all steps die out; RMSProp mends that by forgetting.

Source: Duchi, Hazan & Singer (2011), "Adaptive subgradient methods for online learning and
stochastic optimization", JMLR 12, figure 1 (diagonal form, composite mirror descent with an l2
norm). Where ours differs: ε stands outside the root, and there is no further decay of the rate;
equal to ``torch.optim.Adagrad``.
"""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor

from tidu.optim.descent import Descent, Group, Parameters


class AdaGrad(Descent):
    """Descent over the root of all squared gradients, on parameters of any shape.

    The first step is ``lr`` long for every parameter, however small its gradient.

    >>> import torch
    >>> weights = torch.tensor([1.0, 1.0], requires_grad=True)
    >>> optimizer = AdaGrad([weights], lr=0.5)
    >>> weights.grad = torch.tensor([100.0, 0.01])
    >>> optimizer.step()
    >>> weights.tolist()
    [0.5, 0.5]
    """

    FIXED: ClassVar[dict[str, Any]] = {"lr_decay": 0}

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-2,
        eps: float = 1e-10,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr, weight_decay, eps=eps)

    def direction(self, parameter: Tensor, gradient: Tensor, group: Group) -> Tensor:
        """The gradient over the root of the sum of its squares."""
        self.count(parameter)
        total = self.memory(parameter, "sum").addcmul_(gradient, gradient)
        return gradient / total.sqrt().add_(group["eps"])
