"""From an element of a picture to the code that made it: tensor, shape, formula, file and line."""

from __future__ import annotations

import functools
import importlib
import inspect
from typing import Any

from torch import nn


def reference(
    owner: Any, fragment: str = "", *, tensor: str = "", shape: Any = (), formula: str = ""
) -> dict[str, Any]:
    """What the browser is told of an element.

    ``owner`` is the class, function or module whose code made it; ``fragment`` is a piece of the
    line that did, which must stand there (else the element would point at nothing).
    """
    module, line = _place(owner, fragment)
    told = {"tensor": tensor, "shape": list(shape), "formula": formula}
    return told | {"module": module, "line": line}


@functools.cache
def _place(owner: Any, fragment: str) -> tuple[str, int]:
    module = owner if inspect.ismodule(owner) else inspect.getmodule(owner)
    assert module is not None
    lines, first = inspect.getsourcelines(owner)
    for number, line in enumerate(lines, max(first, 1)):
        if fragment in line:
            return module.__name__, number
    raise LookupError(f"{fragment!r} does not stand in the code of {owner}")


def of_layer(layer: nn.Module, tensor: str, shape: Any) -> dict[str, Any]:
    """Where the layer of a network computes: its ``forward``, or the line that calls PyTorch's."""
    kind = type(layer)
    return reference(
        kind.forward, "def forward", tensor=tensor, shape=shape, formula=formula_of(kind)
    )


def formula_of(kind: Any) -> str:
    """The first indented formula of a class's or function's file or docstring, if there is one."""
    module = inspect.getmodule(kind)
    for said in (inspect.getdoc(module), inspect.getdoc(kind)):
        for block in (said or "").split("\n\n"):
            if block.startswith("    ") and ">>>" not in block:
                return inspect.cleandoc(block).strip()
    return ""


def source_of(module: str) -> str:
    """The source of a module of tidu or of PyTorch's layers, which is all that may be asked for."""
    if not (module.split(".")[0] == "tidu" or module.startswith("torch.nn.modules.")):
        raise LookupError(f"the source of {module} is not shown here")
    return inspect.getsource(importlib.import_module(module))
