"""Running text as arrays of UTF-8 bytes, and a split by document that is fixed and fair."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tidu.data.source import Arrays

if TYPE_CHECKING:
    from tidu.data.kinds import Corpus


def encode(train: str, validation: str, test: str = "") -> Arrays:
    """The three parts as bytes."""
    import numpy as np

    parts = {"train": train, "validation": validation, "test": test}
    return {name: np.frombuffer(text.encode(), np.uint8) for name, text in parts.items()}


def assemble(arrays: Arrays) -> Corpus:
    """The three parts as text."""
    from tidu.data.kinds import Corpus

    return Corpus(*(arrays[name].tobytes().decode() for name in ("train", "validation", "test")))


def split_documents(documents: Iterable[str], shares: tuple[float, float, float]) -> Arrays:
    """Whole documents, shuffled once and for all, cut into training, validation and test text.

    Equal documents count once, so none is both learned and tested. Their order is that of the
    SHA-256 of their text: random to the eye, and the same whatever order they arrive in. A part
    ends with the document that reaches its share of all characters. A blank line lies between
    documents.
    """
    ordered = sorted(
        {text for text in documents if text.strip()},
        key=lambda text: hashlib.sha256(text.encode()).digest(),
    )
    total = sum(map(len, ordered))
    borders = (shares[0] * total, (shares[0] + shares[1]) * total)
    parts: tuple[list[str], ...] = ([], [], [])
    seen = 0
    for text in ordered:
        parts[sum(seen >= border for border in borders)].append(text)
        seen += len(text)
    return encode(*("\n\n".join(part) + "\n" if part else "" for part in parts))
