"""The pictures of ``lenet``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

import torch

from tidu import views
from tidu.record import record
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from tidu.runs import Run


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    classes: list[str] = run.read_json("classes")
    seen = {name: tensor.numpy() for name, tensor in run.recorded("test").items()}
    trained = experiment.model(config, run)
    error = Text("测试错误率", "test error")
    losses = {"loss": Text("训练损失", "training loss"), "test_loss": Text("测试损失", "test loss")}
    curve, history = views.metric_curves, run.history()
    # What the training loss counts is varied and smoothed, the test loss is not: no gap to read.
    drawn = [
        curve(history, losses, name="loss", title=Text("损失", "Loss"), log=True),
        curve(history, {"error": error}, name="error", title=error, log=True),
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
        _mistakes(seen, classes),
    ]
    if config.moved:
        drawn.append(_moved(run.recorded("moved")["curves"].tolist()))
    with torch.inference_mode():
        return drawn + _inside(trained, torch.from_numpy(seen["example"]))


def _moved(curves: list[list[float]]) -> Picture:
    """What is read rightly, and as before, over the distance by which the images were moved."""
    rows = [{"pixels": i, "right": a, "alike": b} for i, (a, b) in enumerate(curves)]
    return views.metric_curves(
        rows,
        {
            "right": Text("认对的", "read rightly"),
            "alike": Text("与不平移时答案相同的", "read as where nothing is moved"),
        },
        name="moved",
        title=Text("图像平移之后还认得吗？", "Is it still read where it stands elsewhere?"),
        x="pixels",
        x_label=Text("平移的像素数（四个方向平均）", "pixels moved, mean of four directions"),
        y_label=Text("测试图像的比例", "share of the test images"),
    )


def _mistakes(seen: dict[str, Any], classes: list[str]) -> Picture:
    cases = zip(seen["labels"], seen["said"], seen["chance"], strict=True)
    return views.image_grid_picture(
        seen["images"],
        name="mistakes",
        title=Text(
            "最自信的错误：真实 → 预测（把握）", "The surest mistakes: true → said (chance)"
        ),
        alt=Text(
            "被认错的测试图像，按网络的把握从大到小排列，标题为真实类别、预测类别和概率。",
            "Test images that were read wrongly, the surest first, each with its true class, the "
            "class it was taken for and the probability.",
        ),
        captions=[f"{classes[t]} → {classes[s]} ({c:.0%})" for t, s, c in cases],
        columns=8,
        side=1.15 if max(map(len, classes)) < 3 else 1.9,
    )


def _inside(network: torch.nn.Module, example: torch.Tensor) -> list[Picture]:
    """The filters of the first layer, and what each convolution makes of ``example``."""
    layers = {n: m for n, m in network.named_modules() if isinstance(m, torch.nn.Conv2d)}
    if not layers:
        dense = next(m for m in network.modules() if isinstance(m, torch.nn.Linear))
        shown = dense.weight[:40].view(-1, *example.shape)
        return [views.feature_maps.filters(shown.numpy())]
    with record(network, only=layers, gradients=False) as seen:
        network(example[None, None].float() / 255)
    maps = {name: seen[name].value[0].relu().numpy() for name in layers}
    first = next(iter(layers.values()))
    return [
        views.feature_maps.filters(first.weight[:, 0].numpy()),
        views.feature_maps.feature_maps(example.numpy(), maps),
    ]
