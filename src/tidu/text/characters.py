"""Characters as tokens: every distinct character of a text gets a number.

The vocabulary is in the order of code points, so it depends on the text alone. Rare characters
may share one number: the white square stands for whatever was seen fewer than ``min_count``
times, or never.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from tidu.errors import TiduError

UNKNOWN = "□"
"""Stands for every rare character where a vocabulary has it."""


class CharacterTokenizer:
    """Text to numbers and back, one number a character.

    >>> tokenizer = CharacterTokenizer.from_text("hello")
    >>> tokenizer.vocabulary
    'ehlo'
    >>> tokenizer.encode("hole")
    tensor([1, 3, 2, 0])
    >>> tokenizer.decode([1, 3, 2, 0])
    'hole'
    """

    def __init__(self, vocabulary: str) -> None:
        if not vocabulary or len(set(vocabulary)) != len(vocabulary):
            raise ValueError(
                "a vocabulary holds at least one character and none twice; "
                f"got {vocabulary[:20]!r}; give each character once"
            )
        self.vocabulary = vocabulary
        codes = np.array([ord(c) for c in vocabulary])
        self._token_of = np.full(int(codes.max()) + 2, -1, dtype=np.int64)
        self._token_of[codes] = np.arange(len(codes))

    @classmethod
    def from_text(cls, text: str, min_count: int = 1) -> CharacterTokenizer:
        """A vocabulary of the characters that occur at least ``min_count`` times.

        Only with ``min_count`` above 1 it has a place for unknown characters.
        """
        counts = Counter(text)
        kept = {c for c, n in counts.items() if n >= min_count}
        return cls("".join(sorted(kept | ({UNKNOWN} if min_count > 1 else set()))))

    @property
    def size(self) -> int:
        """How many different tokens there are."""
        return len(self.vocabulary)

    def encode(self, text: str) -> Int[Tensor, " time"]:
        """The tokens of ``text``. A character outside the vocabulary is an error that names it,
        unless the vocabulary has a place for unknown ones."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        tokens = self._token_of[np.minimum(codes, len(self._token_of) - 1)]
        if (tokens < 0).any():
            if UNKNOWN not in self.vocabulary:
                raise self._unknown(text)
            tokens = np.where(tokens < 0, self.vocabulary.index(UNKNOWN), tokens)
        return torch.from_numpy(tokens)

    def decode(self, tokens: Iterable[int] | Tensor) -> str:
        """The text of ``tokens``."""
        numbers = tokens.tolist() if isinstance(tokens, Tensor) else tokens
        return "".join(self.vocabulary[t] for t in numbers)

    def _unknown(self, text: str) -> TiduError:
        strange = list(dict.fromkeys(c for c in text if c not in set(self.vocabulary)))
        shown = " ".join(repr(c) for c in strange[:10]) + (" ..." if len(strange) > 10 else "")
        usual = "".join(c for c in self.vocabulary if not c.isspace())
        return TiduError(
            f"The text has {len(strange)} characters this vocabulary does not know: {shown}.",
            f"Use characters of the training text, for instance {usual[:: len(usual) // 60 + 1]}",
        )
