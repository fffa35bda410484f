"""Linear least squares in closed form, by QR decomposition.

    minimise over w:  || X w - y ||²          X (rows, columns),  y (rows)
    X = Q R,  Q orthonormal columns,  R upper triangular     =>     R w = Qᵀ y

Source: Golub & Van Loan (2013), "Matrix Computations", 4th ed., section 5.3.3.
Why not the normal equations XᵀX w = Xᵀy: forming XᵀX squares the condition number, so half the
digits are lost before the solving starts.
Where ours differs: a column that the columns before it already determine (two equal columns, or
indicator columns that add up to the constant one) has a diagonal entry of R near zero. It gets the
coefficient 0 and the others are solved for; the predictions are those of every least-squares
solution. This is the convention of R's ``lm`` ("aliased" coefficients), not the smallest-norm one
of ``numpy.linalg.lstsq``.
"""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn


def least_squares(
    inputs: Float[Tensor, "rows columns"], targets: Float[Tensor, " rows"]
) -> Float[Tensor, " columns"]:
    """The coefficients ``w`` that minimise ``||inputs @ w - targets||²``.

    For an intercept, give a column of ones.

    >>> X = torch.tensor([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    >>> least_squares(X, torch.tensor([1.0, 3.0, 5.0]))
    tensor([1., 2.])
    """
    keep = independent_columns(inputs)
    if bool(keep.all()):
        return _solve(inputs, targets)
    coefficients = torch.zeros_like(inputs[0])
    coefficients[keep] = _solve(inputs[:, keep], targets)
    return coefficients


@torch.no_grad()
def independent_columns(inputs: Float[Tensor, "rows columns"]) -> Bool[Tensor, " columns"]:
    """Which columns are not combinations of the columns before them.

    The diagonal entry R[j, j] is the distance of column j from the span of those before it.

    >>> independent_columns(torch.tensor([[1.0, 2.0, 0.0], [1.0, 2.0, 1.0]]))
    tensor([ True, False,  True])
    """
    rows, columns = inputs.shape
    tolerance = max(rows, columns) * torch.finfo(inputs.dtype).eps
    chosen: list[int] = []
    basis = inputs.new_zeros(rows, 0)
    for j in range(columns):
        column = inputs[:, j]
        rest = column - basis @ (basis.mT @ column)
        rest = rest - basis @ (basis.mT @ rest)  # once more: rounding left a little behind
        if rest.norm() > tolerance * column.norm():
            chosen.append(j)
            basis = torch.cat([basis, (rest / rest.norm()).unsqueeze(1)], dim=1)
    keep = torch.zeros(columns, dtype=torch.bool, device=inputs.device)
    keep[chosen] = True
    return keep


def with_ones(features: Float[Tensor, "rows columns"]) -> Float[Tensor, "rows columns+1"]:
    """``features`` and a last column of ones, whose coefficient is the bias.

    >>> with_ones(torch.tensor([[2.0], [3.0]]))
    tensor([[2., 1.],
            [3., 1.]])
    """
    return torch.cat([features, torch.ones_like(features[:, :1])], dim=1)


def linear_layer(coefficients: Float[Tensor, " columns"]) -> nn.Linear:
    """Coefficients whose last is the bias, as a layer from features to one number.

    >>> linear_layer(torch.tensor([2.0, 1.0]))(torch.tensor([[3.0]])).item()
    7.0
    """
    layer = nn.Linear(len(coefficients) - 1, 1, dtype=coefficients.dtype)
    with torch.no_grad():
        layer.weight.copy_(coefficients[:-1].unsqueeze(0))
        layer.bias.copy_(coefficients[-1])
    return layer


def _solve(inputs: Tensor, targets: Tensor) -> Tensor:
    q, r = torch.linalg.qr(inputs)
    return torch.linalg.solve_triangular(r, (q.mT @ targets).unsqueeze(1), upper=True).squeeze(1)
