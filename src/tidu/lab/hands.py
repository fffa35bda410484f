"""What a hand did on the way, and when: it happens again whenever the way is gone again.

A hand sets a weight, or acts on what the loop keeps. Either counts at the step before which it was
done. Holding a weight puts it back to its value after every step from there on, until it is let go.
Whoever goes back to an earlier step finds all as it was then, and on the way forward it is set,
held, let go and acted on at the same steps again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

Keep = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """One number of a parameter of something that a loop keeps."""

    kept: str
    parameter: str
    index: tuple[int, ...]


@dataclass(frozen=True)
class Change:
    """What was done to one weight before ``step`` of a loop."""

    loop: str
    step: int
    place: Place
    value: float
    held: bool

    def do(self, keep: Keep) -> None:
        """Set the weight."""
        with torch.no_grad():
            _numbers(self.place, keep)[self.place.index] = self.value


@dataclass(frozen=True)
class Act:
    """What else was done before ``step`` of a loop: ``act(keep)``, which must find all it needs
    in ``keep``, its random generators too."""

    loop: str
    step: int
    name: str
    act: Callable[[Keep], None]

    def do(self, keep: Keep) -> None:
        """Do it."""
        self.act(keep)


class Hands:
    """All that was done to one lane, in order."""

    def __init__(self) -> None:
        self.done: list[Change | Act] = []

    def do(self, deed: Change | Act, keep: Keep) -> None:
        """Do it now, and remember it."""
        deed.do(keep)  # what cannot be done is not remembered
        self.done.append(deed)

    def held(self, loop: str, step: int) -> dict[Place, float]:
        """The weights that are held when ``step`` comes next, with their values."""
        last = {c.place: c for c in self._before(loop, step) if isinstance(c, Change)}
        return {place: c.value for place, c in last.items() if c.held}

    def acts(self, loop: str, step: int) -> list[str]:
        """The names of what was acted before this step."""
        return [a.name for a in self._before(loop, step) if isinstance(a, Act) and a.step == step]

    def impose(self, loop: str, step: int, keep: Keep) -> None:
        """Put back what is held, then do again what was done before this very step."""
        for place, value in self.held(loop, step - 1).items():
            Change(loop, step, place, value, held=True).do(keep)
        for deed in self._before(loop, step):
            if deed.step == step:
                deed.do(keep)

    def forget_after(self, loop: str, step: int, later: Iterable[str]) -> None:
        """From ``step`` of ``loop`` on, the way will be another."""
        gone = set(later)
        self.done = [
            c for c in self.done if c.loop not in gone and (c.loop != loop or c.step <= step)
        ]

    def _before(self, loop: str, step: int) -> list[Change | Act]:
        return [c for c in self.done if c.loop == loop and c.step <= step]


def _numbers(place: Place, keep: Keep) -> Any:
    """The tensor, or array, that holds the weight."""
    owner = keep[place.kept]
    if isinstance(owner, nn.Module):
        found: Any = owner.get_parameter(place.parameter).data
    else:
        found = next(p.data for p in owner.parameters() if p.name == place.parameter)
    if len(place.index) != found.ndim or any(
        not 0 <= at < size for at, size in zip(place.index, found.shape, strict=True)
    ):
        raise LookupError(f"{place.parameter} of shape {tuple(found.shape)} has no {place.index}")
    return found
