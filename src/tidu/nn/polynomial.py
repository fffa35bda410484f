"""Polynomials of any degree that keep their digits: Chebyshev's instead of powers of x.

    t = (2 x - high - low) / (high - low)                  low..high becomes -1..1
    T_0 = 1,   T_1 = t,   T_k = 2 t T_{k-1} - T_{k-2}
    p(x) = Σ_k c_k T_k(t)

Powers of x grow apart by many orders of magnitude and look more alike the higher they are: the
least squares over them lose all digits at about degree 15. Chebyshev's polynomials stay between
-1 and 1 on the interval and are nearly orthogonal; every polynomial is a sum of them.

Source: Chebyshev (1854); Trefethen (2013), "Approximation Theory and Approximation Practice",
chapters 2 to 4. As in ``numpy.polynomial.Chebyshev``, with its ``domain``.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from tidu import optim


def chebyshev_basis(input: Float[Tensor, "*batch"], degree: int) -> Float[Tensor, "*batch terms"]:
    """``T_0(input), ..., T_degree(input)`` in a new last dimension, by the recurrence.

    >>> chebyshev_basis(torch.tensor([0.5]), 3)
    tensor([[ 1.0000,  0.5000, -0.5000, -1.0000]])
    """
    if degree < 0:
        raise ValueError(f"a polynomial's degree must be at least 0; got {degree}")
    terms = [torch.ones_like(input), input][: degree + 1]
    while len(terms) <= degree:
        terms.append(2 * input * terms[-1] - terms[-2])
    return torch.stack(terms, dim=-1)


class Polynomial(nn.Module):
    """A polynomial of one variable; ``low`` to ``high`` is where its data lie.

    >>> line = Polynomial.fit(torch.tensor([0.0, 1.0, 2.0]), torch.tensor([1.0, 3.0, 5.0]), 1)
    >>> line(torch.tensor([[3.0], [4.0]])).detach().round(decimals=4)
    tensor([[7.],
            [9.]])
    """

    low: Tensor
    high: Tensor

    def __init__(
        self,
        degree: int,
        low: float = -1.0,
        high: float = 1.0,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        if not low < high:
            raise ValueError(f"low must be below high; got {low} and {high}")
        self.coefficients = nn.Parameter(torch.zeros(degree + 1, dtype=dtype))
        self.register_buffer("low", torch.tensor(low, dtype=dtype))
        self.register_buffer("high", torch.tensor(high, dtype=dtype))

    def forward(self, input: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
        """The value at every number of ``input``, of any shape."""
        scaled = (2 * input - self.high - self.low) / (self.high - self.low)
        return chebyshev_basis(scaled, len(self.coefficients) - 1) @ self.coefficients

    @classmethod
    def fit(
        cls,
        inputs: Float[Tensor, " rows"],
        targets: Float[Tensor, " rows"],
        degree: int,
        low: float | None = None,
        high: float | None = None,
    ) -> Polynomial:
        """The polynomial of ``degree`` with the least squared error at ``inputs``.

        Without ``low`` and ``high`` the interval is that of ``inputs``.
        """
        low = float(inputs.min()) if low is None else low
        high = float(inputs.max()) if high is None else high
        found = cls(degree, low, high, inputs.dtype).to(inputs.device)
        scaled = (2 * inputs - found.high - found.low) / (found.high - found.low)
        with torch.no_grad():
            found.coefficients.copy_(optim.least_squares(chebyshev_basis(scaled, degree), targets))
        return found
