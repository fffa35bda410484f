"""The pictures of ``tabular``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu import views
from tidu.views import palette
from tidu.views.feature_effects import effect_panels, importance_bars
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from tidu.runs import Run

SQUARED = Text("平方误差", "squared error")
SCALED = Text("平方误差（目标已标准化）", "squared error (standardised target)")
LOG_LOSS = Text("对数损失", "log loss")
MOST_CLASSES = 16  # more do not fit into a table of confusions


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """What the columns do, how the test went, and what the validation rows preferred."""
    about = run.read_json("columns")
    classes, target = about["classes"], about["target"]
    loss = LOG_LOSS if classes else SQUARED
    told = run.read_json("effects")
    found = {name: tensor.numpy() for name, tensor in run.recorded("importance").items()}
    drawn = [importance_bars(told["features"], found["mean"], found["low"], found["high"], loss)]
    dates = about["dates"]
    for one in told["drawn"]:
        one["name"] += " (1970-01-01 + d)" if one["name"] in dates else ""
    drawn.append(effects_picture(run, told["drawn"], classes, target))
    drawn.append(tested(run, classes, target))
    told = run.read_json("validated")
    unit = loss if classes else SCALED
    return [*drawn, preferred(told["losses"], told["limit"], about["kind"], unit)]


def effects_picture(
    run: Run, drawn: list[dict[str, Any]], classes: list[str], target: str
) -> Picture:
    """The effect of the columns that are needed most; of two classes, that of the second."""
    effects: list[tuple[str, list[str], dict[str, np.ndarray]]] = []
    for k, one in enumerate(drawn):
        seen = {name: tensor.numpy() for name, tensor in run.recorded(f"effect-{k}").items()}
        if len(classes) == 2:
            seen = {name: v[:, 1:] if v.ndim == 2 else v for name, v in seen.items()}
        effects.append((one["name"], one["levels"], seen))
    if not classes:
        return effect_panels(effects, [target], Text(f"预测的 {target}", f"predicted {target}"))
    if len(classes) == 2:
        label = Text(f"{classes[1]} 的概率", f"probability of {classes[1]}")
        return effect_panels(effects, classes[1:], label, band=False)
    return effect_panels(effects, classes, Text("概率", "probability"), band=False)


def tested(run: Run, classes: list[str], target: str) -> Picture:
    """Predictions against the truth: points, or a table of confusions."""
    seen = {name: tensor.numpy() for name, tensor in run.recorded("test").items()}
    if not classes:
        return views.predicted_against_true(seen["predictions"], seen["truth"], target)
    said, truth = seen["probabilities"].argmax(1), seen["truth"]
    common = np.bincount(truth, minlength=len(classes)).argsort(kind="stable")[::-1]
    shown = np.sort(common[:MOST_CLASSES])
    counts = np.bincount(truth * len(classes) + said, minlength=len(classes) ** 2)
    names = [classes[k][:20] for k in shown]
    rest = len(classes) - len(shown)
    return views.heat_map(
        counts.reshape(len(classes), -1)[np.ix_(shown, shown)],
        name="confusion",
        title=Text("没见过的行：谁被认成了谁", "Unseen rows: what was taken for what"),
        alt=Text(
            f"混淆矩阵：{len(truth)} 行测试数据，行为真实的 {target}，列为预测。"
            + (f"只画最常见的 {len(shown)} 类。" if rest else ""),
            f"Confusion matrix of {len(truth)} test rows: true {target} down, predicted across."
            + (f" Only the {len(shown)} most frequent classes." if rest else ""),
        ),
        rows=names,
        columns=names,
        row_label=Text(f"真实的 {target}", f"true {target}"),
        column_label=Text(f"预测的 {target}", f"predicted {target}"),
    )


KINDS = {
    "linear": Text("线性", "linear"),
    "polynomial": Text("多项式", "polynomial"),
    "logistic": Text("逻辑回归", "logistic"),
    "softmax": Text("softmax 回归", "softmax"),
    "mlp": Text("多层感知机", "MLP"),
    "baseline": Text("基准（只看目标列）", "baseline (target alone)"),
}


def preferred(losses: dict[str, float], limit: float, chosen: str, loss: Text) -> Picture:
    """The least that every kind of model costs on held-out rows, beside the baseline.

    Up to ``limit`` a model counts as good as the best.
    """
    names = list(losses)
    values = np.array([losses[name] for name in names])

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        for place, name in enumerate(names):
            colour = palette.VERMILION if name == chosen else palette.SKY
            colour = palette.GREY if name == "baseline" else colour
            axes.barh(place, values[place], 0.6, color=colour)
            near = 0 <= limit - values[place] < 0.15 * values.max()  # no number under the line
            end = limit if near else values[place]
            axes.text(end, place, f" {values[place]:.3g}", va="center", fontsize=9)
        axes.set_yticks(range(len(names)), [KINDS[name][language] for name in names])
        axes.invert_yaxis()
        axes.margins(x=0.12)
        line = Text("与最好的差一个标准误", "one standard error above the best")
        axes.axvline(limit, color=palette.BLACK, linestyle="--", label=line[language])
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1))
        unit = Text(f"留出行上最低的{loss.zh}", f"lowest {loss.en} on held-out rows")
        axes.set_xlabel(unit[language])

    words = Text(
        "，".join(f"{KINDS[n].zh} {losses[n]:.3g}" for n in names),
        ", ".join(f"{KINDS[n].en} {losses[n]:.3g}" for n in names),
    )
    return Picture(
        "validation",
        Text("留出的行选了谁", "What the held-out rows chose"),
        Text(
            f"条形图，留出行上最低的{loss.zh}：{words.zh}。虚线 {limit:.3g} 比最好的高一个标准误；"
            f"选中的是{KINDS[chosen].zh}。",
            f"Bars of the lowest {loss.en} on held-out rows: {words.en}. A dashed line at "
            f"{limit:.3g} is one standard error above the best. The {KINDS[chosen].en} was taken.",
        ),
        draw,
        {"model": np.array(names), "validation_loss": values},
        (6.6, 1.6 + 0.5 * len(names)),
    )
