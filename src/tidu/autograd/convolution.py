"""Convolution and max-pooling of images.

    conv2d:      y[n, o, i, j] = b[o] + Σ_c,p,q w[o, c, p, q] x[n, c, i·s + p, j·s + q]
    max_pool2d:  y[n, c, i, j] = max_p,q x[n, c, i·s + p, j·s + q]

Both look at the same windows of the image; the first multiplies them with a matrix, the second
takes their maximum. Neither needs a derivative of its own.

Source: LeCun et al. (1998), "Gradient-based learning applied to document recognition", section
II.A; Ranzato et al. (2007), "Unsupervised learning of invariant feature hierarchies" (max-pooling).
Where ours differs: as in all frameworks the kernel is not flipped (a cross-correlation).
"""

from __future__ import annotations

from jaxtyping import Float

from tidu.autograd.indexing import scatter
from tidu.autograd.value import Value
from tidu.autograd.windows import windows


def conv2d(
    input: Float[Value, "batch channels height width"],
    weight: Float[Value, "filters channels kernel_height kernel_width"],
    bias: Float[Value, " filters"] | None = None,
    stride: int = 1,
    padding: int = 0,
) -> Float[Value, "batch filters rows columns"]:
    """Every filter's answer at every place; ``padding`` puts zeros around the image.

    >>> import numpy as np
    >>> conv2d(Value(np.ones((8, 3, 6, 5))), Value(np.ones((4, 3, 2, 2)))).shape
    (8, 4, 5, 4)
    """
    filters, channels, *size = weight.shape
    batch, _, height, width = input.shape
    if padding:
        padded = (batch, channels, height + 2 * padding, width + 2 * padding)
        inside = slice(padding, padding + height), slice(padding, padding + width)
        input = scatter(input, padded, (..., *inside))
    seen = windows(input, (size[0], size[1]), stride)
    rows, columns = seen.shape[2:4]
    length = channels * size[0] * size[1]
    patches = seen.transpose((0, 2, 3, 1, 4, 5)).reshape((batch * rows * columns, length))
    answers = patches @ weight.reshape((filters, length)).transpose()
    if bias is not None:
        answers = answers + bias
    return answers.reshape((batch, rows, columns, filters)).transpose((0, 3, 1, 2))


def max_pool2d(
    input: Float[Value, "batch channels height width"], size: int, stride: int | None = None
) -> Float[Value, "batch channels rows columns"]:
    """The largest number in every window; windows touch each other without a ``stride``.

    >>> import numpy as np
    >>> max_pool2d(Value(np.arange(16.0).reshape(1, 1, 4, 4)), 2).data
    array([[[[ 5.,  7.],
             [13., 15.]]]])
    """
    seen = windows(input, (size, size), stride or size)
    return seen.reshape((*seen.shape[:4], size * size)).max()
