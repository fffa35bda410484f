"""The gradient of a function of two variables, an arrow at every place of a grid.

    ∇f(x, y) = (∂f/∂x, ∂f/∂y)

It points where f grows fastest, is as long as f is steep, and stands upright on the lines along
which f stays the same.

Source: Hamilton (1847), who wrote the sign ∇; Cauchy (1847), "Méthode générale pour la résolution
des systèmes d'équations simultanées", who walked against it.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor


def gradient_field(
    function: Callable[[Tensor, Tensor], Tensor],
    x: Float[Tensor, " across"],
    y: Float[Tensor, " down"],
) -> tuple[
    Float[Tensor, "down across"], Float[Tensor, "down across"], Float[Tensor, "down across"]
]:
    """Height, slope along x and slope along y at ``(x[i], y[j])``, each (down, across).

    ``function`` works on tensors number by number. A number that it makes of one place alone must
    not depend on the others.

    >>> height, along_x, along_y = gradient_field(
    ...     lambda x, y: x * y, torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))
    >>> along_x, along_y
    (tensor([[3., 3.],
            [4., 4.]]), tensor([[1., 2.],
            [1., 2.]]))
    """
    ys, xs = (
        grid.detach().clone().requires_grad_() for grid in torch.meshgrid(y, x, indexing="ij")
    )
    with torch.enable_grad():
        height = function(xs, ys)
        if height.shape != xs.shape:
            raise ValueError(
                f"the function must return a number for each of {tuple(xs.shape)} places; got the "
                f"shape {tuple(height.shape)}; compute it from x and y with element-wise operations"
            )
        along_x, along_y = torch.autograd.grad(height.sum(), (xs, ys), materialize_grads=True)
    return height.detach(), along_x, along_y
