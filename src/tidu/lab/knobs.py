"""The fields that may be changed while a loop runs, and what the change does to its objects.

``lr`` scales what the schedule asks for, right before the optimiser steps, by new value over old;
``weight_decay`` and ``momentum`` are given to every group of the optimisers; ``dropout`` to every
dropout layer. At its own value a knob changes nothing at all. An experiment whose loop reads its
configuration at every step, without an optimiser of PyTorch, names such fields in ``LIVE``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import nn
from torch.optim import Optimizer

GROUP_FIELDS = ("weight_decay", "momentum")


class Knobs:
    """The knobs of one lane."""

    def __init__(self, config: Any, live: tuple[str, ...] = ()) -> None:
        self._config, self._live = config, live
        self.values: dict[str, float] = {}  # what is set now
        self.changes: list[dict[str, Any]] = []  # what was turned, and at which step
        self._own: dict[str, float] = {}  # what the configuration says
        self._optimizers: list[Optimizer] = []
        self._layers: list[nn.Module] = []
        self._hooks: list[Any] = []

    def take(self, keep: Mapping[str, Any]) -> None:
        """A loop begins, or stands elsewhere: its objects get the values that are set."""
        self.let_go()
        self._optimizers = [kept for kept in keep.values() if isinstance(kept, Optimizer)]
        networks = [kept for kept in keep.values() if isinstance(kept, nn.Module)]
        self._layers = [
            layer
            for network in networks
            for layer in network.modules()
            if type(layer).__name__ == "Dropout" and isinstance(getattr(layer, "p", None), float)
        ]
        for name in self._fields():
            self._own.setdefault(name, float(getattr(self._config, name)))
            self.values.setdefault(name, self._own[name])
        if "lr" in self.values:
            for optimizer in self._optimizers:
                self._hooks += _scaling(optimizer, self._factor)
        for name in self.values:
            if self.values[name] != self._own[name]:
                self._apply(name)

    def let_go(self) -> None:
        """The loop is over."""
        for hook in self._hooks:
            hook.remove()
        self._hooks.clear()

    def turn(self, name: str, value: float, step: int) -> None:
        """Set a knob."""
        if name not in self.values:
            known = ", ".join(self.values) or "none"
            raise ValueError(f"{name} cannot change while it trains; what can: {known}")
        self.values[name] = value
        self.changes.append({"step": step, "field": name, "value": value})
        self._apply(name)

    def _factor(self) -> float:
        return self.values["lr"] / self._own["lr"]

    def _fields(self) -> list[str]:
        found = list(self._live)
        if self._optimizers:
            found += ["lr"]
            groups = [group for one in self._optimizers for group in one.param_groups]
            found += [name for name in GROUP_FIELDS if any(name in group for group in groups)]
        if self._layers:
            found += ["dropout"]
        return [
            name
            for name in dict.fromkeys(found)
            if isinstance(getattr(self._config, name, None), float)
        ]

    def _apply(self, name: str) -> None:
        value = self.values[name]
        if name in GROUP_FIELDS:
            for optimizer in self._optimizers:
                for group in optimizer.param_groups:
                    if name in group and (group[name] or name == "momentum"):
                        group[name] = value
        elif name == "dropout":
            for layer in self._layers:
                layer.p = value  # type: ignore[assignment]
        elif not self._optimizers:
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
