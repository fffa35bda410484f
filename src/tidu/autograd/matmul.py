"""The matrix product, of vectors, matrices and stacks of matrices.

    Y = A B        ∂L/∂A = ∂L/∂Y Bᵀ        ∂L/∂B = Aᵀ ∂L/∂Y

Source: Giles (2008), "Collected matrix derivative results for forward and reverse mode algorithmic
differentiation", section 2.2.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tidu.autograd.record import Value, constant, record


def matmul(a: Value, b: Any) -> Value:
    """``a @ b``: a vector is a row on the left and a column on the right; stacks broadcast.

    >>> from tidu.autograd import Value
    >>> matmul(Value(np.ones((5, 2, 3))), Value(np.ones((3, 4)))).shape
    (5, 2, 4)
    """
    b = constant(b, like=a)
    if len(a.shape) == 1:
        row = matmul(a.reshape((1, -1)), b)
        gone = -1 if len(b.shape) == 1 else -2
        return row.reshape(row.shape[:gone] + row.shape[gone:][1:])
    if len(b.shape) == 1:
        column = matmul(a, b.reshape((-1, 1)))
        return column.reshape(column.shape[:-1])
    stack = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    a, b = a.expand(stack + a.shape[-2:]), b.expand(stack + b.shape[-2:])
    return record(
        "@",
        a.data @ b.data,
        (a, lambda g, _: g @ b.transpose()),
        (b, lambda g, _: a.transpose() @ g),
    )
