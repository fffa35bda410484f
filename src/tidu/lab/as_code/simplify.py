"""A statement without what its setting never reaches, as text: comments and line breaks stay.

One pass finds edits that do not overlap; passes follow until nothing is left to do.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tidu.lab.as_code.effects import Effects, made_in
from tidu.lab.as_code.known import Known, Names, known, truth
from tidu.lab.as_code.references import FUNCTION

Edit = tuple[int, int, str]  # from, to, and the text in between
Branches = list[tuple[ast.expr | None, list[ast.stmt]]]


@dataclass
class Setting:
    """What the program knows that a single statement does not."""

    names_of: Callable[[ast.AST, Names], Names]  # of a function inside these names
    effects_of: Callable[[ast.AST, Names], Effects]
    same: Callable[[ast.Call], ast.expr | None]  # the argument that a call hands through
    plain: Callable[[ast.With, Names], bool]  # a context that does nothing
    dropped: Callable[[ast.AST], frozenset[str]]  # parameters that nobody gives
    plain_steps: bool  # whether the steps of a run are a mere range


def simplified(text: str, setting: Setting, names: Names) -> str:
    """``text``, one statement, without what never happens."""
    for _ in range(100):
        page = Page(text)
        edits = [
            (start, end, new)
            for start, end, new in _Pass(page, setting).block(ast.parse(text).body, names, None)
            if text[start:end] != new
        ]
        if not edits:
            return text
        text = page.edited(edits)
    raise AssertionError("no end of simplifying")


class Page:
    """A text, and places in it as the syntax tree tells them: line, and bytes into it."""

    def __init__(self, text: str) -> None:
        self.text, self.lines = text, text.split("\n")
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def start(self, node: ast.AST) -> int:
        """Where ``node`` begins."""
        return self._place(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        """Behind the end of ``node``."""
        return self._place(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def of(self, node: ast.AST) -> str:
        """The text of ``node``."""
        return self.text[self.start(node) : self.end(node)]

    def line(self, number: int) -> int:
        """Where a line begins, counted from 1."""
        return self._starts[number - 1]

    def edited(self, edits: list[Edit]) -> str:
        """The text with edits that do not overlap; of those that do, the outermost."""
        text, before = self.text, len(self.text) + 1
        for start, end, inserted in _outermost(edits):
            assert end <= before
            text, before = text[:start] + inserted + text[end:], start
        return text

    def _place(self, line: int, column: int) -> int:
        words = self.lines[line - 1]
        return self._starts[line - 1] + len(words.encode()[:column].decode())


def _outermost(edits: list[Edit]) -> list[Edit]:
    kept: list[Edit] = []
    for edit in sorted(set(edits), key=lambda e: (e[0], -e[1])):
        if not kept or edit[0] >= kept[-1][1]:
            kept.append(edit)
    return kept[::-1]


class _Pass:
    def __init__(self, page: Page, setting: Setting) -> None:
        self.page, self.setting = page, setting

    def block(self, body: list[ast.stmt], names: Names, function: ast.AST | None) -> Iterator[Edit]:
        """Edits in the statements of one block."""
        gone: list[ast.stmt] = []
        for place, statement in enumerate(body):
            if function is not None and self._is_needless(statement, names, function):
                gone.append(statement)
                continue
            if isinstance(statement, ast.If) and not self._kept(self._chain(statement), names):
                gone.append(statement)
                continue
            yield from self.statement(statement, names, function)
            if isinstance(statement, (ast.Return, ast.Raise, ast.Continue, ast.Break)):
                gone += body[place + 1 :]
                break
        for statement in gone:
            yield self._without(statement, alone=len(gone) == len(body) and statement is gone[0])

    def statement(
        self, statement: ast.stmt, names: Names, function: ast.AST | None
    ) -> Iterator[Edit]:
        """Edits in one statement."""
        if isinstance(statement, ast.If):
            yield from self._if(statement, names, function)
        elif isinstance(statement, FUNCTION):
            yield from self._function(statement, names)
        elif isinstance(statement, ast.ClassDef):
            for inner in statement.body:
                yield from self.statement(inner, names, None)
        elif isinstance(statement, ast.With) and self.setting.plain(statement, names):
            yield self._instead(statement, self._body(statement.body, statement.col_offset))
        else:
            for child in ast.iter_child_nodes(statement):
                if not isinstance(child, ast.stmt):
                    yield from self.expression(child, names)
            for blocks in ("body", "orelse", "finalbody"):
                inner = getattr(statement, blocks, None)
                if inner:
                    yield from self.block(inner, names, function)
            for handler in getattr(statement, "handlers", []):
                yield from self.block(handler.body, names, function)

    def expression(self, node: ast.AST, names: Names) -> Iterator[Edit]:
        """Edits in an expression."""
        if isinstance(node, ast.IfExp):
            chosen = truth(node.test, names)
            if chosen is not None:
                kept = node.body if chosen else node.orelse
                yield self.page.start(node), self.page.end(node), self.page.of(kept)
                return
        if isinstance(node, ast.BoolOp):
            short = self._shorter(node, names)
            if short is not None:
                yield self.page.start(node), self.page.end(node), short
                return
        if isinstance(node, ast.Call):
            through = self.setting.same(node)
            if through is not None:
                yield self.page.start(node), self.page.end(node), self.page.of(through)
                return
            if self._is_loop(node, names):
                yield (
                    self.page.start(node),
                    self.page.end(node),
                    f"range({self.page.of(node.args[0])})",
                )
                return
        if isinstance(node, ast.Attribute):
            found = known(node, names)
            if found == Known(None):
                yield self.page.start(node), self.page.end(node), "None"
                return
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found = names.values.get(node.id)
            if found is not None and not found.some and found.literal:
                yield self.page.start(node), self.page.end(node), repr_of(found.value)
                return
        within = names
        if isinstance(
            node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
        ):
            within = names.within(node, set(), set())
        for child in ast.iter_child_nodes(node):
            yield from self.expression(child, within)

    # ── statements ───────────────────────────────────────────────────────────────────────────────

    def _function(
        self, function: ast.FunctionDef | ast.AsyncFunctionDef, names: Names
    ) -> Iterator[Edit]:
        given = {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}
        dropped = self.setting.dropped(function) & given
        if dropped:
            yield self._signature(function, dropped)
        else:
            for default in (*function.args.defaults, *function.args.kw_defaults):
                if default is not None:
                    yield from self.expression(default, names)
        within = self.setting.names_of(function, names)
        yield from self.block(function.body, within, function)

    def _signature(
        self, function: ast.FunctionDef | ast.AsyncFunctionDef, dropped: frozenset[str]
    ) -> Edit:
        parts = _parts(function.args, dropped)
        returns = f" -> {ast.unparse(function.returns)}" if function.returns else ""
        indent = " " * function.col_offset
        returns = returns.replace("'", '"')
        line = f"def {function.name}({', '.join(parts)}){returns}:"
        if len(indent + line) > 100:
            inner = "".join(f"{indent}    {part},\n" for part in parts)
            line = f"def {function.name}(\n{inner}{indent}){returns}:"
        first = function.body[0]
        end = self.page.line(first.lineno) - 1
        between = self.page.text[self.page.start(function) : end]
        comment_lines = between.split("\n")
        while comment_lines and comment_lines[-1].lstrip().startswith("#"):
            comment_lines.pop()
        end = self.page.start(function) + len("\n".join(comment_lines))
        return self.page.start(function), end, line

    def _if(self, statement: ast.If, names: Names, function: ast.AST | None) -> Iterator[Edit]:
        chain = self._chain(statement)
        kept = self._kept(chain, names)
        if [test for test, _ in kept] == [test for test, _ in chain]:
            for test, body in chain:
                if test is not None:
                    yield from self.expression(test, names)
                yield from self.block(body, names, function)
            return
        indent = statement.col_offset
        if kept[0][0] is None:
            yield self._instead(statement, self._body(kept[0][1], indent))
            return
        said: list[str] = []
        for place, (test, body) in enumerate(kept):
            head = "else:" if test is None else f"{'elif' if place else 'if'} {self.page.of(test)}:"
            said += [" " * indent + head, self._body(body, indent + 4)]
        yield self._instead(statement, "\n".join(said))

    def _chain(self, statement: ast.If) -> Branches:
        """The conditions and blocks of ``if``, ``elif`` and ``else``."""
        chain: Branches = []
        one: ast.If = statement
        while True:
            chain.append((one.test, one.body))
            rest = one.orelse
            if len(rest) == 1 and isinstance(rest[0], ast.If) and self._is_elif(rest[0]):
                one = rest[0]
                continue
            if rest:
                chain.append((None, rest))
            return chain

    def _kept(self, chain: Branches, names: Names) -> Branches:
        """The branches that may be taken."""
        kept: Branches = []
        for test, body in chain:
            holds = True if test is None else truth(test, names)
            if holds is False:
                continue
            kept.append((None if holds else test, body))
            if holds:
                break
        return kept

    def _is_elif(self, statement: ast.If) -> bool:
        return self.page.text.startswith("elif", self.page.start(statement))

    def _body(self, body: list[ast.stmt], indent: int) -> str:
        """The lines of a block, with the comments above it, moved to ``indent``."""
        first = body[0].lineno
        first = min([first, *(d.lineno for d in getattr(body[0], "decorator_list", []))])
        while self.page.lines[first - 2].lstrip().startswith("#"):
            first -= 1
        last = body[-1].end_lineno or first
        by = body[0].col_offset - indent
        fixed = {
            line
            for s in body
            for n in ast.walk(s)
            if isinstance(n, (ast.Constant, ast.JoinedStr)) and n.end_lineno != n.lineno
            for line in range(n.lineno + 1, (n.end_lineno or 0) + 1)
            if isinstance(n, ast.JoinedStr) or isinstance(n.value, (str, bytes))
        }
        moved: list[str] = []
        for number in range(first, last + 1):
            line = self.page.lines[number - 1]
            triple = number in fixed and not line.startswith(" " * by)
            moved.append(line if triple or not line.strip() else line[by:])
        return "\n".join(moved)

    def _instead(self, statement: ast.stmt, text: str) -> Edit:
        return self.page.line(statement.lineno), self.page.end(statement), text

    def _without(self, statement: ast.stmt, alone: bool) -> Edit:
        first = min(
            [statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", []))]
        )
        indent = " " * statement.col_offset
        while first > 1 and self.page.lines[first - 2].startswith(indent + "#"):
            first -= 1
        last = statement.end_lineno or first
        start = self.page.line(first)
        end = min(self.page.line(last + 1), len(self.page.text))
        if alone:
            return start, end, f"{indent}pass\n"
        return start, end, ""

    def _is_needless(self, statement: ast.stmt, names: Names, function: ast.AST) -> bool:
        body = getattr(function, "body", [])
        if isinstance(statement, ast.Pass):
            return len(body) > 1 and statement in body
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            return False
        effects = self.setting.effects_of(function, names)
        if effects.needless(statement):
            return True
        return self._is_unused(statement, function, effects)

    def _is_unused(self, statement: ast.stmt, function: ast.AST, effects: Effects) -> bool:
        """An assignment to a name that nobody looks at, or a function that nobody calls."""
        made: set[str] = set()
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
            parts = target.elts if isinstance(target, ast.Tuple) else [target]
            if all(isinstance(part, ast.Name) for part in parts):
                made = {part.id for part in parts if isinstance(part, ast.Name)}
            if not effects.pure(statement.value):
                return False
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            if statement.value is None or not effects.pure(statement.value):
                return False
            made = {statement.target.id}
        elif isinstance(statement, FUNCTION):
            made = {statement.name}
        if not made or not made <= made_in(function):
            return False
        inside = set(ast.walk(statement))
        return not any(
            (isinstance(n, ast.Name) and n.id in made and n not in inside)
            or (isinstance(n, (ast.Nonlocal, ast.Global)) and made & set(n.names))
            for n in ast.walk(function)
        )

    def _is_loop(self, node: ast.Call, names: Names) -> bool:
        called = node.func
        return (
            self.setting.plain_steps
            and isinstance(called, ast.Attribute)
            and called.attr == "steps"
            and isinstance(called.value, ast.Name)
            and called.value.id in names.runs
            and bool(node.args)
        )

    def _shorter(self, node: ast.BoolOp, names: Names) -> str | None:
        """``a and b`` where one of the two is known."""
        neutral = isinstance(node.op, ast.And)
        kept: list[ast.expr] = []
        for part in node.values:
            found = truth(part, names)
            if found is None:
                kept.append(part)
            elif found is not neutral:
                if not kept:
                    return self.page.of(part)
                kept.append(part)
                break
        if len(kept) == len(node.values) or not kept:
            return None
        if isinstance(kept[-1], ast.expr) and len(kept) < len(node.values):
            last = node.values[-1]
            if truth(last, names) is not None and last not in kept:
                return None  # its value, not only its truth, may be asked for
        word = " and " if neutral else " or "
        return word.join(self.page.of(part) for part in kept)


def repr_of(value: object) -> str:
    """Python for ``value``, with double quotes."""
    said = repr(value)
    return f'"{value}"' if isinstance(value, str) and said == f"'{value}'" else said


def _parts(given: ast.arguments, dropped: frozenset[str]) -> list[str]:
    """The parameters of a signature, without those that are dropped."""
    every = [*given.posonlyargs, *given.args]
    plain: list[ast.expr | None] = [None] * (len(every) - len(given.defaults))
    parts = [
        _part(argument, default)
        for argument, default in zip(every, [*plain, *given.defaults], strict=True)
        if argument.arg not in dropped
    ]
    named = [
        _part(argument, default)
        for argument, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
        if argument.arg not in dropped
    ]
    if given.vararg:
        parts.append("*" + _part(given.vararg, None))
    elif named:
        parts.append("*")
    parts += named
    if given.kwarg:
        parts.append("**" + _part(given.kwarg, None))
    return parts


def _part(argument: ast.arg, default: ast.expr | None) -> str:
    said = ast.unparse(argument)
    if default is not None:
        said += (" = " if argument.annotation else "=") + ast.unparse(default)
    return said.replace("'", '"')
