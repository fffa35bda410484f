"""Functions of one value, number by number; each in one line, with its derivative.

    y = exp a        dy/da = y              y = sin a        dy/da = cos a
    y = log a        dy/da = 1 / a          y = cos a        dy/da = -sin a
    y = sqrt a       dy/da = 1 / (2 y)      y = tanh a       dy/da = 1 - y²
    y = |a|          dy/da = sign a         y = sigmoid a    dy/da = y (1 - y)
    y = max(a, 0)    dy/da = [a > 0]

Source: Griewank & Walther (2008), "Evaluating Derivatives", second edition, SIAM, table 2.3.
Where a function has a corner, 0 is taken for its slope, as PyTorch does.
"""

from __future__ import annotations

import numpy as np

from tidu.autograd.record import Value, record


def exp(a: Value) -> Value:
    return record("exp", np.exp(a.data), (a, lambda g, y: g * y))


def log(a: Value) -> Value:
    return record("log", np.log(a.data), (a, lambda g, _: g / a))


def sqrt(a: Value) -> Value:
    return record("sqrt", np.sqrt(a.data), (a, lambda g, y: g / (2 * y)))


def sin(a: Value) -> Value:
    return record("sin", np.sin(a.data), (a, lambda g, _: g * a.cos()))


def cos(a: Value) -> Value:
    return record("cos", np.cos(a.data), (a, lambda g, _: -g * a.sin()))


def tan(a: Value) -> Value:
    return a.sin() / a.cos()


def tanh(a: Value) -> Value:
    return record("tanh", np.tanh(a.data), (a, lambda g, y: g * (1 - y * y)))


def sigmoid(a: Value) -> Value:
    """1 / (1 + exp(-a)), without overflow."""
    return record("sigmoid", np.exp(-np.logaddexp(0, -a.data)), (a, lambda g, y: g * y * (1 - y)))


def relu(a: Value) -> Value:
    return record("relu", np.maximum(a.data, 0), (a, lambda g, _: g * (a.data > 0)))


def absolute(a: Value) -> Value:
    return record("abs", np.abs(a.data), (a, lambda g, _: g * np.sign(a.data)))
