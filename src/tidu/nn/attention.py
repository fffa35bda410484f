"""Scaled dot-product attention: the definition, and the fast form that equals it.

    weights = softmax(Q K^T / sqrt(d) + mask)        output = weights V

Every output is a mean of the values, weighted by how well each key answers the query.

Source: Vaswani et al. 2017, "Attention Is All You Need", equation 1; masking of later positions
from section 3.2.3.

Where ours differs: a query whose mask leaves no key at all gets weights and an output of zero
(the formula says 0/0); ``scaled_dot_product_attention`` answers the same.
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

from tidu.nn.attention_masks import additive_mask, causal_mask


def attention_with_weights(
    query: Float[Tensor, "*batch queries dim"],
    key: Float[Tensor, "*batch keys dim"],
    value: Float[Tensor, "*batch keys features"],
    mask: Bool[Tensor, ...] | Float[Tensor, ...] | None = None,
    *,
    causal: bool = False,
    dropout: float = 0.0,
) -> tuple[Float[Tensor, "*batch queries features"], Float[Tensor, "*batch queries keys"]]:
    """The definition: output and weights. ``dropout`` is the share of weights set to zero.

    >>> q, k, v = torch.randn(2, 3, 4), torch.randn(2, 5, 4), torch.randn(2, 5, 6)
    >>> output, weights = attention_with_weights(q, k, v)
    >>> output.shape, weights.shape
    (torch.Size([2, 3, 6]), torch.Size([2, 3, 5]))
    """
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    weights = masked_softmax(scores, mask, causal=causal)
    return functional.dropout(weights, dropout, training=dropout > 0) @ value, weights


def dot_product_attention(
    query: Float[Tensor, "*batch queries dim"],
    key: Float[Tensor, "*batch keys dim"],
    value: Float[Tensor, "*batch keys features"],
    mask: Bool[Tensor, ...] | Float[Tensor, ...] | None = None,
    *,
    causal: bool = False,
    dropout: float = 0.0,
) -> Float[Tensor, "*batch queries features"]:
    """The fast form: PyTorch's fused kernel, which never stores the weights.

    One exception: on a CPU the kernel's backward pass in bfloat16 is slow, 2 to 4 times slower
    than the definition (measured at 64 to 128 positions), so bfloat16 trains by the definition.

    >>> q, k, v = torch.randn(2, 3, 4), torch.randn(2, 5, 4), torch.randn(2, 5, 6)
    >>> dot_product_attention(q, k, v).shape
    torch.Size([2, 3, 6])
    """
    if query.requires_grad and query.dtype == torch.bfloat16 and query.device.type == "cpu":
        return attention_with_weights(query, key, value, mask, causal=causal, dropout=dropout)[0]
    queries, keys = query.shape[-2], key.shape[-2]
    # The kernel's own causal flag lines the first query up with the first key, so it serves only
    # where there is no past in a cache; a single newest query sees everything and needs no mask.
    own_flag = causal and mask is None and queries == keys
    if causal and not own_flag and (queries > 1 or mask is not None):
        allowed = causal_mask(queries, keys, device=query.device)
        mask = allowed if mask is None else _both(mask, allowed)
    return functional.scaled_dot_product_attention(
        query, key, value, attn_mask=mask, dropout_p=dropout, is_causal=own_flag
    )


def masked_softmax(
    scores: Float[Tensor, "*batch queries keys"],
    mask: Bool[Tensor, ...] | Float[Tensor, ...] | None = None,
    *,
    causal: bool = False,
) -> Float[Tensor, "*batch queries keys"]:
    """Softmax over the allowed keys; all zeros for a query that may look nowhere.

    >>> masked_softmax(torch.zeros(1, 3), torch.tensor([True, True, False]))
    tensor([[0.5000, 0.5000, 0.0000]])
    """
    if mask is not None:
        scores = scores + additive_mask(mask, scores.dtype)
    if causal:
        allowed = causal_mask(scores.shape[-2], scores.shape[-1], device=scores.device)
        scores = scores.masked_fill(~allowed, -torch.inf)
    if mask is None:
        return scores.softmax(dim=-1)
    nowhere = scores.isneginf().all(dim=-1, keepdim=True)
    return scores.masked_fill(nowhere, 0.0).softmax(dim=-1).masked_fill(nowhere, 0.0)


def _both(mask: Tensor, allowed: Tensor) -> Tensor:
    if mask.dtype == torch.bool:
        return mask & allowed
    return mask.masked_fill(~allowed, -torch.inf)
