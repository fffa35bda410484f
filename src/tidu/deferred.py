"""Imports that happen when a module is first used, so that ``--help`` never waits for PyTorch."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import threading
import types
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

ROOMS = (  # noqa: SIM905
    "autograd nn optim losses metrics text vision data record train rl compress runs views"
).split()
_HEAVY = frozenset(["torch", "numpy", *(f"tidu.{room}" for room in ROOMS)])


_LOADER = "__tidu_loader__"  # where a module that waits keeps what will load it
_LOADING = threading.RLock()


class _Waiting(types.ModuleType):
    """A module that loads itself when it is first looked at.

    ``importlib.util.LazyLoader`` would do, but from Python 3.12 on a module that deletes one of its
    own attributes while it is loaded, as PyTorch does, sends it round in circles.
    """

    def __getattribute__(self, name: str) -> Any:
        if name != "__spec__":  # a second ``import`` of the module asks for it, and uses nothing
            _load(self)
        return types.ModuleType.__getattribute__(self, name)  # of another class by now

    def __delattr__(self, name: str) -> None:
        _load(self)
        types.ModuleType.__delattr__(self, name)


def _load(module: types.ModuleType) -> None:
    """Load ``module`` unless it is, or this thread is at it; other threads wait."""
    with _LOADING:
        inside: dict[str, Any] = object.__getattribute__(module, "__dict__")
        loader = inside.pop(_LOADER, None)
        if loader is None:
            return
        try:
            loader.exec_module(module)
        except BaseException:
            inside[_LOADER] = loader
            raise
        object.__setattr__(module, "__class__", types.ModuleType)


class _Later(importlib.abc.Loader):
    """Makes a module that waits in place of loading it."""

    def __init__(self, loader: importlib.abc.Loader) -> None:
        self._loader = loader

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: types.ModuleType) -> None:
        assert module.__spec__ is not None
        module.__spec__.loader = module.__loader__ = self._loader
        module.__dict__[_LOADER] = self._loader
        module.__class__ = _Waiting


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in _HEAVY:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is not None and spec.loader is not None:
            spec.loader = _Later(spec.loader)
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
