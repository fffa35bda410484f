"""The graph of a computation: every value with its number and its gradient, to walk back through.

Values come from :mod:`tidu.autograd`; the layout is our own, no other program is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tidu.autograd import Node, Value, graph
from tidu.views import palette
from tidu.views.graph_drawing import BOX, SIGNS, Drawing, colours, drawing, label, told
from tidu.views.graph_player import graph_player
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LARGEST = 300  # nodes; more of them cannot be read


def computation_graph(
    computed: Value | Sequence[Node], name: str = "graph", title: Text | None = None
) -> Picture:
    """The graph of one number: a value of ``tidu.autograd``, or its graph as it was recorded.

    >>> x, y = Value(2.0, "x"), Value(3.0, "y")
    >>> picture = computation_graph(x * y + x.sin())
    >>> picture.data["node"].tolist()
    ['x', 'y', '×', 'sin', '+']
    """
    nodes = graph(computed) if isinstance(computed, Value) else list(computed)
    if len(nodes) > LARGEST:
        raise ValueError(
            f"a graph of at most {LARGEST} values can be read; got {len(nodes)}; "
            "draw a smaller expression, or arrays instead of single numbers"
        )
    placed = drawing(nodes)

    def draw(figure: Figure, language: str) -> None:
        _draw(figure, nodes, placed, language)

    def interactive(language: str) -> str:
        return graph_player(nodes, placed, title_, language)

    title_ = title or Text("计算图：数值与梯度", "The computation: values and gradients")
    result, leaves = nodes[-1], [n for n in nodes if not n.op and n.gradient is not None]
    zh = "，".join(f"对 {n.name or '变量'} 的梯度 {told(n.gradient)}" for n in leaves)
    en = ", ".join(f"gradient {told(n.gradient)} by {n.name or 'a variable'}" for n in leaves)
    return Picture(
        name,
        title_,
        Text(
            f"计算图共 {len(nodes)} 个节点，结果 {told(result.number)}；{zh}。",
            f"Graph of {len(nodes)} nodes with the result {told(result.number)}; {en}.",
        ),
        draw,
        columns(nodes),
        (placed.size[0], placed.size[1] + 0.7),
        interactive,
    )


def columns(nodes: Sequence[Node]) -> dict[str, np.ndarray]:
    """One row for every node; its inputs are counted from 1, in the order of the rows."""
    return {
        "node": np.array([node.name or SIGNS.get(node.op, node.op) for node in nodes]),
        "shape": np.array(["x".join(map(str, node.shape)) for node in nodes]),
        "value": np.array([" ".join(f"{v:.17g}" for v in node.number) for node in nodes]),
        "gradient": np.array(
            [" ".join(f"{v:.17g}" for v in node.gradient or ()) for node in nodes]
        ),
        "inputs": np.array([" ".join(str(i + 1) for i in node.inputs) for node in nodes]),
    }


def _draw(figure: Figure, nodes: Sequence[Node], placed: Drawing, language: str) -> None:
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
    from matplotlib.path import Path

    axes = figure.add_subplot(aspect="equal")
    axes.set_axis_off()
    axes.set_xlim(0, placed.size[0])
    axes.set_ylim(placed.size[1], 0)
    for curves in placed.arrows.values():
        points = [curves[0][0], *(p for curve in curves for p in curve[1:])]
        path = Path(points, [Path.MOVETO] + [Path.CURVE4] * (len(points) - 1))
        axes.add_patch(
            FancyArrowPatch(path=path, arrowstyle="-|>", mutation_scale=9, color=palette.GREY)
        )
    for i, (node, (x, y)) in enumerate(zip(nodes, placed.boxes, strict=True)):
        fill, edge = colours(node, i == len(nodes) - 1)
        axes.add_patch(
            FancyBboxPatch(
                (x - BOX[0] / 2, y - BOX[1] / 2),
                *BOX,
                boxstyle="round,pad=0,rounding_size=0.08",
                facecolor=fill,
                edgecolor=edge,
                zorder=3,
            )
        )
        lines = [(label(node), "#333333", "bold")] if label(node) else []
        lines.append((told(node.number), "#333333", "normal"))
        if node.gradient is not None:
            lines.append((f"∂ {told(node.gradient)}", palette.VERMILION, "normal"))
        for k, (words, colour, weight) in enumerate(lines):
            height = y + 0.2 * (k - (len(lines) - 1) / 2)
            axes.text(
                x, height, words, color=colour, weight=weight, size=8, ha="center", va="center",
                zorder=4,
            )  # fmt: skip
    words = Text("∂：结果对该节点的梯度", "∂: gradient of the result with respect to this node")
    axes.set_title(words[language], color=palette.VERMILION, size=9, loc="left")
