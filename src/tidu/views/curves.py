"""Curves of what a run logged: one line a metric, with a band where several seeds trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu.views import palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STEP = Text("步数", "step")


def metric_curves(
    history: Sequence[Mapping[str, Any]],
    metrics: Mapping[str, Text],
    *,
    name: str,
    title: Text,
    alt: Text | None = None,
    x: str = "step",
    x_label: Text = STEP,
    y_label: Text | None = None,
    log: bool = False,
) -> Picture:
    """The ``metrics`` of ``history`` (lines of ``metrics.jsonl``) over ``x``.

    Where a line holds a list, one number per seed, the curve is the mean over the seeds and the
    band reaches from the lowest to the highest. With ``log``, numbers not above zero are left out.

    >>> rows = [{"step": 0, "loss": [2.0, 4.0]}, {"step": 10, "loss": [1.0, 1.5]}]
    >>> picture = metric_curves(rows, {"loss": Text("损失", "loss")}, name="loss",
    ...                         title=Text("损失", "Loss"))
    >>> picture.data["loss"].tolist(), picture.data["loss.highest"].tolist()
    ([3.0, 1.25], [4.0, 1.5])
    """
    curves = {m: _curve(history, m, x) for m in metrics}
    curves = {m: curve for m, curve in curves.items() if len(curve[0])}

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        for i, (metric, (steps, values)) in enumerate(curves.items()):
            values = np.where(values > 0, values, np.nan) if log else values
            colour = palette.category(i)
            axes.plot(steps, _mean(values), color=colour, label=metrics[metric][language])
            if values.shape[1] > 1:
                low, high = _bounds(values)
                axes.fill_between(steps, low, high, color=colour, alpha=0.2, linewidth=0)
        if log:
            axes.set_yscale("log")
        axes.grid(visible=True)
        axes.set_xlabel(x_label[language])
        if y_label is not None:
            axes.set_ylabel(y_label[language])
        elif len(curves) == 1:
            axes.set_ylabel(metrics[next(iter(curves))][language])
        if len(curves) > 1:
            axes.legend()

    return Picture(name, title, alt or _alt(metrics, curves, title), draw, _columns(curves))


Curve = tuple[np.ndarray, np.ndarray]
"""Steps of shape (lines,) and values of shape (lines, seeds)."""


def _curve(history: Sequence[Mapping[str, Any]], metric: str, x: str) -> Curve:
    rows = [row for row in history if row.get(metric) is not None and x in row]
    steps = np.array([float(row[x]) for row in rows])
    values = [np.atleast_1d(np.array(row[metric], dtype=float)) for row in rows]
    return steps, np.stack(values) if values else np.zeros((0, 1))


def _mean(values: np.ndarray) -> np.ndarray:
    known = np.isfinite(values)
    total = np.where(known, values, 0).sum(1)
    return np.where(known.any(1), total / np.maximum(known.sum(1), 1), np.nan)


def _bounds(values: np.ndarray) -> Curve:
    known = np.isfinite(values)
    low = np.where(known, values, np.inf).min(1)
    high = np.where(known, values, -np.inf).max(1)
    return np.where(known.any(1), low, np.nan), np.where(known.any(1), high, np.nan)


def _columns(curves: Mapping[str, Curve]) -> dict[str, np.ndarray]:
    """One table for all curves: every step, NaN where a metric was not logged."""
    if not curves:
        return {}
    steps = np.unique(np.concatenate([steps for steps, _ in curves.values()]))
    columns = {"step": steps}
    for metric, (own, values) in curves.items():
        place = np.searchsorted(steps, own)
        parts = {metric: _mean(values)}
        if values.shape[1] > 1:
            low, high = _bounds(values)
            parts |= {f"{metric}.lowest": low, f"{metric}.highest": high}
        for column, numbers in parts.items():
            columns[column] = np.full(len(steps), np.nan)
            columns[column][place] = numbers
    return columns


def _alt(metrics: Mapping[str, Text], curves: Mapping[str, Curve], title: Text) -> Text:
    """What happened, in words: where each curve begins and where it ends."""

    def told(language: str) -> list[str]:
        words: list[str] = []
        for metric, (_, values) in curves.items():
            mean = _mean(values)
            first, last, label = mean[0], mean[-1], metrics[metric][language]
            if language == "zh":
                words.append(f"{label}从 {first:.3g} 到 {last:.3g}")
            else:
                words.append(f"{label} from {first:.3g} to {last:.3g}")
        return words

    return Text(
        f"折线图“{title.zh}”：" + "；".join(told("zh")) + "。",
        f"Line chart “{title.en}”: " + "; ".join(told("en")) + ".",
    )


def logged_curves(history: Sequence[Mapping[str, Any]], most: int = 9) -> Picture | None:
    """Everything a run logged as small panels, one for each metric; None if nothing was.

    >>> logged_curves([]) is None
    True
    """
    names = [
        name for name in dict.fromkeys(key for row in history for key in row) if name != "step"
    ]
    curves = {name: _curve(history, name, "step") for name in names if _is_number(history, name)}
    curves = {name: curve for name, curve in curves.items() if len(curve[0]) > 1}
    curves = dict(list(curves.items())[:most])
    if not curves:
        return None
    columns = min(3, len(curves))
    rows = -(-len(curves) // columns)

    def draw(figure: Figure, language: str) -> None:
        for i, (name, (steps, values)) in enumerate(curves.items()):
            axes = figure.add_subplot(rows, columns, i + 1)
            axes.plot(steps, _mean(values), color=palette.BLUE)
            if values.shape[1] > 1:
                axes.fill_between(steps, *_bounds(values), color=palette.BLUE, alpha=0.2)
            axes.set_title(name)
            axes.set_xlabel(STEP[language])
            axes.grid(visible=True)

    title = Text("训练中记录的全部数值", "Everything logged during training")
    alt = _alt({name: Text(name, name) for name in curves}, curves, title)
    size = (3.2 * columns, 2.6 * rows + 0.4)
    return Picture("training-log", title, alt, draw, _columns(curves), size)


def _is_number(history: Sequence[Mapping[str, Any]], name: str) -> bool:
    values = [row[name] for row in history if row.get(name) is not None]
    flat = [v for value in values for v in (value if isinstance(value, list) else [value])]
    return all(isinstance(v, (int, float)) or v in {"nan", "inf", "-inf"} for v in flat)
