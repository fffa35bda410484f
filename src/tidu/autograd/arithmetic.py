"""Arithmetic of two values; each operation in one line, with its two derivatives.

    y = a + b    ∂y/∂a = 1             ∂y/∂b = 1
    y = a - b    ∂y/∂a = 1             ∂y/∂b = -1
    y = a · b    ∂y/∂a = b             ∂y/∂b = a
    y = a / b    ∂y/∂a = 1 / b         ∂y/∂b = -y / b
    y = a^b      ∂y/∂a = b a^(b-1)     ∂y/∂b = y log a

Source: Griewank & Walther (2008), "Evaluating Derivatives", second edition, SIAM, table 2.3.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tidu.autograd.record import Value, constant, record


def add(a: Value, b: Any) -> Value:
    a, b = alike(a, b)
    return record("+", a.data + b.data, (a, lambda g, _: g), (b, lambda g, _: g))


def subtract(a: Value, b: Any) -> Value:
    a, b = alike(a, b)
    return record("-", a.data - b.data, (a, lambda g, _: g), (b, lambda g, _: -g))


def multiply(a: Value, b: Any) -> Value:
    a, b = alike(a, b)
    return record("*", a.data * b.data, (a, lambda g, _: g * b), (b, lambda g, _: g * a))


def divide(a: Value, b: Any) -> Value:
    a, b = alike(a, b)
    return record("/", a.data / b.data, (a, lambda g, _: g / b), (b, lambda g, y: -g * y / b))


def negative(a: Value) -> Value:
    return record("neg", -a.data, (a, lambda g, _: -g))


def power(a: Value, b: Any) -> Value:
    a, b = alike(a, b)
    # 0^0 is 1 for every base nearby, and 0^b is 0 for every exponent nearby: no slope there,
    # where the formulas would say 0 times infinity.
    base = (a.data == 0) & (b.data == 0)
    zero = (a.data == 0) & (b.data >= 0)
    return record(
        "^",
        a.data**b.data,
        (a, lambda g, _: g * b * a ** (b - 1 + base)),
        (b, lambda g, y: g * y * (a + zero).log()),
    )


def alike(a: Value, b: Any) -> tuple[Value, Value]:
    """Both as values that broadcast to each other; only variables need to be expanded for it."""
    b = constant(b, like=a)
    shape = np.broadcast_shapes(a.shape, b.shape)
    return (a.expand(shape) if a.requires_grad else a), (b.expand(shape) if b.requires_grad else b)
