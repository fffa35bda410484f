"""Least squares against the pseudo-inverse (by SVD); descent against SGD through autograd."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from oracles import Case
from tidu.optim import gradient_descent, least_squares, mse_gradient

NO_META_DEVICE = True  # which columns count, and the best rate, depend on the numbers


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    inputs, targets = torch.randn(12, 3, dtype=dtype), torch.randn(12, dtype=dtype)
    return [
        (least_squares, (inputs, targets)),
        (lambda x, y: gradient_descent(x, y, steps=5), (inputs, targets)),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    columns = 1 + seed % 5
    rows = columns + 10 + seed % 7
    inputs, targets = torch.randn(rows, columns, dtype=dtype), torch.randn(rows, dtype=dtype)
    steps, rate = 1 + seed % 6, 0.05
    yield Case("closed form", least_squares, _by_pseudo_inverse, (inputs, targets))
    yield Case(
        "descent",
        lambda x, y: gradient_descent(x, y, steps, rate),
        lambda x, y: _by_autograd(x, y, steps, rate),
        (inputs, targets),
    )
    weights = torch.randn(columns, dtype=dtype)
    yield Case("gradient", mse_gradient, _gradient_by_autograd, (inputs, targets, weights))


def _by_pseudo_inverse(inputs: Tensor, targets: Tensor) -> Tensor:
    return torch.linalg.pinv(inputs) @ targets


def _gradient_by_autograd(inputs: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    def loss(w: Tensor) -> Tensor:
        return torch.nn.functional.mse_loss(inputs @ w, targets)

    return torch.func.grad(loss)(weights)


def _by_autograd(inputs: Tensor, targets: Tensor, steps: int, rate: float) -> Tensor:
    weights = torch.zeros(inputs.shape[1], dtype=inputs.dtype)
    for _ in range(steps):
        weights = weights - rate * _gradient_by_autograd(inputs, targets, weights)
    return weights
