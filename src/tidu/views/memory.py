"""Pictures of what recurrent cells remember: error and gradient against the lag, and open gates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tidu.views import palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LAG = Text("间隔（步）", "lag (steps)")


def error_against_lag(
    lags: Sequence[int],
    errors: Mapping[str, np.ndarray],
    labels: Mapping[str, Text],
    *,
    measure: Text,
    solved_below: float,
    chance: float,
) -> Picture:
    """The test error of every cell (lags, seeds) against the lag; the band spans the seeds.

    >>> cells = {"rnn": np.array([[0.001], [0.2]]), "lstm": np.array([[0.001], [0.002]])}
    >>> names = {"rnn": Text("RNN", "RNN"), "lstm": Text("LSTM", "LSTM")}
    >>> picture = error_against_lag([10, 100], cells, names, measure=Text("均方误差", "MSE"),
    ...                             solved_below=0.01, chance=1 / 6)
    >>> picture.data["rnn"].tolist()
    [0.001, 0.2]
    """

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        for i, (cell, values) in enumerate(errors.items()):
            _band(axes, lags, _visible(values), labels[cell][language], i)
        for height, word in (
            (solved_below, Text("解决", "solved")),
            (chance, Text("不靠记忆", "without memory")),
        ):
            axes.axhline(height, color=palette.GREY, linestyle="--", linewidth=1)
            side = axes.get_yaxis_transform()  # share of the width across, error upwards
            axes.text(1.01, height, word[language], color=palette.GREY, va="center", transform=side)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xticks(list(lags), [str(lag) for lag in lags])
        axes.minorticks_off()
        axes.set_xlabel(LAG[language])
        axes.set_ylabel(measure[language])
        figure.legend(loc="outside lower center", ncols=2)

    longest = {cell: _longest_solved(lags, values, solved_below) for cell, values in errors.items()}
    alt = Text(
        f"各单元的{measure.zh}随间隔的变化，两轴均为对数坐标。所有种子都解决的最长间隔："
        + "；".join(f"{labels[c].zh} {lag or '无'}" for c, lag in longest.items())
        + "。",
        f"The {measure.en} of each cell against the lag, both on log scales. Longest lag "
        "solved by every seed: "
        + "; ".join(f"{labels[c].en} {lag or 'none'}" for c, lag in longest.items())
        + ".",
    )
    columns: dict[str, np.ndarray] = {"lag": np.array(lags)}
    for cell, values in errors.items():
        columns |= _columns(cell, values)
    return Picture(
        "error", Text("还记得多久以前？", "How far back it remembers"), alt, draw, columns
    )


def gradient_against_lag(
    norms: Mapping[str, tuple[np.ndarray, np.ndarray]], labels: Mapping[str, Text]
) -> Picture:
    """How strongly the last answer depends on the input ``lag`` steps before it.

    ``norms`` holds for every cell the norms at the start and after training, each (seeds, lags).

    >>> decay = 0.9 ** np.arange(50.0)[None]
    >>> gradient_against_lag({"rnn": (decay, decay)}, {"rnn": Text("RNN", "RNN")}).name
    'gradient'
    """
    whens = (Text("训练前", "before training"), Text("训练后", "after training"))

    def draw(figure: Figure, language: str) -> None:
        panels = figure.subplots(1, 2, sharey=True)
        for panel, when in enumerate(whens):
            axes: Axes = panels[panel]
            for i, (cell, both) in enumerate(norms.items()):
                values = _visible(both[panel].T)
                _band(axes, range(len(values)), values, labels[cell][language], i, marks=False)
            axes.set_yscale("log")
            axes.set_title(when[language])
            axes.set_xlabel(LAG[language])
            axes.grid(visible=True, alpha=0.4)
        panels[0].set_ylabel(Text("梯度范数", "gradient norm")[language])
        names = [labels[cell][language] for cell in norms]
        figure.legend(panels[0].get_lines(), names, loc="outside lower center", ncols=4)

    def told(language: str) -> str:
        words: list[str] = []
        for cell, (start, end) in norms.items():
            near, far = (_mean_of(end.T)[k] for k in (0, -1))
            first = _mean_of(start.T)[-1] / max(_mean_of(start.T)[0], 1e-300)
            last = far / max(near, 1e-300)
            words.append(
                f"{labels[cell].zh}训练前 {first:.1e}、训练后 {last:.1e}"
                if language == "zh"
                else f"{labels[cell].en} {first:.1e} before and {last:.1e} after training"
            )
        return "；".join(words) if language == "zh" else "; ".join(words)

    alt = Text(
        "最后的答案对各间隔输入的梯度范数，对数坐标，左图训练前、右图训练后。"
        f"最远一步与最近一步之比：{told('zh')}。",
        "Norm of the gradient of the last answer with respect to the input at each lag, on a log "
        f"scale, before and after training. Farthest over nearest step: {told('en')}.",
    )
    columns: dict[str, np.ndarray] = {}
    for cell, (start, end) in norms.items():
        columns["lag"] = np.arange(start.shape[1])
        columns |= _columns(f"{cell}.before", start.T) | _columns(f"{cell}.after", end.T)
    title = Text("梯度能往回走多远", "How far back the gradient reaches")
    return Picture("gradient", title, alt, draw, columns, (9.0, 4.2))


def gates_over_time(gates: Mapping[str, np.ndarray], events: Sequence[int], label: Text) -> Picture:
    """Gates and cells (units, time) of one LSTM over one sequence, above each other.

    ``gates`` has ``input``, ``forget``, ``output`` and ``cell``; ``events`` are the steps that had
    to be remembered, marked by triangles. The unit whose input gate opens widest there is on top.

    >>> maps = {name: np.full((3, 8), 0.5) for name in ("input", "forget", "output", "cell")}
    >>> picture = gates_over_time(maps, [2, 5], Text("LSTM", "LSTM"))
    >>> len(picture.data["unit"])
    24
    """
    titles = {
        "input": Text("输入门", "input gate"),
        "forget": Text("遗忘门", "forget gate"),
        "output": Text("输出门", "output gate"),
        "cell": Text("记忆单元（tanh）", "cell (tanh)"),
    }
    order = np.argsort(-gates["input"][:, list(events)].mean(1), kind="stable")
    shown = {name: gates[name][order] for name in titles}
    units, time = shown["cell"].shape

    def draw(figure: Figure, language: str) -> None:
        panels = figure.subplots(len(titles), 1, sharex=True)
        for axes, (name, title) in zip(panels, titles.items(), strict=True):
            signed = name == "cell"
            image = axes.imshow(
                np.tanh(shown[name]) if signed else shown[name],
                aspect="auto",
                interpolation="nearest",
                cmap=palette.DIVERGING if signed else palette.SEQUENTIAL,
                vmin=-1 if signed else 0,
                vmax=1,
            )
            axes.set_ylabel(title[language])
            axes.set_yticks([])
            figure.colorbar(image, ax=axes, fraction=0.03, pad=0.01)
        above = panels[0].get_xaxis_transform()  # steps across, share of the height upwards
        heights = [1.08] * len(events)
        panels[0].plot(events, heights, "v", transform=above, color=palette.BLACK, clip_on=False)
        panels[-1].set_xlabel(Text("步", "step")[language])

    fraction = float((gates["forget"] > 0.9).mean())
    quiet = np.delete(gates["input"], list(events), axis=1).mean() if time > len(events) else np.nan
    busy = gates["input"][:, list(events)].mean()
    alt = Text(
        f"{label.zh}在一条 {time} 步序列上的门，{units} 个单元，三角标出要记住的步。"
        f"输入门在这些步平均为 {busy:.2f}，其余为 {quiet:.2f}；遗忘门有 {fraction:.0%} 大于 0.9。",
        f"Gates of the {label.en} over a sequence of {time} steps, {units} units; triangles mark "
        f"what to remember. The input gates average {busy:.2f} there and {quiet:.2f} elsewhere; "
        f"{fraction:.0%} of the forget gates stand above 0.9.",
    )
    columns = {
        "unit": np.repeat(order, time),
        "step": np.tile(np.arange(time), units),
        **{name: values.ravel() for name, values in shown.items()},
    }
    title = Text(f"{label.zh} 的门", f"Gates of the {label.en}")
    return Picture("gates", title, alt, draw, columns, (8.0, 7.0))


def _band(
    axes: Axes,
    places: Sequence[int],
    values: np.ndarray,
    label: str,
    index: int,
    marks: bool = True,
) -> None:
    """The geometric mean over the seeds, and a band from the lowest to the highest."""
    colour = palette.category(index)
    marker = palette.marker(index) if marks else None
    mean = np.exp(np.log(values).mean(1))
    axes.plot(list(places), mean, color=colour, marker=marker, label=label)
    if values.shape[1] > 1:
        low, high = values.min(1), values.max(1)
        axes.fill_between(list(places), low, high, color=colour, alpha=0.2, linewidth=0)


def _visible(values: np.ndarray) -> np.ndarray:
    """Zero has no logarithm: it stands at the smallest number above it."""
    above = values[values > 0]
    return np.maximum(values, above.min() if above.size else 1e-300)


def _mean_of(values: np.ndarray) -> np.ndarray:
    return values.mean(1)


def _columns(name: str, values: np.ndarray) -> dict[str, np.ndarray]:
    columns = {name: _mean_of(values)}
    if values.shape[1] > 1:
        columns |= {f"{name}.lowest": values.min(1), f"{name}.highest": values.max(1)}
    return columns


def _longest_solved(lags: Sequence[int], values: np.ndarray, below: float) -> int:
    return max((lag for lag, row in zip(lags, values, strict=True) if row.max() < below), default=0)
