"""The drawn graph of a computation: places, words, and the steps back through it."""

from __future__ import annotations

import itertools
import json
import re
import xml.etree.ElementTree as ElementTree
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import lsq_linear

from tidu import views
from tidu.autograd import MLP, Node, Value, cross_entropy, graph
from tidu.expression import parse
from tidu.views.graph_drawing import BOX, drawing
from tidu.views.graph_player import RULES, steps
from tidu.views.layered import apart, layered


@st.composite
def graphs(draw: st.DrawFn) -> list[tuple[int, ...]]:
    """Nodes with up to two inputs among those before them; the last is the end of all."""
    count = draw(st.integers(1, 14))
    inputs = [
        tuple(draw(st.lists(st.integers(0, i - 1), max_size=2))) if i else () for i in range(count)
    ]
    used = {source for sources in inputs for source in sources}
    return [*inputs, tuple(i for i in range(count) if i not in used)]


@settings(max_examples=60)
@given(graphs())
def test_arrows_point_forwards_and_nothing_overlaps(inputs: list[tuple[int, ...]]) -> None:
    layout = layered(inputs)
    assert layout.x[-1] == max(layout.x)
    for node, sources in enumerate(inputs):
        for place, source in enumerate(sources):
            way = layout.bends[node, place]
            assert way[0] == (layout.x[source], layout.y[source])
            assert way[-1] == (layout.x[node], layout.y[node])
            assert [x for x, _ in way] == list(range(layout.x[source], layout.x[node] + 1))
    bends = {p for way in layout.bends.values() for p in way[1:-1]}
    by_column: dict[float, list[float]] = {}
    for x, y in [*zip(layout.x, layout.y, strict=True), *bends]:
        by_column.setdefault(x, []).append(y)
    for heights in by_column.values():
        ordered = sorted(heights)
        assert all(b - a > 1 - 1e-9 for a, b in itertools.pairwise(ordered))


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=8))
def test_heights_are_the_nearest_that_do_not_overlap(wished: list[float]) -> None:
    """Against SciPy: a start and the gaps are the unknowns, each gap at least 1."""
    heights = apart(wished)
    assert all(b - a > 1 - 1e-9 for a, b in itertools.pairwise(heights))
    lower = np.r_[-np.inf, np.ones(len(wished) - 1)]
    exact = lsq_linear(np.tril(np.ones((len(wished),) * 2)), wished, (lower, np.inf))
    ours = float(np.square(np.subtract(heights, wished)).sum())
    assert ours == pytest.approx(2 * exact.cost, rel=1e-6, abs=1e-6)


def test_the_graph_tells_values_gradients_and_what_is_passed_on() -> None:
    x, y = Value(2.0, "x"), Value(3.0, "y")
    nodes = graph(x * y + x * x * 5)
    assert [n.name or n.op for n in nodes] == ["x", "y", "*", "*", "", "*", "+"]
    assert nodes[0].gradient == [23.0]
    assert nodes[4].gradient is None  # the constant 5
    for i, node in enumerate(nodes[:-1]):
        if node.gradient is None:
            continue
        got = [
            part[0]
            for later in nodes
            for source, part in zip(later.inputs, later.parts, strict=True)
            if source == i and part is not None
        ]
        assert sum(got) == pytest.approx(node.gradient[0])


def loss_of_a_network() -> Value:
    random = np.random.default_rng(0)
    points = Value(random.normal(size=(6, 2)), "points", requires_grad=False)
    net = MLP((2, 8, 3), random)
    return cross_entropy(net(points), np.arange(6) % 3)


EXPRESSIONS = {
    "one step": lambda: parse("sin(x)")(Value(0.5, "x")),
    "a variable alone": lambda: Value(0.5, "x"),
    "every function": lambda: parse(
        "abs(x)*cos(x)/exp(x) - log(1 + x)**sqrt(x) + tan(-x)*tanh(x)*relu(x) - sigmoid(2**x)"
    )(Value(0.7, "x")),
    "a network": loss_of_a_network,
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_it_draws_in_both_languages_and_as_svg(name: str) -> None:
    computed = EXPRESSIONS[name]()
    picture = views.computation_graph(computed, "graph")
    nodes = graph(computed)
    assert len(picture.data["node"]) == len(nodes)
    for language in ("zh", "en"):
        assert picture.render("svg", language)
        assert picture.interactive is not None
        page = picture.interactive(language)
        picture_in_it = re.findall(r"<svg.*?</svg>", page)[0]
        drawn = ElementTree.fromstring(picture_in_it)
        assert len(drawn.findall(".//rect")) == len(nodes)
        told = json.loads(re.findall(r'json">(.*?)</script>', page)[0])
        marked = set(re.findall(r'data-arrow="([^"]+)"', picture_in_it))
        assert {key for step in told["steps"] for key, _ in step["parts"]} <= marked
    assert {n.op for n in nodes} - {""} <= set(RULES)


@settings(max_examples=20)
@given(graphs())
def test_boxes_do_not_overlap_and_lie_in_the_picture(inputs: list[tuple[int, ...]]) -> None:
    nodes = [Node("+" if sources else "", "", (), [1.0], [1.0], sources) for sources in inputs]
    placed = drawing(nodes)
    for x, y in placed.boxes:
        assert BOX[0] / 2 <= x <= placed.size[0] - BOX[0] / 2
        assert BOX[1] / 2 <= y <= placed.size[1] - BOX[1] / 2
    for (a, b), (c, d) in itertools.combinations(placed.boxes, 2):
        assert abs(a - c) > BOX[0] or abs(b - d) > BOX[1]


def test_steps_end_at_the_gradients_and_add_up_on_the_way() -> None:
    x = Value(3.0, "x")
    nodes = graph(x * x + x.exp())
    moves = steps(nodes, "en")
    shown: dict[int, str] = {}
    seen_of_x: list[Any] = []
    for move in moves:
        for node, words in move["got"]:
            shown[node] = words
            if node == 0:
                seen_of_x.append(words)
    assert seen_of_x == ["20.09", "26.09"]  # the exponential is younger than the product
    assert set(shown) == set(range(len(nodes)))
    assert "times the other factor" in moves[-1]["says"]


def test_of_large_arrays_only_the_whole_gradient_is_told() -> None:
    x = Value(np.linspace(-1, 1, 9), "x")
    moves = steps(graph((x * x + x).sum()), "zh")
    got = [words for move in moves for node, words in move["got"] if node == 0]
    assert got == ["…", "-1 … 3"]


def test_what_cannot_be_read_is_not_drawn() -> None:
    y = Value(1.0, "x")
    for _ in range(310):
        y = y.sin()
    with pytest.raises(ValueError, match="at most 300 values"):
        views.computation_graph(y)


def test_names_cannot_break_out_of_the_page() -> None:
    picture = views.computation_graph(Value(1.0, "</script><b>") * 2.0)
    assert picture.interactive is not None
    assert "<b>" not in picture.interactive("en")
