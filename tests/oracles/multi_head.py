"""Against torch.nn.MultiheadAttention with the same weights; masks mean the opposite there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from oracles import Case
from tidu.nn.multi_head import MultiHeadAttention


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    x, memory = torch.randn(2, 5, 8, dtype=dtype), torch.randn(2, 7, 8, dtype=dtype)
    return [
        (MultiHeadAttention(8, num_heads=2).to(dtype), (x,)),
        (MultiHeadAttention(8, num_heads=4, bias=False).to(dtype), (x, memory)),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    heads, width, batch, queries, keys = torch.randint(1, 6, (5,)).tolist()
    ours, theirs, shared = _pair(heads * width, heads, bool(seed % 2), dtype)
    x = torch.randn(batch, queries, heads * width, dtype=dtype)
    memory = torch.randn(batch, keys, heads * width, dtype=dtype)
    values = torch.randn(batch, keys, heads * width, dtype=dtype)
    late = ~torch.ones(queries, queries, dtype=torch.bool).tril()
    added = torch.randn(queries, keys, dtype=dtype)
    real = torch.rand(batch, keys) < 0.7
    real[:, 0] = True

    def by_torch(q: Tensor, k: Tensor, v: Tensor, **masks: Tensor) -> Tensor:
        return theirs(q, k, v, need_weights=False, **masks)[0]

    def weights_by_torch(q: Tensor, k: Tensor) -> Tensor:
        return theirs(q, k, k, average_attn_weights=False)[1]

    yield Case("self", ours, lambda x: by_torch(x, x, x), (x,), shared)
    yield Case(
        "causal",
        lambda x: ours(x, causal=True),
        lambda x: by_torch(x, x, x, attn_mask=late),
        (x,),
        shared,
    )
    yield Case("cross, keys and values", ours, by_torch, (x, memory, values), shared)
    yield Case("cross, keys alone", ours, lambda q, k: by_torch(q, k, k), (x, memory), shared)
    yield Case(
        "additive mask",
        lambda q, k: ours(q, k, mask=added),
        lambda q, k: by_torch(q, k, k, attn_mask=added),
        (x, memory),
        shared,
    )
    yield Case(
        "padding",
        lambda q, k: ours(q, k, mask=real[:, None, None]),
        lambda q, k: by_torch(q, k, k, key_padding_mask=~real),
        (x, memory),
        shared,
    )
    # The values and the output's projection do not touch the weights; they have no gradient.
    yield Case(
        "readable output and weights",
        lambda q, k: ours(q, k, need_weights=True),
        lambda q, k: (by_torch(q, k, k), weights_by_torch(q, k)),
        (x, memory),
        shared,
    )


def _pair(
    dim: int, heads: int, bias: bool, dtype: torch.dtype
) -> tuple[MultiHeadAttention, nn.MultiheadAttention, list[tuple[Tensor, Tensor]]]:
    ours = MultiHeadAttention(dim, heads, bias=bias).to(dtype)
    theirs = nn.MultiheadAttention(dim, heads, bias=bias, batch_first=True, dtype=dtype)
    shared = [
        (ours.projections.weight, theirs.in_proj_weight),
        (ours.output.weight, theirs.out_proj.weight),
    ]
    if bias:
        shared += [
            (ours.projections.bias, theirs.in_proj_bias),
            (ours.output.bias, theirs.out_proj.bias),
        ]
    with torch.no_grad():
        for mine, other in shared:
            other.copy_(mine.normal_())
    return ours, theirs, shared
