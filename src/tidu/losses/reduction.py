"""From one loss a row to one loss: the mean, the sum, or every row by itself.

    mean = 1/n · Σ_i loss_i        sum = Σ_i loss_i        none = (loss_1, ..., loss_n)

The names are those of ``torch.nn.functional``.
"""

from __future__ import annotations

from typing import Literal

from jaxtyping import Float
from torch import Tensor

Reduction = Literal["mean", "sum", "none"]
"""How the losses of the rows become one."""


def reduced(losses: Float[Tensor, "*batch"], reduction: Reduction) -> Float[Tensor, ...]:
    """``losses`` as ``reduction`` says.

    >>> import torch
    >>> reduced(torch.tensor([1.0, 3.0]), "mean")
    tensor(2.)
    """
    if reduction == "mean":
        return losses.mean()
    if reduction == "sum":
        return losses.sum()
    if reduction == "none":
        return losses
    raise ValueError(
        f"reduction must be 'mean', 'sum' or 'none'; got {reduction!r}; choose one of them"
    )
