"""Drawn points as a short text in an address; a bench makes a CSV file for ``--data`` of it.

Five signs a point: x and y in thousandths, from -2.048 to 2.047, as two signs each of the base64
alphabet for addresses (RFC 4648, section 5), and the class, from A for the first.
"""

from __future__ import annotations

from collections.abc import Sequence

from tidu.errors import TiduError

SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
MOST_POINTS = 1000
CLASSES = 8
_MIDDLE = 2048
Point = tuple[float, float, int]


def encode(points: Sequence[Point]) -> str:
    """The text for an address.

    >>> encode([(0.0, -0.5, 0), (1.25, 2.0, 1)])
    'gAYMAzi_QB'
    """
    if len(points) > MOST_POINTS:
        raise TiduError(
            f"An address holds at most {MOST_POINTS} points; there are {len(points)}.",
            "Bring them as a file: tidu run spiral --data my.csv",
        )
    return "".join(_two(x) + _two(y) + SIGNS[kind] for x, y, kind in points)


def decode(text: str) -> list[Point]:
    """The points again.

    >>> decode('gAYMAzi_QB')
    [(0.0, -0.5, 0), (1.25, 2.0, 1)]
    """
    if len(text) % 5 or not set(text) <= set(SIGNS) or len(text) > 5 * MOST_POINTS:
        raise TiduError(
            f"own={text[:20]} is no list of points.", "Leave it out, and draw the points again."
        )
    points: list[Point] = []
    for at in range(0, len(text), 5):
        kind = SIGNS.index(text[at + 4])
        if kind >= CLASSES:
            raise TiduError(
                f"own= names the class {kind + 1}; there are {CLASSES} at most.",
                "Leave it out, and draw the points again.",
            )
        points.append((_number(text[at : at + 2]), _number(text[at + 2 : at + 4]), kind))
    return points


def _two(value: float) -> str:
    whole = min(max(round(value * 1000) + _MIDDLE, 0), 2 * _MIDDLE - 1)
    return SIGNS[whole // 64] + SIGNS[whole % 64]


def _number(signs: str) -> float:
    return (64 * SIGNS.index(signs[0]) + SIGNS.index(signs[1]) - _MIDDLE) / 1000
