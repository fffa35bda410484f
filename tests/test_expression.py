"""Formulas typed by a user: they mean what mathematics means by them, and run nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tidu.errors import TiduError
from tidu.expression import FUNCTIONS, LONGEST, FormulaError, parse

WRITTEN = {
    "x*y + sin(x)": lambda x, y: x * y + np.sin(x),
    "x^2 + y²": lambda x, y: x**2 + y**2,
    "-x**2 - y": lambda x, y: -(x**2) - y,
    "2**-x * y": lambda x, y: 2.0**-x * y,
    "x**y**0.5": lambda x, y: x ** (y**0.5),
    "（x － 1）×y ÷ 2": lambda x, y: (x - 1) * y / 2,
    "e**x + 0*y": lambda x, y: np.exp(x) + 0 * y,
    "tanh(x)/cos(2*π*y)": lambda x, y: np.tanh(x) / np.cos(2 * np.pi * y),
    "(1 - x)^2 + 100*(y - x^2)^2": lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
    "abs(x) + relu(y) + sigmoid(x) + sqrt(y)": lambda x, y: (
        np.abs(x) + np.maximum(y, 0) + 1 / (1 + np.exp(-x)) + np.sqrt(y)
    ),
    " log(x)*exp(-y)*tan(x) # a comment": lambda x, y: np.log(x) * np.exp(-y) * np.tan(x),
}
positive = st.floats(0.05, 3.0)


@pytest.mark.parametrize("text", WRITTEN)
@given(positive, positive)
def test_it_means_what_is_written(text: str, x: float, y: float) -> None:
    expression, expected = parse(text, ("x", "y")), WRITTEN[text](x, y)
    assert expression(x, y) == pytest.approx(expected, rel=1e-12)
    arrays = np.array([[x], [2 * x]]), np.array([y, 1.0])
    np.testing.assert_allclose(expression(*arrays), WRITTEN[text](*arrays), rtol=1e-12)
    tensors = [torch.from_numpy(array) for array in arrays]
    np.testing.assert_allclose(expression(*tensors).numpy(), expression(*arrays), rtol=1e-12)


def test_pytorch_differentiates_it() -> None:
    x, y = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (0.7, -1.2))
    slopes = torch.autograd.grad(parse("x*y + sin(x)")(x, y), (x, y))
    assert [float(s) for s in slopes] == pytest.approx([-1.2 + math.cos(0.7), 0.7])


def test_variables_come_in_the_order_of_the_text_or_of_the_caller() -> None:
    assert parse("b - a*b + pi").variables == ("b", "a")
    assert parse("b - a", ("a", "b"))(1.0, 5.0) == 4.0
    assert parse("b**2", ("a", "b"))(1.0, 5.0) == 25.0
    assert parse("e*2", ("e",))(3.0) == 6.0
    with pytest.raises(TypeError, match="takes 2 values, for b, a; got 1"):
        parse("b - a")(1.0)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_known_to_all_three(name: str) -> None:
    expression = parse(f"{name}(x)")
    values = np.linspace(0.1, 2.0, 7)
    tensor = expression(torch.from_numpy(values)).numpy()
    np.testing.assert_allclose(expression(values), tensor, rtol=1e-13)
    np.testing.assert_allclose([expression(float(v)) for v in values], tensor, rtol=1e-13)


def test_what_is_undefined_is_not_a_number_instead_of_an_error() -> None:
    assert math.isnan(parse("x**0.5")(-2.0))
    assert math.isnan(parse("log(x)")(-1.0))
    assert parse("1/x")(0.0) == math.inf
    assert parse("x + 9**9**9")(1.0) == math.inf
    assert np.isnan(parse("sqrt(x)")(np.array([-1.0]))).all()
    assert parse("sigmoid(x)")(-1e6) == 0.0


MALICIOUS = [
    "__import__('os').system('true')",
    "().__class__.__bases__[0].__subclasses__()",
    "x.__class__",
    "x.data",
    "open('/etc/passwd')",
    "eval('x')",
    "exec('x')",
    "sin(*x)",
    "sin(**x)",
    "sin(x, out=x)",
    "sin(sin)(x)",
    "(lambda: x)()",
    "[x for x in x]",
    "(x := 3)",
    "x[0]",
    "{x}",
    "x if x else y",
    "x and y",
    "x < y",
    "x @ y",
    "x // y",
    "x % y",
    "~x",
    "not x",
    "'a' * x",
    "b'a' * x",
    "f'{x}'",
    "True + x",
    "None",
    "...",
    "1j*x",
    "await x",
    "yield x",
    "x; y",
    "x\ny",
    "import os",
    "x, y",
    "x\0",
    "'\\d'",
]
MALFORMED = ["", "   ", "x +", "(x", "x)", "3x", "2(x)", "sin", "sin()", "sin(x, y)", "sin x",
             "foo(x)", "x y", "x = 3", "3", "pi*2", "1e999*x", "9" * 400 + "*x", "𝟙𝟘·x·",
             "x" * (LONGEST + 1), "-" * 400 + "x", "+".join("x" * 240), "(" * 240 + "x" + ")" * 240,
             "[x for x in " + "-" * 300 + "x]", "\ud800", "x\u200by"]  # fmt: skip


@pytest.mark.parametrize("text", MALICIOUS + MALFORMED)
def test_whatever_is_no_arithmetic_is_refused_with_a_way_out(text: str) -> None:
    with pytest.raises(TiduError) as refused:
        parse(text)
    assert refused.value.message
    assert refused.value.hint
    assert len(str(refused.value)) < 1000 + LONGEST


# Where the mistake stands in the text as it was typed: between the two marks.
MISTAKES = [
    "x + »foo«(x)",
    "  x^2 + »y.real«",
    "x² × »[1]« + y",
    "»sin« + x",
    "x + »1e999«",
    "（x － »'甲'«）",
    "变量 + »x[0]«",
    "(»sin(x, y)«) + 1",
    "»pi*2«",
    "x^2 »]«",
    "x + »3«y",
    "»(«x + 1",
]


@pytest.mark.parametrize("marked", MISTAKES)
def test_the_place_of_the_mistake_is_told(marked: str) -> None:
    start, end = marked.index("»"), marked.index("«") - 1
    with pytest.raises(FormulaError) as refused:
        parse(marked.replace("»", "").replace("«", ""))
    assert refused.value.place == (start, end)


def test_the_place_of_a_strange_variable_is_told() -> None:
    with pytest.raises(FormulaError) as refused:
        parse("x² + zeta*y", ("x", "y"))
    assert refused.value.place == (5, 9)


@given(st.text(alphabet="xy0123456789.+-*/^()eE_ ,=<[]'\"\\sincola#\n", max_size=60))
def test_any_text_is_a_formula_or_refused(text: str) -> None:
    try:
        expression = parse(text)
    except FormulaError as refused:
        start, end = refused.place
        assert 0 <= start <= end <= len(text)
        return
    float(expression(*[0.5] * len(expression.variables)))


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    with pytest.raises(TiduError, match="no variable called 'z'"):
        parse("x*z", ("x", "y"))
    with pytest.raises(TiduError, match="Did you mean sin"):
        parse("sinn(x)")
