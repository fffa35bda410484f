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
    tidu.errors.TiduError: 'x^2 + 3y' is not a formula: invalid decimal literal.
    ...
    """
    tree = _tree(text)
    if _depth(tree) > DEEPEST:
        raise _refused(text, "it is nested too deeply", "Write it shorter, or in two expressions.")
    found = tuple(dict.fromkeys(_names(tree, text)))
    constants = [name for name in CONSTANTS if name not in (variables or ())]
    free = tuple(name for name in found if name not in constants)
    for name in free:
        if variables is not None and name not in variables:
            raise unknown("variable", name, [*variables, *constants], f"It stands in {text!r}.")
    if not free:
        named = " or ".join(variables or ("x", "y"))
        raise _refused(text, "it has no variable", f"Let it depend on {named}.")
    return Expression(text, free if variables is None else tuple(variables), tree)


def _tree(text: str) -> ast.expr:
    if len(text) > LONGEST:
        why = f"it has {len(text)} characters, more than {LONGEST}"
        raise _refused(f"{text[:30]}...", why, "Write it shorter.")
    try:
        with warnings.catch_warnings(action="ignore"):  # of Python, on text that is refused below
            return ast.parse(text.strip().translate(_SIGNS), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        why = problem.msg if isinstance(problem, SyntaxError) else "it cannot be read"
        raise _refused(text, why or "it cannot be read", _HOW) from None


def _depth(tree: ast.expr) -> int:
    """Levels of the tree, counted level by level since a recursion could itself be too deep."""
    level: list[ast.AST] = [tree]
    depth = 0
    while level and depth <= DEEPEST:
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        depth += 1
    return depth


def _names(node: ast.expr, text: str) -> Iterator[str]:
    """The names in the expression from left to right; whatever is not arithmetic is refused."""
    match node:
        case ast.Constant(value=bool() | str() | bytes() | complex() | None):
            raise _not_arithmetic(node, text)
        case ast.Constant(value=int() | float() as value):
            if abs(value) > 1e300:
                raise _refused(text, f"the number {str(value)[:12]} is too large", _HOW)
        case ast.Name(id=name) if name in FUNCTIONS:
            raise _refused(text, f"the function {name} has no brackets", f"Write {name}(x).")
        case ast.Name(id=name):
            yield name
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            yield from _names(operand, text)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            yield from _names(left, text)
            yield from _names(right, text)
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in FUNCTIONS:
            yield from _names(argument, text)
        case ast.Call(func=ast.Name(id=name)) if name in FUNCTIONS:
            raise _refused(text, f"{name} takes one value", f"Write {name}(x).")
        case ast.Call(func=ast.Name(id=name)):
            raise unknown("function", name, FUNCTIONS, "A product needs its sign: x*(y + 1).")
        case _:
            raise _not_arithmetic(node, text)


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


def _refused(text: str, why: str, how: str) -> TiduError:
    return TiduError(f"{text!r} is not a formula: {why}.", how)


def _not_arithmetic(node: ast.expr, text: str) -> TiduError:
    part = ast.unparse(node)
    part = part if len(part) <= 40 else f"{part[:37]}..."
    return _refused(text, f"{part!r} is not arithmetic", _HOW)
