"""Mathematical expressions typed by a user, read without ever running them as Python.

    x*y + sin(x)

``parse`` turns the text into a tree with Python's own grammar, refuses everything in it that is
not arithmetic, and gives a function of the variables. The function works on PyTorch tensors, NumPy
arrays, plain numbers and the values of ``tidu.autograd`` alike, since it only adds, multiplies
and calls methods such as ``x.sin()``; so the same expression can be drawn, differentiated and
checked.
"""

from __future__ import annotations

import ast
import numbers
import operator
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tidu.errors import TiduError, unknown

FUNCTIONS = ("abs", "cos", "exp", "log", "relu", "sigmoid", "sin", "sqrt", "tan", "tanh")
CONSTANTS = {"e": 2.718281828459045, "pi": 3.141592653589793}
LONGEST = 500  # characters; no formula that a person types needs more
DEEPEST = 100  # levels of the tree, well inside of Python's own stack

_BINARY: dict[type[ast.operator], tuple[Callable[[Any, Any], Any], str]] = {
    ast.Add: (operator.add, "add"),
    ast.Sub: (operator.sub, "subtract"),
    ast.Mult: (operator.mul, "multiply"),
    ast.Div: (operator.truediv, "divide"),
    ast.Pow: (operator.pow, "power"),
}

# What a Chinese keyboard or a textbook writes, in Python's signs.
_SIGNS = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {
    ord(sign): python
    for sign, python in {
        "×": "*", "·": "*", "÷": "/", "−": "-", "^": "**", "²": "**2", "³": "**3", "π": "pi",
    }.items()
}  # fmt: skip
_SIGNS[0xFF3E] = "**"  # the wide form of ^


class FormulaError(TiduError):
    """A text that is no formula; the mistake stands from ``place[0]`` to before ``place[1]``."""

    def __init__(self, message: str, hint: str, place: tuple[int, int]) -> None:
        super().__init__(message, hint)
        self.place = place


@dataclass(frozen=True)
class Expression:
    """A function of ``variables``, called with one value for each of them, in their order.

    >>> product = parse("x*y + sin(x)")
    >>> product.variables
    ('x', 'y')
    >>> product(2.0, 3.0)
    6.909297426825682
    >>> import torch
    >>> product(torch.zeros(4), torch.ones(4)).shape
    torch.Size([4])
    """

    text: str
    variables: tuple[str, ...]
    tree: ast.expr

    def __call__(self, *values: Any) -> Any:
        """The value of the expression; arrays broadcast against each other."""
        if len(values) != len(self.variables):
            raise TypeError(
                f"{self.text!r} takes {len(self.variables)} values, for "
                f"{', '.join(self.variables)}; got {len(values)}; give one for each"
            )
        import numpy as np

        plain = (float(v) if isinstance(v, numbers.Real) else v for v in values)
        named = CONSTANTS | dict(zip(self.variables, plain, strict=True))
        with np.errstate(all="ignore"):  # undefined is not a number, as in PyTorch
            return _value(self.tree, named)


def parse(text: str, variables: Sequence[str] | None = None) -> Expression:
    """Read ``text``; anything but arithmetic in it is a :class:`~tidu.errors.TiduError`.

    With ``variables`` only these names may occur, and the function takes all of them; without,
    every name that is not a function or a constant is a variable, in the order of the text.

    >>> parse("x^2 + 3y")
    Traceback (most recent call last):
    ...
    tidu.expression.FormulaError: 'x^2 + 3y' is not a formula: invalid decimal literal.
    ...
    """
    written = _Written(text)
    tree = _tree(written)
    if _depth(tree) > DEEPEST:
        how = "Write it shorter, or in two expressions."
        raise written.refused("it is nested too deeply", how)
    found = tuple(dict.fromkeys(_names(tree, written)))
    constants = [name for name in CONSTANTS if name not in (variables or ())]
    free = tuple(name for name in found if name not in constants)
    for name in free:
        if variables is not None and name not in variables:
            problem = unknown("variable", name, [*variables, *constants], f"It stands in {text!r}.")
            raise FormulaError(problem.message, problem.hint, written.place_of_name(name, tree))
    if not free:
        named = " or ".join(variables or ("x", "y"))
        raise written.refused("it has no variable", f"Let it depend on {named}.")
    return Expression(text, free if variables is None else tuple(variables), tree)


