"""The script of a setting: plain PyTorch, without tidu, with the same numbers.

header, imports
the setting            Config with the present values, constants
data                   loaders of the sources that are read
components             layers, optimisers, losses
measuring              metrics
training               the loop, and the experiment's own functions
the last lines         run it, print the metrics
"""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tidu.lab.as_code.modules import Definition, Foreign, Room
from tidu.lab.as_code.program import HERE, Item, Program
from tidu.lab.as_code.references import FUNCTION
from tidu.lab.as_code.simplify import Page

SECTIONS = ("setting", "data", "components", "measuring", "training")
TITLES = {
    "setting": "the setting",
    "data": "data",
    "components": "components",
    "measuring": "measuring",
    "training": "training",
}
ROOMS = {
    "data": "data", "text": "data", "vision": "data", "audio": "data", "rl": "data",
    "sources": "data", "nn": "components", "optim": "components", "losses": "components",
    "autograd": "components", "compress": "components", "expression": "components",
    "metrics": "measuring", "record": "measuring",
}  # fmt: skip
TYPES_ALONE = frozenset({"jaxtyping"})


@dataclass(frozen=True)
class Words:
    """What stands around the program."""

    head: str  # the docstring of the script
    constants: dict[Definition, str]  # statements of the stand-ins, filled in
    tail: str  # the last lines, which run it
    needed: tuple[str, ...] = ()  # imports of the last lines


def script(program: Program, words: Words) -> str:
    """The text of the script."""
    return _Script(program, words).text()


