"""A loss as a landscape: contour lines seen from above, and the surface to turn in space."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu.views import palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEVELS = 24


@dataclass(frozen=True)
class Surface:
    """``height[j, i]`` is the loss at ``(x[i], y[j])``; ``path`` holds rows of (x, y, height).

    ``paths`` are those of several that went down side by side, by their names.
    """

    x: np.ndarray
    y: np.ndarray
    height: np.ndarray
    x_label: Text
    y_label: Text
    height_label: Text
    path: np.ndarray | None = None
    paths: Mapping[Text, np.ndarray] = field(default_factory=dict[Text, np.ndarray])

    def lowest(self) -> tuple[float, float, float]:
        """The lowest point of the grid: x, y and height."""
        j, i = np.unravel_index(int(np.argmin(self.height)), self.height.shape)
        return float(self.x[i]), float(self.y[j]), float(self.height[j, i])

    def columns(self) -> dict[str, np.ndarray]:
        """One row for every point of the grid."""
        return {
            "x": np.tile(self.x, len(self.y)),
            "y": np.repeat(self.y, len(self.x)),
            "height": self.height.ravel(),
        }


def contour_picture(surface: Surface, name: str, title: Text) -> Picture:
    """Lines of equal height, denser towards the valley, with the path of the descent on top."""

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        filled = draw_contours(axes, surface, language)
        if surface.path is not None:
            axes.legend(frameon=True, loc="upper right")
        if surface.paths:
            figure.legend(loc="outside lower center", ncols=4)
        figure.colorbar(filled, ax=axes, label=surface.height_label[language], format="%.3g")

    return Picture(name, title, _alt(surface, "contour"), draw, surface.columns(), (6.6, 5.2))


def contour_pair(
    one: Surface, two: Surface, headings: tuple[Text, Text], name: str, title: Text
) -> Picture:
    """Two surfaces from above, side by side; a unit is as long upwards as across."""

    def draw(figure: Figure, language: str) -> None:
        panels = figure.subplots(1, 2)
        for axes, surface, heading in zip(panels, (one, two), headings, strict=True):
            filled = draw_contours(axes, surface, language)
            axes.set_aspect("equal")
            axes.set_title(heading[language])
            figure.colorbar(filled, ax=axes, format="%.3g", shrink=0.8)
        panels[0].legend(frameon=True, loc="upper left")

    parts = [_alt(surface, "contour") for surface in (one, two)]
    alt = Text(
        "并排两幅。" + "".join(f"{h.zh}：{a.zh}" for h, a in zip(headings, parts, strict=True)),
        "Two side by side. "
        + " ".join(f"{h.en}: {a.en}" for h, a in zip(headings, parts, strict=True)),
    )
    columns = {f"{k}.{c}": v for k, s in ((1, one), (2, two)) for c, v in s.columns().items()}
    return Picture(name, title, alt, draw, columns, (10.2, 4.4))


def draw_contours(axes: Any, surface: Surface, language: str) -> Any:
    """One surface with its path on ``axes``; what a colour bar needs."""
    levels = _levels(surface.height)
    filled = axes.contourf(
        surface.x, surface.y, surface.height, levels, cmap=palette.SEQUENTIAL, extend="max"
    )
    axes.contour(
        surface.x, surface.y, surface.height, levels, colors="white", linewidths=0.4, alpha=0.6
    )
    if surface.path is not None:
        way = Text("下降的足迹", "path of the descent")[language]
        xs, ys = surface.path[:, 0], surface.path[:, 1]
        axes.plot(xs, ys, "-", color="white", linewidth=3.2)
        axes.plot(xs, ys, "-o", color=palette.VERMILION, markersize=3, label=way)
        end = Text("终点", "end")[language]
        axes.plot(xs[-1], ys[-1], "*", color="white", markeredgecolor="black", ms=13, label=end)
    for i, (name, way) in enumerate(surface.paths.items()):
        colour, marker = palette.category(i), palette.marker(i)
        axes.plot(way[:, 0], way[:, 1], "-", color="white", linewidth=3)
        axes.plot(way[:, 0], way[:, 1], "-", color=colour, linewidth=1.5)
        shape = {"marker": marker, "ms": 9, "markeredgecolor": "white", "linestyle": "-"}
        axes.plot(*way[-1:, :2].T, color=colour, zorder=4, label=name[language], **shape)
    axes.set_xlim(surface.x[0], surface.x[-1])
    axes.set_ylim(surface.y[0], surface.y[-1])
    axes.set_xlabel(surface.x_label[language])
    axes.set_ylabel(surface.y_label[language])
    return filled


def surface_picture(surface: Surface, name: str, title: Text) -> Picture:
    """The surface in three dimensions: drawn for the file, to be turned in the report."""

    def draw(figure: Figure, language: str) -> None:
        axes: Any = figure.add_subplot(projection="3d", computed_zorder=False)
        xs, ys = np.meshgrid(surface.x, surface.y)
        # a smooth surface needs no more than about 60 facets a side, and the file stays small
        every = max(1, len(surface.x) // 60)
        axes.plot_surface(
            xs,
            ys,
            surface.height,
            cmap=palette.SEQUENTIAL,
            rstride=every,
            cstride=every,
            linewidth=0,
            antialiased=True,
            alpha=0.9,
            rasterized=True,
            zorder=1,
        )
        if surface.path is not None:
            inside = _inside(surface, surface.path)
            lifted = inside[:, 2] + 0.01 * np.ptp(surface.height)
            axes.plot(
                inside[:, 0],
                inside[:, 1],
                lifted,
                "-o",
                color=palette.VERMILION,
                markersize=2.5,
                zorder=5,
            )
        for i, (name, way) in enumerate(surface.paths.items()):
            x, y, z = _inside(surface, way).T
            lifted = z + 0.01 * np.ptp(surface.height)
            axes.plot(x, y, lifted, color=palette.category(i), label=name[language], zorder=5)
        if surface.paths:
            figure.legend(loc="outside lower center", ncols=4)
        axes.set_xlabel(surface.x_label[language], labelpad=8)
        axes.set_ylabel(surface.y_label[language], labelpad=8)
        axes.zaxis.set_rotate_label(False)
        axes.set_zlabel(surface.height_label[language], labelpad=10, rotation=90)
        axes.view_init(elev=32, azim=-58)

    return Picture(
        name,
        title,
        _alt(surface, "surface"),
        draw,
        surface.columns(),
        (6.6, 5.6),
        lambda language: plotly_fragment(surface, language),
    )


def plotly_fragment(surface: Surface, language: str) -> str:
    """The surface for Plotly: a ``div`` with its data, drawn once the report loads the script."""
    hover = (
        f"{surface.x_label[language]} %{{x:.3g}}<br>{surface.y_label[language]} %{{y:.3g}}<br>"
        f"{surface.height_label[language]} %{{z:.4g}}<extra></extra>"
    )
    traces: list[dict[str, Any]] = [
        {
            "type": "surface",
            "x": _short(surface.x),
            "y": _short(surface.y),
            "z": [_short(row) for row in surface.height],
            "colorscale": "Cividis",
            "hovertemplate": hover,
            "contours": {"z": {"show": True, "usecolormap": True, "project": {"z": True}}},
            "colorbar": {"thickness": 12, "len": 0.7},
        }
    ]
    if surface.path is not None:
        traces.append(_line(surface, surface.path, palette.VERMILION, 2.5))
    for i, (name, way) in enumerate(surface.paths.items()):
        line = _line(surface, way, palette.category(i), 1.5)
        traces.append(line | {"name": name[language], "showlegend": True})
    layout = {
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "height": 460,
        "showlegend": bool(surface.paths),
        "legend": {"orientation": "h"},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "scene": {
            "xaxis": {"title": {"text": surface.x_label[language]}},
            "yaxis": {"title": {"text": surface.y_label[language]}},
            "zaxis": {"title": {"text": surface.height_label[language]}},
            "camera": {
                "eye": {"x": 1.25, "y": -1.7, "z": 0.95},
                "center": {"x": 0, "y": 0, "z": -0.2},
            },
        },
    }
    data = json.dumps({"data": traces, "layout": layout}, separators=(",", ":"))
    data = data.replace("<", "\\u003c")  # so that no label can end the script element
    return (
        '<div class="plotly-figure" data-needs="plotly">'
        f'<script type="application/json">{data}</script></div>'
    )


def _levels(height: np.ndarray) -> np.ndarray:
    """Levels at squared distances, as on a map of a bowl, up to the 95th percentile."""
    low, high = float(np.nanmin(height)), float(np.nanpercentile(height, 95))
    if not high > low:
        return np.array([low, low + 1e-9 + abs(low) * 1e-9])
    return low + (high - low) * np.linspace(0, 1, LEVELS) ** 2


def _line(surface: Surface, path: np.ndarray, colour: str, marker: float) -> dict[str, Any]:
    """A path for Plotly, a little above the surface."""
    x, y, z = _inside(surface, path).T
    return {
        "type": "scatter3d",
        "mode": "lines+markers",
        "x": _short(x),
        "y": _short(y),
        "z": _short(z + 0.01 * np.ptp(surface.height)),
        "line": {"color": colour, "width": 5},
        "marker": {"color": colour, "size": marker},
        "hoverinfo": "skip",
    }


def _inside(surface: Surface, path: np.ndarray) -> np.ndarray:
    """The part of the path above the grid."""
    x, y = path[:, 0], path[:, 1]
    within = (x >= surface.x[0]) & (x <= surface.x[-1])
    return path[within & (y >= surface.y[0]) & (y <= surface.y[-1])]


def _short(values: np.ndarray) -> list[float]:
    """Six digits: enough to draw, half the bytes."""
    return [float(f"{value:.6g}") for value in np.asarray(values, dtype=float)]


def _alt(surface: Surface, kind: str) -> Text:
    x, y, height = surface.lowest()
    zh = "等值线图" if kind == "contour" else "三维曲面"
    en = "Contour map" if kind == "contour" else "Surface in three dimensions"
    zh_path = en_path = ""
    if surface.path is not None:
        zh_path = f"下降从高度 {surface.path[0, 2]:.4g} 走到 {surface.path[-1, 2]:.4g}。"
        en_path = f" The descent leads from {surface.path[0, 2]:.4g} to {surface.path[-1, 2]:.4g}."
    if surface.paths:
        zh_path = "".join(
            f"{name.zh}走到 {way[-1, 2]:.3g}。" for name, way in surface.paths.items()
        )
        ends = ", ".join(f"{name.en} at {way[-1, 2]:.3g}" for name, way in surface.paths.items())
        en_path = f" The ways end: {ends}."
    return Text(
        f"{zh}，横轴 {surface.x_label.zh}，纵轴 {surface.y_label.zh}，高度为"
        f"{surface.height_label.zh}；最低点在 ({x:.3g}, {y:.3g})，高 {height:.4g}。{zh_path}",
        f"{en} of the {surface.height_label.en} over {surface.x_label.en} and "
        f"{surface.y_label.en}; lowest at ({x:.3g}, {y:.3g}), {height:.4g} high.{en_path}",
    )
