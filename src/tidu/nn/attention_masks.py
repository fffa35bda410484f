"""Masks: which query may look at which key.

A mask is either boolean, ``True`` where a query may look, or floating point and added to the
scores, ``-inf`` where it may not. Both broadcast to ``(..., query time, key time)``. This is the
convention of ``scaled_dot_product_attention``; ``torch.nn.MultiheadAttention`` means the
opposite by a boolean ``True``.
"""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


def causal_mask(
    queries: int, keys: int | None = None, *, device: torch.device | str | None = None
) -> Bool[Tensor, "queries keys"]:
    """``True`` where a key is not later than the query; the last query meets the last key.

    With more keys than queries the surplus ones are the past, kept in a cache.

    >>> causal_mask(2, 4).int()
    tensor([[1, 1, 1, 0],
            [1, 1, 1, 1]], dtype=torch.int32)
    """
    keys = queries if keys is None else keys
    if keys < queries:
        raise ValueError(
            f"a causal mask needs at least as many keys as queries; got {queries} queries and "
            f"{keys} keys; put the queries' own keys among the keys"
        )
    here = torch.arange(keys - queries, keys, device=device)
    return torch.arange(keys, device=device) <= here[:, None]


def padding_mask(lengths: Int[Tensor, " batch"], keys: int) -> Bool[Tensor, "batch 1 1 keys"]:
    """``True`` for the real keys of every row, for scores ``(batch, heads, queries, keys)``.

    >>> padding_mask(torch.tensor([1, 3]), 3)[:, 0, 0].int()
    tensor([[1, 0, 0],
            [1, 1, 1]], dtype=torch.int32)
    """
    real = torch.arange(keys, device=lengths.device) < lengths[:, None]
    return real[:, None, None]


def additive_mask(
    mask: Bool[Tensor, "*shape"] | Float[Tensor, "*shape"], dtype: torch.dtype
) -> Float[Tensor, "*shape"]:
    """The mask as numbers to add to the scores: 0 where allowed, ``-inf`` where not.

    >>> additive_mask(torch.tensor([True, False]), torch.float32)
    tensor([0., -inf])
    """
    if mask.dtype != torch.bool:
        return mask.to(dtype)
    return torch.zeros(mask.shape, dtype=dtype, device=mask.device).masked_fill(~mask, -torch.inf)
