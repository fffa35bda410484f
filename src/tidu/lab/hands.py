"""What a hand did to single weights, and when: it happens again whenever the way is gone again.

Setting a weight counts at the step before which it was done; holding it puts it back to its value
after every step from there on, until it is let go. Whoever goes back to an earlier step finds the
weight as it was then, and on the way forward it is set, held and let go at the same steps again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn


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


class Hands:
    """All changes of one lane, in the order they were made."""

    def __init__(self) -> None:
        self.changes: list[Change] = []

    def put(self, change: Change, keep: Mapping[str, Any]) -> None:
        """Do it now, and remember it."""
        _numbers(change.place, keep)  # a place that does not exist is not remembered
        self.changes.append(change)
        self.impose(change.loop, change.step, keep)

    def held(self, loop: str, step: int) -> dict[Place, float]:
        """The weights that are held when ``step`` comes next, with their values."""
        return {p: c.value for p, c in self._last(loop, step).items() if c.held}

    def impose(self, loop: str, step: int, keep: Mapping[str, Any]) -> None:
        """Set what was set before this step, and whatever is held."""
        for change in self._last(loop, step).values():
            if change.held or change.step == step:
                numbers = _numbers(change.place, keep)
                with torch.no_grad():
                    numbers[change.place.index] = change.value

    def forget_after(self, loop: str, step: int, later: Iterable[str]) -> None:
        """From ``step`` of ``loop`` on, the way will be another."""
        gone = set(later)
        self.changes = [
            c for c in self.changes if c.loop not in gone and (c.loop != loop or c.step <= step)
        ]

    def _last(self, loop: str, step: int) -> dict[Place, Change]:
        return {c.place: c for c in self.changes if c.loop == loop and c.step <= step}


def _numbers(place: Place, keep: Mapping[str, Any]) -> Any:
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
