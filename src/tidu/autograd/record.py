"""What an operation leaves behind: its result, its inputs, and how a gradient goes back to each.

The *pull* of an input a of y = f(a, b) carries the gradient of a loss L from y back to a. For the
multiplication y = a · b,

    ∂L/∂a = ∂L/∂y · b,   so its pull is   lambda g, y: g * b   with g = ∂L/∂y.

Source: Linnainmaa (1976), "Taylor expansion of the accumulated rounding error", BIT 16, 146-160;
Baydin et al. (2018), "Automatic differentiation in machine learning: a survey", JMLR 18(153),
section 3.2. Where ours differs: a pull is itself written with operations on values, so a gradient
remembers how it was made and can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from tidu.autograd.value import Value
else:
    Value = Any  # the class is built on the operations, so it comes after them

Pull: TypeAlias = Callable[[Value, Value], Value]
"""From the gradient of the output, and the output itself, to the gradient of one input."""

_recording = ContextVar("recording", default=True)  # one for every thread


def record(op: str, data: Any, *inputs: tuple[Value, Pull]) -> Value:
    """The value ``data``, made by ``op`` from ``inputs``, each given with its pull."""
    needed = _recording.get() and any(a.requires_grad for a, _ in inputs)
    made = type(inputs[0][0])(data, requires_grad=needed)
    if needed:
        made.op, made.inputs = op, inputs
    return made


def constant(data: Any, like: Value) -> Value:
    """``data`` as a value, if it is none yet: plain numbers take the type of what they meet."""
    if isinstance(data, type(like)):
        return data
    return type(like)(np.asarray(data, dtype=like.dtype), requires_grad=False)


@contextmanager
def recording(on: bool) -> Generator[None]:
    """Inside, operations are recorded or not; a gradient need not remember how it was made."""
    before = _recording.set(on)
    try:
        yield
    finally:
        _recording.reset(before)
