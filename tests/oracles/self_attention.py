"""Against PyTorch's scaled_dot_product_attention, and Bahdanau's formula pair by pair."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor
from torch.nn import functional

from oracles import Case
from tidu.nn.additive_attention import AdditiveAttention
from tidu.nn.attention import attention_with_weights, dot_product_attention
from tidu.nn.self_attention import SelfAttention


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    x = torch.randn(2, 5, 8, dtype=dtype)
    return [
        (SelfAttention(8, 4).to(dtype), (x,)),
        (SelfAttention(8, 4, "additive").to(dtype), (x,)),
        (AdditiveAttention(8, 6, 4).to(dtype), (x, torch.randn(2, 3, 6, dtype=dtype))),
        (dot_product_attention, (x, x, x)),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    batch, heads, queries, keys, dim, features = torch.randint(1, 7, (6,)).tolist()
    keys += queries
    qkv = (
        torch.randn(batch, heads, queries, dim, dtype=dtype),
        torch.randn(batch, heads, keys, dim, dtype=dtype),
        torch.randn(batch, heads, keys, features, dtype=dtype),
    )
    allowed = torch.rand(batch, 1, queries, keys) < 0.7
    allowed[..., 0] = True
    added = torch.randn(queries, keys, dtype=dtype)
    for kind, mask in (("no mask", None), ("boolean", allowed), ("additive", added)):
        yield Case(f"readable, {kind}", _readable(mask, False), _torch(mask), qkv)
        yield Case(f"fast, {kind}", _fast(mask, False), _torch(mask), qkv)
    late = torch.ones(queries, keys, dtype=torch.bool).tril(keys - queries)
    yield Case("readable, causal", _readable(None, True), _torch(late), qkv)
    yield Case("fast, causal", _fast(None, True), _torch(late), qkv)
    yield Case("readable, causal and mask", _readable(allowed, True), _torch(late & allowed), qkv)
    both = added.masked_fill(~late, -torch.inf)
    yield Case("fast, causal and mask", _fast(added, True), _torch(both), qkv)
    yield _self_attention(dim, features, dtype)
    yield _additive(dim, features, dtype)


def _readable(mask: Tensor | None, causal: bool) -> Callable[..., Tensor]:
    return lambda q, k, v: attention_with_weights(q, k, v, mask, causal=causal)[0]


def _fast(mask: Tensor | None, causal: bool) -> Callable[..., Tensor]:
    return lambda q, k, v: dot_product_attention(q, k, v, mask, causal=causal)


def _torch(mask: Tensor | None) -> Callable[..., Tensor]:
    return lambda q, k, v: functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)


def _self_attention(dim: int, features: int, dtype: torch.dtype) -> Case:
    ours = SelfAttention(dim, features).to(dtype)
    weights = (ours.query.weight, ours.key.weight, ours.value.weight)
    theirs = [w.detach().clone().requires_grad_() for w in weights]

    def by_torch(x: Tensor) -> Tensor:
        q, k, v = (x @ w.mT for w in theirs)
        return functional.scaled_dot_product_attention(q, k, v, is_causal=True)

    return Case(
        "self-attention",
        lambda x: ours(x, causal=True),
        by_torch,
        (torch.randn(2, 5, dim, dtype=dtype),),
        list(zip(weights, theirs, strict=True)),
    )


def _additive(query_dim: int, key_dim: int, dtype: torch.dtype) -> Case:
    ours = AdditiveAttention(query_dim, key_dim, 4).to(dtype)
    names = (ours.query.weight, ours.key.weight, ours.direction)
    w, u, direction = (p.detach().clone().requires_grad_() for p in names)

    def by_pairs(query: Tensor, key: Tensor) -> Tensor:
        outputs: list[Tensor] = []
        for row in range(len(query)):
            for q in query[row]:
                scores = torch.stack([direction @ torch.tanh(w @ q + u @ k) for k in key[row]])
                shares = scores.exp() / scores.exp().sum()
                outputs.append(sum(s * k for s, k in zip(shares, key[row], strict=True)))
        return torch.stack(outputs).unflatten(0, query.shape[:2])

    inputs = (torch.randn(2, 3, query_dim, dtype=dtype), torch.randn(2, 4, key_dim, dtype=dtype))
    return Case(
        "additive", ours, by_pairs, inputs, list(zip(names, (w, u, direction), strict=True))
    )
