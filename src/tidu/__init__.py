"""tidu (梯度): a deep-learning laboratory on PyTorch.

>>> import tidu
>>> run = tidu.run("spiral", preset="quick")        # doctest: +SKIP
>>> with tidu.record(model) as recording:           # doctest: +SKIP
...     model(batch)

Rooms (``tidu.nn``, ``tidu.data``, ``tidu.views`` and so on) are imported when first touched, so
that ``import tidu`` costs nothing and the command line answers before PyTorch is loaded.
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Any

from tidu.deferred import ROOMS

__version__ = "0.1.0"

# Spinning threads lose many times over on a busy machine; must be set before PyTorch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

if TYPE_CHECKING:
    from tidu import (
        autograd as autograd,
    )
    from tidu import (
        compress as compress,
    )
    from tidu import (
        data as data,
    )
    from tidu import (
        losses as losses,
    )
    from tidu import (
        metrics as metrics,
    )
    from tidu import (
        nn as nn,
    )
    from tidu import (
        optim as optim,
    )
    from tidu import (
        rl as rl,
    )
    from tidu import (
        runs as runs,
    )
    from tidu import (
        text as text,
    )
    from tidu import (
        train as train,
    )
    from tidu import (
        views as views,
    )
    from tidu import (
        vision as vision,
    )
    from tidu.laboratory import open_run as open_run
    from tidu.laboratory import resume as resume
    from tidu.laboratory import run as run
    from tidu.record import record as record

_LABORATORY = frozenset({"run", "resume", "open_run"})


def __getattr__(name: str) -> Any:
    if name in _LABORATORY:
        return getattr(importlib.import_module("tidu.laboratory"), name)
    if name in ROOMS or name == "catalogue":
        return importlib.import_module(f"tidu.{name}")
    raise AttributeError(f"module 'tidu' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *ROOMS, "catalogue", *_LABORATORY})
