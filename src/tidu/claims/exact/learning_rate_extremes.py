"""Does too large a learning rate diverge, and too small a one crawl?

    w <- w - lr · A w,  A symmetric with curvatures λ_1 <= ... <= λ_n

Each direction shrinks by |1 - lr λ_i| a step: descent converges when lr < 2 / λ_n and diverges
beyond. Descent is really done, on generated bowls, with rates of 1.02, 0.98 and 0.0001 times that
limit. Too small is taken as: after 100 steps, the loss is still above nine tenths of its start.
"""

from __future__ import annotations

import torch
from torch import Tensor

from tidu.claims.finding import Finding
from tidu.words import Text

BOWLS = 50
STEPS = 1000


def check() -> list[Finding]:
    """Just above the limit 2 / λ_max, far below it, and, between, where neither happens."""
    chance = torch.Generator().manual_seed(0)
    bowls = [_bowl(chance) for _ in range(BOWLS)]
    diverges = [_left(*bowl, share=1.02, steps=STEPS) > 1e3 for bowl in bowls]
    converges = [_left(*bowl, share=0.98, steps=STEPS) < 1.0 for bowl in bowls]
    crawls = [_left(*bowl, share=1e-4, steps=100) > 0.9 for bowl in bowls]
    if not all(converges):
        raise AssertionError("descent must go down with a rate just below the limit")
    return [
        Finding(
            "above",
            Text("学习率刚超过 2/λ_max", "the rate is just above 2/λ_max"),
            BOWLS,
            sum(diverges),
            0.0,
            Text(
                f"超过上限 2 %，{BOWLS} 个二次型中有 {sum(diverges)} 个发散；"
                "低于上限 2 %，一个也没有",
                f"2 % above the limit {sum(diverges)} of {BOWLS} bowls diverge; 2 % below it none",
            ),
        ),
        Finding(
            "far-below",
            Text("学习率只有上限的万分之一", "the rate is a ten-thousandth of that"),
            BOWLS,
            sum(crawls),
            0.0,
            Text(
                f"走了 100 步，{BOWLS} 个二次型中有 {sum(crawls)} 个还剩九成以上的损失",
                f"after 100 steps {sum(crawls)} of {BOWLS} bowls have kept nine tenths of their "
                "loss",
            ),
        ),
    ]


def _bowl(chance: torch.Generator) -> tuple[Tensor, Tensor]:
    """A bowl whose curvatures span up to three decades, and a start off its middle."""
    size = int(torch.randint(2, 12, (), generator=chance))
    turned = torch.linalg.qr(torch.randn(size, size, generator=chance, dtype=torch.float64)).Q
    curvatures = 10 ** (3 * torch.rand(size, generator=chance, dtype=torch.float64) - 1.5)
    start = torch.randn(size, generator=chance, dtype=torch.float64)
    return turned @ torch.diag(curvatures) @ turned.mT, start


def _left(bowl: Tensor, start: Tensor, share: float, steps: int) -> float:
    """The loss after descent as a share of the loss at its start."""
    limit = 2 / float(torch.linalg.eigvalsh(bowl).max())
    weights = start.clone()
    for _ in range(steps):
        weights = weights - share * limit * (bowl @ weights)
    return float(weights @ bowl @ weights / (start @ bowl @ start))
