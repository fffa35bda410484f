"""Features and all products of two of them: a line in these is a quadratic function.

    output = (x_1, ..., x_p,  x_1 x_1, x_1 x_2, ..., x_1 x_p,  x_2 x_2, ..., x_p x_p)

The p features become p + p (p + 1) / 2. Source: Gergonne (1815), "Application de la méthode des
moindres quarrés à l'interpolation des suites"; in the order of scikit-learn's
``PolynomialFeatures(2, include_bias=False)``.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Products(nn.Module):
    """The features, then every product of two, squares included; nothing is learned.

    >>> Products()(torch.tensor([[2.0, 3.0]]))
    tensor([[2., 3., 4., 6., 9.]])
    """

    def forward(self, input: Float[Tensor, "*batch columns"]) -> Float[Tensor, "*batch wider"]:
        """Multiply."""
        columns = input.shape[-1]
        products = [input[..., i : i + 1] * input[..., i:] for i in range(columns)]
        return torch.cat([input, *products], dim=-1)

    @staticmethod
    def names(features: tuple[str, ...]) -> tuple[str, ...]:
        """What the outputs are called.

        >>> Products.names(("a", "b"))
        ('a', 'b', 'a²', 'a·b', 'b²')
        """
        products = [
            f"{one}²" if one == other else f"{one}·{other}"
            for i, one in enumerate(features)
            for other in features[i:]
        ]
        return (*features, *products)
