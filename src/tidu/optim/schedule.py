"""Learning-rate schedules: pure functions of the step, so a resumed run needs no state.

    constant       lr(t) = peak
    step decay     lr(t) = peak · factor^⌊t / every⌋
    linear         lr(t) = peak + (final - peak) · done(t)
    cosine         lr(t) = final + (peak - final) · (1 + cos(π · done(t))) / 2
    exponential    lr(t) = first · (last / first)^(t / total)
    warm-up        lr(t) = peak · (t + 1) / (warmup + 1)  at first, then another schedule

``done`` is the share of the way behind the step, from 0 to 1. A schedule is a function of the
shape ``int -> float``; give it to ``train.fit``, or set ``group["lr"]`` to what it returns.

Source: step decay Krizhevsky, Sutskever & Hinton (2012), "ImageNet classification with deep
convolutional neural networks", section 5; cosine Loshchilov & Hutter (2017), "SGDR", equation 5
with one cycle; warm-up Goyal et al. (2017), "Accurate, large minibatch SGD", section 2.2;
exponential rise Smith (2017), "Cyclical learning rates", section 3.3, in its later usual form.
Where ours differs: the first step of a warm-up has a rate above 0, so no step is idle.
"""

from __future__ import annotations

import math
from collections.abc import Callable

Schedule = Callable[[int], float]


def constant(lr: float) -> Schedule:
    """``lr`` at every step.

    >>> rate = constant(0.1)
    >>> rate(0), rate(1000)
    (0.1, 0.1)
    """
    return lambda step: lr


def step_decay(peak: float, every: int, factor: float = 0.1) -> Schedule:
    """A staircase: ``factor`` times as much after each ``every`` steps.

    >>> lr = step_decay(peak=8.0, every=10, factor=0.5)
    >>> [lr(step) for step in (0, 9, 10, 25)]
    [8.0, 8.0, 4.0, 2.0]
    """
    if every < 1:
        raise ValueError(f"every must be at least 1 step; got {every}")
    return lambda step: peak * factor ** (step // every)


def linear(peak: float, total: int, warmup: int = 0, final: float = 0.0) -> Schedule:
    """A straight fall from ``peak`` to ``final`` over ``total`` steps, behind a warm-up.

    >>> lr = linear(peak=1.0, total=10)
    >>> [lr(step) for step in (0, 5, 10)]
    [1.0, 0.5, 0.0]
    """

    def lr(step: int) -> float:
        return peak + (final - peak) * _done(step - warmup, total - warmup)

    return warm_up(lr, peak, warmup)


def cosine(peak: float, total: int, final: float = 0.0, hold: float = 0.0) -> Schedule:
    """Half a cosine from ``peak`` down to ``final``, behind the share ``hold`` of the steps.

    >>> lr = cosine(peak=1.0, total=10)
    >>> [round(lr(step), 3) for step in (0, 5, 10)]
    [1.0, 0.5, 0.0]
    """
    if not 0 <= hold < 1:
        raise ValueError(f"hold must be a share from 0 to below 1; got {hold}")

    def lr(step: int) -> float:
        fallen = max(0.0, (_done(step, total) - hold) / (1 - hold))
        return final + (peak - final) * (1 + math.cos(math.pi * fallen)) / 2

    return lr


def warmup_cosine(peak: float, total: int, warmup: int = 0, final: float = 0.0) -> Schedule:
    """Linear rise over ``warmup`` steps, then half a cosine from ``peak`` down to ``final``.

    >>> lr = warmup_cosine(peak=1.0, total=11, warmup=1)
    >>> [round(lr(step), 3) for step in (0, 1, 6, 11)]
    [0.5, 1.0, 0.5, 0.0]
    """
    falling = cosine(peak, total - warmup, final)
    return warm_up(lambda step: falling(step - warmup), peak, warmup)


def exponential(first: float, last: float, total: int) -> Schedule:
    """From ``first`` to ``last`` over ``total`` steps, by the same factor at every step.

    >>> lr = exponential(first=0.001, last=10.0, total=4)
    >>> [round(lr(step), 3) for step in range(5)]
    [0.001, 0.01, 0.1, 1.0, 10.0]
    """
    if not (first > 0 and last > 0):
        raise ValueError(f"first and last must be above 0; got {first} and {last}")
    return lambda step: first * (last / first) ** _done(step, total)


def warm_up(schedule: Schedule, peak: float, warmup: int) -> Schedule:
    """A straight rise to ``peak`` over the first ``warmup`` steps, then ``schedule``.

    >>> lr = warm_up(constant(1.0), peak=1.0, warmup=3)
    >>> [lr(step) for step in range(5)]
    [0.25, 0.5, 0.75, 1.0, 1.0]
    """
    if warmup < 0:
        raise ValueError(f"warmup must be at least 0 steps; got {warmup}")

    def lr(step: int) -> float:
        return peak * (step + 1) / (warmup + 1) if step < warmup else schedule(step)

    return lr


def _done(step: int, total: int) -> float:
    """The share of ``total`` steps that lies behind ``step``; 1 beyond the end."""
    return min(1.0, step / max(1, total))
