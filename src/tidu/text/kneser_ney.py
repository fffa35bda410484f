"""The n-gram model with interpolated Kneser-Ney smoothing: the baseline of every language model.

    p_n(w | h) = max(c(h w) - D_n, 0) / c(h)  +  D_n N(h .) / c(h)  p_{n-1}(w | h')

``c`` counts occurrences in the highest order; in the lower ones it counts in how many different
ways an n-gram is continued to the left. ``N(h .)`` is the number of different tokens seen after
``h``, ``h'`` is ``h`` without its oldest token, and the order below the first is uniform.
``D_n = n1 / (n1 + 2 n2)`` with n1, n2 the number of n-grams counted once and twice.

Source: Kneser and Ney 1995; interpolated as in Chen and Goodman 1999, equations 21 to 25.

Where ours differs: no markers for the beginning or end of a sentence; the text is one sequence.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float64, Int
from torch import Tensor


class _Order(NamedTuple):
    """The distinct n-grams of one length, each as (number of its first n - 1 tokens, last)."""

    keys: np.ndarray  # sorted: prefix * vocabulary + last
    counts: np.ndarray  # c(h w)
    totals: np.ndarray  # c(h), by the number of h
    kinds: np.ndarray  # N(h .), by the number of h
    discount: float


class KneserNey:
    """Log probabilities of every token of a text, from counts in another.

    >>> model = KneserNey(torch.tensor([0, 1, 0, 1, 0, 2]), order=2, vocabulary=3)
    >>> model.log_probs(torch.tensor([0, 1])).exp().round(decimals=3)
    tensor([0.3330, 0.6440], dtype=torch.float64)
    """

    def __init__(self, tokens: Int[Tensor, " time"], order: int, vocabulary: int) -> None:
        if order < 1 or len(tokens) < order:
            raise ValueError(
                f"an n-gram model needs an order of at least 1 and as many tokens; got order "
                f"{order} and {len(tokens)} tokens"
            )
        self.vocabulary = vocabulary
        self.orders = self._count(tokens.numpy().astype(np.int64), order)

    def log_probs(self, tokens: Int[Tensor, " time"]) -> Float64[Tensor, " time"]:
        """Natural logarithm of p(token | up to order - 1 before it), for each of ``tokens``."""
        words = tokens.numpy().astype(np.int64)
        probs = np.full(len(words), 1.0 / self.vocabulary)
        # The number of what stands before each token: at first the empty n-gram, number 0.
        history = np.zeros(len(words), dtype=np.int64)
        for order in self.orders:
            gram = _find(order.keys, history, words, self.vocabulary)
            known = np.flatnonzero(history >= 0)
            known = known[order.totals[history[known]] > 0]
            before, found = history[known], gram[known]
            count = np.where(found >= 0, order.counts[found], 0)
            kept = np.maximum(count - order.discount, 0)
            rest = order.discount * order.kinds[before] * probs[known]
            probs[known] = (kept + rest) / order.totals[before]
            history = np.concatenate([[-1], gram[:-1]])
        return torch.from_numpy(np.log(probs))

    def _count(self, words: np.ndarray, order: int) -> list[_Order]:
        history = np.zeros(len(words), dtype=np.int64)
        keys: list[np.ndarray] = []
        counts: list[np.ndarray] = []
        gram = history
        for n in range(1, order + 1):
            place = np.flatnonzero(history >= 0)
            own, first, number, times = np.unique(
                history[place] * self.vocabulary + words[place],
                return_index=True,
                return_inverse=True,
                return_counts=True,
            )
            if n > 1:  # each distinct n-gram is one way to continue its last n - 1 tokens
                counts[-1] = np.bincount(gram[place[first]], minlength=len(keys[-1]))
            gram = np.full(len(words), -1)
            gram[place] = number
            keys.append(own)
            counts.append(times)
            history = np.concatenate([[-1], gram[:-1]])
        sizes = [1, *(len(own) for own in keys)]
        return [
            _order(own, times, own // self.vocabulary, size)
            for own, times, size in zip(keys, counts, sizes, strict=False)
        ]


def _order(keys: np.ndarray, counts: np.ndarray, prefix: np.ndarray, prefixes: int) -> _Order:
    totals = np.bincount(prefix, weights=counts, minlength=prefixes)
    kinds = np.bincount(prefix[counts > 0], minlength=prefixes)
    once, twice = int((counts == 1).sum()), int((counts == 2).sum())
    # Where nothing was counted once the estimate would be 0 and leave nothing for the unseen.
    discount = once / (once + 2 * twice) if once else 0.5
    return _Order(keys, counts, totals, kinds, discount)


def _find(keys: np.ndarray, history: np.ndarray, words: np.ndarray, vocabulary: int) -> np.ndarray:
    """The number of each n-gram, -1 where it was never seen."""
    wanted = history * vocabulary + words
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where((history >= 0) & (keys[place] == wanted), place, -1)
