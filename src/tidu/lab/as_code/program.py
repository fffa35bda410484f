"""Everything that ``run(config, run)`` of an experiment reaches, and nothing else.

Beginning with the experiment's ``run``, definitions are gathered by the names they use. What the
setting rules out (another source, another activation, early stopping that nobody asked for) is
taken away first, so it reaches nothing. Methods are kept where something reads an attribute of
their name.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import importlib
import inspect
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from tidu.lab.as_code import modules
from tidu.lab.as_code.effects import Effects, made_in
from tidu.lab.as_code.known import SOME, Known, Names, known
from tidu.lab.as_code.modules import Definition, Foreign, Meaning, Module, Room
from tidu.lab.as_code.references import FUNCTION, Reference, locals_of, references
from tidu.lab.as_code.simplify import Setting, simplified
from tidu.lab.as_code.sources import data_module, named_sources
from tidu.lab.as_code.syntax import (
    attributes_read,
    config_text,
    constant_of,
    defaults_of,
    function_called,
    is_words,
    kinds_asked,
    parameters_of,
    stable_fields,
)

HERE = "tidu.lab.as_code.stand_ins"
INSTEAD = {
    Definition("tidu.runs.run", "Run"): Definition(HERE, "Run"),
    Definition("tidu.train.fit", "Loop"): Definition(HERE, "Run"),
    Definition("tidu.errors", "TiduError"): Definition(HERE, "TiduError"),
    Definition("tidu.errors", "unknown"): Definition(HERE, "unknown"),
    Definition("tidu.data.cache", "load"): Definition("sources", "load"),
}
RUN = Definition(HERE, "Run")
AUTOCAST = Definition("tidu.train.precision", "autocast")
PROCESSES = "tidu.train.processes"
ON_COPIES = frozenset({Definition("tidu.nn.stacked", "unstack")})  # change a copy of their own
STATEFUL = ("Dropout", "BatchNorm", "dropout(")
ROUNDS = 12


@functools.lru_cache(10_000)
def _tree(text: str) -> ast.stmt:
    return ast.parse(text).body[0]


@dataclass
class Item:
    """One definition on its way into the script."""

    key: Definition
    module: Module
    text: str
    brought: dict[str, Meaning] = field(default_factory=dict[str, Meaning])  # imports inside it
    references: list[tuple[Reference, Meaning, int]] = field(
        default_factory=list[tuple[Reference, Meaning, int]]
    )  # each with how many links of its chain belong to the name

    @property
    def statement(self) -> ast.stmt:
        """The text as a syntax tree."""
        return _tree(self.text)


class Program:
    """The definitions a script needs."""

    def __init__(
        self, experiment: ModuleType, config: Any, roots: Iterable[str], script: str
    ) -> None:
        self.script = script
        self.experiment = modules.read(experiment.__name__)
        self.config_key = Definition(experiment.__name__, type(config).__name__)
        self.config = config
        self._made: dict[str, Module] = {}
        self.fields = stable_fields(self.experiment, config)
        self.roots = [
            Definition(experiment.__name__, "run"),
            self.config_key,
            *(Definition(HERE, name) for name in roots),
        ]
        self.items: dict[Definition, Item] = {}
        self.facts: dict[Definition, dict[str, Known]] = {}
        self.gone: dict[Definition, frozenset[str]] = {}
        self._judged: dict[Definition, tuple[str, bool]] = {}
        self.attributes: set[str] = set()
        self._before: dict[Definition, Item] = {}
        self.networks_change = True
        self.plain_steps = False  # whether a loop is a mere range
        self._through_calls: set[Definition] = set()  # functions that give back what they are given
        self._empty: set[Definition] = set()  # functions of which nothing is left
        self._known_texts: dict[Any, tuple[str, dict[str, Meaning]]] = {}
        self._known_references: dict[tuple[str, str], list[tuple[Reference, Meaning, int]]] = {}
        self._grow()

    # ── reaching ─────────────────────────────────────────────────────────────────────────────────

    def _grow(self) -> None:
        """Simplify and gather, until another round changes nothing."""
        for _ in range(ROUNDS):
            before = {key: item.text for key, item in self.items.items()}
            facts = dict(self.facts)
            self._round(before)
            if before == {k: i.text for k, i in self.items.items()} and facts == self.facts:
                return
        raise AssertionError("the script does not settle")

    def _round(self, before: Mapping[Definition, str]) -> None:
        self._judged.clear()
        texts = " ".join(before.values())
        self.networks_change = any(word in texts for word in STATEFUL) and not (
            Definition("tidu.train.fit", "fit") in self.items
            and not any(".steps(" in self.items[k].text for k in self.items
                        if k.module == self.experiment.name)
        )  # fmt: skip
        self.plain_steps = bool(before) and "TurnedRun" not in texts and ".stop()" not in texts
        self._names = sorted(named_sources(self.items_text(before), self.config))
        self._made["sources"] = data_module(self._names)
        old, self.items = self.items, {}
        self.attributes = set()
        waiting = list(self.roots)
        asked: set[str] = set()
        while True:
            while waiting:
                key = waiting.pop()
                if key in self.items:
                    continue
                item = self.item(key, old.get(key))
                self.items[key] = item
                self.attributes |= attributes_read(item.statement)
                waiting += self._needs(item)
            if self.attributes == asked:
                break
            asked = set(self.attributes)
            for key, item in list(self.items.items()):
                if isinstance(item.statement, ast.ClassDef):
                    again = self.item(key, old.get(key))
                    if again.text != item.text:
                        self.items[key] = again
                        self.attributes |= attributes_read(again.statement)
                        waiting += self._needs(again)
        self._learn()

    def items_text(self, texts: Mapping[Definition, str]) -> str:
        """The text of what was reached, without the data's own module."""
        return "\n".join(text for key, text in texts.items() if key.module != "sources")

    def item(self, key: Definition, old: Item | None) -> Item:
        module = self.module(key.module)
        text = module.segment(key.name)
        item = Item(key, module, text, dict(old.brought) if old else {})
        if key == self.config_key:
            item.text = config_text(module, key.name, self.config)
        else:
            statement = ast.parse(text).body[0]
            if isinstance(statement, ast.ClassDef):
                item.text = self._methods(item, statement)
            told = tuple(self.facts.get(key, {}).items()), self.gone.get(key)
            small = frozenset(self._through_calls | self._empty)
            state = (key, item.text, *told, small, self.networks_change, self.plain_steps)
            if state not in self._known_texts:
                text = self._without_imports(item)
                text = simplified(text, self._setting(item), self.outer(item))
                self._known_texts[state] = text, dict(item.brought)
            item.text, brought = self._known_texts[state]
            item.brought = dict(brought)
        place = (key.module, item.text)
        if place not in self._known_references or key.module in self._made:
            self._known_references[place] = self._resolved(item)
        item.references = self._known_references[place]
        return item

    def _needs(self, item: Item) -> list[Definition]:
        found: list[Definition] = []
        for reference, meaning, _ in item.references:
            if isinstance(meaning, Definition) and not reference.annotation:
                found.append(meaning)
            elif isinstance(meaning, Room) and not reference.annotation:
                found += self.room_members(meaning)
        return found

    def room_members(self, room: Room) -> list[Definition]:
        """What a module used as a value, as in ``getattr(optim, name)``, must have."""
        words = {
            node.value
            for statement in self.experiment.statements.values()
            for node in ast.walk(statement)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        members = [modules.attribute(room, word) for word in sorted(words) if word.isidentifier()]
        return [one for one in members if isinstance(one, Definition)]

    def _resolved(self, item: Item) -> list[tuple[Reference, Meaning, int]]:
        found: list[tuple[Reference, Meaning, int]] = []
        for reference in references(item.statement):
            meaning = item.brought.get(reference.name) or modules.meaning(
                item.module, reference.name
            )
            used = 0
            while isinstance(meaning, Room) and used < len(reference.chain):
                next_one = modules.attribute(meaning, reference.chain[used].attr)
                if next_one is None:
                    break
                meaning, used = next_one, used + 1
            if meaning is not None:
                meaning = (
                    INSTEAD.get(meaning, meaning) if isinstance(meaning, Definition) else meaning
                )
                found.append((reference, meaning, used))
        return found

    def module(self, name: str) -> Module:
        """A module of tidu, or one made for the script."""
        return self._made[name] if name in self._made else modules.read(name)

    def _methods(self, item: Item, statement: ast.ClassDef) -> str:
        """A class without the methods that nobody asks for."""
        kind = self._class(item.key)
        foreign = {
            name
            for base in (kind.__mro__[1:] if kind else ())
            if base is not object and base.__module__.split(".")[0] not in ("tidu", "typing")
            for name in vars(base)
        }  # fmt: skip
        lines = item.text.split("\n")
        gone: set[int] = set()
        for one in statement.body:
            if item.key == RUN and isinstance(one, (ast.Assign, *FUNCTION)):
                name = one.name if isinstance(one, FUNCTION) else ast.unparse(one.targets[0])
                if name != "__init__" and not self._asked_of_run(name):
                    gone |= set(range(one.lineno - 1, one.end_lineno or one.lineno))
                continue
            if isinstance(one, FUNCTION) and not (
                (one.name.startswith("__") and one.name.endswith("__"))
                or one.name in self.attributes
                or (one.name in foreign and one.name != "extra_repr")
            ):
                first = min([one.lineno, *(d.lineno for d in one.decorator_list)])
                gone |= set(range(first - 1, one.end_lineno or first))
        kept = [line for number, line in enumerate(lines) if number not in gone]
        text = "\n".join(kept).rstrip()
        while "\n\n\n" in text:
            text = text.replace("\n\n\n", "\n\n")
        return self._small_run(text) if item.key == RUN else text

    def _small_run(self, text: str) -> str:
        """The stand-in of a run without what nobody reads."""
        if "def history" not in text:
            text = "\n".join(line for line in text.split("\n") if "self.lines" not in line)
        if "def read_json" not in text:
            text = "\n".join(line for line in text.split("\n") if "self.kept" not in line)
        if "stop" not in self.attributes:
            text = text.replace("-> Loop:", "-> Iterable[int]:").replace(
                "Loop(total)", "range(total)"
            )
        return text.replace('f"{SCRIPT}.pt"', f'"{self.script}.pt"')

    def _asked_of_run(self, name: str) -> bool:
        return any(
            re.search(rf"\b(run|self)\.{name}\b", item.text)
            for item in (*self.items.values(), *self._before.values())
            if item.key != RUN or "self." + name in item.text.replace(f"def {name}", "")
        )

    def _class(self, key: Definition) -> type[Any] | None:
        if key.module in self._made:
            return None
        found = getattr(importlib.import_module(key.module), key.name, None)
        return found if inspect.isclass(found) else None

    def _without_imports(self, item: Item) -> str:
        """The text without the imports inside its functions, whose names it brings along."""
        lines = item.text.split("\n")
        gone: set[int] = set()
        for node in ast.walk(item.statement):
            if not isinstance(node, (ast.Import, ast.ImportFrom)):
                continue
            found = dict(modules.imported(node))
            light = {"numpy", "torch", "math", "json", "gzip", "itertools", "functools"}
            for name, meaning in found.items():
                if isinstance(meaning, Definition):
                    found[name] = modules.home(meaning) or meaning
            if all(not isinstance(m, Foreign) or m.module in light for m in found.values()):
                item.brought.update(found)
                gone |= set(range(node.lineno - 1, node.end_lineno or node.lineno))
        kept = [line for number, line in enumerate(lines) if number not in gone]
        text = "\n".join(kept)
        return text.replace("\n\n\n", "\n\n") if gone else text

    # ── what is known ────────────────────────────────────────────────────────────────────────────

    def outer(self, item: Item) -> Names:
        one_process = {"_active"} if item.module.name == PROCESSES else set[str]()
        return Names({}, frozenset(), frozenset(), self.fields, frozenset(one_process))

    def _setting(self, item: Item) -> Setting:
        return Setting(
            lambda function, names: self.names_in(item, function, names),
            lambda function, names: self._effects(item, function, names),
            lambda call: self._through(item, call),
            lambda statement, names: self._is_plain(item, statement, names),
            lambda function: self._dropped(item, function),
            self.plain_steps,
        )

    def names_in(self, item: Item, function: ast.AST, names: Names) -> Names:
        configs: set[str] = set()
        runs: set[str] = set()
        arguments = getattr(function, "args", None)
        if isinstance(arguments, ast.arguments):
            for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
                if isinstance(one.annotation, (ast.Name, ast.Attribute, ast.Constant)):
                    meant = self._meant(item, one.annotation)
                    if meant == self.config_key:
                        configs.add(one.arg)
                    elif meant == RUN:
                        runs.add(one.arg)
        within = names.within(function, configs, runs)
        if self._is_told(item, function):
            stored = {
                n.id for n in ast.walk(function)
                if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)
            }  # fmt: skip
            facts = self.facts.get(item.key, {})
            gone = self.gone.get(item.key, frozenset())
            values = dict(within.values)
            for name, fact in facts.items():
                if name not in stored:
                    values[name] = dataclasses.replace(fact, literal=name in gone)
            within.values = values
        return within

    def _meant(self, item: Item, node: ast.expr) -> Meaning | None:
        """What a name or a chain of names means; nothing for what is local."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node = ast.parse(node.value, mode="eval").body
        chain: list[str] = []
        while isinstance(node, ast.Attribute):
            chain.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        meaning = item.brought.get(node.id) or modules.meaning(item.module, node.id)
        for link in chain:
            if not isinstance(meaning, Room):
                return None
            meaning = modules.attribute(meaning, link)
        return INSTEAD.get(meaning, meaning) if isinstance(meaning, Definition) else meaning

    def _effects(self, item: Item, function: ast.AST, names: Names) -> Effects:
        hidden = locals_of(function)

        def function_of(called: ast.expr) -> tuple[str, bool] | None:
            base = called
            while isinstance(base, ast.Attribute):
                base = base.value
            if isinstance(base, ast.Name) and base.id in hidden:
                return None
            meant = self._meant(item, called)
            return self._judge(meant) if isinstance(meant, Definition) else None

        return Effects(names, made_in(function), function_of, self.networks_change)

    def _judge(self, key: Definition) -> tuple[str, bool]:
        """``records``, ``pure`` or ``acts``: what calling a definition does."""
        if key in self._empty:
            return ("records", False)
        if key in ON_COPIES:
            return ("pure", False)
        if key in self._judged:
            return self._judged[key]
        self._judged[key] = ("acts", False)  # what calls itself is not looked into
        module = self.module(key.module)
        statement = module.statements[key.name]
        said = "acts"
        if isinstance(statement, ast.ClassDef):
            said = "acts" if statement.bases else "pure"
        elif isinstance(statement, ast.FunctionDef):
            item = Item(key, module, module.segment(key.name))
            self._without_imports(item)
            names = self.names_in(item, statement, self.outer(item))
            effects = self._effects(item, statement, names)
            body = [s for s in statement.body if not is_words(s)]
            if all(effects.needless(s) or effects.harmless(s) for s in body):
                records = any(effects.needless(s) for s in body) or any(
                    isinstance(n, ast.Attribute) and n.attr == "record" for n in ast.walk(statement)
                )
                gives = any(isinstance(n, ast.Return) and n.value for n in ast.walk(statement))
                said = "records" if records and not gives else "pure"
        self._judged[key] = (said, False)
        return self._judged[key]

    def _through(self, item: Item, call: ast.Call) -> ast.expr | None:
        """The argument of a call to a function that gives back what it is given."""
        meant = self._meant(item, call.func)
        if not isinstance(meant, Definition) or len(call.args) != 1 or call.keywords:
            return None
        return call.args[0] if meant in self._through_calls else None

    def _is_plain(self, item: Item, statement: ast.With, names: Names) -> bool:
        if len(statement.items) != 1 or not isinstance(statement.items[0].context_expr, ast.Call):
            return False
        call = statement.items[0].context_expr
        return (
            self._meant(item, call.func) == AUTOCAST
            and bool(call.args)
            and known(call.args[0], names) in (Known("float32"), Known("float32", literal=True))
        )

    def _dropped(self, item: Item, function: ast.AST) -> frozenset[str]:
        if not self._is_told(item, function):
            return frozenset()
        return self.gone.get(item.key, frozenset())

    def _is_told(self, item: Item, function: ast.AST) -> bool:
        """Whether it is the function that calls of this definition go to."""
        name = getattr(function, "name", "")
        is_class = isinstance(item.module.statements.get(item.key.name), ast.ClassDef)
        return name == ("__init__" if is_class else item.key.name)

    def _learn(self) -> None:
        """What every call of a function gives to its parameters."""
        given: dict[Definition, list[dict[str, Known | None] | None]] = {}
        called: set[int] = set()
        for item in self.items.values():
            for call, names in _calls(item, self):
                meant = self._meant(item, call.func)
                if isinstance(meant, Definition) and meant in self.items:
                    called.add(id(call.func))
                    given.setdefault(meant, []).append(self._given(meant, call, names))
        counts = {key: len(calls) for key, calls in given.items()}
        for item in self.items.values():
            kinds = kinds_asked(item.statement)
            for reference, meaning, _ in item.references:
                place = (reference.node.lineno, reference.node.col_offset)
                if isinstance(meaning, Definition) and not reference.annotation | (place in kinds):
                    counts[meaning] = counts.get(meaning, 0) - 1
        self.facts = {}
        gone: dict[Definition, frozenset[str]] = {}
        for key, calls in given.items():
            statement = function_called(self.items[key].statement)
            if counts[key] < 0 or statement is None or key in self.roots:
                continue  # it is handed about as a value
            if any(one is None for one in calls):
                continue
            facts: dict[str, Known] = {}
            never: set[str] = set()
            whole = function_called(self.module(key.module).statements[key.name])
            assert whole is not None
            defaults = defaults_of(whole)
            for name in parameters_of(statement):
                values = [one.get(name, _OMITTED) for one in calls if one is not None]
                if all(value is _OMITTED for value in values):
                    if name in defaults and isinstance(defaults[name], ast.Constant):
                        value = defaults[name]
                        assert isinstance(value, ast.Constant)
                        facts[name] = Known(value.value)
                        never.add(name)
                    continue
                told = {
                    constant_of(defaults.get(name)) if value is _OMITTED else value
                    for value in values
                }
                if len(told) == 1 and None not in told:
                    facts[name] = next(v for v in told if v is not None)
                elif None not in told and all(v and (v.some or v.value is not None) for v in told):
                    facts[name] = SOME
            # a parameter that was taken away already stays away
            for name in self.gone.get(key, frozenset()):
                value = defaults[name]
                assert isinstance(value, ast.Constant)
                facts[name] = Known(value.value)
                never.add(name)
            stored = {
                n.id for n in ast.walk(whole)
                if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)
            }  # fmt: skip
            self.facts[key] = facts
            gone[key] = frozenset(never - stored)
        self.gone = gone
        self._before = dict(self.items)
        self._empty |= {key for key, item in self.items.items() if _is_empty(item)}
        self._through_calls |= {key for key, item in self.items.items() if _hands_through(item)}

    def _given(
        self, key: Definition, call: ast.Call, names: Names
    ) -> dict[str, Known | None] | None:
        statement = function_called(self.items[key].statement)
        if statement is None:
            return {}
        if any(isinstance(a, ast.Starred) for a in call.args) or any(
            k.arg is None for k in call.keywords
        ):
            return None
        places = [a.arg for a in (*statement.args.posonlyargs, *statement.args.args)]
        if statement.name == "__init__":
            del places[0]
        if statement.args.vararg or statement.args.kwarg or len(call.args) > len(places):
            return None
        found = {name: known(value, names) for name, value in zip(places, call.args, strict=False)}
        return found | {k.arg: known(k.value, names) for k in call.keywords if k.arg}


_OMITTED = Known("(left out)", some=True)


def _is_empty(item: Item) -> bool:
    """Whether it is a function that does nothing."""
    statement = item.statement
    return isinstance(statement, ast.FunctionDef) and all(
        isinstance(one, ast.Pass) or is_words(one) for one in statement.body
    )


def _hands_through(item: Item) -> bool:
    """Whether it is a function that gives back the one thing it is given."""
    if not isinstance(item.statement, ast.FunctionDef):
        return False
    body = [s for s in item.statement.body if not is_words(s)]
    arguments = [a.arg for a in item.statement.args.args]
    if len(body) != 1 or not isinstance(body[0], ast.Return) or len(arguments) != 1:
        return False
    return isinstance(body[0].value, ast.Name) and body[0].value.id == arguments[0]


def _calls(item: Item, program: Program) -> list[tuple[ast.Call, Names]]:
    """The calls of names from outside in a statement, each with what is known there."""
    found: list[tuple[ast.Call, Names]] = []

    def look(node: ast.AST, names: Names, hidden: frozenset[str]) -> None:
        if isinstance(node, (*FUNCTION, ast.Lambda)):
            for default in (*node.args.defaults, *node.args.kw_defaults):
                if default is not None:
                    look(default, names, hidden)
            names = program.names_in(item, node, names)
            if isinstance(node, FUNCTION):
                inner = {
                    s.name: SOME
                    for s in ast.walk(node)
                    if isinstance(s, FUNCTION) and s is not node
                }
                names.values = {**names.values, **inner}
            hidden |= locals_of(node)
            for statement in node.body if isinstance(node, FUNCTION) else [node.body]:
                look(statement, names, hidden)
            return
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            names = names.within(node, set(), set())
            hidden |= locals_of(node)
        if isinstance(node, ast.Call):
            base = node.func
            while isinstance(base, ast.Attribute):
                base = base.value
            if isinstance(base, ast.Name) and base.id not in hidden:
                found.append((node, names))
        for child in ast.iter_child_nodes(node):
            look(child, names, hidden)

    look(item.statement, program.outer(item), frozenset())
    return found
