"""Clipping gradients: the direction stays, the length is bounded; or each number is.

    by norm     g <- g * min(1, c / (||g|| + 1e-6))      ||g|| over all parameters together
    by value    g <- min(max(g, -c), c)                  each number by itself

Where the loss falls off a cliff, one gradient is thousands of times its usual size, and one step
along it throws away what was learned. Clipping by norm keeps the direction; clipping by value bends
it towards the diagonal.

Source: Pascanu, Mikolov & Bengio (2013), "On the difficulty of training recurrent neural networks",
algorithm 1 (by norm); Mikolov (2012), "Statistical language models based on neural networks", his
thesis (by value).
Where ours differs: these are functions, which leave the gradients they are given as they are; 1e-6
is added to the norm as in ``torch.nn.utils.clip_grad_norm_``, which changes gradients in place.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor


def clip_norm(
    gradients: Sequence[Float[Tensor, ...]], max_norm: float
) -> tuple[list[Float[Tensor, ...]], Float[Tensor, ""]]:
    """The gradients, shortened together to ``max_norm`` where they are longer, and their norm.

    >>> clipped, norm = clip_norm([torch.tensor([3.0]), torch.tensor([[0.0, 4.0]])], max_norm=1.0)
    >>> norm, clipped
    (tensor(5.), [tensor([0.6000]), tensor([[0.0000, 0.8000]])])
    """
    _check(max_norm, "max_norm")
    norm = torch.cat([gradient.flatten() for gradient in gradients]).norm()
    scale = (max_norm / (norm + 1e-6)).clamp(max=1.0)
    return [gradient * scale for gradient in gradients], norm


def clip_value(
    gradients: Sequence[Float[Tensor, ...]], max_value: float
) -> list[Float[Tensor, ...]]:
    """The gradients with every number brought between ``-max_value`` and ``max_value``.

    >>> clip_value([torch.tensor([3.0, -0.5])], max_value=1.0)
    [tensor([ 1.0000, -0.5000])]
    """
    _check(max_value, "max_value")
    return [gradient.clamp(-max_value, max_value) for gradient in gradients]


def _check(bound: float, name: str) -> None:
    if not bound > 0:
        raise ValueError(f"{name} must be above 0; got {bound}; try the usual norm of the gradient")