class _Script:
    def __init__(self, program: Program, words: Words) -> None:
        self.program, self.words = program, words
        self.items = dict(program.items)
        self._add_types()
        self.names = self._named()

    def text(self) -> str:
        """All of it."""
        chunks: list[tuple[str, str]] = []
        for key in self._ordered():
            chunks.append((self.section(key), self._written(self.items[key])))
        body = self._in_sections(chunks)
        rooms = self._rooms()
        everything = "\n".join([body, rooms, self.words.tail])
        parts = [f'"""{self.words.head}\n"""', "", *self._imports(everything), "", "", body]
        if rooms:
            parts += ["", "", rooms]
        tail = f'if __name__ == "__main__":\n{_indented(self.words.tail)}'
        return "\n".join([*parts, "", "", tail.rstrip(), ""])

    # ── what is needed for its type alone ────────────────────────────────────────────────────────

    def _add_types(self) -> None:
        """Constants that only annotations name, as ``Arrays``; of classes ``Any`` is enough."""
        waiting = list(self.items.values())
        while waiting:
            item = waiting.pop()
            for _, meaning, _ in item.references:
                if isinstance(meaning, Definition) and meaning not in self.items:
                    statement = self.program.module(meaning.module).statements.get(meaning.name)
                    if isinstance(statement, (ast.Assign, ast.AnnAssign)):
                        added = self.program.item(meaning, None)
                        self.items[meaning] = added
                        waiting.append(added)

    # ── names ────────────────────────────────────────────────────────────────────────────────────

    def _named(self) -> dict[Definition, str]:
        """A name for every definition: its own, unless that means something else somewhere."""
        foreign: dict[str, str] = {}
        hidden: dict[Definition, set[str]] = {}
        for item in self.items.values():
            for reference, meaning, _ in item.references:
                if isinstance(meaning, Foreign):
                    foreign[meaning.name] = meaning.line
                elif isinstance(meaning, Definition):
                    hidden.setdefault(meaning, set()).update(reference.hidden)
        names: dict[Definition, str] = {}
        taken = set(foreign) | set(dir(builtins)) | {"annotations"}
        first = sorted(self.items, key=lambda key: key.module != self.program.experiment.name)
        for key in first:
            room = key.module.split(".")
            bare = key.name.lstrip("_")
            tries = [key.name, bare, f"{room[1] if len(room) > 1 else 'data'}_{bare}",
                     f"{room[-1]}_{bare}", *(f"{bare}_{n}" for n in range(2, 99))]  # fmt: skip
            free = (t for t in tries if t not in taken and t not in hidden.get(key, set()))
            names[key] = next(free)
            taken.add(names[key])
        return names

    # ── order ────────────────────────────────────────────────────────────────────────────────────

    def section(self, key: Definition) -> str:
        """Where a definition belongs."""
        if key == self.program.config_key:
            return "setting"
        statement = self.items[key].statement
        if key.module == self.program.experiment.name:
            simple = isinstance(statement, (ast.Assign, ast.AnnAssign))
            return "setting" if simple else "training"
        if key.module == HERE:
            of_data = {"package_file", "mirrored", "downloaded", "verified", "_first_answer"}
            return "data" if key.name in of_data else "training"
        room = key.module.split(".")
        return ROOMS.get(room[1] if len(room) > 1 else room[0], "training")

    def _ordered(self) -> list[Definition]:
        """Sections in order; whatever a definition needs at once stands before it."""
        done: list[Definition] = []
        seen: set[Definition] = set()

        def put(key: Definition, way: tuple[Definition, ...] = ()) -> None:
            if key in seen or key in way:
                return
            for needed in sorted(self._at_once(key), key=self._place):
                put(needed, (*way, key))
            if key not in seen:
                seen.add(key)
                done.append(key)

        for key in sorted(self.items, key=self._place):
            put(key)
        return done

    def _place(self, key: Definition) -> tuple[Any, ...]:
        module = self.program.module(key.module)
        order = list(module.statements)
        section = SECTIONS.index(self.section(key))
        own = key.module == self.program.experiment.name
        return section, key != self.program.config_key, own, key.module, order.index(key.name)

    def _at_once(self, key: Definition) -> set[Definition]:
        """The definitions that are looked up when this one is carried out."""
        found: set[Definition] = set()
        item = self.items[key]
        simple = not isinstance(item.statement, (*FUNCTION, ast.ClassDef))
        for reference, meaning, _ in item.references:
            if reference.at_once and not reference.annotation and isinstance(meaning, Definition):
                found.add(meaning)
                if simple or isinstance(item.statement, ast.ClassDef):
                    found |= self._all_of(meaning)
        return {one for one in found if one in self.items and one != key}

    def _all_of(self, key: Definition) -> set[Definition]:
        found: set[Definition] = set()
        waiting = [key]
        while waiting:
            for reference, meaning, _ in self.items[waiting.pop()].references:
                if not isinstance(meaning, Definition) or reference.annotation:
                    continue
                if meaning in self.items and meaning not in found:
                    found.add(meaning)
                    waiting.append(meaning)
        return found

    # ── text ─────────────────────────────────────────────────────────────────────────────────────

    def _written(self, item: Item) -> str:
        """The text of a definition with the names of the script and short docstrings."""
        if item.key in self.words.constants:
            return self.words.constants[item.key]
        statement = item.statement
        if isinstance(statement, (ast.Assign, ast.AnnAssign)) and self._is_type(item):
            assert statement.value is not None
            return f"{self.names[item.key]}: TypeAlias = {self._type_words(item)}"
        page = Page(item.text)
        edits: list[tuple[int, int, str]] = []
        for reference, meaning, used in item.references:
            new = self._name_of(meaning, reference.annotation)
            if new is None:
                continue
            if reference.inside_text is not None:
                whole = reference.inside_text
                edits.append((page.start(whole), page.end(whole), f'"{new}"'))
                continue
            node = reference.chain[used - 1] if used else reference.node
            if page.of(node) != new:
                edits.append((page.start(node), page.end(node), new))
        own = self.names[item.key]
        if isinstance(statement, (*FUNCTION, ast.ClassDef)) and own != statement.name:
            at = item.text.index(f" {statement.name}", page.start(statement)) + 1
            edits.append((at, at + len(statement.name), own))
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    other = Definition(item.key.module, node.id)
                    new = self.names.get(other, node.id)
                    edits.append((page.start(node), page.end(node), new))
        edits += self._short_words(item, page)
        return page.edited(edits)

    def _is_type(self, item: Item) -> bool:
        """Whether it is a name for a type that no running program should look up."""
        statement = item.statement
        if (
            isinstance(statement, ast.AnnAssign)
            and ast.unparse(statement.annotation) == "TypeAlias"
        ):
            return True
        return item.key.name in item.module.types or any(
            isinstance(meaning, Foreign) and meaning.module.split(".")[0] in TYPES_ALONE
            for _, meaning, _ in item.references
        )

    def _type_words(self, item: Item) -> str:
        statement = item.statement
        assert isinstance(statement, (ast.Assign, ast.AnnAssign))
        assert statement.value is not None
        new: dict[tuple[int, int, int], str] = {}
        for reference, meaning, used in item.references:
            name = self._name_of(meaning, annotation=True)
            node = reference.chain[used - 1] if used else reference.node
            if name is not None:
                new[node.lineno, node.col_offset, node.end_col_offset or 0] = name

        class Renamed(ast.NodeTransformer):
            def visit(self, node: ast.AST) -> Any:
                if isinstance(node, (ast.Name, ast.Attribute)):
                    place = (node.lineno, node.col_offset, node.end_col_offset or 0)
                    if place in new:
                        return ast.Name(new[place], ast.Load())
                return super().generic_visit(node)

        value = ast.parse(item.text).body[0]
        assert isinstance(value, (ast.Assign, ast.AnnAssign))
        assert value.value is not None
        if isinstance(value.value, ast.Constant):
            return f'"{value.value.value}"'
        return repr(ast.unparse(Renamed().visit(value.value)))

    def _name_of(self, meaning: Any, annotation: bool) -> str | None:
        if isinstance(meaning, Definition):
            if meaning in self.items:
                return self.names[meaning]
            return "Any" if annotation else None
        if isinstance(meaning, Room) and not annotation:
            return meaning.module.rsplit(".", 1)[-1]
        return None

    def _short_words(self, item: Item, page: Page) -> Iterable[tuple[int, int, str]]:
        """Docstrings become their first sentence; a component keeps its formula."""
        for node in ast.walk(item.statement):
            if not isinstance(node, (*FUNCTION, ast.ClassDef)) or not node.body:
                continue
            first = node.body[0]
            if not (isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)):
                continue
            said = str(first.value.value).strip().split("\n\n")[0]
            said = re.sub(r":(?:class|func|meth|mod):`~?(?:[\w.]*\.)?(\w+)`", r"``\1``", said)
            indent = " " * first.col_offset
            lines = [line.strip() for line in said.split("\n")]
            text = '"""' + f"\n{indent}".join(lines)
            formula = self._formula(item) if node.lineno == item.statement.lineno else ""
            if formula:
                text += f"\n\n{_indented(formula, indent)}\n{indent}"
            raw = "r" if "\\" in text else ""
            yield page.start(first), page.end(first), f'{raw}{text}"""'

    def _formula(self, item: Item) -> str:
        """The formula of a component's file, for its first definition."""
        if self.section(item.key) not in ("components", "measuring"):
            return ""
        first = next(
            (name for name, s in item.module.statements.items()
             if isinstance(s, (*FUNCTION, ast.ClassDef)) and not name.startswith("_")), "",
        )  # fmt: skip
        if item.key.name != first:
            return ""
        said = ast.get_docstring(ast.parse(item.module.text)) or ""
        block = next((b for b in said.split("\n\n") if b.startswith("    ")), "")
        lines = block.split("\n")
        if ">>>" in block:
            return ""
        return "\n".join(line.removeprefix("    ") for line in lines)

    def _in_sections(self, chunks: Sequence[tuple[str, str]]) -> str:
        parts: list[str] = []
        present, before = "", ""
        for section, text in chunks:
            simple = not re.match(r"(#.*\n)*(@|def |class )", text)
            if section != present:
                gap = "\n\n\n" if parts else ""
                title = f"# ── {TITLES[section]} "
                parts.append(f"{gap}{title:─<99}\n\n" + ("" if simple else "\n"))
                present = section
            else:
                parts.append("\n" if simple and before == "simple" else "\n\n\n")
            parts.append(text.rstrip())
            before = "simple" if simple else "block"
        return "".join(parts)

    def _rooms(self) -> str:
        """Modules that are used as values, as ``getattr(optim, name)`` does."""
        lines: list[str] = []
        for item in self.items.values():
            for reference, meaning, _ in item.references:
                if isinstance(meaning, Room) and not reference.annotation:
                    own = meaning.module.rsplit(".", 1)[-1]
                    members = [m for m in self.program.room_members(meaning) if m in self.items]
                    inner = "".join(f"    {m.name}={self.names[m]},\n" for m in members)
                    line = f"{own} = SimpleNamespace(\n{inner})"
                    if line not in lines:
                        lines.append(line)
        return "\n".join(lines)

    def _imports(self, text: str) -> list[str]:
        """The import statements: Python's own, others, and those for types alone."""
        needed: dict[str, Foreign] = {}
        for item in self.items.values():
            for _, meaning, _ in item.references:
                if isinstance(meaning, Foreign) and re.search(rf"\b{meaning.name}\b", text):
                    known = {f.full: line for line, f in needed.items() if f.name == meaning.name}
                    if meaning.full not in known:
                        needed[meaning.line] = meaning
        for line in self.words.needed:
            words = line.split()
            needed.setdefault(
                line, Foreign(words[1], words[3] if words[0] == "from" else None, words[-1])
            )
        if "Any" not in {f.name for f in needed.values()} and re.search(r"\bAny\b", text):
            needed["from typing import Any"] = Foreign("typing", "Any", "Any")
        if "SimpleNamespace(" in text:
            needed["from types import SimpleNamespace"] = Foreign("types", "SimpleNamespace", "")
        if ": TypeAlias =" in text:
            needed["from typing import TypeAlias"] = Foreign("typing", "TypeAlias", "")
        if "@dataclass" in text:
            needed["from dataclasses import dataclass"] = Foreign("dataclasses", "dataclass", "")
        alone = [line for line, f in needed.items() if f.module.split(".")[0] in TYPES_ALONE]
        if alone:
            needed["from typing import TYPE_CHECKING"] = Foreign("typing", "TYPE_CHECKING", "")
        python = [
            line for line, f in needed.items() if f.module.split(".")[0] in sys.stdlib_module_names
        ]
        others = [line for line in needed if line not in python and line not in alone]
        lines = ["from __future__ import annotations", ""]
        lines += _grouped(python)
        if others:
            lines += ["", *_grouped(others)]
        if alone:
            lines += [
                "",
                "if TYPE_CHECKING:  # shapes, for the reader",
                *(f"    {line}" for line in _grouped(alone)),
            ]
        return lines


def _grouped(lines: Iterable[str]) -> list[str]:
    """Import statements sorted, one for each module."""
    plain = sorted({line for line in lines if line.startswith("import ")})
    of: dict[str, set[str]] = {}
    for line in lines:
        if line.startswith("from "):
            module, _, names = line.removeprefix("from ").partition(" import ")
            of.setdefault(module, set()).add(names)
    return plain + [
        f"from {m} import {', '.join(sorted(n, key=_rank))}" for m, n in sorted(of.items())
    ]


def _rank(name: str) -> tuple[bool, bool, str]:
    return not name.isupper(), not name[0].isupper(), name


def _indented(text: str, by: str = "    ") -> str:
    return "\n".join(by + line if line.strip() else line for line in text.split("\n"))
