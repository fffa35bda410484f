"""What a statement does beside computing: whether a script can do without it.

Experiments record tensors for pictures. A script draws none, so whatever only serves a recording
is left out, as long as leaving it out cannot change a number: it draws nothing from a generator
that others use, and changes nothing that stands outside of it.
"""

from __future__ import annotations

import ast
import builtins
import functools
from collections.abc import Callable
from dataclasses import dataclass

from tidu.lab.as_code.known import Names
from tidu.lab.as_code.references import FUNCTION, locals_of

RECORDS = frozenset({"record", "write_json", "remark"})
CHANGES = frozenset(
    """append extend insert update setdefault pop clear add remove discard train eval step backward
    zero_grad close reset stop manual_seed seed load_state_dict write_text write_bytes write shuffle
    save_weights log steps set_state register_forward_hook""".split()  # noqa: SIM905
)
OF_OWN = frozenset({"append", "extend", "insert", "update", "setdefault", "pop", "add", "remove"})
DRAWS = ("rand", "multinomial", "bernoulli", "normal", "shuffle", "choice", "dropout")


@dataclass
class Effects:
    """Judges the statements of one function."""

    names: Names
    own: frozenset[str]  # names the function makes, without its parameters
    function_of: Callable[[ast.expr], tuple[str, bool] | None]
    networks_change: bool  # whether a network may change when it is called

    def needless(self, statement: ast.stmt) -> bool:
        """Whether the statement only records."""
        if isinstance(statement, ast.Pass):
            return True
        if isinstance(statement, ast.Expr):
            return self._records(statement.value)
        if isinstance(statement, ast.If):
            both = [*statement.body, *statement.orelse]
            return self.pure(statement.test) and all(map(self.needless, both))
        if isinstance(statement, ast.For):
            every = [*statement.body, *statement.orelse]
            return self.pure(statement.iter) and all(map(self.needless, every))
        if isinstance(statement, ast.With):
            calm = all(self.pure(item.context_expr) for item in statement.items)
            return calm and all(map(self.needless, statement.body))
        return False

    def harmless(self, statement: ast.stmt) -> bool:
        """Whether the statement changes nothing outside of its function."""
        if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            return all(map(self._own_target, targets)) and (
                statement.value is None or self.pure(statement.value)
            )
        if isinstance(statement, (ast.Expr, ast.Return)):
            return statement.value is None or self.pure(statement.value)
        if isinstance(statement, (ast.If, ast.For, ast.With)):
            parts = [statement.test] if isinstance(statement, ast.If) else []
            parts += [statement.iter] if isinstance(statement, ast.For) else []
            if isinstance(statement, ast.With):
                parts += [item.context_expr for item in statement.items]
            inner = [*statement.body, *getattr(statement, "orelse", [])]
            return all(map(self.pure, parts)) and all(
                self.needless(one) or self.harmless(one) for one in inner
            )
        return isinstance(
            statement,
            (ast.Assert, ast.Pass, ast.Raise, ast.Continue, ast.Break, *FUNCTION,
             ast.Import, ast.ImportFrom),
        )  # fmt: skip

    def pure(self, expression: ast.AST) -> bool:
        """Whether computing the expression changes nothing."""
        return not any(
            isinstance(node, (ast.Yield, ast.YieldFrom, ast.Await))
            or (isinstance(node, ast.Call) and not self._pure_call(node))
            for node in ast.walk(expression)
        )

    def _records(self, value: ast.expr) -> bool:
        if not isinstance(value, ast.Call):
            return isinstance(value, ast.Constant)
        arguments = [*value.args, *(k.value for k in value.keywords)]
        if not all(map(self.pure, arguments)):
            return False
        called = value.func
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
            of_run = called.value.id in self.names.runs
            if of_run and called.attr in RECORDS:
                return True
        found = self.function_of(called)
        return found is not None and found[0] == "records"

    def _pure_call(self, call: ast.Call) -> bool:
        called = call.func
        found = self.function_of(called)
        if found is not None:
            return found[0] in ("pure", "records")
        if isinstance(called, ast.Attribute):
            return self._pure_method(call, called)
        if isinstance(called, ast.Name) and called.id in ("next", "print", "setattr", "delattr"):
            return False
        own = isinstance(called, ast.Name) and called.id in self.own
        if isinstance(called, ast.Name) and not own and hasattr(builtins, called.id):
            return True
        return not self.networks_change

    def _pure_method(self, call: ast.Call, called: ast.Attribute) -> bool:
        name, words = called.attr, ast.unparse(called)
        if isinstance(called.value, ast.Name) and called.value.id in self.names.runs:
            return name in {"generator", "generators", "history", *RECORDS}
        if words.startswith(("torch.nn.", "nn.")) and name[0].isupper():
            return False  # a new layer draws its weights
        if name in OF_OWN and isinstance(called.value, ast.Name) and called.value.id in self.own:
            return True
        if any(part in name for part in DRAWS):
            return any(k.arg == "generator" and self._own_generator(k.value) for k in call.keywords)
        return name not in CHANGES and not (name.endswith("_") and not name.endswith("__"))

    def _own_generator(self, value: ast.expr) -> bool:
        if isinstance(value, ast.Name):
            return value.id in self.own
        return isinstance(value, ast.Call) and "generator" in ast.unparse(value.func)

    def _own_target(self, target: ast.expr) -> bool:
        if isinstance(target, (ast.Tuple, ast.List)):
            return all(map(self._own_target, target.elts))
        while isinstance(target, (ast.Attribute, ast.Subscript, ast.Starred)):
            target = target.value
        return isinstance(target, ast.Name) and target.id in self.own


@functools.lru_cache(4096)
def made_in(function: ast.AST) -> frozenset[str]:
    """The names a function makes itself, without its parameters."""
    arguments = getattr(function, "args", None)
    given: set[str] = set()
    if isinstance(arguments, ast.arguments):
        given = {a.arg for a in ast.walk(arguments) if isinstance(a, ast.arg)}
    return locals_of(function) - given
