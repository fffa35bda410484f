"""Schedules against PyTorch's schedulers; the proposal against SciPy's filter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy.ndimage
import torch
from torch import Tensor
from torch.optim import lr_scheduler

from oracles import Case
from tidu.optim import (
    constant,
    cosine,
    exponential,
    linear,
    proposed_rate,
    step_decay,
    warm_up,
    warmup_cosine,
)

NOT_DIFFERENTIABLE = "rates are numbers of the step"
NO_META_DEVICE = "a rate depends on the number of the step"


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    steps = torch.arange(12, dtype=dtype)
    rates, losses = torch.logspace(-3, 0, 12, dtype=dtype), torch.linspace(3, 1, 12, dtype=dtype)
    return [
        (over(cosine(0.1, 10)), (steps,)),
        (over(warm_up(step_decay(0.1, 4), 0.1, 3)), (steps,)),
        (proposal, (rates, losses)),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    generator = torch.Generator().manual_seed(seed)
    total, warmup, every = torch.randint(3, 40, (3,), generator=generator).tolist()
    total += warmup
    peak, final = (10 ** (-3 * torch.rand(2, generator=generator).double())).tolist()
    steps = torch.arange(total, dtype=dtype)
    pairs: dict[str, tuple[Callable[[int], float], Callable[[Any], Any]]] = {
        "constant": (constant(peak), lambda o: lr_scheduler.ConstantLR(o, 1.0)),
        "step": (step_decay(peak, every, 0.3), lambda o: lr_scheduler.StepLR(o, every, 0.3)),
        "linear": (
            linear(peak, total, final=final * peak),
            lambda o: lr_scheduler.LinearLR(o, 1.0, final, total),
        ),
        "cosine": (
            cosine(peak, total, final),
            lambda o: lr_scheduler.CosineAnnealingLR(o, total, final),
        ),
        "exponential": (
            exponential(peak, final, total),
            lambda o: lr_scheduler.ExponentialLR(o, (final / peak) ** (1 / total)),
        ),
        "warm-up": (
            warm_up(constant(peak), peak, warmup),
            lambda o: lr_scheduler.LinearLR(o, 1 / (warmup + 1), 1.0, warmup),
        ),
        "warm-up, then cosine": (
            warmup_cosine(peak, total, warmup, final),
            lambda o: lr_scheduler.SequentialLR(
                o,
                [
                    lr_scheduler.LinearLR(o, 1 / (warmup + 1), 1.0, warmup),
                    lr_scheduler.CosineAnnealingLR(o, total - warmup, final),
                ],
                [warmup],
            ),
        ),
    }
    for name, (ours, theirs) in pairs.items():
        yield Case(name, over(ours), driven(theirs, peak), (steps,), gradients=False)
    rates = torch.logspace(-5, 1, 100, dtype=dtype)
    noise = torch.rand(100, generator=generator).to(dtype)
    losses = 1 / (1 + (100 * rates) ** 2) + (rates > 0.3) * rates**2 + 0.05 * noise
    yield Case("proposal", proposal, by_scipy, (rates, losses), gradients=False)
    height = 0.1 + 0.9 * torch.rand((), generator=generator).to(dtype)
    inputs = (rates, losses, height)
    yield Case("proposal for a schedule", proposal, by_scipy, inputs, gradients=False)
    several = losses + 0.05 * torch.rand(3, 100, generator=generator).to(dtype)
    several[0, 90:] = torch.inf
    yield Case("of several tests", proposal, by_scipy, (rates, several), gradients=False)


def over(schedule: Callable[[int], float]) -> Callable[[Tensor], Tensor]:
    """The rates at all steps of a tensor."""
    return lambda steps: steps.new_tensor([schedule(int(step)) for step in steps])


def driven(make: Callable[[Any], Any], peak: float) -> Callable[[Tensor], Tensor]:
    """The rates that a scheduler of PyTorch gives an optimiser."""

    def rates(steps: Tensor) -> Tensor:
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=peak)
        scheduler = make(optimizer)
        seen: list[float] = []
        for _ in steps:
            seen.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
        return steps.new_tensor(seen)

    return rates


def proposal(rates: Tensor, losses: Tensor, height: Tensor | None = None) -> Tensor:
    """The proposed rate as a tensor."""
    found = proposed_rate(rates, losses, 1.0 if height is None else float(height.detach()))
    assert found is not None
    return rates.new_tensor(found)


def by_scipy(rates: Tensor, losses: Tensor, height: Tensor | None = None) -> Tensor:
    """Smoothed by SciPy with zeros beyond the ends, over the same of ones."""

    def smooth(line: np.ndarray) -> np.ndarray:
        return scipy.ndimage.gaussian_filter1d(
            line, 0.02 * line.shape[-1], mode="constant", truncate=50.0
        )

    lines: list[np.ndarray] = []
    for values in np.atleast_2d(losses.double().numpy()):
        start = values[: len(values) // 10].mean()
        lines.append(smooth(np.minimum(values, 2 * start)) / smooth(np.ones_like(values)))
    line = np.mean(lines, 0)
    down = line[0] - line.min()
    slowed = rates[int(np.flatnonzero(line <= line[0] - 0.9 * down)[0])]
    return torch.minimum(slowed / (1.0 if height is None else height), rates[line.argmin()] / 2)
