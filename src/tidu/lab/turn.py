"""One lane computes at a time: they share PyTorch's, NumPy's and Python's global generators.

Whoever takes the turn finds the generators as its own last turn left them, so that a lane draws
the same numbers whether it is alone or one of twenty.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

_LOCK = threading.RLock()


class Turn:
    """The generators of one lane, put in place while it computes.

    >>> a, b = Turn(seed=0), Turn(seed=0)
    >>> with a.taken():
    ...     first = torch.rand(1)
    >>> with b.taken():
    ...     same = torch.rand(1)
    >>> first == same
    tensor([True])
    """

    def __init__(self, seed: int) -> None:
        with _kept():
            torch.manual_seed(seed)
            np.random.seed(seed % 2**32)
            random.seed(seed)
            self._states = _states()

    @contextmanager
    def taken(self) -> Generator[None]:
        """Compute with these generators, alone."""
        with _LOCK, _kept():
            _put(self._states)
            try:
                yield
            finally:
                self._states = _states()


@contextmanager
def _kept() -> Generator[None]:
    with _LOCK:
        before = _states()
        try:
            yield
        finally:
            _put(before)


def _states() -> tuple[Any, ...]:
    return torch.get_rng_state(), np.random.get_state(), random.getstate()


def _put(states: tuple[Any, ...]) -> None:
    torch.set_rng_state(states[0])
    np.random.set_state(states[1])
    random.setstate(states[2])
