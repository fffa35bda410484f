"""Modules as source text: what stands at their top, and what a name in them means.

Nothing is run. A name means a definition of tidu (``Definition``), a module of tidu (``Room``), or
something imported from elsewhere (``Foreign``).
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Definition:
    """A function, class or constant at the top of a module."""

    module: str
    name: str


@dataclass(frozen=True)
class Room:
    """A module of tidu."""

    module: str


@dataclass(frozen=True)
class Foreign:
    """``import module as name`` or ``from module import attribute as name``."""

    module: str
    attribute: str | None
    name: str

    @property
    def full(self) -> str:
        """What is imported, by its whole name."""
        return self.module if self.attribute is None else f"{self.module}.{self.attribute}"

    @property
    def line(self) -> str:
        """The import statement."""
        asked = self.attribute or self.module
        renamed = "" if asked == self.name else f" as {self.name}"
        if self.attribute is None:
            return f"import {self.module}{renamed}"
        return f"from {self.module} import {self.attribute}{renamed}"


Meaning = Definition | Room | Foreign


@dataclass
class Module:
    """A file: its text, its statements by the names they define, and its imports."""

    name: str
    text: str
    own: bool  # whether it is part of the program: tidu's, or the user's experiment
    statements: dict[str, ast.stmt] = field(default_factory=dict[str, ast.stmt])
    imports: dict[str, Meaning] = field(default_factory=dict[str, Meaning])
    types: set[str] = field(default_factory=set[str])  # defined for type checkers alone

    @property
    def lines(self) -> list[str]:
        """The text, line by line."""
        return self.text.split("\n")

    def segment(self, name: str) -> str:
        """The whole statement that defines ``name``, with the comments above and behind it."""
        statement = self.statements[name]
        decorators = getattr(statement, "decorator_list", [])
        first = min([statement.lineno, *(d.lineno for d in decorators)]) - 1
        while first > 0 and self.lines[first - 1].startswith("#"):
            first -= 1
        return textwrap.dedent("\n".join(self.lines[first : statement.end_lineno]))


@functools.cache
def read(name: str) -> Module:
    """The module called ``name``."""
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return parsed(name, Path(spec.origin).read_text(encoding="utf-8"))


def parsed(name: str, text: str) -> Module:
    """A module with this text."""
    module = Module(name, text, True)
    for statement, for_types in _top(ast.parse(text).body):
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            module.imports.update(imported(statement))
        else:
            for defined in _defined(statement):
                module.statements.setdefault(defined, statement)
                if for_types:
                    module.types.add(defined)
    return module


def imported(statement: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Meaning]]:
    """The names an import brings, and what they mean."""
    for alias in statement.names:
        bound = alias.asname or alias.name
        if isinstance(statement, ast.Import):
            if alias.asname is None:
                bound = alias.name.split(".")[0]
            if alias.name.split(".")[0] == "tidu":
                yield bound, Room("tidu" if alias.asname is None else alias.name)
            else:
                yield bound, Foreign(alias.name, None, alias.asname or alias.name)
            continue
        source = statement.module or ""
        if source.split(".")[0] != "tidu":
            yield bound, Foreign(source, alias.name, bound)
        else:
            yield bound, Definition(source, alias.name)


def meaning(module: Module, name: str) -> Meaning | None:
    """What ``name`` means at the top of ``module``; None for Python's own names."""
    if name in module.statements:
        return Definition(module.name, name)
    found = module.imports.get(name)
    return home(found) if isinstance(found, Definition) else found


def attribute(room: Room, name: str) -> Meaning | None:
    """What ``name`` means behind the dot of a module of tidu."""
    found = meaning(read(room.module), name)
    if found is None and _is_module(f"{room.module}.{name}"):
        return Room(f"{room.module}.{name}")
    return found


def home(found: Definition) -> Meaning | None:
    """What is imported by ``from module import name``: often handed on from module to module."""
    module = read(found.module)
    own = module.imports.get(found.name)
    if own == found:  # a package that imports its own module of this name
        return Room(f"{found.module}.{found.name}")
    return attribute(Room(found.module), found.name)


@functools.cache
def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _top(body: list[ast.stmt], for_types: bool = False) -> Iterator[tuple[ast.stmt, bool]]:
    for statement in body:
        if isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.unparse(statement.test):
            yield from _top(statement.body, True)
        else:
            yield statement, for_types


def _defined(statement: ast.stmt) -> list[str]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [statement.name]
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    return [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]
