"""What a model makes of each column: how much it needs it, and which way it pulls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu.views import palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_LEVELS = 12  # bars of a category, and letters of a name on them
MOST_CLASSES = 6  # curves, one a class


def importance_bars(
    names: Sequence[str], mean: np.ndarray, low: np.ndarray, high: np.ndarray, loss: Text
) -> Picture:
    """How much the loss on unseen rows rises when a column is shuffled, with its interval."""
    shown = [_short(name, 32) for name in names]
    bars = np.clip(np.stack([mean - low, high - mean]), 0, None)

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        places = np.arange(len(names))
        axes.barh(places, mean, 0.65, color=palette.SKY)
        axes.errorbar(mean, places, xerr=bars, fmt="none", ecolor=palette.BLACK, capsize=3, lw=1)
        axes.axvline(0, color=palette.GREY, linewidth=0.8)
        axes.set_yticks(places, shown)
        axes.invert_yaxis()
        label = Text(f"打乱这一列后{loss.zh}上升多少", f"rise of the {loss.en} when shuffled")
        axes.set_xlabel(label[language])

    return Picture(
        "importance",
        Text("模型靠的是哪几列", "Which columns the model leans on"),
        Text(
            f"把一列在测试行之间打乱，看{loss.zh}上升多少；线段为 95 % 自助区间。"
            f"最要紧的是 {names[0]}，上升 {mean[0]:.3g}。",
            f"A column is shuffled among the test rows and the {loss.en} rises; lines are 95 % "
            f"bootstrap intervals. Most is lost without {names[0]}: {mean[0]:.3g}.",
        ),
        draw,
        {"feature": np.array(names), "rise": mean, "low": low, "high": high},
        (7.4, max(2.8, 1.4 + 0.32 * len(names))),
    )


def effect_panels(
    effects: Sequence[tuple[str, Sequence[str], Mapping[str, np.ndarray]]],
    outputs: Sequence[str],
    y_label: Text,
    band: bool = True,
) -> Picture:
    """The mean prediction over the values of each column; a ``band`` holds 80 % of the rows.

    ``effects`` hold a name, the names of the values where those are categories, and ``values``
    (points,), ``mean``, ``low``, ``high`` (points, outputs), with a curve for each output.
    """
    columns = min(3, len(effects))
    rows = -(-len(effects) // columns)
    chosen = list(range(len(outputs)))[:MOST_CLASSES]

    def draw(figure: Figure, language: str) -> None:
        panels = figure.subplots(rows, columns, squeeze=False, sharey=True)
        for axes in panels.flat[len(effects) :]:
            axes.set_axis_off()
        for axes, (name, levels, seen) in zip(panels.flat, effects, strict=False):
            _panel(axes, levels, seen, chosen, outputs, band)
            axes.set_title(_short(name, 30))
        for axes in panels[:, 0]:
            axes.set_ylabel(y_label[language])
        if len(chosen) > 1:
            handles, labels = panels.flat[0].get_legend_handles_labels()
            figure.legend(handles, labels, loc="outside lower center", ncols=min(6, len(chosen)))

    held = Text("；带子里是 80 % 的行", "; the band holds 80 % of the rows")
    within = held if band else Text("", "")
    first = effects[0]
    start, end = first[2]["mean"][0, chosen[-1]], first[2]["mean"][-1, chosen[-1]]
    return Picture(
        "effects",
        Text("这一列变了，预测怎样变", "How the prediction moves with a column"),
        Text(
            f"{len(effects)} 幅小图，每列一幅：别的列不动，只把这一列设成各个值，"
            f"画出平均预测{within.zh}。{first[0]} 从头到尾：{start:.3g} 到 {end:.3g}。",
            f"{len(effects)} panels, one a column: the mean prediction with this column set to "
            f"each value and all others left alone{within.en}. Along "
            f"{first[0]} it goes from {start:.3g} to {end:.3g}.",
        ),
        draw,
        _data(effects, outputs),
        (3.4 * columns + 0.6, 2.7 * rows + 0.8),
    )


def _panel(
    axes: Axes,
    levels: Sequence[str],
    seen: Mapping[str, np.ndarray],
    chosen: Sequence[int],
    outputs: Sequence[str],
    band: bool,
) -> None:
    mean, places = seen["mean"], seen["values"]
    if levels:
        count = min(len(levels), MOST_LEVELS)
        width = 0.8 / len(chosen)
        for i, k in enumerate(chosen):
            middle = np.arange(count) + (i - (len(chosen) - 1) / 2) * width
            axes.bar(middle, mean[:count, k], width, color=palette.category(k), label=outputs[k])
        axes.set_xticks(range(count), [_short(level, MOST_LEVELS) for level in levels[:count]])
        axes.tick_params(axis="x", rotation=45)
        return
    for k in chosen:
        colour = palette.category(k)
        axes.plot(places, mean[:, k], color=colour, label=outputs[k])
        if band:
            axes.fill_between(places, seen["low"][:, k], seen["high"][:, k], color=colour,
                              alpha=0.2, linewidth=0)  # fmt: skip
    axes.grid(visible=True)


def _data(
    effects: Sequence[tuple[str, Sequence[str], Mapping[str, np.ndarray]]], outputs: Sequence[str]
) -> dict[str, Any]:
    """One row for every value of every column."""
    columns: dict[str, list[Any]] = {"feature": [], "value": []}
    for name, levels, seen in effects:
        columns["feature"] += [name] * len(seen["values"])
        columns["value"] += list(levels) or seen["values"].tolist()
        for k, output in enumerate(outputs):
            columns.setdefault(f"mean {output}", []).extend(seen["mean"][:, k].tolist())
    return {name: np.array(values) for name, values in columns.items()}


def _short(name: str, most: int) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"
