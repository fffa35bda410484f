"""Layer normalisation: each example by itself is given mean 0 and variance 1 over its features.

    output = weight * (input - mean) / sqrt(var + eps) + bias,
    mean, var over the last dimensions, those of ``shape``; one of each for every example

Batch normalisation averages over the examples and keeps the features apart; this averages over the
features and keeps the examples apart. So it does not matter who else is in the batch, training and
evaluation do the same, there is nothing to remember, and a batch of one will do.

Source: Ba, Kiros & Hinton (2016), "Layer normalization", arXiv:1607.06450, equations 3 and 4.
Where ours differs: ``eps`` in the root, as in ``torch.nn.LayerNorm``. The weights may carry a
leading dimension ``copies``: then as many networks are normalised side by side (see
:func:`tidu.nn.stack`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn


class LayerNorm(nn.Module):
    """Normalise over the last dimensions, of sizes ``shape``; weight and bias have that shape.

    >>> norm = LayerNorm(4)
    >>> norm(torch.tensor([[1.0, 1.0, 3.0, 3.0], [100.0, 300.0, 300.0, 100.0]])).round().tolist()
    [[-1.0, -1.0, 1.0, 1.0], [-1.0, 1.0, 1.0, -1.0]]
    >>> LayerNorm((3, 5, 5))(torch.rand(8, 3, 5, 5)).shape
    torch.Size([8, 3, 5, 5])
    """

    copies_in_front: ClassVar[bool] = True  # tidu.nn.stack may stack the parameters

    def __init__(self, shape: int | Sequence[int], eps: float = 1e-5) -> None:
        super().__init__()
        self.shape = (shape,) if isinstance(shape, int) else tuple(shape)
        self.eps = eps
        if not self.shape or min(self.shape) < 1:
            raise ValueError(
                "LayerNorm expects the sizes of the last dimensions, each 1 or more; "
                f"got {self.shape}; write LayerNorm(64) or LayerNorm((3, 28, 28))"
            )
        self.weight = nn.Parameter(torch.ones(self.shape))
        self.bias = nn.Parameter(torch.zeros(self.shape))

    def forward(self, input: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
        """Every example normalised, in the shape it came: ``(batch, ..., *shape)``."""
        own = len(self.shape)
        if tuple(input.shape[-own:]) != self.shape:
            raise ValueError(
                f"LayerNorm expects {self.shape} as the last dimensions; got {tuple(input.shape)}; "
                "give it the sizes of the features"
            )
        # Under autocast bfloat16 may come in, whose 8 bits are too few for a mean of squares.
        wide = input.float() if input.dtype in (torch.bfloat16, torch.float16) else input
        variance, mean = torch.var_mean(wide, tuple(range(-own, 0)), correction=0, keepdim=True)
        normal = (wide - mean) * torch.rsqrt(variance + self.eps)
        weight, bias = (self._before_last(p, input.dim()) for p in (self.weight, self.bias))
        return (weight * normal + bias).to(input.dtype)

    def _before_last(self, parameter: Tensor, dimensions: int) -> Tensor:
        """``parameter`` with its copies first, its own shape last and ones between."""
        copies = parameter.shape[: parameter.dim() - len(self.shape)]
        between = (1,) * (dimensions - len(copies) - len(self.shape))
        return parameter.view(*copies, *between, *self.shape)

    def extra_repr(self) -> str:
        """What ``print`` shows between the brackets."""
        return f"{self.shape[0] if len(self.shape) == 1 else self.shape}, eps={self.eps}"
