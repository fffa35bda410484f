"""Colours that people with any kind of colour vision can tell apart.

Source: Okabe & Ito (2002, revised 2008), "Color Universal Design: how to make figures and
presentations that are friendly to colorblind people", figure 16 (RGB values).
Where ours differs: the order. Blue and vermilion come first because they differ most from each
other in both hue and lightness; yellow comes last because it is faint on white paper.
"""

from __future__ import annotations

from typing import Any, Final

BLACK: Final = "#000000"
BLUE: Final = "#0072B2"
VERMILION: Final = "#D55E00"
GREEN: Final = "#009E73"
PURPLE: Final = "#CC79A7"
ORANGE: Final = "#E69F00"
SKY: Final = "#56B4E9"
YELLOW: Final = "#F0E442"
GREY: Final = "#767676"
"""For grids, guides and what must stay behind; 4.5 : 1 against white (WCAG AA)."""

CATEGORIES: Final = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK, YELLOW)
"""One colour for each class or curve, in the order to use them."""

MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X", "*")
"""One Matplotlib marker for each class, so that colour is never the only sign."""

SEQUENTIAL: Final = "cividis"
"""Matplotlib colour map for amounts: Nuñez, Anderton & Renslow (2018), made for all eyes."""

DIVERGING: Final = "PuOr"
"""Matplotlib colour map for signed values around zero; orange and purple stay apart for all."""


STYLE: Final[dict[Any, Any]] = {
    "axes.prop_cycle": "cycler('color', " + repr(list(CATEGORIES)) + ")",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#595959",
    "axes.labelcolor": "#333333",
    "axes.titlesize": 10.5,
    "axes.labelsize": 10,
    "xtick.color": "#595959",
    "ytick.color": "#595959",
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "grid.color": "#E3E3E3",
    "grid.linewidth": 0.7,
    "lines.linewidth": 1.6,
    "image.cmap": SEQUENTIAL,
    "svg.hashsalt": "tidu",  # the same numbers give the same file
}
"""Matplotlib settings every picture is drawn with: quiet axes, these colours."""


def category(index: int) -> str:
    """The colour of class or curve ``index``; they repeat after the eighth.

    >>> category(0), category(8)
    ('#0072B2', '#0072B2')
    """
    return CATEGORIES[index % len(CATEGORIES)]


def marker(index: int) -> str:
    """The marker of class ``index``.

    >>> marker(1)
    's'
    """
    return MARKERS[index % len(MARKERS)]


def rgb(colour: str) -> tuple[int, int, int]:
    """The red, green and blue of ``"#RRGGBB"``, each from 0 to 255.

    >>> rgb("#0072B2")
    (0, 114, 178)
    """
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
