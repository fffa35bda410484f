"""The walk back through the graph: higher derivatives, deep graphs, what is refused."""

from __future__ import annotations

import gc
import math
import subprocess
import sys
import weakref

import numpy as np
import pytest
import torch
from hypothesis import strategies as st

from autograd.against_torch import generated
from tidu.autograd import Value, grad, gradients
from tidu.expression import FUNCTIONS, parse

SCALAR = (
    "exp(sin(x)) / (1 + x^2)",
    "x^3.5 - 2^x + x*tanh(x)",
    "log(1 + x^2) * sqrt(x) + sigmoid(3*x)",
    "tan(x/4) * cos(x) - 1/x",
    "relu(x - 1)^3 + abs(x - 4)^2.5",
)


@pytest.mark.parametrize("text", SCALAR)
@generated(st.floats(0.2, 3.0))
def test_derivatives_of_every_order(text: str, at: float) -> None:
    function = parse(text)
    x, t = Value(at), torch.tensor(at, dtype=torch.float64, requires_grad=True)
    y, u = function(x), function(t)
    for _ in range(4):
        [y] = grad(y, [x], create_graph=True)
        [u] = torch.autograd.grad(u, t, create_graph=True)
        assert float(y.data) == pytest.approx(float(u.detach()), rel=1e-6, abs=1e-6)


def test_derivatives_known_by_heart() -> None:
    x = Value(0.7)
    y = x.sin()
    for expected in (math.cos(0.7), -math.sin(0.7), -math.cos(0.7), math.sin(0.7)):
        [y] = grad(y, [x], create_graph=True)
        assert float(y.data) == pytest.approx(expected, rel=1e-14)
    x = Value(1.0)
    y = x**x
    for expected in (1.0, 2.0, 3.0, 8.0, 10.0):  # the exponent passes through 0
        [y] = grad(y, [x], create_graph=True)
        assert float(y.data) == pytest.approx(expected)
    y = Value(2.0) ** 5
    leaf = y.inputs[0][0]
    for expected in (80.0, 160.0, 240.0, 240.0, 120.0):
        [y] = grad(y, [leaf], create_graph=True)
        assert float(y.data) == pytest.approx(expected)


@generated(st.floats(-2, 2), st.floats(-2, 2))
def test_hessian_of_two_variables_is_symmetric_and_equals_pytorchs(x: float, y: float) -> None:
    function = parse("(1 - x)^2 + 100*(y - x^2)^2 + sin(x*y)")
    values = Value(x), Value(y)
    slopes = grad(function(*values), values, create_graph=True)
    ours = [[float(g.data) for g in grad(slope, values)] for slope in slopes]
    assert ours[0][1] == pytest.approx(ours[1][0], abs=1e-9)
    point = torch.tensor([x, y], dtype=torch.float64)
    theirs = torch.autograd.functional.hessian(lambda p: function(p[0], p[1]), point)
    np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_of_the_expressions_is_there(name: str) -> None:
    x = Value(0.5)
    expression = parse(f"{name}(x)")
    assert float(expression(x).data) == pytest.approx(expression(0.5), rel=1e-14)


def test_every_value_on_the_way_has_its_gradient() -> None:
    x, y = Value(2.0), Value(3.0)
    product = x * y
    (product + x).backward()
    assert [float(v.grad.data) for v in (product, x, y) if v.grad is not None] == [1.0, 4.0, 2.0]
    (x * 1.0).backward()
    assert x.grad is not None
    assert float(x.grad.data) == 1.0  # replaced, not added to


def test_a_constant_has_no_gradient() -> None:
    x, c = Value(2.0), Value(3.0, requires_grad=False)
    y = x * c + c
    assert c not in gradients(y)
    [slope] = grad(y, [c])
    assert float(slope.data) == 0.0
    assert not (c * c).requires_grad


def test_a_gradient_is_recorded_only_when_asked() -> None:
    x = Value(2.0)
    assert not grad(x * x * x, [x])[0].requires_grad
    assert grad(x * x * x, [x], create_graph=True)[0].requires_grad
    assert (x * x).requires_grad  # recording goes on afterwards


def test_recording_goes_on_after_an_error() -> None:
    x = Value(2.0)
    broken = x * 3.0
    broken.inputs = ((x, lambda g, y: g / "nothing"),)
    with pytest.raises(ValueError, match="could not convert"):
        broken.backward()
    assert (x * x).requires_grad


def test_a_graph_may_be_deep_and_shared() -> None:
    x = y = Value(1.0)
    for _ in range(4000):
        y = y + x * 1e-3
    assert float(grad(y, [x])[0].data) == pytest.approx(5.0)
    doubled = x
    for _ in range(60):  # 2^60 ways from the end to x, walked once each value
        doubled = doubled + doubled
    assert float(grad(doubled, [x])[0].data) == 2.0**60


def test_a_graph_is_forgotten_with_its_result() -> None:
    """By counting references alone: nothing waits for the collector of circles."""
    x = Value(np.ones(3))
    gc.disable()
    try:
        hidden = (x * 2.0).exp()
        seen = weakref.ref(hidden)
        loss = (hidden.tanh() @ hidden).sigmoid()
        grad(loss, [x])
        del hidden, loss
        assert seen() is None
    finally:
        gc.enable()


def test_what_cannot_be_differentiated_is_told() -> None:
    x = Value(np.ones(3))
    with pytest.raises(ValueError, match=r"one number; got the shape \(3,\)"):
        x.exp().backward()
    with pytest.raises(ValueError, match="depends on no variable"):
        (Value(1.0, requires_grad=False) * 2).backward()
    with pytest.raises(ValueError, match=r"shape \(3,\), given \(2,\)"):
        grad(x, [x], Value(np.ones(2)))
    with pytest.raises(TypeError, match="real numbers"):
        Value(1j)
    with pytest.raises(TypeError, match="real numbers"):
        Value("3")
    with pytest.raises(ValueError, match="broadcast"):
        x + np.ones(2)


def test_it_knows_nothing_of_pytorch() -> None:
    code = "import sys, tidu.autograd as a; a.Value(2.0).backward(); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
