"""Does a far but correct point spoil least squares as a classifier, and not logistic regression?

    least squares   w = argmin Σ (w · x - y)²,  y = 0 or 1; the class is w · x > 1/2
    logistic        w = argmin Σ cross-entropy; the class is w · x > 0

On generated clouds of two classes on a line, one point of class 1 is added on its own side, near by
or 1000 away. The statement is true of a case when least squares then reads more of the old points
wrongly (at least 2 in 100 more) and logistic regression does not.
"""

from __future__ import annotations

import torch
from torch import Tensor

from tidu import losses, optim
from tidu.claims.finding import Finding
from tidu.words import Text

CASES = 30
EACH = 100
MORE = 0.02
RIDGE = 1e-4


def check() -> list[Finding]:
    """With the point near the cloud, and 1000 away."""
    return [
        _finding("far", Text("那个点远在 1000", "the point lies at 1000"), 1000.0),
        _finding(
            "near", Text("那个点离本类不远（在 3）", "the point lies near its class (at 3)"), 3.0
        ),
    ]


def _finding(id: str, when: Text, distance: float) -> Finding:
    chance = torch.Generator().manual_seed(0)
    harms: list[tuple[float, float]] = []
    for _ in range(CASES):
        zeros = torch.randn(EACH, generator=chance, dtype=torch.float64) * 0.5 - 1
        ones = torch.randn(EACH, generator=chance, dtype=torch.float64) * 0.5 + 1
        x = torch.cat([zeros, ones])
        y = torch.cat([torch.zeros(EACH), torch.ones(EACH)]).double()
        wider = torch.cat([x, x.new_tensor([distance])]), torch.cat([y, y.new_ones(1)])
        harms.append(
            (
                _wrong(_least_squares(*wider), x, y) - _wrong(_least_squares(x, y), x, y),
                _wrong(_logistic(*wider), x, y) - _wrong(_logistic(x, y), x, y),
            )
        )
    means = [sum(column) / CASES for column in zip(*harms, strict=True)]
    squares, logistic = (f"{round(100 * mean, 1) + 0.0:.1f} %" for mean in means)
    return Finding(
        id,
        when,
        CASES,
        sum(line >= MORE > curve for line, curve in harms),
        max(curve for _, curve in harms),
        Text(
            f"多认错的：最小二乘 {squares}，逻辑回归 {logistic}",
            f"wrong in addition: least squares {squares}, logistic regression {logistic}",
        ),
    )


def _wrong(boundary: tuple[float, float], x: Tensor, y: Tensor) -> float:
    slope, offset = boundary
    return float(((slope * x + offset > 0) != (y > 0.5)).double().mean())


def _least_squares(x: Tensor, y: Tensor) -> tuple[float, float]:
    slope, offset = optim.least_squares(torch.stack([x, torch.ones_like(x)], 1), y).tolist()
    return slope, offset - 0.5


def _logistic(x: Tensor, y: Tensor) -> tuple[float, float]:
    """Newton's method on a scale where the far point is no trouble to the numbers."""
    columns = torch.stack([x / x.abs().max(), torch.ones_like(x)], 1)
    weights = torch.zeros(2, dtype=torch.float64)

    def height(w: Tensor) -> Tensor:
        penalty = RIDGE * (w[0] / x.abs().max()).square()
        return losses.binary_cross_entropy(columns @ w, y) + penalty

    for _ in range(60):
        p = (columns @ weights).sigmoid()
        ridge = torch.diag(torch.stack([2 * RIDGE / x.abs().max() ** 2, x.new_tensor(1e-12)]))
        slope = columns.mT @ (p - y) / len(y) + ridge @ weights
        bend = (columns * (p * (1 - p))[:, None]).mT @ columns / len(y) + ridge
        step = torch.linalg.solve(bend, slope)
        reach = 1.0
        while reach > 1e-6 and height(weights - reach * step) > height(weights):
            reach /= 2
        weights = weights - reach * step
        if float(step.abs().max()) < 1e-9:
            break
    return float(weights[0] / x.abs().max()), float(weights[1])
