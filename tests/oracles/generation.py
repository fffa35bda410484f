"""Sampling against transformers' logits processors; beam search against exhaustive search;
greedy against a loop; copied n-grams against a set of all n-grams of the training text."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from oracles import Case
from tidu.nn.gpt import GPT
from tidu.text import beam_search, copied_share, generate, longest_copied_span, next_token_probs


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    return [(next_token_probs, (torch.randn(3, 11, dtype=dtype),))]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    vocabulary, length = 2 + seed % 4, 1 + seed % 4
    logits = 3 * torch.randn(5, 12, dtype=dtype)
    yield Case("temperature", _ours(temperature=0.7), _warped(temperature=0.7), (logits,))
    yield Case("top-k", _ours(top_k=3), _warped(top_k=3), (logits,))
    yield Case("top-p", _ours(top_p=0.8), _warped(top_p=0.8), (logits,))
    all_three = {"temperature": 1.3, "top_k": 7, "top_p": 0.6}
    yield Case("all three", _ours(**all_three), _warped(**all_three), (logits,))

    model = GPT(vocabulary, context=16, dim=8, layers=2, num_heads=2).to(dtype).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.7)
    prompt = torch.randint(vocabulary, (3,))
    end = 0 if seed % 2 else None
    penalty = 0.0 if seed % 3 else 0.7
    wide = vocabulary**length

    def by_search(prompt: Tensor) -> tuple[Tensor, Tensor]:
        best = beam_search(model, prompt, length, wide, end=end, length_penalty=penalty)[0]
        return best.tokens, torch.tensor(best.score)

    yield Case(
        "beam search wide enough",
        by_search,
        lambda prompt: _likeliest(model, prompt, vocabulary, length, end, penalty),
        (prompt,),
        gradients=False,
        rtol=1e-4,
        atol=1e-5,
    )
    yield Case(
        "one beam and greedy",
        lambda prompt: beam_search(model, prompt, 10, 1)[0].tokens,
        lambda prompt: _greedy(model, prompt, 10),
        (prompt,),
        gradients=False,
    )
    yield Case(
        "greedy",
        lambda prompt: generate(model, prompt[None], 10, temperature=0.0)[0],
        lambda prompt: _greedy(model, prompt, 10),
        (prompt,),
        gradients=False,
    )
    yield _copied(seed)


def _ours(**settings: float) -> Callable[[Tensor], Tensor]:
    return lambda logits: next_token_probs(logits, **settings)


def _warped(
    temperature: float | None = None, top_k: int | None = None, top_p: float | None = None
) -> Callable[[Tensor], Tensor]:
    from transformers import (
        LogitsProcessorList,
        TemperatureLogitsWarper,
        TopKLogitsWarper,
        TopPLogitsWarper,
    )

    warpers = LogitsProcessorList()
    if temperature is not None:
        warpers.append(TemperatureLogitsWarper(temperature))
    if top_k is not None:
        warpers.append(TopKLogitsWarper(top_k))
    if top_p is not None:
        warpers.append(TopPLogitsWarper(top_p))
    nothing = torch.zeros(1, 0, dtype=torch.long)
    return lambda logits: warpers(nothing, logits).softmax(dim=-1)


@torch.no_grad()
def _greedy(model: GPT, prompt: Tensor, length: int) -> Tensor:
    tokens = prompt.tolist()
    for _ in range(length):
        tokens.append(int(model(torch.tensor([tokens]))[0, -1].argmax()))
    return torch.tensor(tokens)


@torch.no_grad()
def _likeliest(
    model: GPT, prompt: Tensor, vocabulary: int, length: int, end: int | None, penalty: float
) -> tuple[Tensor, Tensor]:
    """Every sequence there is, scored one by one."""
    best, best_score = prompt, -torch.inf
    for size in range(1, length + 1):
        for new in itertools.product(range(vocabulary), repeat=size):
            finished = size == length or (end is not None and new[-1] == end)
            if not finished or (end is not None and end in new[:-1]):
                continue
            tokens = torch.cat([prompt, torch.tensor(new)])
            log_probs = model(tokens[None, :-1])[0].float().log_softmax(dim=-1)
            total = sum(float(log_probs[len(prompt) - 1 + i, t]) for i, t in enumerate(new))
            if total / size**penalty > best_score:
                best, best_score = tokens, total / size**penalty
    return best, torch.tensor(best_score)


def _copied(seed: int) -> Case:
    chance = random.Random(seed)
    training, written = ("".join(chance.choices("ab c", k=k)) for k in (60, 40))
    n = 1 + seed % 6

    def ours() -> tuple[Tensor, Tensor]:
        longest = longest_copied_span(written, training)
        return torch.tensor(copied_share(written, training, n)), torch.tensor(len(longest))

    def theirs() -> tuple[Tensor, Tensor]:
        known = {training[i : i + n] for i in range(len(training) - n + 1)}
        grams = {written[i : i + n] for i in range(len(written) - n + 1)}
        spans = [written[i:j] for i in range(len(written)) for j in range(i + 1, len(written) + 1)]
        longest = max((len(s) for s in spans if s in training), default=0)
        return torch.tensor(len(grams & known) / len(grams)), torch.tensor(longest)

    return Case("copied n-grams", ours, theirs, (), gradients=False)
