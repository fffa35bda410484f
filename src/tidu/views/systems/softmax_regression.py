"""The pictures of ``softmax-regression``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu import views
from tidu.views import palette
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from tidu.runs import Run

NAMED = 4  # curves that get a name of their own: the likeliest classes


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """The weights as images, the temperature, what is taken for what, and the curve."""
    classes: list[str] = run.read_json("classes")
    seen = {name: tensor.numpy() for name, tensor in run.recorded("trained").items()}
    accuracy = Text("验证集正确率", "validation accuracy")
    return [
        views.image_grid_picture(
            seen["weights"],
            name="weights",
            title=Text("每一类的权重，当作图像来看", "The weights of every class, seen as images"),
            alt=Text(
                f"{len(classes)} 幅权重图，每类一幅：紫色处有墨加分，橙色处有墨减分，白色不管。",
                f"{len(classes)} weight images, one a class: ink where it is purple speaks for the "
                "class, where it is orange against it; white does not matter.",
            ),
            captions=classes,
            columns=5,
            signed=True,
            side=1.3,
        ),
        temperature_picture(seen, classes),
        views.heat_map(
            seen["confusion"],
            name="confusion",
            title=Text("谁被认成了谁", "What was taken for what"),
            alt=Text(
                "混淆矩阵：行为真实类别，列为预测类别，格中为测试图像张数。",
                "Confusion matrix: rows are the true classes, columns the predicted ones, numbers "
                "are test images.",
            ),
            rows=classes,
            columns=classes,
            row_label=Text("真实类别", "true class"),
            column_label=Text("预测类别", "predicted class"),
        ),
        views.metric_curves(
            run.history(), {"validation_accuracy": accuracy}, name="accuracy", title=accuracy
        ),
    ]


def temperature_picture(seen: dict[str, np.ndarray], classes: list[str]) -> Picture:
    """One doubtful image's probabilities, and the loss of all, over the temperature."""
    temperatures, loss = seen["temperatures"], seen["validation_loss"]
    scaled = seen["logits"] / temperatures[:, None].astype(float)
    chances = np.exp(scaled - scaled.max(1, keepdims=True))
    chances /= chances.sum(1, keepdims=True)
    best = float(temperatures[loss.argmin()])
    likely = seen["logits"].argsort()[::-1]
    true = classes[int(seen["label"])]

    def draw(figure: Figure, language: str) -> None:
        image, one, every = figure.subplots(1, 3, width_ratios=(0.8, 2, 2))
        image.imshow(seen["image"], cmap="gray_r")
        image.set_axis_off()
        image.set_title(Text(f"真实类别：{true}", f"true class: {true}")[language])
        for i, k in enumerate(likely):
            named = i < NAMED
            one.plot(
                temperatures,
                chances[:, k],
                color=palette.category(i) if named else palette.GREY,
                linewidth=1.6 if named else 0.7,
                label=classes[k] if named else None,
            )
        one.set_ylabel(Text("这幅图的概率", "probability for this image")[language])
        one.legend()
        every.plot(temperatures, loss)
        every.axvline(best, color=palette.GREY, linestyle="--", linewidth=1)
        every.set_title(Text(f"最低处：T = {best:.2f}", f"lowest at T = {best:.2f}")[language])
        every.set_ylabel(Text("验证集交叉熵", "cross-entropy on validation images")[language])
        for axes in (one, every):
            axes.set_xscale("log")
            axes.set_xticks([0.1, 1, 10], ["0.1", "1", "10"])
            axes.set_xlabel(Text("温度 T", "temperature T")[language])
            axes.grid(visible=True)

    return Picture(
        "temperature",
        Text("温度：同样的分数，不同的把握", "Temperature: the same scores, more or less sure"),
        Text(
            f"左：一幅难以判断的测试图像（真实类别 {true}）。中：它属于各类的概率随温度的变化，"
            f"温度低时 {classes[likely[0]]} 独占，温度高时趋于均匀。"
            f"右：验证集上的交叉熵，温度 {best:.2f} 处最低。",
            f"Left: a test image that is hard to tell (true class {true}). Middle: its "
            f"probabilities over the temperature; when cold, {classes[likely[0]]} takes all, when "
            f"hot, all become equal. Right: the cross-entropy on validation images, lowest at "
            f"{best:.2f}.",
        ),
        draw,
        {"temperature": temperatures, "validation_loss": loss}
        | {f"probability of {name}": chances[:, k] for k, name in enumerate(classes)},
        (10.5, 3.8),
    )
