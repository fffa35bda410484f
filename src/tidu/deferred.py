"""Imports that happen when a module is first used, so that ``--help`` never waits for PyTorch."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Generator, Sequence
from contextlib import contextmanager

ROOMS = (  # noqa: SIM905
    "autograd nn optim losses metrics text vision data record train rl compress runs views"
).split()
_HEAVY = frozenset(["torch", "numpy", *(f"tidu.{room}" for room in ROOMS)])


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in _HEAVY:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is not None and spec.loader is not None:
            spec.loader = importlib.util.LazyLoader(spec.loader)
        return spec


@contextmanager
def deferred_imports() -> Generator[None]:
    """Inside, ``import torch`` and ``from tidu import nn`` cost nothing until they are used.

    Modules already imported stay as they are. A file that does ``from torch import nn`` works
    too; it only makes the command line wait.
    """
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


@contextmanager
def unseen(name: str) -> Generator[None]:
    """Take a module that was imported but not used yet out of ``sys.modules`` for a while.

    tyro looks there for ``torch`` and would load it to offer a type that no configuration has.
    """
    module = sys.modules.get(name)
    if module is None or type(module) is types.ModuleType:
        yield
        return
    del sys.modules[name]
    try:
        yield
    finally:
        sys.modules[name] = module
