"""The pictures of ``dropout``: the race, what first-layer neurons look for, who is active."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu import views
from tidu.views import palette
from tidu.views.image_grid import draw_tiles, pixel_columns
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from tidu.runs import Run

ARMS = {"with": Text("有 Dropout", "with dropout"), "without": Text("没有", "without")}


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """Test error and cost by step, the weights, and the share of active units."""
    seen = {name: tensor.numpy() for name, tensor in run.recorded("seen").items()}
    history = run.history()
    return [
        views.metric_curves(
            history,
            {f"error_{arm}": name for arm, name in ARMS.items()},
            name="error",
            title=Text("测试错误率", "Test error"),
            y_label=Text("测试错误率", "test error"),
            log=True,
        ),
        views.metric_curves(
            history,
            {f"test_loss_{arm}": name for arm, name in ARMS.items()},
            name="cost",
            title=Text("测试损失：过拟合会让它掉头向上", "Test loss: overfitting turns it upwards"),
            y_label=Text("测试集交叉熵", "cross-entropy on the test images"),
            log=True,
        ),
        _filters(seen),
        _active(seen),
    ]


def _filters(seen: dict[str, np.ndarray]) -> Picture:
    """Figure 7 of Srivastava et al., for this network."""

    def draw(figure: Figure, language: str) -> None:
        for axes, (arm, name) in zip(figure.subplots(1, 2), ARMS.items(), strict=True):
            draw_tiles(axes, seen[f"filters-{arm}"], 8, signed=True)
            axes.set_title(name[language])

    both = np.concatenate([seen[f"filters-{arm}"] for arm in ARMS])
    count = len(both) // 2
    return Picture(
        "filters",
        Text("第一层神经元的权重", "The weights of first-layer neurons"),
        Text(
            f"左右各 {count} 个第一层神经元的权重图，左边的网络有 Dropout，右边的没有；"
            "紫色处的像素使它激活，橙色处使它安静。",
            f"Weight images of {count} first-layer neurons on either side, the network on the left "
            "trained with dropout, the one on the right without: purple pixels excite the neuron, "
            "orange ones calm it.",
        ),
        draw,
        pixel_columns(both),
        (10.4, 3.9),
    )


def _active(seen: dict[str, np.ndarray]) -> Picture:
    """Figure 8 of Srivastava et al.: with dropout fewer units speak at a time."""
    shares = {arm: 100 * seen[f"active-{arm}"] for arm in ARMS}
    edges = np.linspace(0, max(s.max() for s in shares.values()) + 1e-6, 41)

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        for number, (arm, name) in enumerate(ARMS.items()):
            axes.hist(
                shares[arm],
                edges,
                histtype="stepfilled",
                alpha=0.35,
                color=palette.category(number),
                edgecolor=palette.category(number),
                linewidth=1.5,
                label=name[language],
            )
        axes.set_xlabel(Text("活跃的单元（%）", "active units (%)")[language])
        axes.set_ylabel(Text("测试图像数", "test images")[language])
        axes.legend()

    mean = {arm: float(share.mean()) for arm, share in shares.items()}
    return Picture(
        "active",
        Text(
            "一幅图像唤醒最后一个隐层里的多少单元",
            "How many units of the last hidden layer an image wakes",
        ),
        Text(
            f"直方图：每幅测试图像激活的单元占比。有 Dropout 平均 {mean['with']:.1f}%，"
            f"没有平均 {mean['without']:.1f}%。",
            "Histogram of the share of units that each test image activates: on average "
            f"{mean['with']:.1f}% with dropout, {mean['without']:.1f}% without.",
        ),
        draw,
        {f"active_{arm}": share for arm, share in shares.items()},
    )
