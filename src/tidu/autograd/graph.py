"""The graph behind a value, told as plain numbers, so that it can be kept and drawn.

Each node says what it is, its number and its gradient dL/d(node), and what it passes back to each
of its inputs. The gradient of an input is the sum of what it gets: Σ over its uses.

Source: Bauer (1974), "Computational graphs and rounding error", SIAM Journal on Numerical
Analysis 11(1), 87-96. Where ours differs: arrays are one node, told by their range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tidu.autograd.backward import gradients, youngest_first
from tidu.autograd.record import Value, recording

FEW = 4  # so many numbers of an array are told; of more, the lowest and the highest


@dataclass(frozen=True)
class Node:
    """One value: a variable (without ``op``), a constant (without ``gradient``) or a result.

    ``number`` and ``gradient`` hold all numbers of a small array, else the lowest and highest.
    ``inputs`` are places in the list of nodes; ``parts`` what each of them is sent.
    """

    op: str
    name: str
    shape: Sequence[int]
    number: Sequence[float]
    gradient: Sequence[float] | None
    inputs: Sequence[int] = ()
    parts: Sequence[Sequence[float] | None] = ()


def graph(output: Value) -> list[Node]:
    """The nodes behind ``output``, each after its inputs; ``output``, one number, is the last.

    >>> from tidu.autograd import Value
    >>> x = Value(3.0, "x")
    >>> for node in graph(x * x):
    ...     print(node.op or node.name, node.number, node.gradient, node.inputs, node.parts)
    x [3.0] [6.0] () ()
    * [9.0] [1.0] (0, 0) ([3.0], [3.0])
    """
    found = gradients(output)
    values = youngest_first(output)[::-1]
    place = {value: i for i, value in enumerate(values)}
    with recording(False):
        return [
            Node(
                op=value.op,
                name=value.name,
                shape=value.shape,
                number=numbers(value.data),
                gradient=numbers(found[value].data) if value in found else None,
                inputs=tuple(place[a] for a, _ in value.inputs),
                parts=tuple(
                    numbers(pull(found[value], value).data) if a.requires_grad else None
                    for a, pull in value.inputs
                ),
            )
            for value in values
        ]


def numbers(array: np.ndarray) -> list[float]:
    """All numbers of a small array, else the lowest and the highest."""
    if array.size <= FEW:
        return array.ravel().tolist()
    return [float(array.min()), float(array.max())]
