"""One model with indicator terms against a separate regression for each category."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from sklearn.linear_model import LinearRegression
from torch import Tensor

from oracles import Case
from tidu.nn import IndicatorLinear, indicator_columns
from tidu.optim import least_squares


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    codes = torch.tensor([0, 2, 1, 2])
    model = IndicatorLinear(columns=2, levels=3).to(dtype)
    torch.nn.init.normal_(model.weight)
    x = torch.randn(4, 2, dtype=dtype)
    return [(model, (x, codes)), (lambda x, c: indicator_columns(x, c, 3), (x, codes))]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    levels, columns = 2 + seed, 1 + seed % 3
    codes = torch.arange(levels).repeat_interleave(8 + 3 * seed)
    codes = codes[torch.randperm(len(codes))]
    x = torch.randn(len(codes), columns, dtype=dtype)
    y = torch.randn(len(codes), dtype=dtype)

    def together(x: Tensor, y: Tensor) -> Tensor:
        return least_squares(indicator_columns(x, codes, levels), y).view(levels, -1)

    yield Case("by scikit-learn", together, lambda x, y: _separately(x, y, codes), (x, y),
               gradients=False)  # fmt: skip
    yield Case("by pseudo-inverses", together, lambda x, y: _by_pinv(x, y, codes), (x, y))

    model = IndicatorLinear.of(together(x, y).flatten(), levels)
    layers = [torch.nn.Linear(columns, 1, dtype=dtype) for _ in range(levels)]
    for layer, weight, bias in zip(layers, model.weight, model.bias, strict=True):
        with torch.no_grad():
            layer.weight.copy_(weight)
            layer.bias.copy_(bias)

    def row_by_row(x: Tensor) -> Tensor:
        return torch.cat([layers[code](row) for row, code in zip(x, codes.tolist(), strict=True)])

    yield Case("a layer each", lambda x: model(x, codes), row_by_row, (x,))


def _separately(x: Tensor, y: Tensor, codes: Tensor) -> Tensor:
    found: list[Tensor] = []
    for level in codes.unique():
        own = codes == level
        line = LinearRegression().fit(x[own].numpy(), y[own].numpy())
        found.append(torch.tensor([*line.coef_.tolist(), float(line.intercept_)]))
    return torch.stack(found).to(x.dtype)


def _by_pinv(x: Tensor, y: Tensor, codes: Tensor) -> Tensor:
    found: list[Tensor] = []
    for level in codes.unique():
        own = codes == level
        inputs = torch.cat([x[own], torch.ones_like(y[own]).unsqueeze(1)], dim=1)
        found.append(torch.linalg.pinv(inputs) @ y[own])
    return torch.stack(found)
