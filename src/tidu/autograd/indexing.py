"""Taking numbers out of an array, and putting numbers into an array of zeros.

    y = a[index]           pull: scatter
    y = 0, y[index] += a   pull: index

Each is the other's pull, since they are transposes of each other as matrices.

Source: Baydin et al. (2018), "Automatic differentiation in machine learning: a survey", JMLR
18(153), section 3.2: reverse mode multiplies by the transposed Jacobian.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tidu.autograd.record import Value, record


def index(a: Value, where: Any) -> Value:
    """``a[where]`` for everything NumPy takes: numbers, slices, masks, arrays of indices."""
    return record("index", a.data[where], (a, lambda g, _: scatter(g, a.shape, where)))


def scatter(a: Value, shape: tuple[int, ...], where: Any) -> Value:
    """Zeros of ``shape`` with ``a`` added at ``where``; a place named twice gets both."""
    filled = np.zeros(shape, a.dtype)
    np.add.at(filled, where, a.data)
    return record("scatter", filled, (a, lambda g, _: g[where]))
