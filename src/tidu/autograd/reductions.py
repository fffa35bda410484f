"""Many numbers become one: sum, mean and maximum along axes.

    y = Σ_i a_i     ∂L/∂a_i = ∂L/∂y          every summand gets the whole gradient
    y = max_i a_i   ∂L/∂a_i = ∂L/∂y [i = first maximum]

Source: Griewank & Walther (2008), "Evaluating Derivatives", second edition, SIAM, section 3.2.
Where ours differs: of equal maxima the first gets the whole gradient, as in ``torch.max`` along an
axis and in max-pooling.
"""

from __future__ import annotations

import numpy as np

from tidu.autograd.record import Value, record

Axes = int | tuple[int, ...] | None


def sum(a: Value, axis: Axes = None, keepdims: bool = False) -> Value:
    """The sum along ``axis``, over all numbers without it."""
    kept = np.sum(a.data, axis=axis, keepdims=True).shape

    def pull(g: Value, _: Value) -> Value:
        return g.reshape(kept).expand(a.shape)

    return record("sum", np.sum(a.data, axis=axis, keepdims=keepdims), (a, pull))


def mean(a: Value, axis: Axes = None, keepdims: bool = False) -> Value:
    """The mean along ``axis``; the mean of nothing is not a number."""
    total = sum(a, axis, keepdims)
    return total / (a.data.size / np.maximum(total.data.size, 1))


def max(a: Value, axis: int = -1) -> Value:
    """The largest along one axis."""
    first = a.data.argmax(axis)
    where = [*np.indices(first.shape, sparse=True)]
    where.insert(axis % len(a.shape), first)
    return a[tuple(where)]
