"""How well a language model foretells a text: the mean of -log p(token | what came before).

    nats per token = -1/T sum_t log p(y_t | y_<t)
    perplexity = exp(nats)        bits = nats / log 2

The text is read in windows that do not overlap, so every token but the first is foretold once; at
the beginning of a window the model sees little of what came before, and the mean is a little
worse than it would be with a window that slides. Source: Jurafsky and Martin, "Speech and
Language Processing", section on perplexity; the windows are those a model of fixed context is
trained on.
"""

from __future__ import annotations

import torch
from jaxtyping import Int
from torch import Tensor
from torch.nn import functional

from tidu.text.next_token import LanguageModel


@torch.no_grad()
def nats_per_token(
    model: LanguageModel,
    tokens: Int[Tensor, " time"],
    context: int,
    *,
    every: int = 1,
    batch: int = 64,
) -> float:
    """Mean negative log likelihood of ``tokens[1:]`` in nats, in windows of ``context``.

    ``every`` above 1 reads only every so many-th window, spread evenly over the text.

    >>> uniform = lambda tokens: torch.zeros(*tokens.shape, 8)
    >>> round(nats_per_token(uniform, torch.arange(100) % 8, context=16), 4)     # log 8
    2.0794
    """
    if len(tokens) < 2:
        raise ValueError(
            f"at least 2 tokens are needed to foretell one; got {len(tokens)}; give a longer text"
        )
    inputs, targets = tokens[:-1].split(context), tokens[1:].split(context)
    inputs, targets = list(inputs[::every]), list(targets[::every])
    total, count = 0.0, 0
    while inputs:
        same = [i for i in range(min(batch, len(inputs))) if len(inputs[i]) == len(inputs[0])]
        logits = model(torch.stack([inputs[i] for i in same]))
        wanted = torch.stack([targets[i] for i in same])
        # Each batch's sum is kept in double precision: float32 sums drift over a long text.
        losses = functional.cross_entropy(logits.flatten(0, 1), wanted.flatten(), reduction="none")
        total += losses.double().sum().item()
        count += wanted.numel()
        inputs, targets = inputs[len(same) :], targets[len(same) :]
    return total / count
