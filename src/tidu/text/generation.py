"""Text generation: draw the next token, append it, ask again.

    y_t ~ p(y_t | y_1 ... y_{t-1})

Source: Shannon 1948, "A Mathematical Theory of Communication", section 3, which writes English
this way from counted n-grams; here any :class:`~tidu.text.next_token.LanguageModel` does. Switch
dropout off first (``model.eval()``). See :mod:`tidu.text.sampling` for what temperature, top-k and
top-p do, and :mod:`tidu.text.beam_search` for the search of the likeliest text.

Where ours differs: a model of limited context gives up the older half of its window at once, so
that a key/value cache stays right (:func:`~tidu.text.next_token.window_start`).
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from jaxtyping import Int
from torch import Tensor

from tidu.text.next_token import LanguageModel, NextToken
from tidu.text.sampling import next_token_probs


def generate(
    model: LanguageModel,
    prompt: Int[Tensor, "batch time"],
    length: int,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    end: int | None = None,
    generator: torch.Generator | None = None,
    cache: bool = True,
) -> Int[Tensor, "batch total"]:
    """``prompt`` and up to ``length`` tokens more.

    ``temperature=0`` is greedy. A row that has written the token ``end`` is filled up with it,
    and writing stops when all have. ``cache=False`` computes everything anew at every token:
    the same tokens, more slowly.

    >>> counting = lambda tokens: torch.nn.functional.one_hot((tokens + 1) % 4, 4).float()
    >>> generate(counting, torch.tensor([[0], [2]]), 5, temperature=0.0)
    tensor([[0, 1, 2, 3, 0, 1],
            [2, 3, 0, 1, 2, 3]])
    """
    new = stream(
        model,
        prompt,
        length,
        temperature=temperature,
        top_k=top_k,
        top_p=top_p,
        end=end,
        generator=generator,
        cache=cache,
    )
    return torch.cat([prompt, *(token[:, None] for token in new)], dim=1)


def stream(
    model: LanguageModel,
    prompt: Int[Tensor, "batch time"],
    length: int,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    end: int | None = None,
    generator: torch.Generator | None = None,
    cache: bool = True,
) -> Iterator[Int[Tensor, " batch"]]:
    """The new tokens of :func:`generate`, one step at a time, as soon as each is drawn."""
    if prompt.shape[1] == 0:
        raise ValueError("the prompt needs at least 1 token to continue; got none; give it one")
    next_token = NextToken(model, cache=cache)
    tokens = prompt
    ended = torch.zeros(len(prompt), dtype=torch.bool, device=prompt.device)
    for _ in range(length):
        with torch.no_grad():
            logits = next_token(tokens).float()
        probs = next_token_probs(logits, temperature=temperature, top_k=top_k, top_p=top_p)
        token = torch.multinomial(probs, 1, generator=generator)[:, 0]
        if end is not None:
            token = torch.where(ended, end, token)
            ended |= token == end
        yield token
        if ended.all():
            return
        tokens = torch.cat([tokens, token[:, None]], dim=1)
