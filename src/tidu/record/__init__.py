"""Recording what happens inside a network: ``with tidu.record(model) as recording: ...``.

The room itself can be called, as a short form of :class:`~tidu.record.recorder.Recording`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from tidu.record.recorder import Recording as Recording


def record(model: Any, **options: Any) -> Recording:
    """See :class:`~tidu.record.recorder.Recording`."""
    return Recording(model, **options)


class _CallableRoom(ModuleType):
    def __call__(self, model: Any, **options: Any) -> Recording:
        return record(model, **options)


sys.modules[__name__].__class__ = _CallableRoom
