"""A way around a layer: what comes in is added to what the layer makes of it.

    output = input + layer(input)
    ∂output/∂input = 1 + ∂layer/∂input

The 1 carries the gradient past the layer however little the layer lets through, so that depth costs
the first layers nothing.

Source: He, Zhang, Ren & Sun (2016), "Deep residual learning for image recognition", equation 1; in
the form with nothing behind the sum: He et al. (2016), "Identity mappings in deep residual
networks", equations 4 and 5.
Where ours differs: around any module that keeps the shape; no projection for those that do not.
"""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor, nn


class Residual(nn.Module):
    """``input + layer(input)``.

    >>> import torch
    >>> Residual(nn.Linear(3, 3))(torch.zeros(5, 3)).shape
    torch.Size([5, 3])
    """

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, input: Float[Tensor, "*batch dim"]) -> Float[Tensor, "*batch dim"]:
        """The sum."""
        output = self.layer(input)
        if output.shape != input.shape:  # broadcasting would hide it
            raise ValueError(
                "Residual expects a layer that keeps the shape; "
                f"got {tuple(output.shape)} for {tuple(input.shape)}; project one of them"
            )
        return input + output
