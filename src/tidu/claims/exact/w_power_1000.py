"""Does a recurrent weight just above or below 1 explode or vanish over 1000 steps?

    h_t = w h_{t-1}        h_1000 = w^1000 h_0        d h_1000 / d w = 1000 w^999 h_0

Of a memory with one linear unit, the factor w^1000 by which an input is remembered is computed step
by step and once more through the logarithm. "Explodes" is taken as more than tenfold, "vanishes"
as less than a tenth: |ln w| > ln 10 / 1000, which is 0.23 % away from 1. The two conditions are the
weights beyond that distance and those nearer to 1.
"""

from __future__ import annotations

import math

import torch

from tidu.claims.finding import Finding
from tidu.words import Text

STEPS = 1000
TENFOLD = math.log(10)
DISTANCES = (1e-5, 1e-4, 5e-4, 1e-3, 2e-3, 2.5e-3, 5e-3, 1e-2, 2e-2, 5e-2, 1e-1)


def remembered(weight: float) -> tuple[float, float]:
    """What is left of an input of 1 after all steps, and the gradient with respect to ``w``."""
    w = torch.tensor(weight, dtype=torch.float64, requires_grad=True)
    h = torch.ones((), dtype=torch.float64)
    for _ in range(STEPS):
        h = w * h
    (slope,) = torch.autograd.grad(h, w)
    return float(h.detach()), float(slope)


def check() -> list[Finding]:
    """Weights more than 0.23 % from 1, and weights nearer to it."""
    weights = [w for d in DISTANCES for w in (1 + d, 1 - d)]
    far = [w for w in weights if abs(math.log(w)) * STEPS > TENFOLD]
    near = [w for w in weights if w not in far]
    return [
        _finding(
            "beyond",
            Text("权重偏离 1 超过约 0.23 %", "the weight is more than about 0.23 % from 1"),
            far,
            example=max(far),
        ),
        _finding(
            "nearer",
            Text("权重离 1 更近", "the weight is nearer to 1 than that"),
            near,
            example=max(near),
        ),
    ]


def _finding(id: str, when: Text, weights: list[float], example: float) -> Finding:
    left: dict[float, float] = {}
    worst = 0.0
    for w in weights:
        factor, slope = remembered(w)
        exact = math.exp(STEPS * math.log(w))
        for found, true in ((factor, exact), (slope, STEPS * exact / w)):
            worst = max(worst, abs(found / true - 1))
        left[w] = factor
    if worst > 1e-9:
        raise AssertionError(f"step by step and in closed form differ by {worst:.1e}")
    told = [f"{w:g}^{STEPS} = {left[w]:.4g}" for w in (example, min(weights))]
    gone = sum(not 0.1 <= factor <= 10 for factor in left.values())
    return Finding(
        id,
        when,
        len(weights),
        gone,
        worst,
        Text("；".join(told), "; ".join(told)),
    )
