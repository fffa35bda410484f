"""The rectifier: what is above 0 passes, what is below does not.

    relu(x)  = max(x, 0)
    relu'(x) = [x > 0]

It never saturates above 0, so gradients pass whole; a unit that is below 0 for every input gets
none and is dead.

Source: Fukushima (1975), "Cognitron"; Nair & Hinton (2010), "Rectified linear units
improve restricted Boltzmann machines"; Glorot, Bordes & Bengio (2011), "Deep sparse rectifier
neural networks".
Where ours differs: nothing; the slope at 0 is 0, as PyTorch has it.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor


def relu(input: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """The positive part.

    >>> relu(torch.tensor([-2.0, 0.0, 3.0]))  # of any shape
    tensor([0., 0., 3.])
    """
    return torch.where(input <= 0, 0.0, input)
