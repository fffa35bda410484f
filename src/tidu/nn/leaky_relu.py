"""The leaky rectifier: below 0 a little passes too, so no unit can die.

    leaky_relu(x)  = x where x > 0, else slope · x
    leaky_relu'(x) = 1 where x > 0, else slope

Source: Maas, Hannun & Ng (2013), "Rectifier nonlinearities improve neural network acoustic
models", section 2 (slope 0.01).
Where ours differs: nothing; the slope at 0 is that of the lower side, as PyTorch has it.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor


def leaky_relu(input: Float[Tensor, "*shape"], slope: float = 0.01) -> Float[Tensor, "*shape"]:
    """The input, multiplied by ``slope`` where it is not above 0.

    >>> leaky_relu(torch.tensor([-2.0, 0.0, 3.0]), slope=0.1)  # of any shape
    tensor([-0.2000,  0.0000,  3.0000])
    """
    return torch.where(input > 0, input, slope * input)
