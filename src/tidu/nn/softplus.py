"""Softplus: a rectifier without a corner; its slope is the sigmoid.

    softplus(x)  = log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|))
    softplus'(x) = sigmoid(x)

Source: Dugas, Bengio, Bélisle, Nadeau & Garcia (2001), "Incorporating second-order functional
knowledge for better option pricing".
Where ours differs: the second form, which overflows for no x and keeps the digits of small values;
``torch.nn.functional.softplus`` goes over to x itself from 20 on instead. At 0, where max and |x|
have corners, their slopes add up to the right one half.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor


def softplus(input: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """The logarithm of 1 + exp(input).

    >>> softplus(torch.tensor([-1000.0, 0.0, 1000.0]))  # of any shape
    tensor([0.0000e+00, 6.9315e-01, 1.0000e+03])
    """
    positive = torch.maximum(input, torch.zeros_like(input))
    return positive + torch.log1p(torch.exp(-input.abs()))
