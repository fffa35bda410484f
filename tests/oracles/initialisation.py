"""Number for number the draws of ``torch.nn.init``, from one seed of the global generator."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from oracles import Case
from tidu.nn import all_zeros, he_normal, he_uniform, unit_normal, xavier_normal, xavier_uniform

NOT_DIFFERENTIABLE = True  # what is drawn depends on nothing but its shape

PAIRS: dict[str, tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]] = {
    "zeros": (all_zeros, nn.init.zeros_),
    "normal": (unit_normal, nn.init.normal_),
    "xavier normal": (lambda w: xavier_normal(w, 1.7), lambda w: nn.init.xavier_normal_(w, 1.7)),
    "xavier uniform": (
        lambda w: xavier_uniform(w, 0.6),
        lambda w: nn.init.xavier_uniform_(w, 0.6),
    ),
    "he normal": (he_normal, lambda w: nn.init.kaiming_normal_(w, nonlinearity="relu")),
    "he uniform": (he_uniform, lambda w: nn.init.kaiming_uniform_(w, nonlinearity="relu")),
}


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    return [(_seeded(ours, 0), (torch.ones(4, 3, dtype=dtype),)) for ours, _ in PAIRS.values()]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    out, fan, side = torch.randint(1, 9, (3,)).tolist()
    for shape in ((out, fan), (out, fan, side), (out, fan, side, 3)):
        for name, (ours, theirs) in PAIRS.items():
            yield Case(
                f"{name} {shape}",
                _seeded(ours, seed),
                _seeded(theirs, seed),
                (torch.ones(shape, dtype=dtype),),
                rtol=1e-6 if dtype == torch.float32 else 1e-12,
                gradients=False,
            )


def _seeded(function: Callable[[Tensor], Tensor], seed: int) -> Callable[[Tensor], Tensor]:
    def drawn(weight: Tensor) -> Tensor:
        torch.manual_seed(seed)
        return function(weight)

    return drawn
