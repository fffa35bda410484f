"""The fields that may be changed while a loop runs, and what the change does to its objects.

``lr`` scales what the schedule asks for, right before the optimiser steps, by new value over old;
``weight_decay`` and ``momentum`` are given to every group of the optimisers that has them from the
configuration; ``dropout`` to every such layer. At its own value a knob changes nothing at all. An
experiment whose loop reads its configuration at every step names such fields in ``LIVE``.

What was turned at which step of which loop stands in ``changes``, in the order of the training: it
is a part of the setting. Whoever carries the same changes out again trains the same.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from typing import Any

from torch import nn
from torch.optim import Optimizer

GROUP_FIELDS = ("weight_decay", "momentum")


class Knobs:
    """The knobs of one run."""

    def __init__(
        self, config: Any, live: tuple[str, ...] = (), changes: Iterable[Mapping[str, Any]] = ()
    ) -> None:
        self._config, self._live = config, live
        self.values: dict[str, float] = {}  # what is set now
        self.changes: list[dict[str, Any]] = [dict(change) for change in changes]
        self._loops: list[str] = []  # those that have begun, in their order
        self._own: dict[str, float] = {}  # what the configuration says
        self._optimizers: list[Optimizer] = []
        self._layers: list[Any] = []
        self._groups: dict[str, list[tuple[int, int]]] = {}  # by field: optimiser, group
        self._hooks: list[Any] = []

    def take(self, keep: Mapping[str, Any], loop: str = "train") -> None:
        """A loop begins: what its objects have from the configuration gets the values set."""
        self.let_go()
        if loop not in self._loops:
            self._loops.append(loop)
        self._optimizers = [kept for kept in keep.values() if isinstance(kept, Optimizer)]
        dropouts = [
            layer
            for kept in keep.values()
            if isinstance(kept, nn.Module)
            for layer in kept.modules()
            if type(layer).__name__ == "Dropout" and isinstance(getattr(layer, "p", None), float)
        ]
        own = {
            field.name: value
            for field in dataclasses.fields(self._config)
            if isinstance(
                value := self._own.get(field.name, getattr(self._config, field.name)), float
            )
        }
        self._layers = [layer for layer in dropouts if layer.p == own.get("dropout")]
        self._groups = {
            name: [
                (o, g)
                for o, optimizer in enumerate(self._optimizers)
                for g, group in enumerate(optimizer.param_groups)
                if group.get(name) == own.get(name, math.nan)
            ]
            for name in GROUP_FIELDS
        }
        for name in self._fields():
            if name in own:
                self._own.setdefault(name, own[name])
                self.values.setdefault(name, own[name])
        if "lr" in self.values:
            for optimizer in self._optimizers:
                self._hooks += _scaling(optimizer, self._factor)
        self.stand(loop, 0)

    def stand(self, loop: str, step: int) -> None:
        """Give the objects, which may have come back from another time, what is set there."""
        set_there = {one["field"]: one["value"] for one in self.until(loop, step)}
        for name, own in self._own.items():
            self.values[name] = set_there.get(name, own)
            if self.values[name] != own or self.changes:
                self._apply(name)

    def let_go(self) -> None:
        """The loop is over."""
        for hook in self._hooks:
            hook.remove()
        self._hooks.clear()

    def at(self, loop: str, step: int) -> None:
        """``step`` begins: what was turned there is turned again."""
        for change in self.changes:
            if (change["loop"], change["step"]) == (loop, step):
                self._set(change["field"], change["value"])

    def turn(self, name: str, value: float, loop: str, step: int) -> None:
        """Set a knob at a step; what was turned behind it in an earlier try is forgotten."""
        if name not in self.values:
            known = ", ".join(self.values) or "none"
            raise ValueError(f"{name} cannot change while it trains; what can: {known}")
        self.changes = [
            one
            for one in self.until(loop, step)
            if (one["loop"], one["step"], one["field"]) != (loop, step, name)
        ]
        self.changes.append({"loop": loop, "step": step, "field": name, "value": value})
        self._set(name, value)

    def until(self, loop: str, step: int) -> list[dict[str, Any]]:
        """What was turned up to a step of a loop."""
        before = self._loops[: self._loops.index(loop)] if loop in self._loops else []
        return [
            one
            for one in self.changes
            if one["loop"] in before or (one["loop"] == loop and one["step"] <= step)
        ]

    def _set(self, name: str, value: float) -> None:
        if self.values.get(name) != value:
            self.values[name] = value
            self._apply(name)

    def _factor(self) -> float:
        return self.values["lr"] / self._own["lr"]

    def _fields(self) -> list[str]:
        found = list(self._live)
        found += ["lr"] if self._optimizers else []
        found += [name for name in GROUP_FIELDS if self._groups[name]]
        found += ["dropout"] if self._layers else []
        return list(dict.fromkeys(found))

    def _apply(self, name: str) -> None:
        value = self.values[name]
        if name in GROUP_FIELDS:
            for o, g in self._groups[name]:
                self._optimizers[o].param_groups[g][name] = value
        elif name == "dropout":
            for layer in self._layers:
                layer.p = value
        elif name in self._live:
            object.__setattr__(self._config, name, value)


def _scaling(optimizer: Optimizer, factor: Any) -> list[Any]:
    """Hooks that multiply the rates during ``optimizer.step()`` alone."""
    asked: list[Any] = []

    def before(*_: Any) -> None:
        by = factor()
        asked[:] = [group["lr"] for group in optimizer.param_groups]
        if by != 1.0:
            for group in optimizer.param_groups:
                group["lr"] = group["lr"] * by

    def after(*_: Any) -> None:
        for group, rate in zip(optimizer.param_groups, asked, strict=True):
            group["lr"] = rate

    return [
        optimizer.register_step_pre_hook(before),
        optimizer.register_step_post_hook(after),
    ]
