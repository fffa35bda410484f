"""Beam search: look for the likeliest continuation, keeping the best few at every step.

    log p(y) = sum_t log p(y_t | y_<t)        score = log p(y) / |y|^length_penalty

With one beam it is greedy. With as many beams as there are sequences it is exhaustive search.

Source: Lowerre 1976; for neural models Graves 2012, algorithm 1; the division by the length from
Wu et al. 2016 (their constant 5 left out).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Int
from torch import Tensor

from tidu.text.next_token import LanguageModel, NextToken


class Hypothesis(NamedTuple):
    """One continuation: prompt and new tokens, its log probability in nats, its score."""

    tokens: Tensor
    log_prob: float
    score: float


@torch.no_grad()
def beam_search(
    model: LanguageModel,
    prompt: Int[Tensor, " time"],
    length: int,
    beams: int,
    *,
    end: int | None = None,
    length_penalty: float = 0.0,
    cache: bool = True,
) -> list[Hypothesis]:
    """The best ``beams`` continuations by at most ``length`` tokens, the best first.

    A hypothesis that has written ``end`` is complete and leaves the beam; ``end`` counts as one
    of its tokens.

    >>> counting = lambda tokens: torch.nn.functional.one_hot((tokens + 1) % 4, 4).float()
    >>> best, second = beam_search(counting, torch.tensor([0]), 3, beams=2)
    >>> best.tokens, round(best.log_prob, 2)
    (tensor([0, 1, 2, 3]), -2.23)
    """
    if beams < 1 or length < 1 or len(prompt) == 0:
        raise ValueError(
            "beam search needs at least 1 beam, 1 token of prompt and 1 to write; "
            f"got {beams} beams, {len(prompt)} and {length} tokens; raise what is 0"
        )
    next_token = NextToken(model, cache=cache)
    live, log_probs = prompt[None], torch.zeros(1, device=prompt.device)
    complete: list[Hypothesis] = []
    for _ in range(length):
        totals = log_probs[:, None] + next_token(live).float().log_softmax(dim=-1)
        if end is not None:
            for row, total in zip(live, totals[:, end].tolist(), strict=True):
                tokens = torch.cat([row, row.new_tensor([end])])
                complete.append(_hypothesis(tokens, total, len(prompt), length_penalty))
            totals[:, end] = -torch.inf
        log_probs, best = totals.flatten().topk(min(beams, int(totals.isfinite().sum())))
        rows, tokens = best // totals.shape[1], best % totals.shape[1]
        live = torch.cat([live[rows], tokens[:, None]], dim=1)
        next_token.reorder(rows)
        complete = sorted(complete, key=lambda h: -h.score)[:beams]
        # Log probabilities only fall, so without a length penalty nothing live can catch up.
        settled = len(complete) == beams and length_penalty == 0
        if len(live) == 0 or (settled and log_probs[0] <= complete[-1].score):
            return complete
    for row, total in zip(live, log_probs.tolist(), strict=True):
        complete.append(_hypothesis(row, total, len(prompt), length_penalty))
    return sorted(complete, key=lambda h: -h.score)[:beams]


def _hypothesis(tokens: Tensor, log_prob: float, prompt: int, penalty: float) -> Hypothesis:
    return Hypothesis(tokens, log_prob, log_prob / (len(tokens) - prompt) ** penalty)
