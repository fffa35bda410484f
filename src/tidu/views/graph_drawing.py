"""The boxes and arrows of a computation's graph: where they lie and what stands in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tidu.autograd import Node
from tidu.views import palette
from tidu.views.layered import layered

Point = tuple[float, float]
Curve = tuple[Point, Point, Point, Point]

BOX = (1.5, 0.66)  # inches
LONGEST = 8  # columns from left to right; a longer graph goes downwards
COMMUTATIVE = ("+", "*")
SIGNS = {"*": "×", "-": "−", "/": "÷", "neg": "−", "^": "xʸ"}


@dataclass(frozen=True)
class Drawing:
    """Places in inches, y downwards: the middle of every box, and the curves of every arrow."""

    size: Point
    boxes: list[Point]
    arrows: dict[tuple[int, int], list[Curve]]  # by node and place among its inputs
    down: bool  # from the top to the bottom, else from left to right


def drawing(nodes: Sequence[Node]) -> Drawing:
    """Boxes in columns from left to right, or in rows downwards where there are many."""
    layout = layered([node.inputs for node in nodes])
    down = max(layout.x) >= LONGEST
    along, across = (1.0, 1.75) if down else (2.25, 0.95)

    def at(x: float, y: float) -> Point:
        place = (0.1 + BOX[0] / 2 + y * across, 0.1 + BOX[1] / 2 + x * along)
        return place if down else (0.1 + BOX[0] / 2 + x * along, 0.1 + BOX[1] / 2 + y * across)

    boxes = [at(x, y) for x, y in zip(layout.x, layout.y, strict=True)]
    half = BOX[1] / 2 if down else BOX[0] / 2
    arrows: dict[tuple[int, int], list[Curve]] = {}
    for (node, place), points in layout.bends.items():
        port = 0.3 * (
            _port(nodes[node], layout.bends, node, place) - (len(nodes[node].inputs) - 1) / 2
        )
        way = [_moved(at(*points[0]), half, 0, down)]
        for x, y in points[1:-1]:  # straight through a column, between its boxes
            way += [_moved(at(x, y), -half, 0, down), _moved(at(x, y), half, 0, down)]
        way.append(_moved(at(*points[-1]), -half, port, down))
        arrows[node, place] = [_curve(one, two, down) for one, two in pairwise(way)]
    every = [p for curves in arrows.values() for curve in curves for p in curve] + boxes
    width = max(p[0] for p in every) + BOX[0] / 2 + 0.1
    height = max(p[1] for p in every) + BOX[1] / 2 + 0.1
    return Drawing((width, height), boxes, arrows, down)


def _port(
    told: Node, bends: Mapping[tuple[int, int], Sequence[Point]], node: int, place: int
) -> int:
    """Where an arrow ends among those of a node: in the order of its inputs, where that matters."""
    if told.op not in COMMUTATIVE:
        return place
    comes_from = [bends[node, i][-2][1] for i in range(len(told.inputs))]
    return sorted(range(len(comes_from)), key=comes_from.__getitem__).index(place)


def _curve(one: Point, two: Point, down: bool) -> Curve:
    """From one point to the other, leaving and arriving in the direction of the graph."""
    bend = (two[1] - one[1] if down else two[0] - one[0]) / 2
    return one, _moved(one, bend, 0, down), _moved(two, -bend, 0, down), two


def _moved(point: Point, along: float, across: float, down: bool) -> Point:
    return (point[0] + across, point[1] + along) if down else (point[0] + along, point[1] + across)


def label(node: Node) -> str:
    """What stands on top of a box: a name or the sign of the operation, and the shape."""
    shape = "×".join(map(str, node.shape))
    return " ".join(
        filter(None, [node.name or SIGNS.get(node.op, node.op), shape and f"({shape})"])
    )


def told(numbers: Sequence[float] | None) -> str:
    """One number, or the lowest and the highest.

    >>> told([2.5]), told([3.0, -1.0, 2.0])
    ('2.5', '-1 … 3')
    """
    if not numbers:
        return "–"
    low, high = min(numbers) + 0.0, max(numbers) + 0.0  # no negative zero
    short, tall = f"{low:.3g}", f"{high:.3g}"
    return f"{low:.4g}" if low == high or short == tall or low != low else f"{short} … {tall}"


def colours(node: Node, last: bool) -> tuple[str, str]:
    """Filling and border of a box: variables blue, constants grey, results white."""
    if last:
        return "#FFFFFF", palette.BLACK
    if node.op:
        return "#FFFFFF", palette.GREY
    return ("#E3F0F8", palette.BLUE) if node.gradient is not None else ("#F2F2F2", "#BDBDBD")
