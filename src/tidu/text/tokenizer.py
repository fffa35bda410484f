"""What every tokeniser offers, and how one is kept as JSON beside the model it belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, runtime_checkable

from torch import Tensor

from tidu.text.byte_pair import BytePairTokenizer
from tidu.text.characters import CharacterTokenizer


@runtime_checkable
class Tokenizer(Protocol):
    """Text to numbers and back; ``size`` different numbers."""

    @property
    def size(self) -> int: ...

    def encode(self, text: str) -> Tensor: ...

    def decode(self, tokens: Iterable[int] | Tensor) -> str: ...


def tokenizer_to_json(tokenizer: Tokenizer) -> dict[str, Any]:
    """A JSON value from which :func:`tokenizer_from_json` makes the same tokeniser.

    >>> tokenizer_to_json(CharacterTokenizer("abc"))
    {'kind': 'characters', 'vocabulary': 'abc'}
    """
    if isinstance(tokenizer, CharacterTokenizer):
        return {"kind": "characters", "vocabulary": tokenizer.vocabulary}
    if isinstance(tokenizer, BytePairTokenizer):
        return {"kind": "byte-pair", "merges": tokenizer.merges}
    raise TypeError(
        "only tidu's character and byte-pair tokenisers can be kept as JSON; "
        f"got {type(tokenizer).__name__}; write its vocabulary yourself"
    )


def tokenizer_from_json(value: dict[str, Any]) -> Tokenizer:
    """The tokeniser that :func:`tokenizer_to_json` described.

    >>> tokenizer_from_json({"kind": "characters", "vocabulary": "abc"}).encode("cab")
    tensor([2, 0, 1])
    """
    if value["kind"] == "characters":
        return CharacterTokenizer(value["vocabulary"])
    if value["kind"] == "byte-pair":
        return BytePairTokenizer([(left, right) for left, right in value["merges"]])
    raise ValueError(
        f"a tokeniser is 'characters' or 'byte-pair'; got {value['kind']!r}; "
        "was the file written by another version?"
    )
