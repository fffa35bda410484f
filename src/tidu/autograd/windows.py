"""The windows a kernel sees as it moves over an image, and the sum that puts them back.

    y[.., i, j, p, q] = a[.., i·s + p, j·s + q]       pull: fold
    y[.., i·s + p, j·s + q] += a[.., i, j, p, q]      pull: windows

Source: Chellapilla, Puri & Simard (2006), "High performance convolutional neural networks for
document processing", section 3 (a convolution unrolled into a matrix product).
Where ours differs: the windows are a view of the image, nothing is copied until they are
multiplied.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tidu.autograd.record import Value, record


def windows(a: Value, size: tuple[int, int], stride: int) -> Value:
    """``(..., height, width)`` to ``(..., rows, columns, *size)``: a window at every place."""
    seen = sliding_window_view(a.data, size, (-2, -1))[..., ::stride, ::stride, :, :]
    return record("windows", seen, (a, lambda g, _: fold(g, a.shape, stride)))


def fold(a: Value, shape: tuple[int, ...], stride: int) -> Value:
    """Windows put back where they were taken; where they overlap, they add up."""
    image = np.zeros(shape, a.dtype)
    rows, columns, *size = a.shape[-4:]
    for p, q in itertools.product(*map(range, size)):
        place = (..., slice(p, p + rows * stride, stride), slice(q, q + columns * stride, stride))
        image[place] += a.data[..., p, q]
    return record("fold", image, (a, lambda g, _: windows(g, (size[0], size[1]), stride)))
