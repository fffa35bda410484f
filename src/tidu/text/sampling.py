"""From logits to the probabilities that the next token is drawn from.

    p_i = softmax(logits / temperature)_i        then only the likeliest are kept

- temperature below 1 sharpens, above 1 flattens (Ackley, Hinton, Sejnowski 1985)
- top-k keeps the k likeliest tokens (Fan, Lewis, Dauphin 2018, section 5.4)
- top-p keeps the smallest set of likeliest tokens that together reach probability p
  (Holtzman et al. 2020, "nucleus sampling", equation 2)
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor


def next_token_probs(
    logits: Float[Tensor, "batch vocabulary"],
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> Float[Tensor, "batch vocabulary"]:
    """Probabilities of the next token; temperature 0 puts all on the likeliest (greedy).

    Top-p looks at what top-k has left. Tokens exactly as likely as the k-th are kept too.

    >>> logits = torch.tensor([[0.5, 0.3, 0.2]]).log()
    >>> next_token_probs(logits, top_p=0.8)
    tensor([[0.6250, 0.3750, 0.0000]])
    >>> next_token_probs(logits, temperature=0.0)
    tensor([[1., 0., 0.]])
    """
    check_sampling(temperature, top_k, top_p)
    if temperature == 0:
        best = logits.argmax(dim=-1, keepdim=True)
        return torch.zeros_like(logits).scatter_(-1, best, 1.0)
    # With the highest logit at 0 no temperature is too small to divide by.
    least = torch.finfo(logits.dtype).tiny
    logits = (logits - logits.amax(dim=-1, keepdim=True)) / max(temperature, least)
    if top_k is not None and top_k < logits.shape[-1]:
        kth = logits.topk(top_k, dim=-1).values[:, -1:]
        logits = logits.masked_fill(logits < kth, -torch.inf)
    probs = logits.softmax(dim=-1)
    if top_p is not None and top_p < 1:
        ordered, tokens = probs.sort(dim=-1, descending=True, stable=True)
        before = ordered.cumsum(dim=-1) - ordered
        ordered = ordered.masked_fill(before >= top_p, 0.0)
        probs = torch.zeros_like(probs).scatter_(-1, tokens, ordered)
        probs = probs / probs.sum(dim=-1, keepdim=True)
    return probs


def check_sampling(temperature: float, top_k: int | None, top_p: float | None) -> None:
    """Raise ``ValueError`` for settings that mean nothing."""
    if temperature < 0:
        raise ValueError(f"temperature must be at least 0; got {temperature}; 0 means greedy")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k must be at least 1; got {top_k}; leave it out to keep all tokens")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"top_p must be above 0 and at most 1; got {top_p}; 1 keeps all tokens")
