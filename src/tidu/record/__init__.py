"""Recording what happens inside a network: ``with tidu.record(model) as recording: ...``.

The room itself can be called, as a short form of :class:`~tidu.record.recorder.Recording`.
``tidu.record.gradients(model, optimizer)`` watches a training instead of single calls.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from tidu.record.diagnosis import Finding as Finding
from tidu.record.diagnosis import diagnose as diagnose
from tidu.record.gradient_flow import GradientFlow as GradientFlow
from tidu.record.recorder import Recording as Recording


def record(model: Any, **options: Any) -> Recording:
    """See :class:`~tidu.record.recorder.Recording`."""
    return Recording(model, **options)


def gradients(modules: Any, optimizers: Any, every: int = 1) -> GradientFlow:
    """See :class:`~tidu.record.gradient_flow.GradientFlow`."""
    return GradientFlow(modules, optimizers, every)


class _CallableRoom(ModuleType):
    def __call__(self, model: Any, **options: Any) -> Recording:
        return record(model, **options)


sys.modules[__name__].__class__ = _CallableRoom
