"""What any language model must offer to write text, and the window it reads through.

A language model is anything called as ``model(tokens)`` with tokens ``(batch, time)`` that
returns logits ``(batch, time, vocabulary)``, those of the token after each. Two more things are
used where the model has them:

- ``model.context``: the most tokens it can read;
- ``model.new_cache()``: an object with ``length`` and ``reorder(rows)`` that makes
  ``model(tokens, cache)`` read only the tokens that are new.
"""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from jaxtyping import Float, Int
from torch import Tensor


@runtime_checkable
class LanguageModel(Protocol):
    """Tokens in, logits of the token after each out."""

    def __call__(self, tokens: Tensor, /) -> Tensor: ...


def window_start(time: int, context: int | None) -> int:
    """The first token a model with this ``context`` still reads of ``time`` tokens.

    When the window is full it gives up its older half at once. Sliding by one token at every
    step would move every token to a new position and make a cache worthless.

    >>> [window_start(time, 4) for time in range(1, 10)]
    [0, 0, 0, 0, 2, 2, 4, 4, 6]
    """
    if context is None or time <= context:
        return 0
    hop = max(1, context // 2)
    return -(-(time - context) // hop) * hop


class NextToken:
    """Logits of the token that follows sequences which grow from call to call.

    With ``cache`` a model that has one reads only the new tokens; the answer is the same, since
    both forms read through the same window.

    >>> import torch
    >>> model = lambda tokens: torch.nn.functional.one_hot((tokens + 1) % 4, 4).float()
    >>> NextToken(model)(torch.tensor([[0, 1, 2]]))
    tensor([[0., 0., 0., 1.]])
    """

    def __init__(self, model: LanguageModel, *, cache: bool = True) -> None:
        self.model: Any = model
        self.context: int | None = getattr(model, "context", None)
        self.cached = cache and hasattr(model, "new_cache")
        self._cache: Any = None
        self._start = -1

    def __call__(self, tokens: Int[Tensor, "batch time"]) -> Float[Tensor, "batch vocabulary"]:
        """Logits after the last of ``tokens``, which must continue those of the last call."""
        start = window_start(tokens.shape[1], self.context)
        if not self.cached:
            return self.model(tokens[:, start:])[:, -1]
        if self._cache is None or start != self._start:
            self._cache, self._start = self.model.new_cache(), start
        return self.model(tokens[:, start + self._cache.length :], self._cache)[:, -1]

    def reorder(self, rows: Int[Tensor, " batch"]) -> None:
        """Go on with these rows of the last call's batch."""
        if self._cache is not None:
            self._cache.reorder(rows)
