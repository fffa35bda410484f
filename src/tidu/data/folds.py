"""Parts of equal size for cross-validation, in which every category has its share."""

from __future__ import annotations

import torch
from jaxtyping import Int64
from torch import Tensor


def stratified_folds(
    codes: Int64[Tensor, " rows"], folds: int, generator: torch.Generator
) -> Int64[Tensor, " rows"]:
    """The fold, 0 to ``folds`` - 1, of every row; a category's rows are dealt out one by one.

    Where a category has at least two rows, no fold holds all of them.

    >>> codes = torch.tensor([0, 0, 0, 0, 1, 1])
    >>> dealt = stratified_folds(codes, 2, torch.Generator().manual_seed(0))
    >>> dealt[:4].sum(), dealt[4:].sum()
    (tensor(2), tensor(1))
    """
    order = torch.randperm(len(codes), generator=generator)
    order = order[codes[order].argsort(stable=True)]  # category after category, each shuffled
    dealt = torch.empty_like(codes)
    dealt[order] = torch.arange(len(codes)) % folds
    return dealt
