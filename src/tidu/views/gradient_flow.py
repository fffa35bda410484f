"""Gradients seen: how strong they are in every layer, how far each step goes, which units died."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tidu.record.diagnosis import LEAST_STEP, MOST_STEP
from tidu.record.gradient_flow import Row, figures
from tidu.views import palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure

MOST_PANELS = 6  # in one picture, each a network in a loop
MOST_NAMES = 24  # layers whose names fit beside a panel
STEP = Text("步数", "step")


@dataclass(frozen=True)
class Watched:
    """What was seen of a network in a loop; the median where several trained together."""

    loop: str
    network: str
    layers: list[str]
    looks: np.ndarray  # the steps that were looked at
    gradient: np.ndarray  # (looks, layers), as the others
    step: np.ndarray  # update / weight
    dead: np.ndarray  # share of units, NaN where a layer has none


def watched(loops: Mapping[str, Sequence[Row]]) -> list[Watched]:
    """``run.gradients()`` as arrays.

    >>> rows = [{"step": 0, "gradient": {"0": [1.0, 3.0]}, "weight": {"0": [1.0, 1.0]},
    ...          "update": {"0": [0.1, 0.1]}, "dead": {}}]
    >>> watched({"train": rows})[0].step.tolist()
    [[0.1]]
    """
    found: list[Watched] = []
    for loop, rows in loops.items():
        names = list(dict.fromkeys(name for row in rows for name in row["gradient"]))
        for network in dict.fromkeys(name.rpartition("/")[0] for name in names):
            own = [name for name in names if name.rpartition("/")[0] == network]
            found.append(_of_network(loop, network, own, rows))
    return found


def _of_network(loop: str, network: str, names: list[str], rows: Sequence[Row]) -> Watched:
    rows = [row for row in rows if any(name in row["gradient"] for name in names)]
    gradient, weight, update, dead = (
        figures(rows, part, names) for part in ("gradient", "weight", "update", "dead")
    )
    step = update / weight.where(weight > 0, np.nan)
    medians = [part.nanquantile(0.5, -1).numpy() for part in (gradient, step, dead)]
    layers = [name.rpartition("/")[2] for name in names]
    return Watched(loop, network, layers, np.array([row["step"] for row in rows]), *medians)


def pictures(loops: Mapping[str, Sequence[Row]]) -> list[Picture]:
    """All there is to see of the gradients; the last is left out where no unit died."""
    seen = watched(loops)
    if not seen:
        return []
    died = any(bool((one.dead > 0).any()) for one in seen)
    return [gradient_norms(seen), relative_steps(seen), *([dead_units(seen)] if died else [])]


def gradient_norms(seen: Sequence[Watched]) -> Picture:
    """Heat maps of the norm of the gradient, layer against step, on a scale of powers of ten."""
    shown = [_positive(one.gradient.T) for one in seen[-MOST_PANELS:]]
    low, high = _range(shown)

    def draw(axes: Axes, place: int, language: str) -> ScalarMappable:
        from matplotlib.colors import LogNorm

        return _heat_map(axes, seen[-MOST_PANELS:][place], shown[place], LogNorm(low, high))

    label = Text("梯度范数", "norm of the gradient")
    alt = Text(
        "热图：每一行是一层，从上到下是从输入到输出；颜色越亮，这一层在这一步的梯度越强，空白处没有梯度。"
        f"{_few(seen).zh}",
        "Heat map: every row is a layer, from the input at the top to the output; the brighter, "
        "the stronger the gradient of that layer at that step; where it is blank there is none."
        f"{_few(seen).en}",
    )
    title = Text("梯度传到了哪一层", "How far the gradient reaches")
    return _panels("gradient-norms", title, alt, seen, draw, label, "gradient")


def relative_steps(seen: Sequence[Watched]) -> Picture:
    """Curves of each layer's step relative to its weights, over the band that is usual."""

    def draw(axes: Axes, place: int, language: str) -> None:
        one = seen[-MOST_PANELS:][place]
        axes.axhspan(LEAST_STEP, MOST_STEP, color=palette.GREY, alpha=0.15, linewidth=0)
        for i, layer in enumerate(one.layers):
            step = np.where(one.step[:, i] > 0, one.step[:, i], np.nan)
            if len(one.layers) <= len(palette.CATEGORIES):
                axes.plot(one.looks, step, color=palette.category(i), label=layer)
            else:
                shade = _shade(i / (len(one.layers) - 1))
                ends = i in {0, len(one.layers) - 1}
                axes.plot(one.looks, step, color=shade, label=layer if ends else None)
        axes.set_yscale("log")
        axes.set_xlabel(STEP[language])
        axes.set_ylabel(Text("改动 / 权重", "update / weights")[language])
        axes.legend(fontsize=7)

    alt = Text(
        f"折线图：每一层每步的改动与权重之比。灰带是常见的 {LEAST_STEP:g} 到 {MOST_STEP:g}。"
        f"{_few(seen).zh}",
        "Line chart: the update of every layer relative to its weights; the grey band is the usual "
        f"{LEAST_STEP:g} to {MOST_STEP:g}.{_few(seen).en}",
    )
    title = Text("每一步改动了多少", "How far each step goes")
    return _panels("relative-steps", title, alt, seen, draw, None, "step")


