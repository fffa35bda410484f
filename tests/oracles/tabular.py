"""Products of features against scikit-learn's and by NumPy; the scale against its own formula."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations_with_replacement

import torch
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from torch import Tensor

from oracles import Case
from tidu.nn import ColumnScale, Monomials, Products


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    rows = torch.randn(5, 3, dtype=dtype)
    return [(Monomials(3, 3), (rows,)), (scaled(rows), (rows,))]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    columns, degree = 1 + seed, 1 + (seed + 1) % 4
    rows = torch.randn(7, columns, dtype=dtype)
    yield Case(f"degree {degree} by scikit-learn", Monomials(columns, degree),
               lambda x: torch.from_numpy(
                   PolynomialFeatures(degree, include_bias=False).fit_transform(x.numpy())
               ), (rows,), gradients=False)  # fmt: skip
    yield Case(f"degree {degree} one by one", Monomials(columns, degree),
               lambda x: one_by_one(x, degree), (rows,))  # fmt: skip
    yield Case("degree 2 is all products of two", Monomials(columns, 2), Products(), (rows,))
    wide = 30 * rows + 100
    yield Case("scale by scikit-learn", scaled(wide),
               lambda x: torch.from_numpy(StandardScaler().fit_transform(x.double().numpy()))
               .to(dtype), (wide,), gradients=False)  # fmt: skip


def one_by_one(x: Tensor, degree: int) -> Tensor:
    return torch.stack(
        [
            x[:, list(which)].prod(1)
            for size in range(1, degree + 1)
            for which in combinations_with_replacement(range(x.shape[1]), size)
        ],
        dim=1,
    )


def scaled(rows: Tensor) -> ColumnScale:
    scale = ColumnScale(rows.shape[1], rows.dtype)
    scale.mean.copy_(rows.mean(0))
    scale.deviation.copy_(rows.std(0, correction=0))
    return scale
