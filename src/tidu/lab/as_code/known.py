"""What is known of an expression before anything runs: the choices of the setting.

A text, a truth or None of the configuration is known; of a number only that it is one, so that
whoever keeps the script can still change it.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tidu.lab.as_code.references import locals_of


@dataclass(frozen=True)
class Known:
    """A value; or, with ``some``, only that it is not None."""

    value: Any = None
    some: bool = False
    literal: bool = False  # a parameter that nobody gives: its default may stand in its place


SOME = Known(some=True)


@dataclass
class Names:
    """What names mean in one function, and in those inside it."""

    values: Mapping[str, Known] = field(default_factory=dict[str, Known])
    configs: frozenset[str] = frozenset()
    runs: frozenset[str] = frozenset()
    fields: Mapping[str, Known] = field(default_factory=dict[str, Known])
    never: frozenset[str] = frozenset()  # functions whose answer is no

    def within(self, function: ast.AST, configs: set[str], runs: set[str]) -> Names:
        """The names inside a function with these parameters of its own."""
        own = locals_of(function)
        return Names(
            {name: value for name, value in self.values.items() if name not in own},
            (self.configs - own) | configs,
            (self.runs - own) | runs,
            self.fields,
            self.never - own,
        )


def constant(value: Any) -> Known:
    """What is known of the value of a field or a default."""
    if value is None or isinstance(value, (bool, str)):
        return Known(value)
    return SOME


def known(node: ast.AST | None, names: Names) -> Known | None:
    """What is known of the value of ``node``; None for nothing."""
    if isinstance(node, ast.Constant):
        return constant(node.value)
    if isinstance(node, (ast.Lambda, ast.Dict, ast.List, ast.Tuple, ast.ListComp, ast.JoinedStr)):
        return SOME
    if isinstance(node, ast.Name):
        return names.values.get(node.id)
    if isinstance(node, ast.Attribute):
        return _attribute(node, names)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return Known(False) if node.func.id in names.never else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = truth(node.operand, names)
        return None if inner is None else Known(not inner)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _compared(node, names)
    if isinstance(node, ast.BoolOp):
        truths = [truth(part, names) for part in node.values]
        decisive = isinstance(node.op, ast.Or)
        if decisive in truths:
            return Known(decisive)
        if all(one is not None for one in truths):
            return Known(not decisive)
    if isinstance(node, ast.IfExp):
        chosen = truth(node.test, names)
        if chosen is not None:
            return known(node.body if chosen else node.orelse, names)
    return None


def truth(node: ast.AST, names: Names) -> bool | None:
    """Whether a condition holds, where that is known."""
    found = known(node, names)
    return None if found is None or found.some else bool(found.value)


def _attribute(node: ast.Attribute, names: Names) -> Known | None:
    if isinstance(node.value, ast.Name):
        if node.value.id in names.configs:
            return names.fields.get(node.attr)
        if node.value.id in names.runs and node.attr in ("data", "origin"):
            return Known(None)
    if ast.unparse(node).split(".")[1:] in (["options", "target"], ["options", "data"]):
        base = node.value
        assert isinstance(base, ast.Attribute)
        if isinstance(base.value, ast.Name) and base.value.id in names.runs:
            return Known(None)
    return None


def _compared(node: ast.Compare, names: Names) -> Known | None:
    operator, right_node = node.ops[0], node.comparators[0]
    left = known(node.left, names)
    if isinstance(operator, (ast.In, ast.NotIn)):
        if left is None or left.some or not isinstance(right_node, (ast.Tuple, ast.List, ast.Set)):
            return None
        parts = [known(part, names) for part in right_node.elts]
        if any(part is None or part.some for part in parts):
            return None
        inside = any(part is not None and part.value == left.value for part in parts)
        return Known(inside == isinstance(operator, ast.In))
    right = known(right_node, names)
    if left is None or right is None:
        return None
    equal = isinstance(operator, (ast.Is, ast.Eq))
    if not equal and not isinstance(operator, (ast.IsNot, ast.NotEq)):
        return None
    if left.some or right.some:
        other = right if left.some else left
        return Known(not equal) if not other.some and other.value is None else None
    return Known((left.value == right.value) == equal)
