"""What a statement refers to: the names that are not its own, with the dots behind them.

``nn.functional.relu(x)`` in a function whose parameter is ``x`` refers to ``nn``; the place of each
reference is kept, so that its text can be replaced.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass

FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSION = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class Reference:
    """A name that is looked up outside of the statement."""

    node: ast.Name
    chain: tuple[ast.Attribute, ...]  # the attributes read of it, innermost first
    hidden: frozenset[str]  # names of the functions around it, which would hide one outside
    annotation: bool  # whether it stands in an annotation, which nobody computes
    at_once: bool  # whether it is looked up when the statement itself is carried out
    inside_text: ast.Constant | None = None  # a quoted type: cast("data.Images", ...)

    @property
    def name(self) -> str:
        """The name."""
        return self.node.id


def references(statement: ast.stmt) -> list[Reference]:
    """All references of a statement at the top of a module."""
    return list(_Finder().visit_in(statement, (), False, True, ()))


@functools.lru_cache(4096)
def locals_of(function: ast.AST) -> frozenset[str]:
    """The names a function makes: parameters and whatever it assigns."""
    return frozenset(_locals_of(function))


def _locals_of(function: ast.AST) -> set[str]:
    found: set[str] = set()
    arguments = getattr(function, "args", None)
    if isinstance(arguments, ast.arguments):
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [a for a in (arguments.vararg, arguments.kwarg) if a]
        found |= {argument.arg for argument in every}
    if isinstance(function, COMPREHENSION):
        for generator in function.generators:
            found |= {n.id for n in ast.walk(generator.target) if isinstance(n, ast.Name)}
        return found
    outside: set[str] = set()
    body = function.body if isinstance(function, FUNCTION) else []
    for node in _within(body):
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            outside |= set(node.names)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, (*FUNCTION, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {(a.asname or a.name).split(".")[0] for a in node.names}
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
    return found - outside


def _within(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """The nodes of a function's body, without the insides of functions in it."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, (*FUNCTION, ast.ClassDef, ast.Lambda)):
            continue
        if isinstance(node, COMPREHENSION):
            waiting += [w for w in ast.walk(node) if isinstance(w, ast.NamedExpr)]
            continue
        waiting += list(ast.iter_child_nodes(node))


class _Finder:
    def visit_in(
        self,
        node: ast.AST,
        scopes: tuple[frozenset[str], ...],
        annotation: bool,
        at_once: bool,
        chain: tuple[ast.Attribute, ...],
        text: ast.Constant | None = None,
    ) -> Iterator[Reference]:
        def inner(
            child: ast.AST | None,
            scopes: tuple[frozenset[str], ...] = scopes,
            annotation: bool = annotation,
            at_once: bool = at_once,
        ) -> Iterator[Reference]:
            if child is not None:
                yield from self.visit_in(child, scopes, annotation, at_once, (), text)

        if isinstance(node, ast.Name):
            if not any(node.id in scope for scope in scopes):
                hidden = frozenset[str]().union(*scopes)
                yield Reference(node, chain, hidden, annotation, at_once, text)
        elif isinstance(node, ast.Attribute):
            yield from self.visit_in(node.value, scopes, annotation, at_once, (node, *chain), text)
        elif isinstance(node, (*FUNCTION, ast.Lambda)):
            arguments = node.args
            every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            every += [a for a in (arguments.vararg, arguments.kwarg) if a]
            for argument in every:
                yield from inner(argument.annotation, annotation=True)
            for default in (*arguments.defaults, *arguments.kw_defaults):
                yield from inner(default)
            within = (*scopes, locals_of(node))
            if isinstance(node, ast.Lambda):
                yield from inner(node.body, within, at_once=False)
                return
            for decorator in node.decorator_list:
                yield from inner(decorator)
            yield from inner(node.returns, annotation=True)
            for statement in node.body:
                yield from inner(statement, within, at_once=False)
        elif isinstance(node, ast.ClassDef):
            for part in (*node.decorator_list, *node.bases, *(k.value for k in node.keywords)):
                yield from inner(part)
            own = frozenset(n.id for s in node.body for n in ast.walk(s)
                   if isinstance(s, (ast.Assign, ast.AnnAssign))
                   and isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))  # fmt: skip
            for statement in node.body:  # methods don't see the names of their class
                around = scopes if isinstance(statement, FUNCTION) else (*scopes, own)
                yield from inner(statement, around)
        elif isinstance(node, COMPREHENSION):
            within = (*scopes, locals_of(node))
            for child in ast.iter_child_nodes(node):
                yield from inner(child, within)
        elif isinstance(node, ast.AnnAssign):
            yield from inner(node.annotation, annotation=True)
            yield from inner(node.target)
            is_type = ast.unparse(node.annotation) == "TypeAlias"
            yield from inner(node.value, annotation=is_type or annotation)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and annotation:
            yield from self._quoted(node, scopes, at_once)
        elif isinstance(node, ast.Subscript) and annotation:
            yield from inner(node.value)
            if _is_literal(node):
                return
            if not _is_shape(node):
                yield from inner(node.slice)
            else:
                assert isinstance(node.slice, ast.Tuple)
                yield from inner(node.slice.elts[0])
        elif isinstance(node, ast.Call) and _is_cast(node):
            yield from inner(node.func)
            yield from inner(node.args[0], annotation=True)
            yield from inner(node.args[1])
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            return
        else:
            for child in ast.iter_child_nodes(node):
                yield from inner(child)

    def _quoted(
        self, node: ast.Constant, scopes: tuple[frozenset[str], ...], at_once: bool
    ) -> Iterator[Reference]:
        try:
            parsed = ast.parse(str(node.value), mode="eval").body
        except SyntaxError:
            return
        yield from self.visit_in(parsed, scopes, True, at_once, (), node)


def _is_shape(node: ast.Subscript) -> bool:
    """``Float[Tensor, "batch dim"]``: the text is no type."""
    return (
        isinstance(node.slice, ast.Tuple)
        and len(node.slice.elts) == 2
        and isinstance(node.slice.elts[1], ast.Constant)
        and isinstance(node.slice.elts[1].value, str)
    )


def _is_literal(node: ast.Subscript) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "Literal"


def _is_cast(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == "cast" and len(node.args) == 2
