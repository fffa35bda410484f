"""One linear model with a line of its own for every category, by indicator terms.

    y = Σ_c δ(s = c) · (w_c · x + b_c),        δ(true) = 1, δ(false) = 0

For an example of category s only its own term is not zero. The sum is linear in all w_c and b_c,
so ordinary least squares find them at once; since no two categories share a term, the solution is
exactly that of a separate regression for each. Pooled regression (one w and b for all) is the
special case of equal terms, which an F-test can compare (Chow's test).

Source: Suits (1957), "Use of dummy variables in regression equations", J. Am. Stat. Assoc. 52,
548-551; Chow (1960), "Tests of equality between sets of coefficients in two linear regressions",
Econometrica 28, 591-605.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


def indicator_columns(
    features: Float[Tensor, "rows columns"], codes: Int[Tensor, " rows"], levels: int
) -> Float[Tensor, "rows {levels}*(columns+1)"]:
    """For each level in turn ``δ(s = level) · (x, 1)``: the inputs of the least squares.

    >>> indicator_columns(torch.tensor([[5.0], [7.0]]), torch.tensor([0, 1]), levels=2)
    tensor([[5., 1., 0., 0.],
            [0., 0., 7., 1.]])
    """
    with_one = torch.cat([features, torch.ones_like(features[:, :1])], dim=1)
    every = torch.arange(levels, device=codes.device)
    delta = (codes.unsqueeze(1) == every).to(features.dtype)
    return (delta.unsqueeze(2) * with_one.unsqueeze(1)).flatten(1)


class IndicatorLinear(nn.Module):
    """Lines for ``levels`` categories over ``columns`` features; they begin flat at zero.

    >>> model = IndicatorLinear(columns=1, levels=3)
    >>> model(torch.zeros(5, 1), torch.tensor([0, 1, 2, 0, 1])).shape
    torch.Size([5])
    """

    def __init__(self, columns: int, levels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(levels, columns))
        self.bias = nn.Parameter(torch.zeros(levels))

    def forward(
        self, features: Float[Tensor, "rows columns"], codes: Int[Tensor, " rows"]
    ) -> Float[Tensor, " rows"]:
        """Each row through the line of its own category."""
        return (features * self.weight[codes]).sum(1) + self.bias[codes]

    @classmethod
    def of(cls, coefficients: Float[Tensor, " terms"], levels: int) -> IndicatorLinear:
        """The model with the coefficients of :func:`indicator_columns`, in their order."""
        per_level = coefficients.view(levels, -1)
        model = cls(per_level.shape[1] - 1, levels).to(coefficients)
        with torch.no_grad():
            model.weight.copy_(per_level[:, :-1])
            model.bias.copy_(per_level[:, -1])
        return model
