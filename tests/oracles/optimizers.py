"""Every optimiser against its counterpart of ``torch.optim``, over whole trajectories."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from oracles import Case
from tidu.optim import SGD, AdaGrad, Adam, AdamW, Momentum, Nesterov, RMSProp

NOT_DIFFERENTIABLE = "a step changes parameters in place, outside the graph"

# Ours and theirs, and settings that both take.
PAIRS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "SGD": (SGD, torch.optim.SGD, {}),
    "Momentum": (Momentum, torch.optim.SGD, {"momentum": 0.9}),
    "Nesterov": (
        Nesterov,
        lambda params, **settings: torch.optim.SGD(params, nesterov=True, **settings),
        {"momentum": 0.8},
    ),
    "AdaGrad": (AdaGrad, torch.optim.Adagrad, {"eps": 1e-8}),
    "RMSProp": (RMSProp, torch.optim.RMSprop, {"alpha": 0.9, "eps": 1e-6}),
    "Adam": (Adam, torch.optim.Adam, {"betas": (0.8, 0.99), "eps": 1e-6}),
    "AdamW": (AdamW, torch.optim.AdamW, {"betas": (0.7, 0.95), "eps": 1e-6}),
}


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    start, target = torch.randn(4, 3, dtype=dtype), torch.randn(4, 3, dtype=dtype)
    return [
        (lambda x, y, ours=ours: descend(lambda p: ours(p, lr=0.01), [x], [y], 5), (start, target))
        for ours, _, _ in PAIRS.values()
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    """Parameters of several shapes in three groups; every other seed with weight decay."""
    torch.manual_seed(seed)
    shapes = [(3, 4), (), (2, 3, 2, 2), (5,)]
    start = [torch.randn(shape, dtype=dtype) for shape in shapes]
    targets = [torch.randn(shape, dtype=dtype) for shape in shapes]
    rate, decay = float(10 ** torch.empty(()).uniform_(-3, -1)), 0.1 * (seed % 2)
    # In float32, rounding alone moves a parameter that has come to rest: only the first steps
    # can be compared.
    steps = 100 if dtype == torch.float64 else 10
    for name, (ours, theirs, settings) in PAIRS.items():
        yield Case(
            f"{name}, rate {rate}, decay {decay}",
            trajectory(ours, settings, rate, decay, steps),
            trajectory(theirs, settings, rate, decay, steps),
            (*start, *targets),
            rtol=1e-6 if dtype == torch.float64 else None,
            gradients=False,
        )


def trajectory(
    make: Any, settings: dict[str, Any], rate: float, decay: float, steps: int
) -> Callable[..., list[Tensor]]:
    """A descent of parameters in three groups; it takes the start and the targets."""

    def optimizer(params: list[Tensor]) -> torch.optim.Optimizer:
        decaying = {"params": params[:2], "lr": rate / 7, "weight_decay": decay}
        still = {"params": params[3:], "lr": 0.0}
        return make([decaying, {"params": params[2:3]}, still], lr=rate, **settings)

    def walk(*tensors: Tensor) -> list[Tensor]:
        half = len(tensors) // 2
        return descend(optimizer, tensors[:half], tensors[half:], steps)

    return walk


def descend(
    make: Callable[[list[Tensor]], torch.optim.Optimizer],
    start: Sequence[Tensor],
    targets: Sequence[Tensor],
    steps: int,
) -> list[Tensor]:
    """Where the parameters are behind each step, on a bumpy bowl around the targets."""
    parameters = [x.detach().clone().requires_grad_() for x in start]
    optimizer = make(parameters)
    places: list[list[Tensor]] = []
    with torch.enable_grad():
        for step in range(steps):
            optimizer.zero_grad()
            pairs = list(zip(parameters, targets, strict=True))
            # Now and then one parameter has no gradient at all.
            reached = pairs[1:] if step % 7 == 3 and len(pairs) > 1 else pairs
            sum(bumpy(p - t) for p, t in reached).backward()
            optimizer.step()
            places.append([p.detach().clone() for p in parameters])
    return [torch.stack(of_one) for of_one in zip(*places, strict=True)]


def bumpy(distance: Tensor) -> Tensor:
    """A bowl with ripples, whose slope changes unevenly; convex, so that rounding dies out."""
    return (distance.square() + 0.2 * torch.cos(3 * distance)).sum()
