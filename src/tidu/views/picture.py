"""A picture: a figure drawn from recorded tensors, with words in both languages and its data."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from tidu.views import palette
from tidu.views.fonts import use_language
from tidu.words import Text
from tidu.words import language as language_of_the_machine

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Format = Literal["png", "svg", "csv"]


@dataclass
class Picture:
    """One view of what a run computed.

    ``draw(figure, language)`` draws on an empty Matplotlib figure, ``language`` being ``"zh"``
    or ``"en"``. ``data`` holds the numbers behind it as columns of equal length. ``interactive``
    may return an HTML fragment (a player, a surface to turn) that a report shows above the image.
    """

    name: str
    title: Text
    alt: Text
    draw: Callable[[Figure, str], None]
    data: Mapping[str, np.ndarray] = field(default_factory=dict[str, np.ndarray])
    size: tuple[float, float] = (7.0, 4.5)
    interactive: Callable[[str], str] | None = None
    _figures: dict[str, Figure] = field(default_factory=dict[str, "Figure"], init=False, repr=False)
    _rendered: dict[tuple[str, str, int], bytes] = field(
        default_factory=dict[tuple[str, str, int], bytes], init=False, repr=False
    )

    def figure(self, language: str = "en") -> Figure:
        """The drawn Matplotlib figure; notebooks show it as it is."""
        if language in self._figures:
            return self._figures[language]
        import matplotlib as mpl
        from matplotlib.figure import Figure

        with use_language(language) as spoken, mpl.rc_context(palette.STYLE):
            figure = Figure(figsize=self.size, layout="constrained")
            self.draw(figure, spoken)
            figure.suptitle(self.title[spoken], fontsize=12)
            _arrange(figure)
        self._figures[language] = figure
        return figure

    def render(self, format: Format, language: str = "en", dpi: int = 150) -> bytes:
        """The picture as the bytes of a ``"png"`` or ``"svg"``, or its numbers as ``"csv"``."""
        key = (format, language, dpi if format == "png" else 0)
        if key not in self._rendered:
            self._rendered[key] = self._render(format, language, dpi)
        return self._rendered[key]

    def _render(self, format: Format, language: str, dpi: int) -> bytes:
        import matplotlib as mpl

        if format == "csv":
            return self._csv().encode()
        buffer = io.BytesIO()
        with use_language(language) as spoken, mpl.rc_context(palette.STYLE):
            metadata = {"Title": self.title[spoken]} | ({"Date": None} if format == "svg" else {})
            self.figure(language).savefig(buffer, format=format, dpi=dpi, metadata=metadata)
        return buffer.getvalue()

    def save(self, path: str | Path, language: str = "en") -> Path:
        """Write the picture as ``.png`` or ``.svg``, its numbers as ``.csv``, or a page to open.

        An ``.html`` page stands alone, in both languages, with the interactive form if there is
        one.
        """
        path = Path(path)
        format = path.suffix.removeprefix(".")
        if format == "html":
            from tidu.views.report import Report, write_report

            return write_report(path, Report(self.title, Text("", ""), {}, (), (self,)))
        if format not in ("png", "svg", "csv"):
            raise ValueError(
                f"a picture is saved as .png, .svg, .csv or .html; got {path.name!r}; "
                "change its ending"
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.render(format, language))
        return path

    def _repr_png_(self) -> bytes:
        return self.render("png", language_of_the_machine(), dpi=110)

    def _csv(self) -> str:
        lengths = {name: len(column) for name, column in self.data.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(
                "the columns of a picture's data must have one length; "
                f"got {lengths} in {self.name!r}; repeat or reshape them"
            )
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer)
        writer.writerow(self.data)
        columns = [np.asarray(column).tolist() for column in self.data.values()]
        writer.writerows(zip(*columns, strict=True))
        return buffer.getvalue()


def _arrange(figure: Figure) -> None:
    """Lay the figure out once and for all: otherwise every rendering would do it again."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
        figure.set_layout_engine("none")
