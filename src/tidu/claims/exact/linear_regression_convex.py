"""Has linear regression no local optimum?

    loss(w) = ||X w - y||² / n        Hessian = 2 XᵀX / n, positive semi-definite everywhere

Gradient descent starts at many places, on generated tables. Every start must end at the lowest loss
there is, which the closed form gives. The other condition does the same with a small network, whose
loss has other places where descent comes to rest.
"""

from __future__ import annotations

import torch
from torch import Tensor

from tidu import optim
from tidu.claims.finding import Finding
from tidu.words import Text

TABLES = 12
STARTS = 32
ROWS, FEATURES = 40, 4
CLOSE = 1e-6  # of the loss of predicting the mean


def check() -> list[Finding]:
    """Linear regression, and a network of 4 tanh units."""
    chance = torch.Generator().manual_seed(0)
    tables = [_table(chance) for _ in range(TABLES)]
    linear = [_linear_gaps(*table, chance) for table in tables]
    network = [_network_gaps(*table, chance) for table in tables[:3]]
    return [
        _finding("linear", Text("模型是线性回归", "the model is linear regression"), linear),
        _finding("network", Text("模型是神经网络", "the model is a neural network"), network),
    ]


def _finding(id: str, when: Text, gaps: list[Tensor]) -> Finding:
    """A table agrees where all its starts end equally low."""
    worst = max(float(gap.max()) for gap in gaps)
    return Finding(
        id,
        when,
        len(gaps),
        sum(bool(gap.max() <= CLOSE) for gap in gaps),
        worst,
        Text(
            f"从 {STARTS} 个起点出发，终点比最低损失至多高 {worst:.1e}（只猜均值时的损失算 1）",
            f"{STARTS} starts end at most {worst:.1e} of the mean's loss above the lowest",
        ),
    )


def _table(chance: torch.Generator) -> tuple[Tensor, Tensor]:
    """Columns on scales up to ten apart, and a target that no line meets."""
    inputs = torch.randn(ROWS, FEATURES, generator=chance, dtype=torch.float64)
    scales = 10 ** torch.rand(FEATURES, generator=chance, dtype=torch.float64)
    target = inputs.mul(2).sin().sum(1) + torch.randn(ROWS, generator=chance, dtype=torch.float64)
    return inputs * scales, target - target.mean()


def _linear_gaps(inputs: Tensor, target: Tensor, chance: torch.Generator) -> Tensor:
    lowest = (inputs @ optim.least_squares(inputs, target) - target).square().mean()
    weights = 10 * torch.randn(STARTS, FEATURES, generator=chance, dtype=torch.float64)
    bend = 2 * inputs.mT @ inputs / ROWS
    rate = 1 / torch.linalg.eigvalsh(bend).max()
    for _ in range(3000):
        weights -= rate * (weights @ bend - 2 * target @ inputs / ROWS)
    ends = (weights @ inputs.mT - target).square().mean(1)
    return (ends - lowest) / target.square().mean()


def _network_gaps(inputs: Tensor, target: Tensor, chance: torch.Generator) -> Tensor:
    def drawn(*shape: int) -> Tensor:
        return torch.randn(STARTS, *shape, generator=chance, dtype=torch.float64).requires_grad_()

    inputs = inputs / inputs.std(0)
    first, bias, last = drawn(FEATURES, 4), drawn(1, 4), drawn(4, 1)
    optimizer = torch.optim.Adam([first, bias, last], lr=0.02)
    ends = torch.zeros(STARTS, dtype=torch.float64)
    for step in range(1200):
        outputs = ((inputs @ first + bias).tanh() @ last).squeeze(-1)
        ends = (outputs - target).square().mean(1)
        for group in optimizer.param_groups:
            group["lr"] = 0.02 * (1 - step / 1200)
        optimizer.zero_grad()
        ends.sum().backward()
        optimizer.step()
    return (ends.detach() - ends.detach().min()) / target.square().mean()
