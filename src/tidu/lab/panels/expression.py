"""An expression's graph, forward and backward one box at a time, beside finite differences.

The graph is built and differentiated by ``tidu.autograd`` as the visitor types; every box leads to
the line that computed it. Nothing here touches the training.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, get_args

import numpy as np
import torch
from torch import Tensor

from tidu import autograd, optim
from tidu.autograd import Node, Value, arithmetic, functions
from tidu.autograd.backward import gradients, youngest_first
from tidu.autograd.record import constant, recording
from tidu.errors import TiduError
from tidu.expression import Expression, parse
from tidu.lab import mistake
from tidu.lab.lane import Lane
from tidu.views import graph_player
from tidu.views.graph_drawing import SIGNS, drawing, label, told
from tidu.views.pack import Pack
from tidu.views.reference import formula_of, reference

FIRST = "(a*b + sin(c))**2"
MOST = 120  # boxes drawn
LONGEST = 48  # characters of the words for a box
BINDS = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 2, "^": 3}  # the higher, the tighter
FUNCTIONS: dict[str, Callable[..., Value]] = {  # what computes a box
    "+": arithmetic.add,
    "-": arithmetic.subtract,
    "*": arithmetic.multiply,
    "/": arithmetic.divide,
    "^": arithmetic.power,
    "neg": arithmetic.negative,
    "exp": functions.exp,
    "log": functions.log,
    "sqrt": functions.sqrt,
    "sin": functions.sin,
    "cos": functions.cos,
    "tanh": functions.tanh,
    "sigmoid": functions.sigmoid,
    "relu": functions.relu,
    "abs": functions.absolute,
}


class ExpressionGraph:
    """The expression, the values of its names, and the graph made of them."""

    def __init__(self) -> None:
        self.version = 0  # grows with every change that is to be drawn
        self.problem: TiduError | None = None
        self._typed = ""
        self._lane: Lane | None = None
        self._expression = parse(FIRST)
        self._values: dict[str, float] = {}  # of every name there ever was
        self._width: float | None = None  # of the differences; None: the best there is
        self._difference: optim.Difference = "central"

    def frame(self, lanes: list[Lane], pack: Pack) -> dict[str, Any]:
        """The graph, its steps, what is behind every box, and the differences."""
        self._follow(lanes[0])
        return {
            **self._drawn,
            "version": self.version,
            "text": self._expression.text,
            "check": self._check,
            "width": self._width,
            "difference": self._difference,
            "problem": mistake.told(self.problem, self._typed),
        }

    def act(self, lanes: list[Lane], message: dict[str, Any]) -> None:
        """Another text, other values, another width of the differences."""
        self._follow(lanes[0])
        before = self._expression, dict(self._values), self._width, self._difference
        self.problem = None
        try:
            if "text" in message:
                self._typed = str(message["text"])
                self._expression = parse(self._typed)
            if "values" in message:
                self._values |= {str(k): _finite(v) for k, v in message["values"].items()}
            if "width" in message:
                self._width = _width(message["width"])
            if message.get("difference") in get_args(optim.Difference):
                self._difference = message["difference"]
            self._compute()
        except TiduError as problem:
            self._expression, self._values, self._width, self._difference = before
            self.problem = problem
        self.version += 1

    def _follow(self, lane: Lane) -> None:
        """Begin with the expression of the run, and follow it when its setting changes it."""
        config, before = lane.config, self._lane and self._lane.config
        self._lane = lane
        at = getattr(config, "at", ())
        if before is not None and (before.expression, before.at) == (config.expression, at):
            return
        try:
            self._expression = parse(config.expression)
            names = self._expression.variables
            if lane.experiment.name == "gradient-check":  # whose names are in alphabetical order
                names = tuple(sorted(names))
            self._values = dict(zip(names, map(float, at), strict=False))
            self._compute()
        except TiduError as problem:
            self._expression = parse(FIRST)
            self._compute()
            self.problem = problem
        self.version += 1

    # ── the graph ────────────────────────────────────────────────────────────────────────────────

    def _compute(self) -> None:
        names = self._expression.variables
        for i, name in enumerate(names):
            self._values.setdefault(name, 2.0 + i)
        with np.errstate(all="ignore"):  # what is not finite is told below
            variables = [Value(self._values[name], name) for name in names]
            output = self._expression(*variables)
            values = youngest_first(output)[::-1]
            if len(values) > MOST:
                raise TiduError(
                    f"The graph has {len(values)} boxes; at most {MOST} are drawn.",
                    "Write it shorter.",
                )
            nodes = autograd.graph(output)
            slopes = _local_slopes(values)
            found = gradients(output)
        self._drawn = _drawn(nodes, slopes)
        exact = [float(found[v].data) if v in found else 0.0 for v in variables]
        self._check = self._checked(exact)
        if not all(map(math.isfinite, (float(output.data), *exact))):
            place = ", ".join(f"{n} = {self._values[n]:.4g}" for n in names)
            self.problem = TiduError(
                f"The value or the gradient is not finite at {place}.", "Choose other values."
            )

    def _checked(self, exact: Sequence[float]) -> list[dict[str, Any]]:
        """Every name: its value, its gradient, the slope by differences, their relative gap."""
        names = self._expression.variables
        point = torch.tensor([self._values[name] for name in names], dtype=torch.float64)
        slopes = _by_differences(self._expression, point, self._width, self._difference)
        return [
            {
                "name": name,
                "value": value,
                "gradient": ours,
                "difference": theirs,
                "error": abs(ours - theirs) / (max(abs(ours), abs(theirs)) or 1.0),
            }
            for name, value, ours, theirs in zip(
                names, point.tolist(), exact, slopes.tolist(), strict=True
            )
        ]


def panel() -> ExpressionGraph:
    """A new panel."""
    return ExpressionGraph()


def _by_differences(
    expression: Expression, point: Tensor, width: float | None, difference: optim.Difference
) -> Tensor:
    return optim.numerical_gradient(
        lambda moved: expression(*moved.unbind()), point, width, difference
    )


def _local_slopes(values: Sequence[Value]) -> list[list[float | None]]:
    """For every value the derivative by each of its inputs: what each gets of a gradient of 1."""
    with recording(False):
        return [
            [
                float(pull(constant(1.0, value), value).data) if a.requires_grad else None
                for a, pull in value.inputs
            ]
            for value in values
        ]


def _drawn(nodes: Sequence[Node], slopes: Sequence[Sequence[float | None]]) -> dict[str, Any]:
    words = _words(nodes)
    back = graph_player.steps(nodes, "en")
    moves = [_forward(nodes, words, i) for i, node in enumerate(nodes) if node.op]
    for move in back:
        said = _backward(nodes, slopes, words, move["node"]) if move["parts"] else _START
        moves.append({**move, "forward": False, "says": said})
    return {
        "svg": graph_player.svg(nodes, drawing(nodes), ""),
        "nodes": [_told(nodes, slopes, words, i) for i in range(len(nodes))],
        "moves": moves,
        "forward": sum(bool(node.op) for node in nodes),
    }


def _forward(nodes: Sequence[Node], words: Sequence[str], i: int) -> dict[str, Any]:
    node = nodes[i]
    numbers = [told(nodes[k].number) for k in node.inputs]
    said = f"{words[i]} = {_applied(node.op, numbers)} = {told(node.number)}"
    return {"node": i, "forward": True, "parts": [], "got": [], "says": {"zh": said, "en": said}}


_START = {
    "zh": "从结果开始：它对自己的导数是 1。",
    "en": "From the result: its derivative by itself is 1.",
}


def _backward(
    nodes: Sequence[Node],
    slopes: Sequence[Sequence[float | None]],
    words: Sequence[str],
    i: int,
) -> dict[str, str]:
    """The rule, and gradient times local derivative for each input."""
    node, rule = nodes[i], graph_player.RULES.get(nodes[i].op)
    products = [
        f"{words[k]} ← {told(node.gradient)} × {told([slope])} = {told(part)}"
        for k, slope, part in zip(node.inputs, slopes[i], node.parts, strict=True)
        if part is not None and slope is not None
    ]
    return {
        spoken: f"{label(node)}{colon}{rule[spoken] if rule else ''}{stop}{comma.join(products)}"
        for spoken, colon, stop, comma in (("zh", "：", "。", "，"), ("en", ": ", ". ", ", "))
    }


def _told(
    nodes: Sequence[Node],
    slopes: Sequence[Sequence[float | None]],
    words: Sequence[str],
    i: int,
) -> dict[str, Any]:
    """What a click on a box says."""
    node = nodes[i]
    rule = graph_player.RULES.get(node.op)
    kind = "result" if node.op else "variable" if node.gradient is not None else "constant"
    owner: Any = FUNCTIONS[node.op] if node.op else Value.__init__
    fragment = f'"{node.op}",' if node.op else "self.data = np.asarray(data)"
    code = reference(
        owner,
        fragment,
        tensor=words[i],
        shape=node.shape,
        formula=formula_of(owner) if node.op else f"{words[i]} = {told(node.number)}",
    )
    return {
        "kind": kind,
        "words": words[i],
        "value": told(node.number),
        "gradient": None if node.gradient is None else told(node.gradient),
        "slopes": [
            {"by": words[k], "slope": told([slope])}
            for k, slope in zip(node.inputs, slopes[i], strict=True)
            if slope is not None
        ],
        "rule": rule and {"zh": rule.zh, "en": rule.en},
        "code": code,
        "back": reference(
            gradients,
            "part = pull(found[value], value)",
            tensor=f"∂ {words[-1]} / ∂ {words[i]}",
            shape=node.shape,
            formula=formula_of(gradients),
        ),
    }


def _words(nodes: Sequence[Node]) -> list[str]:
    """Every box as it would be written."""
    found: list[str] = []
    for node in nodes:
        if node.op:
            inner = [
                f"({found[k]})" if _needs_brackets(node.op, nodes[k].op, first) else found[k]
                for k, first in zip(node.inputs, (True, False), strict=False)
            ]
            words = _applied(node.op, inner)
        else:
            words = node.name or told(node.number)
        found.append(words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…")
    return found


def _needs_brackets(op: str, inner: str, first: bool) -> bool:
    own, its = BINDS.get(op), BINDS.get(inner)
    if own is None or its is None:  # functions have brackets of their own
        return False
    return its < own if first and op != "^" else its <= own


def _applied(op: str, inputs: Sequence[str]) -> str:
    """An operation on its inputs in the signs of mathematics."""
    if op == "^":
        return f"{inputs[0]}^{inputs[1]}"
    if op == "neg":
        return f"−{inputs[0]}"
    if len(inputs) == 2:
        return f"{inputs[0]} {SIGNS.get(op, op)} {inputs[1]}"
    return f"{op}({inputs[0]})"


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise TiduError(f"A value is a finite number; got {value}.", "For example 2.")
    return number


def _width(value: Any) -> float | None:
    if value is None:
        return None
    if not 1e-16 <= _finite(value) <= 10:
        raise TiduError(f"The step lies between 1e-16 and 10; got {value}.", "Try 1e-5.")
    return float(value)