def dead_units(seen: Sequence[Watched]) -> Picture:
    """Heat maps of the share of units without gradient, layer against step."""
    shown = [100 * one.dead.T for one in seen[-MOST_PANELS:]]

    def draw(axes: Axes, place: int, language: str) -> ScalarMappable:
        from matplotlib.colors import Normalize

        return _heat_map(axes, seen[-MOST_PANELS:][place], shown[place], Normalize(0, 100))

    last = [float(np.nan_to_num(one.dead[-1]).max()) for one in seen]
    alt = Text(
        "热图：各层长期收不到梯度的单元所占的比例；"
        f"训练结束时最多的一层占 {100 * max(last):.0f}%。",
        "Heat map: the share of every layer's units that have been without a gradient for long; at "
        f"the end it is {100 * max(last):.0f} % in the worst layer.",
    )
    title = Text("哪些层的单元死了", "Where units died")
    label = Text("死单元（%）", "dead units, %")
    return _panels("dead-units", title, alt, seen, draw, label, "dead")


def _panels(
    name: str,
    title: Text,
    alt: Text,
    seen: Sequence[Watched],
    draw_one: Callable[[Axes, int, str], ScalarMappable | None],
    bar: Text | None,
    part: str,
) -> Picture:
    count = min(len(seen), MOST_PANELS)
    columns = min(2, count)
    rows = -(-count // columns)

    def draw(figure: Figure, language: str) -> None:
        panels = [figure.add_subplot(rows, columns, place + 1) for place in range(count)]
        image = None
        for place, axes in enumerate(panels):
            image = draw_one(axes, place, language)
            axes.set_xlabel(STEP[language])
            if count > 1:
                axes.set_title(_name(seen[-MOST_PANELS:][place], seen))
        if image is not None and bar is not None:  # one scale for all panels
            shrink = 0.85 if rows == 1 else 0.5
            figure.colorbar(image, ax=panels, shrink=shrink).set_label(bar[language])

    columns_of_data = {
        "loop": np.concatenate([np.repeat(w.loop, len(w.looks) * len(w.layers)) for w in seen]),
        "network": np.concatenate(
            [np.repeat(w.network, len(w.looks) * len(w.layers)) for w in seen]
        ),
        "step": np.concatenate([np.repeat(w.looks, len(w.layers)) for w in seen]),
        "layer": np.concatenate([np.tile(w.layers, len(w.looks)) for w in seen]),
        part: np.concatenate([getattr(w, part).ravel() for w in seen]),
    }
    most = max(len(one.layers) for one in seen[-MOST_PANELS:])
    height = rows * max(3.2, 1.0 + 0.22 * min(most, MOST_NAMES))
    size = (7.0 if columns == 1 else 10.0, min(height, 14.0))
    return Picture(name, title, alt, draw, columns_of_data, size)


def _heat_map(axes: Axes, one: Watched, values: np.ndarray, norm: Normalize) -> ScalarMappable:
    edges = np.append(one.looks, 2 * one.looks[-1] - one.looks[-2] if len(one.looks) > 1 else 1)
    rows = np.arange(len(one.layers) + 1) - 0.5
    image = axes.pcolormesh(edges, rows, values, cmap=palette.SEQUENTIAL, norm=norm)
    image.set_rasterized(True)
    every = max(1, -(-len(one.layers) // MOST_NAMES))
    axes.set_yticks(range(0, len(one.layers), every), one.layers[::every])
    axes.invert_yaxis()
    return image


def _positive(values: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(values) & (values > 0), values, np.nan)


def _range(shown: Sequence[np.ndarray]) -> tuple[float, float]:
    known = np.concatenate([values[np.isfinite(values)] for values in shown])
    if not known.size:
        return 0.1, 10.0
    low, high = float(known.min()), float(known.max())
    return (low, high) if high > low else (low / 10, high * 10)


def _shade(place: float) -> tuple[float, float, float, float]:
    import matplotlib as mpl

    return mpl.colormaps[palette.SEQUENTIAL](place)


def _name(one: Watched, seen: Sequence[Watched]) -> str:
    """What tells a panel from the others: its loop, its network, or both."""
    loops, networks = {w.loop for w in seen}, {w.network for w in seen}
    parts = [one.loop] if len(loops) > 1 else []
    return " · ".join(parts + ([one.network] if len(networks) > 1 else []))


def _few(seen: Sequence[Watched]) -> Text:
    """That not all are shown, where that is so."""
    if len(seen) <= MOST_PANELS:
        return Text("", "")
    return Text(
        f"共训练了 {len(seen)} 个网络，只画最后 {MOST_PANELS} 个。",
        f" Of {len(seen)} networks trained, the last {MOST_PANELS} are shown.",
    )