class _Written:
    """A text with its Python spelling, in which every character knows where it stood."""

    def __init__(self, text: str) -> None:
        self.text, self.python = text, ""
        self._stood: list[int] = []
        stripped = text.strip()
        first = text.find(stripped)
        for i, sign in enumerate(stripped[: LONGEST + 1], first):
            spelt = sign.translate(_SIGNS)
            self.python += spelt
            self._stood += [i] * len(spelt)
        self._end = first + len(stripped)

    def place(self, node: ast.AST) -> tuple[int, int]:
        """From where to where a part of the tree was written."""
        ends = ((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset))  # type: ignore[attr-defined]
        lines = self.python.split("\n")
        start, end = (
            sum(len(line) + 1 for line in lines[: row - 1])
            + len(lines[row - 1].encode()[:column].decode())
            for row, column in ends
        )
        return self._at(start), self._at(end - 1) + 1

    def place_of_name(self, name: str, tree: ast.expr) -> tuple[int, int]:
        """Where the name is written first."""
        there = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == name]
        return min(map(self.place, there))

    def place_of_error(self, problem: SyntaxError) -> tuple[int, int]:
        """Where Python's grammar stopped."""
        lines = self.python.split("\n")
        before = sum(len(line) + 1 for line in lines[: (problem.lineno or 1) - 1])
        start = self._at(before + max((problem.offset or 1) - 1, 0))
        same = problem.end_lineno == problem.lineno
        end = before + (problem.end_offset or 0) - 1 if same else 0
        return start, max(min(start + 1, self._end), self._at(end - 1) + 1 if end > 0 else 0)

    def refused(self, why: str, how: str, place: tuple[int, int] | None = None) -> FormulaError:
        """The error; without a place it is about the whole text."""
        told = self.text if len(self.text) <= LONGEST else f"{self.text[:30]}..."
        return FormulaError(f"{told!r} is not a formula: {why}.", how, place or (0, len(self.text)))

    def _at(self, index: int) -> int:
        return self._stood[index] if 0 <= index < len(self._stood) else self._end


def _tree(written: _Written) -> ast.expr:
    if len(written.text) > LONGEST:
        why = f"it has {len(written.text)} characters, more than {LONGEST}"
        raise written.refused(why, "Write it shorter.")
    try:
        with warnings.catch_warnings(action="ignore"):  # of Python, on text that is refused below
            return ast.parse(written.python, mode="eval").body
    except SyntaxError as problem:
        why = problem.msg or "it cannot be read"
        raise written.refused(why, _HOW, written.place_of_error(problem)) from None
    except (ValueError, RecursionError, MemoryError):
        raise written.refused("it cannot be read", _HOW) from None


def _depth(tree: ast.expr) -> int:
    """Levels of the tree, counted level by level since a recursion could itself be too deep."""
    level: list[ast.AST] = [tree]
    depth = 0
    while level and depth <= DEEPEST:
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        depth += 1
    return depth


def _names(node: ast.expr, written: _Written) -> Iterator[str]:
    """The names in the expression from left to right; whatever is not arithmetic is refused."""

    def refused(why: str, how: str) -> FormulaError:
        return written.refused(why, how, written.place(node))

    match node:
        case ast.Constant(value=bool() | str() | bytes() | complex() | None):
            raise refused(_not_arithmetic(node), _HOW)
        case ast.Constant(value=int() | float() as value):
            if abs(value) > 1e300:
                raise refused(f"the number {str(value)[:12]} is too large", _HOW)
        case ast.Name(id=name) if name in FUNCTIONS:
            raise refused(f"the function {name} has no brackets", f"Write {name}(x).")
        case ast.Name(id=name):
            yield name
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            yield from _names(operand, written)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            yield from _names(left, written)
            yield from _names(right, written)
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in FUNCTIONS:
            yield from _names(argument, written)
        case ast.Call(func=ast.Name(id=name)) if name in FUNCTIONS:
            raise refused(f"{name} takes one value", f"Write {name}(x).")
        case ast.Call(func=ast.Name(id=name) as called):
            problem = unknown("function", name, FUNCTIONS, "A product needs its sign: x*(y + 1).")
            raise FormulaError(problem.message, problem.hint, written.place(called))
        case _:
            raise refused(_not_arithmetic(node), _HOW)


def _value(node: ast.expr, named: Mapping[str, Any]) -> Any:
    """What ``_names`` has let through, computed."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return named[name]
        case ast.UnaryOp(op=op, operand=operand):
            inner = _value(operand, named)
            return -inner if isinstance(op, ast.USub) else inner
        case ast.BinOp(left=left, op=op, right=right):
            plain, numpy_name = _BINARY[type(op)]
            one, two = _value(left, named), _value(right, named)
            if isinstance(one, float) and isinstance(two, float):
                return _by_numpy(numpy_name, one, two)  # no complex numbers, no overflow error
            return plain(one, two)
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            inner = _value(argument, named)
            method = None if isinstance(inner, float) else getattr(inner, name, None)
            return _by_numpy(name, inner) if method is None else method()
        case _:
            raise AssertionError(ast.dump(node))


def _by_numpy(name: str, *values: Any) -> Any:
    """A function of plain numbers or NumPy arrays."""
    import numpy as np

    if name == "relu":
        result = np.maximum(values[0], 0.0)
    elif name == "sigmoid":
        result = 0.5 * (1 + np.tanh(0.5 * values[0]))  # 1 / (1 + exp(-x)) without overflow
    else:
        result = getattr(np, name)(*values)
    return result if isinstance(values[0], np.ndarray) else float(result)


_HOW = (
    "Use numbers, variables, + - * / ** and brackets, and the functions "
    f"{', '.join(FUNCTIONS)}. A product needs its sign: 3*x*y + sin(x)."
)


def _not_arithmetic(node: ast.expr) -> str:
    part = ast.unparse(node)
    return f"{part if len(part) <= 40 else f'{part[:37]}...'!r} is not arithmetic"
