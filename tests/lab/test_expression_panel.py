"""The expression panel: numbers and derivatives of every box against PyTorch; mistakes are told."""

from __future__ import annotations

import importlib
import inspect
import math
from collections.abc import Iterator
from typing import Any

import pytest
import torch

from tidu.expression import parse
from tidu.lab.bench import Bench
from tidu.lab.panels import expression as panel_module
from tidu.views.graph_drawing import told
from tidu.views.pack import Pack

SMALL = {"preset": "quick", "steps": "3", "hidden": "4", "expression": "(a*b + sin(c))**2"}


class Seen:
    """A bench with the panel's last frame."""

    def __init__(self, system: str, setting: dict[str, str]) -> None:
        self.bench = Bench(system, setting)
        self.ask({"kind": "open"})
        while self.bench.lanes[0].phase == "busy":
            self.ask({"kind": "look"})

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        reply, _ = self.bench.handle(message)
        assert reply["kind"] == "frame", reply
        self.frame = reply["panels"].get("expression")
        return reply

    def hand(self, **did: Any) -> None:
        self.ask({"kind": "panel", "panel": "expression", **did})


@pytest.fixture(scope="module")
def shared(prepared_data: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIDU_HOME", str(tmp_path_factory.mktemp("home")))
        seen = Seen("autograd", SMALL)
        yield seen
        seen.bench.close()


def test_it_begins_with_the_runs_expression(shared: Seen) -> None:
    fresh = panel_module.panel().frame(shared.bench.lanes, Pack())
    assert fresh["text"] == "(a*b + sin(c))**2"
    assert [row["value"] for row in fresh["check"]] == [2.0, 3.0, 4.0]


EXPRESSIONS = [
    "(a*b + sin(c))**2",
    "x/y - y/x + sigmoid(x*y)",
    "log(a) * exp(-b) + tanh(a/b) - relu(b - a)",
    "sqrt(abs(x)) ^ y + cos(x*x) * tan(y)",
    "-x + x",
]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_gradients_and_differences_are_those_of_pytorch(shared: Seen, text: str) -> None:
    names = parse(text).variables
    values = {name: 0.7 + 0.6 * i for i, name in enumerate(names)}
    shared.hand(text=text, values=values)
    leaves = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in values.values()]
    result = parse(text)(*leaves)
    slopes = torch.autograd.grad(result, leaves)
    assert [row["name"] for row in shared.frame["check"]] == list(names)
    for row, slope in zip(shared.frame["check"], slopes, strict=True):
        assert row["gradient"] == pytest.approx(float(slope), rel=1e-9, abs=1e-12)
        assert row["difference"] == pytest.approx(float(slope), rel=1e-5, abs=1e-8)
        assert row["error"] < 1e-6 or abs(float(slope)) < 1e-9
    nodes, moves = shared.frame["nodes"], shared.frame["moves"]
    assert nodes[-1]["value"] == told([float(result.detach())])
    last: dict[int, str] = {}
    for move in moves[shared.frame["forward"] :]:
        last |= dict(move["got"])
    for i, node in enumerate(nodes):  # the walk ends with the whole gradient in every box
        assert last.get(i) == node["gradient"]


def test_every_box_knows_its_local_derivatives(shared: Seen) -> None:
    shared.hand(text="x * sin(y) - x^2", values={"x": 1.5, "y": 0.4})
    found = {
        (node["words"], one["by"]): float(one["slope"])
        for node in shared.frame["nodes"]
        for one in node["slopes"]
    }
    assert found == {
        ("sin(y)", "y"): pytest.approx(math.cos(0.4), rel=1e-3),
        ("x × sin(y)", "x"): pytest.approx(math.sin(0.4), rel=1e-3),
        ("x × sin(y)", "sin(y)"): 1.5,
        ("x^2", "x"): 3.0,
        ("x × sin(y) − x^2", "x × sin(y)"): 1.0,
        ("x × sin(y) − x^2", "x^2"): -1.0,
    }
    said = [move["says"]["en"] for move in shared.frame["moves"]]
    assert "sin(y) = sin(0.4) = 0.3894" in said
    assert any("x^2 ← 1 × -1 = -1" in words for words in said)


def test_a_box_leads_to_the_line_that_computed_it(shared: Seen) -> None:
    for op, function in panel_module.FUNCTIONS.items():
        text = {"neg": "-x", "abs": "abs(x)", "^": "x^y"}.get(op)
        text = text or (f"x {op} y" if len(op) == 1 else f"{op}(x)")
        shared.hand(text=text)
        code = shared.frame["nodes"][-1]["code"]
        lines = inspect.getsource(importlib.import_module(code["module"])).split("\n")
        assert f'"{op}",' in lines[code["line"] - 1]
        first = inspect.getsourcelines(function)[1]
        assert first <= code["line"] <= first + len(inspect.getsourcelines(function)[0])


def test_the_place_of_a_mistake_and_what_was_there_before(shared: Seen) -> None:
    shared.hand(text="x*x", values={"x": 3.0})
    shared.hand(text="x² + foo(x)")
    assert shared.frame["text"] == "x*x"
    problem = shared.frame["problem"]
    assert problem["text"][slice(*problem["place"])] == "foo"
    assert "foo" in problem["message"]
    for wrong in ({"values": {"x": "inf"}}, {"width": 0}, {"text": "+".join("x" * 120)}):
        shared.hand(**wrong)
        assert shared.frame["problem"]["message"]
        assert shared.frame["text"] == "x*x"
        assert shared.frame["check"][0]["gradient"] == 6.0
    shared.hand(values={"x": 4.0})
    assert shared.frame["problem"] is None
    assert shared.frame["check"][0]["gradient"] == 8.0


def test_what_is_not_finite_is_said(shared: Seen) -> None:
    shared.hand(text="log(x)", values={"x": -1.0})
    assert "not finite at x = -1" in shared.frame["problem"]["message"]
    assert shared.frame["nodes"][-1]["value"] == "nan"
    shared.hand(values={"x": 2.0})
    assert shared.frame["problem"] is None


def test_too_short_a_step_drowns_in_rounding(shared: Seen) -> None:
    shared.hand(text="exp(x)", values={"x": 1.0}, width=1e-5)
    near = shared.frame["check"][0]["error"]
    shared.hand(width=1e-14)
    assert shared.frame["check"][0]["error"] > 100 * near
    shared.hand(width=1e-5, difference="forward")
    assert shared.frame["check"][0]["error"] > 100 * near
    shared.hand(width=None, difference="central")
    assert shared.frame["check"][0]["error"] < 1e-8


def test_the_training_is_left_alone(embedded: None) -> None:
    found = []
    for hands in ([], [{"text": "x*x"}, {"values": {"x": 5}}, {"text": "nonsense("}]):
        seen = Seen("autograd", SMALL)
        for hand in hands:
            seen.ask({"kind": "next", "steps": 1, "seconds": 60})
            seen.hand(**hand)
        seen.ask({"kind": "next", "steps": 10, "seconds": 60})
        found.append(seen.bench.lanes[0].metrics)
        seen.bench.close()
    assert found[0] is not None
    assert found[0] == found[1]


def test_gradient_check_begins_at_its_place() -> None:
    seen = Seen("gradient-check", {"preset": "quick", "steps": "2", "entries": "1", "nets": "mlp"})
    assert {row["name"]: row["value"] for row in seen.frame["check"]} == {"x": 1.0, "y": 0.5}
    seen.bench.close()
