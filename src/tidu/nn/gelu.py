"""GELU: the input times the chance that a standard normal number is below it.

    gelu(x)  = x Φ(x) = x (1 + erf(x / √2)) / 2
    gelu'(x) = Φ(x) + x φ(x)              φ the normal density

A rectifier whose corner is round; it dips a little below 0 at -0.75 and is the activation of BERT
and GPT.

Source: Hendrycks & Gimpel (2016), "Gaussian error linear units (GELUs)", section 2.
Where ours differs: the definition, not the paper's approximation by a tanh; Φ(x) is taken as
erfc(-x / √2) / 2, which keeps its digits far below 0, where 1 + erf loses all of them.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor


def gelu(input: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """The input times the normal distribution function of it.

    >>> gelu(torch.tensor([-10.0, 0.0, 10.0]))  # of any shape
    tensor([-7.6199e-23,  0.0000e+00,  1.0000e+01])
    """
    return input * (0.5 * torch.erfc(input * -(0.5**0.5)))
