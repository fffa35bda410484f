"""The sigmoid: a step softened into an S from 0 to 1.

    sigmoid(x)  = 1 / (1 + exp(-x))
    sigmoid'(x) = sigmoid(x) (1 - sigmoid(x))        at most 1/4, at x = 0

Beyond about 5 on either side it is flat: it saturates, and its slope lets no gradient through.

Source: Rumelhart, Hinton & Williams (1986), "Learning representations by back-propagating errors",
equation 2; the curve is Verhulst's (1845).
Where ours differs: exp is only ever taken of a number that is not above 0,

    sigmoid(x) = exp(min(x, 0)) / (1 + exp(-|x|)),

so that nothing overflows and small values keep all their digits. The slope at 0, where min and |x|
have corners, comes out right because both corners are shared evenly.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor


def sigmoid(input: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """From any number to one between 0 and 1.

    >>> sigmoid(torch.tensor([-1000.0, 0.0, 1000.0]))  # of any shape
    tensor([0.0000, 0.5000, 1.0000])
    """
    negative = torch.minimum(input, torch.zeros_like(input))
    return torch.exp(negative) / (1 + torch.exp(-input.abs()))
