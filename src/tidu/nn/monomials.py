"""All products of up to ``degree`` features: a line in these is a polynomial of several variables.

    output = (x_1, ..., x_p,  x_1 x_1, x_1 x_2, ..., x_p x_p,  x_1 x_1 x_1, ...)

p features and degree d give C(p + d, d) - 1 products. Source: Gergonne (1815), "Application de la
méthode des moindres quarrés à l'interpolation des suites"; in the order of scikit-learn's
``PolynomialFeatures(degree, include_bias=False)``, the constant being left to the bias. For degree
2 it is :class:`~tidu.nn.Products`.
"""

from __future__ import annotations

import math
from itertools import combinations_with_replacement

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Monomials(nn.Module):
    """The products; nothing is learned.

    >>> Monomials(columns=2, degree=3)(torch.tensor([[2.0, 3.0]]))
    tensor([[ 2.,  3.,  4.,  6.,  9.,  8., 12., 18., 27.]])
    """

    factors: Tensor

    def __init__(self, columns: int, degree: int) -> None:
        super().__init__()
        if degree < 1:
            raise ValueError(f"a degree must be at least 1; got {degree}")
        chosen = [
            [*which, *[columns] * (degree - size)]  # column number ``columns`` is one of ones
            for size in range(1, degree + 1)
            for which in combinations_with_replacement(range(columns), size)
        ]
        self.register_buffer("factors", torch.tensor(chosen).T.contiguous(), persistent=False)

    def forward(self, input: Float[Tensor, "*batch columns"]) -> Float[Tensor, "*batch terms"]:
        """Multiply."""
        padded = torch.cat([input, torch.ones_like(input[..., :1])], dim=-1)
        output = padded[..., self.factors[0]]
        for factor in self.factors[1:]:
            output = output * padded[..., factor]
        return output

    @staticmethod
    def count(columns: int, degree: int) -> int:
        """How many products there are.

        >>> Monomials.count(2, 3)
        9
        """
        return math.comb(columns + degree, degree) - 1
