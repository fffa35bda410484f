"""Every loss against PyTorch's, on errors of any size; label smoothing and BCE among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor
from torch.nn import functional

from oracles import Case
from tidu.losses import (
    binary_cross_entropy,
    cross_entropy,
    hinge,
    huber,
    mean_absolute_error,
    mean_squared_error,
)


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    both = (torch.randn(6, 4, dtype=dtype), torch.randn(6, 4, dtype=dtype))
    scores = (torch.randn(9, dtype=dtype),)
    signs = torch.tensor([-1.0, 1.0, 1.0] * 3, dtype=dtype)
    return [
        (mean_squared_error, both),
        (mean_absolute_error, both),
        (lambda p, t: huber(p, t, 0.5), both),
        (lambda z: hinge(z, signs.to(z.device)), scores),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    reduction = ("mean", "sum", "none")[seed]
    delta = (0.3, 1.0, 20.0)[seed]
    for size in (1e-4, 1.0, 1e4):
        predictions = torch.randn(7, 3, dtype=dtype) * size
        targets = torch.randn(7, 3, dtype=dtype) * size
        targets[0] = predictions[0]  # nothing is wrong here: the corner of the absolute error
        both = (predictions, targets)
        named = f"of errors about {size:g}, {reduction}"
        yield Case(
            f"squared {named}",
            lambda p, t: mean_squared_error(p, t, reduction),
            lambda p, t: functional.mse_loss(p, t, reduction=reduction),
            both,
        )
        yield Case(
            f"absolute {named}",
            lambda p, t: mean_absolute_error(p, t, reduction),
            lambda p, t: functional.l1_loss(p, t, reduction=reduction),
            both,
        )
        yield Case(
            f"Huber {named}",
            lambda p, t: huber(p, t, delta, reduction),
            lambda p, t: functional.huber_loss(p, t, reduction=reduction, delta=delta),
            both,
        )
        signs = torch.randn(7, 3).sign().to(dtype)
        scores = torch.cat([predictions[:6], signs[6:]])  # the last row stands on the corner
        yield Case(
            f"hinge {named}",
            lambda z, s=signs: hinge(z, s, 1.0, reduction),
            lambda z, s=signs: functional.hinge_embedding_loss(
                z * s, -torch.ones_like(z), margin=1.0, reduction=reduction
            ),
            (scores,),
        )
        labels = torch.randint(3, (7,))
        yield Case(
            f"cross-entropy {named}, smoothed",
            lambda z, y=labels: cross_entropy(z, y, 1.0, 0.1, reduction),
            lambda z, y=labels: functional.cross_entropy(
                z, y, label_smoothing=0.1, reduction=reduction
            ),
            (predictions,),
        )
        yield Case(
            f"binary cross-entropy {named}",
            lambda z, s=signs: binary_cross_entropy(z, (s + 1) / 2, reduction),
            lambda z, s=signs: functional.binary_cross_entropy_with_logits(
                z, (s + 1) / 2, reduction=reduction
            ),
            (predictions,),
        )
