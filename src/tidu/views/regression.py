"""Pictures of a regression: predictions against the truth, and coefficients side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from tidu.views import palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def predicted_against_true(predictions: ArrayLike, truth: ArrayLike, target: str) -> Picture:
    """A point for every unseen row; on the diagonal the prediction is right.

    >>> predicted_against_true([1.0, 2.0], [1.5, 2.0], "price").alt.en
    '2 unseen rows: predicted against true price; correlation 1.00.'
    """
    predicted, true = np.asarray(predictions), np.asarray(truth)
    together = np.concatenate([predicted, true])
    ends = [float(together.min()), float(together.max())]
    varies = min(np.ptp(predicted), np.ptp(true)) > 0
    correlation = float(np.corrcoef(predicted, true)[0, 1]) if varies else float("nan")

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        right = Text("预测 = 真实", "prediction = truth")[language]
        axes.plot(ends, ends, color=palette.GREY, linestyle="--", linewidth=1, label=right)
        axes.scatter(true, predicted, s=18, alpha=0.75, color=palette.BLUE, linewidths=0)
        axes.set_xlabel(Text(f"真实的 {target}", f"true {target}")[language])
        axes.set_ylabel(Text(f"预测的 {target}", f"predicted {target}")[language])
        axes.set_aspect("equal", adjustable="datalim")
        axes.legend()

    return Picture(
        "predicted-against-true",
        Text("没见过的数据：预测与真实", "Unseen rows: predicted and true"),
        Text(
            f"{len(true)} 行没见过的数据，预测的 {target} 对真实的 {target}；"
            f"相关系数 {correlation:.2f}。",
            f"{len(true)} unseen rows: predicted against true {target}; "
            f"correlation {correlation:.2f}.",
        ),
        draw,
        {"true": true, "predicted": predicted},
        (5.6, 5.2),
    )


def coefficient_bars(
    names: Sequence[str], solutions: Mapping[Text, ArrayLike], standardised: bool = True
) -> Picture:
    """The coefficients of several solutions, one bar beside the other for every name.

    >>> coefficient_bars(["age"], {Text("甲", "one"): [2.0]}).data["one"].tolist()
    [2.0]
    """
    columns = {label: np.asarray(values) for label, values in solutions.items()}
    first = next(iter(columns.values()))
    strongest = names[int(np.abs(first).argmax())]
    places = np.arange(len(names))
    height = 0.8 / len(columns)

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        for i, (label, values) in enumerate(columns.items()):
            middle = places + (i - (len(columns) - 1) / 2) * height
            axes.barh(middle, values, height, color=palette.category(i), label=label[language])
        axes.axvline(0, color=palette.GREY, linewidth=0.8)
        axes.set_yticks(places, names)
        axes.invert_yaxis()
        unit = Text("每一个标准差的影响", "effect of one standard deviation")
        plain = Text("每一个单位的影响", "effect of one unit")
        axes.set_xlabel((unit if standardised else plain)[language])
        axes.legend()

    return Picture(
        "coefficients",
        Text("两种求法得到的系数", "The coefficients, found both ways"),
        Text(
            f"{len(names)} 个系数的条形图，每种求法一条；绝对值最大的是 {strongest}。",
            f"Bars of {len(names)} coefficients, one bar a solution; the largest in absolute "
            f"value is {strongest}.",
        ),
        draw,
        {"name": np.array(names)} | {label.en: values for label, values in columns.items()},
        (7, max(3.0, 1.2 + 0.34 * len(names))),
    )
