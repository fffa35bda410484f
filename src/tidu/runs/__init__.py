"""The run folder: metrics, recorded tensors, resumable loops, provenance.

Names are looked up when first used: listing the runs never waits for PyTorch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tidu.runs.run import Options as Options
    from tidu.runs.run import Run as Run
    from tidu.runs.steps import Diverged as Diverged
    from tidu.runs.steps import Interrupted as Interrupted
    from tidu.runs.steps import Steps as Steps

_HOME = {
    "Options": "run",
    "Run": "run",
    "Diverged": "steps",
    "Interrupted": "steps",
    "Steps": "steps",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'tidu.runs' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"tidu.runs.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
