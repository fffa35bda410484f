"""Learning-rate schedules: pure functions of the step, so a resumed run needs no state."""

from __future__ import annotations

import math
from collections.abc import Callable

Schedule = Callable[[int], float]


def constant(lr: float) -> Schedule:
    """``lr`` at every step."""
    return lambda step: lr


def warmup_cosine(peak: float, total: int, warmup: int = 0, final: float = 0.0) -> Schedule:
    """Linear rise over ``warmup`` steps, then half a cosine from ``peak`` down to ``final``.

    For ``t = (step - warmup) / (total - warmup)``::

        lr = final + (peak - final) * (1 + cos(pi t)) / 2

    Source: Loshchilov & Hutter 2017 (SGDR), eq. 5, with one cycle; warm-up as in Goyal et al. 2017.

    >>> lr = warmup_cosine(peak=1.0, total=11, warmup=1)
    >>> [round(lr(step), 3) for step in (0, 1, 6, 11)]
    [0.5, 1.0, 0.5, 0.0]
    """
    if not 0 <= warmup <= total:
        raise ValueError(f"warmup must be from 0 to the {total} steps of the loop; got {warmup}")

    def lr(step: int) -> float:
        if step < warmup:
            return peak * (step + 1) / (warmup + 1)
        done = min(1.0, (step - warmup) / max(1, total - warmup))
        return final + (peak - final) * (1 + math.cos(math.pi * done)) / 2

    return lr


def linear(peak: float, total: int, warmup: int = 0, final: float = 0.0) -> Schedule:
    """Linear rise over ``warmup`` steps, then linear fall from ``peak`` to ``final``.

    >>> lr = linear(peak=1.0, total=10)
    >>> [lr(step) for step in (0, 5, 10)]
    [1.0, 0.5, 0.0]
    """
    if not 0 <= warmup <= total:
        raise ValueError(f"warmup must be from 0 to the {total} steps of the loop; got {warmup}")

    def lr(step: int) -> float:
        if step < warmup:
            return peak * (step + 1) / (warmup + 1)
        done = min(1.0, (step - warmup) / max(1, total - warmup))
        return peak + (final - peak) * done

    return lr
