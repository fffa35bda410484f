"""Max-norm: no neuron's incoming weights may be longer than a limit; longer ones are cut to it.

    w  <-  w · min(1, c / ||w||)        for the weights w into every single neuron or channel

Put on behind every step, it lets a high learning rate wander without the weights running away, and
goes well with dropout.

Source: Srebro & Shraibman (2005), "Rank, trace-norm and max-norm", COLT; with dropout Srivastava et
al. (2014), JMLR 15, section 5.1. Biases are left alone there and here.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor


def max_norm(weight: Float[Tensor, "outputs ..."], limit: float) -> Float[Tensor, "outputs ..."]:
    """``weight`` with every row (of a filter: all its numbers) at most ``limit`` long.

    >>> max_norm(torch.tensor([[3.0, 4.0], [0.3, 0.4]]), 1.0)
    tensor([[0.6000, 0.8000],
            [0.3000, 0.4000]])
    """
    if not limit > 0:
        raise ValueError(f"max_norm expects a limit above 0; got {limit}; 3 or 4 is common")
    inputs = tuple(range(1, weight.dim()))
    length = torch.linalg.vector_norm(weight, dim=inputs, keepdim=True)
    return weight * (limit / length.clamp(min=limit))
