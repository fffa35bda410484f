"""Where the nodes of a graph without circles lie, so that every arrow points to the right.

Nodes stand in columns: each as far right as its followers allow. Arrows that skip a column get a
bend in it. Within the columns, nodes are put in the order of what they are joined to, over and
back until few arrows cross, and then moved as near to their neighbours as the gaps allow.

Source: Sugiyama, Tagawa & Toda (1981), "Methods for visual understanding of hierarchical system
structures", IEEE Transactions on Systems, Man, and Cybernetics 11(2), 109-125.
Where ours differs: the heights in a column solve a least-squares problem exactly, by pooling
neighbours that would overlap (Barlow et al. 1972, isotonic regression).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

SWEEPS = 12  # over the columns and back; the picture hardly changes after half of them


@dataclass(frozen=True)
class Layout:
    """``x`` (columns from 0) and ``y`` (rows, downwards) of every node; ``bends`` of every arrow.

    ``bends[to, place]`` are the points through which the arrow to the input ``place`` of node
    ``to`` goes, its ends among them.
    """

    x: list[int]
    y: list[float]
    bends: dict[tuple[int, int], list[tuple[float, float]]]


def layered(inputs: Sequence[Sequence[int]]) -> Layout:
    """Places for nodes given by their ``inputs``; each node comes after its inputs.

    >>> place = layered([(), (), (0, 1), (2, 0)])
    >>> place.x
    [0, 0, 1, 2]
    >>> place.bends[3, 1][0] == (0, place.y[0]), len(place.bends[3, 1])
    (True, 3)
    """
    x = _columns(inputs)
    joined, chains = _with_bends(inputs, x)
    columns: list[list[int]] = [[] for _ in range(max(x) + 1)]
    for node, column in enumerate(x):
        columns[column].append(node)
    before, after = _neighbours(joined, len(x))
    y = _ordered(columns, before, after)
    for sweep in range(SWEEPS):
        for column in columns if sweep % 2 else columns[::-1]:
            wish = [_mean([y[m] for m in before[n] + after[n]], y[n]) for n in column]
            for node, height in zip(column, apart(wish), strict=True):
                y[node] = height
    top = min(y)
    y = [height - top for height in y]
    bends = {edge: [(float(x[n]), y[n]) for n in chain] for edge, chain in chains.items()}
    return Layout(x[: len(inputs)], y[: len(inputs)], bends)


def apart(wished: Sequence[float], gap: float = 1.0) -> list[float]:
    """Heights in the same order, at least ``gap`` apart, nearest to ``wished`` by squares.

    >>> apart([0.0, 0.0, 5.0])
    [-0.5, 0.5, 5.0]
    """
    pools: list[tuple[float, int]] = []  # mean and size of what moves together
    for i, wish in enumerate(wished):
        mean, size = wish - i * gap, 1
        while pools and pools[-1][0] > mean:
            other, more = pools.pop()
            mean, size = (mean * size + other * more) / (size + more), size + more
        pools.append((mean, size))
    levels = [mean for mean, size in pools for _ in range(size)]
    return [level + i * gap for i, level in enumerate(levels)]


def _columns(inputs: Sequence[Sequence[int]]) -> list[int]:
    """The number of steps still to go to the end, at most, turned around."""
    togo = [0] * len(inputs)
    for node in range(len(inputs) - 1, -1, -1):
        for source in inputs[node]:
            togo[source] = max(togo[source], togo[node] + 1)
    return [max(togo) - steps for steps in togo]


def _with_bends(
    inputs: Sequence[Sequence[int]], x: list[int]
) -> tuple[list[tuple[int, int]], dict[tuple[int, int], list[int]]]:
    """Arrows from column to column, and each whole arrow as a chain; ``x`` gets the bends too."""
    joined: list[tuple[int, int]] = []
    chains: dict[tuple[int, int], list[int]] = {}
    for node, sources in enumerate(inputs):
        for place, source in enumerate(sources):
            chain = [source]
            for column in range(x[source] + 1, x[node]):
                chain.append(len(x))
                x.append(column)
            chain.append(node)
            chains[node, place] = chain
            joined += itertools.pairwise(chain)
    return joined, chains


def _ordered(
    columns: list[list[int]], before: list[list[int]], after: list[list[int]]
) -> list[float]:
    """Put every column into the order in which fewest arrows cross; returns heights."""
    y = _ranks(columns, len(before))
    fewest, best = _crossings(columns, after, y), [list(column) for column in columns]
    for sweep in range(SWEEPS):
        beside = after if sweep % 2 else before
        for column in columns[::-1] if sweep % 2 else columns:
            wish = {n: _mean([y[m] for m in beside[n]], y[n]) for n in column}
            column.sort(key=lambda n, wish=wish: wish[n])
            for i, node in enumerate(column):
                y[node] = float(i)
        crossings = _crossings(columns, after, y)
        if crossings < fewest:
            fewest, best = crossings, [list(column) for column in columns]
    columns[:] = best
    return _ranks(columns, len(before))


def _ranks(columns: list[list[int]], count: int) -> list[float]:
    y = [0.0] * count
    for column in columns:
        for i, node in enumerate(column):
            y[node] = float(i)
    return y


def _crossings(columns: list[list[int]], after: list[list[int]], y: list[float]) -> int:
    """How many pairs of arrows between neighbouring columns cross."""
    crossings = 0
    for column in columns:
        arrows = [(y[node], y[next_]) for node in column for next_ in after[node]]
        crossings += sum(
            (a - c) * (b - d) < 0 for (a, b), (c, d) in itertools.combinations(arrows, 2)
        )
    return crossings


def _neighbours(
    joined: Sequence[tuple[int, int]], count: int
) -> tuple[list[list[int]], list[list[int]]]:
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for one, two in joined:
        before[two].append(one)
        after[one].append(two)
    return before, after


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
