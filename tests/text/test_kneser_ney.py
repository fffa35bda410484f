"""Kneser-Ney against the formula written out with dictionaries, and as a distribution."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tidu.text import KneserNey

TOKENS = st.lists(st.integers(0, 3), min_size=5, max_size=40)


@given(TOKENS, TOKENS, st.integers(1, 5))
@settings(deadline=None, max_examples=60)
def test_it_equals_the_formula_written_out(training, told, order):
    ours = KneserNey(torch.tensor(training), order, 4).log_probs(torch.tensor(told)).exp()
    formula = _written_out(training, order, 4)
    theirs = [formula(tuple(told[max(0, i - order + 1) : i]), told[i]) for i in range(len(told))]
    torch.testing.assert_close(ours, torch.tensor(theirs, dtype=torch.float64))


@given(TOKENS, st.lists(st.integers(0, 3), min_size=1, max_size=6), st.integers(1, 4))
@settings(deadline=None, max_examples=40)
def test_the_probabilities_of_all_tokens_add_up_to_one(training, history, order):
    model = KneserNey(torch.tensor(training), order, 4)
    texts = [torch.tensor([*history, word]) for word in range(4)]
    total = sum(float(model.log_probs(text)[-1].exp()) for text in texts)
    assert abs(total - 1) < 1e-9


def test_errors_say_what_arrived():
    with pytest.raises(ValueError, match="order 3 and 2 tokens"):
        KneserNey(torch.tensor([1, 2]), 3, 4)


def _written_out(training: list[int], order: int, size: int) -> Callable[..., float]:
    seen = {
        n: Counter(tuple(training[i : i + n]) for i in range(len(training) - n + 1))
        for n in range(1, order + 1)
    }
    for n in range(1, order):
        seen[n] = Counter(gram[1:] for gram in seen[n + 1])

    def discount(n: int) -> float:
        once, twice = (list(seen[n].values()).count(k) for k in (1, 2))
        return once / (once + 2 * twice) if once else 0.5

    def prob(history: tuple[int, ...], word: int) -> float:
        n = len(history) + 1
        lower = prob(history[1:], word) if history else 1 / size
        follow = {gram: c for gram, c in seen[n].items() if gram[:-1] == history}
        if not follow:
            return lower
        kept = max(follow.get((*history, word), 0) - discount(n), 0)
        return (kept + discount(n) * len(follow) * lower) / sum(follow.values())

    return prob
