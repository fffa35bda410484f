"""Against ``torch.nn.functional`` and SciPy's log-sum-exp, with logits up to 10 000."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from scipy import special
from torch import Tensor
from torch.nn import functional

from oracles import Case
from tidu.losses import cross_entropy
from tidu.nn import log_softmax, log_sum_exp, softmax


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    logits, labels = torch.randn(6, 4, dtype=dtype), torch.tensor([0, 1, 2, 3, 0, 1])
    return [
        (softmax, (logits,)),
        (lambda z: log_softmax(z, temperature=2.0), (logits,)),
        (log_sum_exp, (logits,)),
        (lambda z, y: cross_entropy(z, y, label_smoothing=0.1), (logits, labels)),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    classes, temperature = 2 + seed % 4, (0.5, 1.0, 7.0)[seed % 3]
    for size in (1.0, 30.0, 1e4):
        logits = (2 * torch.rand(3, 5, classes, dtype=dtype) - 1) * size
        labels = torch.randint(classes, (3, 5))
        yield Case(
            f"softmax up to {size:g}",
            lambda z: softmax(z, temperature),
            lambda z: (z / temperature).softmax(-1),
            (logits,),
        )
        yield Case(
            f"log_softmax up to {size:g}",
            lambda z: log_softmax(z, temperature),
            lambda z: (z / temperature).log_softmax(-1),
            (logits,),
        )
        yield Case(f"log_sum_exp up to {size:g}", log_sum_exp, lambda z: z.logsumexp(-1), (logits,))
        yield Case(
            f"SciPy's log_sum_exp up to {size:g}",
            log_sum_exp,
            _by_scipy,
            (logits,),
            gradients=False,
        )
        for smoothing, reduction in ((0.0, "mean"), (0.1, "sum"), (1.0, "none")):
            yield Case(
                f"cross-entropy up to {size:g}, smoothing {smoothing}, {reduction}",
                lambda z, y, s=smoothing, r=reduction: cross_entropy(z, y, temperature, s, r),
                lambda z, y, s=smoothing, r=reduction: _cross_entropy(z / temperature, y, s, r),
                (logits, labels),
            )


def _cross_entropy(logits: Tensor, labels: Tensor, smoothing: float, reduction: str) -> Tensor:
    """PyTorch's, with its classes in the second dimension."""
    return functional.cross_entropy(
        logits.movedim(-1, 1), labels, label_smoothing=smoothing, reduction=reduction
    )


def _by_scipy(logits: Tensor) -> Tensor:
    return torch.from_numpy(special.logsumexp(logits.numpy(), axis=-1))
