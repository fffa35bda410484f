"""The data a script reads, as functions: ``load("mnist-5k")`` and one loader for each source."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import textwrap
from collections.abc import Callable, Iterable
from typing import Any

from tidu import data
from tidu.data.source import Source
from tidu.lab.as_code import modules
from tidu.lab.as_code.modules import Definition, Module

HERE = "tidu.lab.as_code.stand_ins"


def named_sources(text: str, config: Any) -> set[str]:
    """The sources whose names stand in the program or in its configuration."""
    known = {source.id for source in data.sources()}
    words = {
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        words |= set(map(str, value)) if isinstance(value, tuple) else {str(value)}
    return known & words


def data_module(names: Iterable[str]) -> Module:
    """A module with ``load`` for these sources."""
    parts: list[str] = []
    imports: dict[str, modules.Meaning] = {
        name: Definition(HERE, name)
        for name in ("package_file", "mirrored", "downloaded", "verified")
    }
    imports["Any"] = modules.Foreign("typing", "Any", "Any")
    loaders: dict[str, str] = {}
    for name in names:
        source = data.find(name)
        loader = "load_" + name.replace("-", "_")
        loaders[name] = loader
        parts += _Loader(source, loader, imports).parts()
    table = "".join(f'        "{name}": {loader},\n' for name, loader in loaders.items())
    parts.append(
        "def load(name: str) -> Any:\n"
        '    """The data called ``name``."""\n'
        f"    loaders = {{\n{table}    }}\n"
        "    return loaders[name]()"
    )
    module = modules.parsed("sources", "\n\n\n".join(parts) + "\n")
    module.imports.update(imports)
    return module


class _Loader:
    """The function that loads one source, and what it needs that has no name of its own."""

    def __init__(self, source: Source, name: str, imports: dict[str, modules.Meaning]) -> None:
        self.source, self.name, self.imports = source, name, imports
        self.helpers: list[str] = []

    def parts(self) -> list[str]:
        """The texts of the functions."""
        source = self.source
        words = f"{source.title.en}. Licence: {source.licence}."
        lines = [f"def {self.name}() -> Any:", f'    """{words}"""']
        assemble = self.called(source.assemble, "assemble")
        if source.embedded is not None:
            found = inspect.getclosurevars(inspect.unwrap(source.embedded.file)).nonlocals
            package, parts = found["package"], found["parts"]
            words_of = ", ".join(f'"{word}"' for word in (package, *parts))
            read = self.called(source.embedded.read, "read")
            arrays = f"{read}(package_file({words_of}))"
        else:
            lines += self.fetching()
            arrays = "arrays"
        if source.content_hash is not None and source.embedded is None:
            lines.append(f'    sha256 = "{source.content_hash}"')
            arrays = f"verified({arrays}, sha256)"
        lines.append(f"    return {assemble}({arrays})")
        return [*self.helpers, "\n".join(lines)]

    def fetching(self) -> list[str]:
        """The lines that find the files on a mirror, or fetch them."""
        source = self.source
        local = source.forms
        official = next(form for form in source.forms if form.addresses)
        names = [file.name for file in official.files]
        lines = [f"    addresses = {_listed(official.addresses)}", f"    names = {_listed(names)}"]
        first = local[0]
        files = ", ".join(f'"{file.name}"' for file in first.files)
        reads = self.called(first.read, "read_packed")
        if first is official:
            lines += [
                f'    folder = mirrored("{source.folder}", {files})',
                "    if folder is None:",
                f'        folder = downloaded("{source.id}", names, addresses)',
                f"    arrays = {reads}(folder)",
            ]
            return lines
        official_reads = self.called(official.read, "read_published")
        return [
            *lines,
            f'    folder = mirrored("{source.folder}", {files})',
            "    if folder is not None:",
            f"        arrays = {reads}(folder)",
            "    else:",
            f'        arrays = {official_reads}(downloaded("{source.id}", names, addresses))',
        ]

    def called(self, function: Callable[..., Any], role: str) -> str:
        """An expression for ``function``, which may stand inside another or have no name."""
        function = inspect.unwrap(function)
        home = modules.read(function.__module__)
        outer, _, inner = function.__qualname__.partition(".<locals>.")
        if function.__qualname__ in home.statements:
            alias = function.__qualname__
            wanted = Definition(home.name, alias)
            if self.imports.get(alias, wanted) != wanted:
                alias = f"{alias}_of_{home.name.rsplit('.', 1)[-1]}"
            self.imports[alias] = wanted
            return alias
        line = function.__code__.co_firstlineno  # type: ignore[attr-defined]
        for name, statement in home.statements.items():
            for node in ast.walk(statement):
                nested = isinstance(node, ast.FunctionDef) and (name, node.name) == (outer, inner)
                if nested or (isinstance(node, ast.Lambda) and node.lineno == line):
                    assert isinstance(node, (ast.FunctionDef, ast.Lambda))
                    return self._inside(node, home, function, role)
        raise LookupError(f"{function} is not found in {home.name}")

    def _inside(
        self, node: ast.Lambda | ast.FunctionDef, home: Module, function: Any, role: str
    ) -> str:
        values = inspect.getclosurevars(function).nonlocals
        text = textwrap.dedent("\n".join(home.lines[node.lineno - 1 : node.end_lineno]))
        name = f"{role}_{self.source.id.replace('-', '_')}"
        if isinstance(node, ast.Lambda):
            body = ast.get_source_segment(home.text, node.body)
            arguments = ast.unparse(node.args)
            text = f"def {name}({arguments}: Path) -> Any:\n    return {body}"
            self.imports["Path"] = modules.Foreign("pathlib", "Path", "Path")
        else:
            text = text.replace(f"def {node.name}(", f"def {name}(", 1)
        made = ast.parse(text).body[0]
        edits = [n for n in ast.walk(made) if isinstance(n, ast.Name) and n.id in values]
        lines = text.split("\n")
        for one in sorted(edits, key=lambda n: (n.lineno, n.col_offset), reverse=True):
            line = lines[one.lineno - 1]
            said = repr(values[one.id]).replace("'", '"')
            lines[one.lineno - 1] = line[: one.col_offset] + said + line[one.end_col_offset :]
        for other in {n.id for n in ast.walk(made) if isinstance(n, ast.Name)}:
            meant = modules.meaning(home, other)
            if meant is not None:
                self.imports[other] = meant
        self.helpers.append("\n".join(lines))
        return name


def _listed(words: Iterable[str]) -> str:
    every = [f'"{word}"' for word in words]
    line = f"[{', '.join(every)}]"
    if len(line) < 80:
        return line
    return "[\n" + "".join(f"        {word},\n" for word in every) + "    ]"
