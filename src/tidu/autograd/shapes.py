"""Operations that only move or repeat numbers, and the sum that undoes a repetition.

Broadcasting repeats a number; each copy has a gradient of its own, and the number gets their sum:

    y_ij = a_j   for all i         ∂L/∂a_j = Σ_i ∂L/∂y_ij

Source: Harris et al. (2020), "Array programming with NumPy", Nature 585, figure 1d (the rules of
broadcasting).
"""

from __future__ import annotations

import numpy as np

from tidu.autograd.record import Value, record


def expand(a: Value, shape: tuple[int, ...]) -> Value:
    """``a`` repeated along new axes, and along those where it has length 1."""
    if a.shape == shape:
        return a
    new = len(shape) - len(a.shape)
    repeated = tuple(
        axis for axis in range(len(shape)) if axis < new or a.shape[axis - new] != shape[axis]
    )

    def pull(g: Value, _: Value) -> Value:
        return g.sum(repeated).reshape(a.shape)

    return record("expand", np.broadcast_to(a.data, shape), (a, pull))


def reshape(a: Value, shape: tuple[int, ...]) -> Value:
    """The same numbers, in the same order, in another shape; one length may be -1."""
    if a.shape == shape:
        return a
    return record("reshape", a.data.reshape(shape), (a, lambda g, _: g.reshape(a.shape)))


def transpose(a: Value, axes: tuple[int, ...] | None = None) -> Value:
    """The axes in another order; without ``axes`` the last two change places."""
    if axes is None:
        axes = (*range(len(a.shape) - 2), len(a.shape) - 1, len(a.shape) - 2)
    back = tuple(int(axis) for axis in np.argsort(axes))
    return record("transpose", a.data.transpose(axes), (a, lambda g, _: g.transpose(back)))
