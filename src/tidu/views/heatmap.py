"""A matrix as colours: confusions, attention weights, correlations, anything with two axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tidu.views import palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

MOST_LABELS = 40
MOST_NUMBERS = 16


def heat_map(
    matrix: np.ndarray,
    *,
    name: str,
    title: Text,
    alt: Text,
    rows: Sequence[str] = (),
    columns: Sequence[str] = (),
    row_label: Text | None = None,
    column_label: Text | None = None,
    value_label: Text | None = None,
    signed: bool = False,
    numbers: bool | None = None,
    size: tuple[float, float] = (6.4, 5.4),
) -> Picture:
    """A picture of ``matrix`` (rows, columns); the CSV holds row, column and value.

    ``signed`` takes colours that diverge from zero. ``numbers`` writes the values into the cells;
    by default where there are at most 16 rows and columns.

    >>> picture = heat_map(np.eye(3), name="eye", title=Text("单位阵", "Identity"),
    ...                    alt=Text("三阶单位阵", "The 3 by 3 identity"))
    >>> len(picture.data["value"])
    9
    """
    matrix = np.asarray(matrix, dtype=float)
    if matrix.ndim != 2:
        raise ValueError(
            f"heat_map expects a matrix; got an array of shape {matrix.shape}; give two dimensions"
        )
    row_names = list(rows) or [str(i) for i in range(matrix.shape[0])]
    column_names = list(columns) or [str(i) for i in range(matrix.shape[1])]

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        image = draw_matrix(axes, matrix, row_names, column_names, signed, numbers)
        if row_label is not None:
            axes.set_ylabel(row_label[language])
        if column_label is not None:
            axes.set_xlabel(column_label[language])
        bar = figure.colorbar(image, ax=axes, shrink=0.85)
        if value_label is not None:
            bar.set_label(value_label[language])

    data = {
        "row": np.repeat(row_names, matrix.shape[1]),
        "column": np.tile(column_names, matrix.shape[0]),
        "value": matrix.ravel(),
    }
    return Picture(name, title, alt, draw, data, size)


def draw_matrix(
    axes: Axes,
    matrix: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    signed: bool = False,
    numbers: bool | None = None,
) -> AxesImage:
    """Draw ``matrix`` on ``axes``; several matrices share a figure this way."""
    reach = float(np.nanmax(np.abs(matrix))) if signed and matrix.size else None
    least = None if reach is None else -reach
    colours = palette.DIVERGING if signed else palette.SEQUENTIAL
    image = axes.imshow(matrix, cmap=colours, aspect="auto", vmin=least, vmax=reach)
    for axis, names in ((axes.yaxis, rows), (axes.xaxis, columns)):
        every = max(1, -(-len(names) // MOST_LABELS))
        axis.set_ticks(range(0, len(names), every), [*names][::every])
    if any(len(name) > 3 for name in columns):
        axes.tick_params(axis="x", rotation=60)
    small = max(matrix.shape, default=0) <= MOST_NUMBERS
    if small if numbers is None else numbers:
        _write_numbers(axes, matrix, image)
    return image


def _write_numbers(axes: Axes, matrix: np.ndarray, image: AxesImage) -> None:
    whole = bool(np.all(matrix == np.round(matrix)))
    for (row, column), value in np.ndenumerate(matrix):
        red, green, blue, _ = image.cmap(image.norm(value))
        ink = "white" if 0.299 * red + 0.587 * green + 0.114 * blue < 0.5 else "black"
        text = f"{value:.0f}" if whole else f"{value:.2f}"
        axes.text(column, row, text, ha="center", va="center", color=ink, fontsize=8)
