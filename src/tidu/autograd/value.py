"""An array of numbers that remembers how it was made.

    x, y = Value(2.0), Value(3.0)
    z = x * y + x.sin()        z.inputs: a product and a sine; their inputs: x and y

Values and operations form a graph without circles, from the variables to the result. Operations
are plain functions, each in the file of its idea; the methods here are the same functions.

Source: Wengert (1964), "A simple automatic derivative evaluation program", CACM 7(8), 463-464.
Where ours differs: Wengert numbered all operations in one list (a tape); here each value knows
its own inputs, and what nobody holds any longer is forgotten.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from tidu.autograd import arithmetic, backward, functions, indexing, reductions, shapes
from tidu.autograd.matmul import matmul
from tidu.autograd.record import Pull, constant

_serial = itertools.count()


class Value:
    """``data`` with the operation ``op`` and the ``inputs`` it came from; a leaf has neither.

    A leaf is a variable, to be differentiated by, unless ``requires_grad`` is False.

    >>> x, y = Value(2.0, "x"), Value(3.0, "y")
    >>> z = x * y + x.sin()
    >>> z
    Value(6.90929743, op='+')
    >>> z.backward()
    >>> x.grad, y.grad
    (Value(2.58385316), Value(2.))
    >>> (Value(np.ones((4, 3))) @ Value(np.ones(3))).shape
    (4,)
    """

    __array_ufunc__ = None  # so that NumPy leaves `array * value` to the value

    def __init__(self, data: Any, name: str = "", requires_grad: bool = True) -> None:
        self.data = np.asarray(data)
        if self.data.dtype.kind not in "biuf":
            raise TypeError(f"a value holds real numbers; got {self.data.dtype}; give floats")
        if self.data.dtype.kind != "f":
            self.data = self.data.astype(np.float64)
        self.name, self.op = name, ""
        self.requires_grad = requires_grad
        self.inputs: tuple[tuple[Value, Pull], ...] = ()
        self.grad: Value | None = None
        self.serial = next(_serial)  # a value is always younger than its inputs

    def backward(self) -> None:
        """Put the gradient of this number into ``grad`` of every value it was made from.

        It takes the place of what was there before; PyTorch's would be added to it.
        """
        for value, gradient in backward.gradients(self).items():
            value.grad = gradient

    __add__ = __radd__ = arithmetic.add
    __mul__ = __rmul__ = arithmetic.multiply
    __sub__, __truediv__, __pow__ = arithmetic.subtract, arithmetic.divide, arithmetic.power
    __neg__, __matmul__, __getitem__ = arithmetic.negative, matmul, indexing.index

    exp, log, sqrt, abs = functions.exp, functions.log, functions.sqrt, functions.absolute
    sin, cos, tan, tanh = functions.sin, functions.cos, functions.tan, functions.tanh
    relu, sigmoid, __abs__ = functions.relu, functions.sigmoid, functions.absolute

    sum, mean, max = reductions.sum, reductions.mean, reductions.max
    reshape, transpose, expand = shapes.reshape, shapes.transpose, shapes.expand

    def __rsub__(self, other: Any) -> Value:
        return constant(other, self) - self

    def __rtruediv__(self, other: Any) -> Value:
        return constant(other, self) / self

    def __rpow__(self, other: Any) -> Value:
        return constant(other, self) ** self

    def __rmatmul__(self, other: Any) -> Value:
        return constant(other, self) @ self

    @property
    def shape(self) -> tuple[int, ...]:
        return self.data.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.data.dtype

    def __len__(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        told = np.array2string(self.data, separator=", ", prefix="Value(")
        parts = [told, *([repr(self.name)] if self.name else [])]
        return f"Value({', '.join([*parts, *([f'op={self.op!r}'] if self.op else [])])})"
