"""Where a loop stood at some of its steps, in memory, to go back to; never more than allowed.

When the memory is full, every second state goes, and from then on states lie twice as far apart:
the whole way stays in reach, ever more coarsely. The first state and the newest are kept.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

import torch
from torch import Tensor

BYTES = 32 * 2**20  # of all states of one loop
COUNT = 128  # states at most


class States:
    """The states of one loop by step."""

    def __init__(self, most_bytes: int = BYTES, most: int = COUNT) -> None:
        self._most_bytes, self._most = most_bytes, max(2, most)
        self._states: dict[int, Any] = {}
        self._sizes: dict[int, int] = {}
        self._every = 1

    def is_due(self, step: int) -> bool:
        """Whether the state at ``step`` is one to keep."""
        return step not in self._states and step % self._every == 0

    def keep(self, step: int, state: Any) -> None:
        """Keep ``state``, which nobody else may change from now on."""
        self._states[step] = state
        self._sizes[step] = size(state)
        while len(self._states) > 2 and (
            len(self._states) > self._most or sum(self._sizes.values()) > self._most_bytes
        ):
            self._thin()

    def forget_after(self, step: int) -> None:
        """Drop what lies behind ``step``: the way on will be another."""
        for later in [s for s in self._states if s > step]:
            self._drop(later)

    def at_or_before(self, step: int) -> tuple[int, Any] | None:
        """The last kept state that is not behind ``step``."""
        steps = self.steps
        place = bisect_right(steps, step)
        return (steps[place - 1], self._states[steps[place - 1]]) if place else None

    @property
    def steps(self) -> list[int]:
        """The steps there is a state of."""
        return sorted(self._states)

    @property
    def bytes(self) -> int:
        """What all states take."""
        return sum(self._sizes.values())

    def _thin(self) -> None:
        self._every *= 2
        first, last = self.steps[0], self.steps[-1]
        inner = [s for s in self._states if s not in (first, last)]
        for step in [s for s in inner if s % self._every] or inner:
            self._drop(step)

    def _drop(self, step: int) -> None:
        del self._states[step], self._sizes[step]


def size(state: Any) -> int:
    """Bytes of all tensors and bytes in a nested state."""
    if isinstance(state, Tensor):
        return state.numel() * state.element_size()
    if isinstance(state, dict):
        return sum(size(value) for value in state.values())
    if isinstance(state, (list, tuple)):
        return sum(size(value) for value in state)
    if isinstance(state, torch.Generator):
        return 0
    return getattr(state, "nbytes", 0)
