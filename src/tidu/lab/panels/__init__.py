"""Panels: what a bench shows of one kind of system, and what a hand may change there.

A panel is a class with ``frame(lanes, pack)``, what to draw of the present state, and perhaps
``act(lanes, message)``, what a hand did. ``PANELS`` says which system shows which; the JavaScript
beside a panel's file draws it. Every bench shows the curves and the layers too.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from importlib import resources
from typing import Any, Protocol, runtime_checkable

from tidu.lab.lane import Lane
from tidu.views.pack import Pack

PANELS: dict[str, tuple[str, ...]] = {
    "gpt": ("attention", "gates"),
    "memory-tasks": ("gates",),
    "gan": ("ring",),
    "autograd": ("expression", "plane"),
    "gradient-check": ("expression",),
    "cost-surface": ("terrain",),
    "optimizers": ("terrain",),
    "spiral": ("plane",),
    "policy-gradient": ("cartpole",),
    "lenet": ("convolution",),
    "mnist-ladder": ("convolution",),
    "pruning": ("sparsity",),
}
"""Panels by system, besides those of every system; a panel's name is its file's."""

EVERYWHERE = ("layers",)


@runtime_checkable
class Panel(Protocol):
    """What a bench asks of a panel; see the module."""

    def frame(self, lanes: list[Lane], pack: Pack) -> dict[str, Any]: ...

    def act(self, lanes: list[Lane], message: dict[str, Any]) -> dict[str, Any] | None: ...


def panels_of(system: str) -> dict[str, Panel]:
    """New panels for a bench of ``system``, by name."""
    names = (*PANELS.get(system, ()), *EVERYWHERE)
    return {name: importlib.import_module(f"tidu.lab.panels.{name}").panel() for name in names}


def scripts(names: Iterable[str] | None = None) -> dict[str, str]:
    """The JavaScript of the panels named, or of all there are."""
    folder = resources.files(__name__)
    every = sorted({name for some in PANELS.values() for name in some} | set(EVERYWHERE))
    return {name: folder.joinpath(f"{name}.js").read_text("utf-8") for name in names or every}
