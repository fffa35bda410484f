"""Byte-pair encoding: frequent pairs of neighbours become one token, again and again.

Start with the 256 bytes. Count how often each pair of tokens stands side by side, give the most
frequent pair a token of its own, replace it everywhere, repeat. Every text in UTF-8 can be
written, because every byte is a token.

Source: Sennrich, Haddow, Birch 2016, algorithm 1; on bytes as in Radford et al. 2019 (GPT-2),
section 2.2. Pairs never cross the boundary of a word, a number, a run of punctuation or of
spaces, and a single space belongs to the word behind it, as there.

Where ours differs: of equally frequent pairs the one with the smaller token numbers goes first
(any rule will do); the boundaries use Python's idea of a letter, and English contractions such
as 's are not split off; a run of spaces before a word keeps all but its last.
"""

from __future__ import annotations

import heapq
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

import torch
from jaxtyping import Int
from torch import Tensor

Pair = tuple[int, int]
PIECES = re.compile(r" ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s")
"""Words, numbers, punctuation, spaces; every character belongs to exactly one piece."""


class BytePairTokenizer:
    """Text to numbers and back: 256 bytes, then one token for every merge.

    >>> tokenizer = BytePairTokenizer.train("low lower lowest", size=258)
    >>> [tokenizer.pieces[t] for t in tokenizer.encode("slow").tolist()]
    [b's', b'low']
    >>> tokenizer.decode(tokenizer.encode("梯度 ∇"))
    '梯度 ∇'
    """

    def __init__(self, merges: Sequence[Pair]) -> None:
        self.merges = [(int(a), int(b)) for a, b in merges]
        self.pieces = [bytes([b]) for b in range(256)]
        for left, right in self.merges:
            self.pieces.append(self.pieces[left] + self.pieces[right])
        self._rank = {pair: rank for rank, pair in enumerate(self.merges)}
        self._known: dict[str, list[int]] = {}

    @classmethod
    def train(cls, text: str, size: int) -> BytePairTokenizer:
        """Learn ``size - 256`` merges; fewer when no pair occurs twice any more."""
        if size < 256:
            raise ValueError(f"a byte-level vocabulary has at least 256 tokens; got size {size}")
        return cls(_learn_merges(Counter(PIECES.findall(text)), size - 256))

    @property
    def size(self) -> int:
        """How many different tokens there are."""
        return len(self.pieces)

    def encode(self, text: str) -> Int[Tensor, " time"]:
        """The tokens of ``text``: in every piece the merges are applied in the order learned."""
        tokens: list[int] = []
        for piece in PIECES.findall(text):
            if piece not in self._known:
                self._known[piece] = self._merge(piece)
            tokens += self._known[piece]
        return torch.tensor(tokens, dtype=torch.int64)

    def decode(self, tokens: Iterable[int] | Tensor) -> str:
        """The text of ``tokens``; bytes that are no UTF-8 (a half character) show as U+FFFD."""
        return self.decode_bytes(tokens).decode("utf-8", errors="replace")

    def decode_bytes(self, tokens: Iterable[int] | Tensor) -> bytes:
        """The bytes of ``tokens``."""
        numbers = tokens.tolist() if isinstance(tokens, Tensor) else tokens
        return b"".join(self.pieces[t] for t in numbers)

    def _merge(self, piece: str) -> list[int]:
        tokens = list(piece.encode("utf-8"))
        while len(tokens) > 1:
            best = min(pairwise(tokens), key=lambda pair: self._rank.get(pair, len(self._rank)))
            if best not in self._rank:
                break
            tokens = _replace(tokens, best, 256 + self._rank[best])
        return tokens


def _learn_merges(pieces: Counter[str], wanted: int) -> list[Pair]:
    words = [list(piece.encode("utf-8")) for piece in pieces]
    counts = list(pieces.values())
    total: Counter[Pair] = Counter()
    where: defaultdict[Pair, set[int]] = defaultdict(set)
    for index, word in enumerate(words):
        for pair in pairwise(word):
            total[pair] += counts[index]
            where[pair].add(index)
    # The heap may hold outdated counts; an entry is believed only if it equals the count now.
    heap = [(-count, pair) for pair, count in total.items()]
    heapq.heapify(heap)
    merges: list[Pair] = []
    while heap and len(merges) < wanted:
        negative, best = heapq.heappop(heap)
        if -negative != total[best]:
            continue
        if total[best] < 2:
            break
        changed: set[Pair] = set()
        for index in where.pop(best):
            old = words[index]
            new = _replace(old, best, 256 + len(merges))
            words[index] = new
            for pair in pairwise(old):
                total[pair] -= counts[index]
            for pair in pairwise(new):
                total[pair] += counts[index]
                where[pair].add(index)
            changed.update(pairwise(old), pairwise(new))
        for pair in changed:
            if total[pair] > 0:
                heapq.heappush(heap, (-total[pair], pair))
        merges.append(best)
    return merges


def _replace(tokens: list[int], pair: Pair, new: int) -> list[int]:
    result: list[int] = []
    position = 0
    while position < len(tokens):
        if position + 1 < len(tokens) and (tokens[position], tokens[position + 1]) == pair:
            result.append(new)
            position += 2
        else:
            result.append(tokens[position])
            position += 1
    return result
