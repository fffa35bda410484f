"""Backpropagation: the chain rule from a result back to everything it was made from.

    ∂L/∂a = Σ pull_a(∂L/∂y, y)    over all y that a was used for

Every value is younger than its inputs. Taken from the youngest to the oldest, a value's gradient
is complete before it is passed on.

Source: Linnainmaa (1976), "Taylor expansion of the accumulated rounding error", BIT 16, 146-160;
Rumelhart, Hinton & Williams (1986), "Learning representations by back-propagating errors",
Nature 323, 533-536.
Where ours differs: with ``create_graph`` the walk is itself recorded, so that the gradient of a
gradient is had by the same walk; and no recursion, so a graph may be as deep as memory allows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tidu.autograd.record import Value, constant, recording


def grad(
    output: Value, inputs: Sequence[Value], given: Value | None = None, create_graph: bool = False
) -> list[Value]:
    """The gradient of ``output`` with respect to each of ``inputs``, in their shapes.

    ``output`` is one number, or else ``given`` says the gradient it has itself. What does not
    depend on an input has the gradient zero there.

    >>> from tidu.autograd import Value
    >>> x = Value(2.0)
    >>> [slope] = grad(x**3, [x], create_graph=True)
    >>> [curvature] = grad(slope, [x])
    >>> slope, curvature
    (Value(12., op='*'), Value(12.))
    >>> grad((Value(np.ones((3, 2))) @ x.expand((2,))).sum(), [x])[0].shape
    ()
    """
    found = gradients(output, given, create_graph)
    return [found[a] if a in found else constant(np.zeros_like(a.data), output) for a in inputs]


def gradients(
    output: Value, given: Value | None = None, create_graph: bool = False
) -> dict[Value, Value]:
    """The gradient of ``output`` with respect to every variable and result behind it."""
    if not output.requires_grad:
        raise ValueError("the output depends on no variable; make one with Value(...)")
    if given is None:
        if output.data.size != 1:
            raise ValueError(
                f"backward starts from one number; got the shape {output.shape}; "
                "take its sum() or mean() first, or give the gradient it has itself"
            )
        given = constant(np.ones_like(output.data), output)
    if given.shape != output.shape:
        raise ValueError(f"the output has the shape {output.shape}, given {given.shape}")
    found = {output: given}
    with recording(create_graph):
        for value in youngest_first(output):
            for a, pull in value.inputs:
                if a.requires_grad:
                    part = pull(found[value], value)
                    found[a] = found[a] + part if a in found else part
    return found


def youngest_first(output: Value) -> list[Value]:
    """The output and everything it was made from; each value before its inputs."""
    seen, waiting = {output}, [output]
    while waiting:
        inputs = {a for a, _ in waiting.pop().inputs} - seen
        seen |= inputs
        waiting += inputs
    return sorted(seen, key=lambda value: value.serial, reverse=True)
