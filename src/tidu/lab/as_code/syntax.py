"""What the syntax of a definition tells: its parameters, what it reads, what it leaves alone."""

from __future__ import annotations

import ast
import dataclasses
from typing import Any

from tidu.lab.as_code.known import Known, constant
from tidu.lab.as_code.modules import Module
from tidu.lab.as_code.references import FUNCTION


def function_called(statement: ast.stmt) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The function that a call of a definition goes to."""
    if isinstance(statement, ast.ClassDef):
        inside = (s for s in statement.body if isinstance(s, FUNCTION) and s.name == "__init__")
        return next(inside, None)
    return statement if isinstance(statement, FUNCTION) else None


def parameters_of(statement: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Their names, in order."""
    given = statement.args
    return [a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs)]


def defaults_of(statement: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, ast.expr]:
    """The parameters that may be left out, each with what stands for it."""
    given = statement.args
    every = [a.arg for a in (*given.posonlyargs, *given.args)]
    found = dict(zip(every[len(every) - len(given.defaults) :], given.defaults, strict=True))
    named = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    return found | {a.arg: d for a, d in named if d is not None}


def constant_of(node: ast.expr | None) -> Known | None:
    """What is known of a default."""
    return constant(node.value) if isinstance(node, ast.Constant) else None


def kinds_asked(statement: ast.stmt) -> set[tuple[int, int]]:
    """Where names stand that ``isinstance`` asks for."""
    return {
        (n.lineno, n.col_offset)
        for call in ast.walk(statement)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        and call.func.id == "isinstance"
        for n in ast.walk(call.args[1])
        if isinstance(n, ast.Name)
    }  # fmt: skip


def attributes_read(statement: ast.stmt) -> set[str]:
    """The names read behind dots, or by ``getattr``."""
    found = {n.attr for n in ast.walk(statement) if isinstance(n, ast.Attribute)}
    for node in ast.walk(statement):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id in ("getattr", "hasattr", "setattr") and len(node.args) > 1:
            named = node.args[1]
            if isinstance(named, ast.Constant):
                found.add(str(named.value))
    return found


def is_words(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def stable_fields(module: Module, config: Any) -> dict[str, Known]:
    """What is known of the configuration's fields, apart from those that the code changes."""
    changed: set[str] = set()
    names = {field.name for field in dataclasses.fields(config)}
    for statement in module.statements.values():
        if not isinstance(statement, FUNCTION):
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in (
                "replace",
                type(config).__name__,
            ):
                for keyword in node.keywords:
                    changed |= {keyword.arg} if keyword.arg else names
    return {name: constant(getattr(config, name)) for name in names if name not in changed}


def config_text(module: Module, name: str, config: Any) -> str:
    """The configuration's class with the present values as its defaults."""
    from tidu.laboratory.comments import field_comments

    statement = module.statements[name]
    assert isinstance(statement, ast.ClassDef)
    comments = field_comments(type(config))
    plain = {"PositiveInt": "int", "NonNegativeInt": "int", "PositiveFloat": "float",
             "NonNegativeFloat": "float", "OpenFraction": "float", "Fraction": "float"}  # fmt: skip
    lines = ["@dataclass(frozen=True)", f"class {name}:", '    """The setting."""', ""]
    for one in statement.body:
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            kind = ast.unparse(one.annotation)
            for ours, theirs in plain.items():
                kind = kind.replace(ours, theirs)
            value = getattr(config, one.target.id)
            kind = "str" if isinstance(value, str) and "None" not in kind else kind
            said = repr(value).replace("'", '"') if '"' not in repr(value) else repr(value)
            comment = f"  # {comments[one.target.id]}" if one.target.id in comments else ""
            lines.append(f"    {one.target.id}: {kind} = {said}{comment}")
        elif isinstance(one, FUNCTION):
            lines += ["", *module.lines[one.lineno - 1 : one.end_lineno]]
    return "\n".join(lines)
