"""Chebyshev's polynomials against NumPy's and the cosine; fits against NumPy and scikit-learn."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from numpy.polynomial import Chebyshev, chebyshev
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import PolynomialFeatures
from torch import Tensor

from oracles import Case
from tidu.nn import Polynomial, chebyshev_basis


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    curve = Polynomial(4, low=-2.0, high=3.0).to(dtype)
    torch.nn.init.normal_(curve.coefficients)
    x = torch.rand(6, 1, dtype=dtype) * 5 - 2
    return [(curve, (x,)), (lambda t: chebyshev_basis(t, 5), (torch.rand(4, dtype=dtype),))]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    degree = 1 + 3 * seed
    inside = (torch.rand(5, 3, dtype=dtype) - 0.5) * 1.9
    yield Case(
        "basis by the cosine",
        lambda t: chebyshev_basis(t, degree),
        lambda t: torch.cos(torch.arange(degree + 1) * torch.acos(t).unsqueeze(-1)),
        (inside,),
    )
    anywhere = torch.randn(5, 3, dtype=dtype)
    yield Case(
        "basis by NumPy",
        lambda t: chebyshev_basis(t, degree),
        lambda t: torch.from_numpy(chebyshev.chebvander(t.numpy(), degree)),
        (anywhere,),
        gradients=False,
    )
    x = torch.rand(40, dtype=dtype) * 10 + 100  # far from zero, where powers of x lose all digits
    y = torch.sin(x) + 0.1 * torch.randn(40, dtype=dtype)
    yield Case(
        "fit by NumPy",
        lambda x, y: Polynomial.fit(x, y, degree).coefficients,
        lambda x, y: torch.from_numpy(Chebyshev.fit(x.numpy(), y.numpy(), degree).coef),
        (x, y),
        gradients=False,
    )
    if dtype == torch.float64:
        near = x - 105  # where powers of x still have digits
        yield Case(
            "fit by scikit-learn",
            lambda x, y: Polynomial.fit(x, y, min(degree, 5))(x),
            lambda x, y: _by_scikit_learn(x, y, min(degree, 5)),
            (near, y),
            gradients=False,
        )
    fitted = Polynomial.fit(x, y, degree)
    series = Chebyshev.fit(x.numpy(), y.numpy(), degree)
    slope = series.deriv()

    class ByNumPy(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x: Tensor) -> Tensor:  # type: ignore[no-untyped-def, override]
            ctx.save_for_backward(x)
            return torch.from_numpy(np.asarray(series(x.numpy())))

        @staticmethod
        def backward(ctx, grad: Tensor) -> Tensor:  # type: ignore[no-untyped-def, override]
            (x,) = ctx.saved_tensors
            return grad * torch.from_numpy(np.asarray(slope(x.numpy())))

    if dtype == torch.float64:
        yield Case("curve and its slope", fitted, ByNumPy.apply, (x[:7].clone(),))


def _by_scikit_learn(x: Tensor, y: Tensor, degree: int) -> Tensor:
    powers = PolynomialFeatures(degree, include_bias=False).fit_transform(x.numpy()[:, None])
    return torch.from_numpy(LinearRegression().fit(powers, y.numpy()).predict(powers))
