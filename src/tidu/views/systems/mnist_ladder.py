"""The pictures of ``mnist-ladder``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from tidu import views
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from tidu.runs import Run

RUNGS = {
    "fully-connected": Text("全连接\n100", "100 dense"),
    "convolution": Text("一层\n卷积池化", "one\nconvolution"),
    "two-convolutions": Text("两层\n卷积池化", "two\nconvolutions"),
    "relu": Text("换成\nReLU", "ReLU"),
    "expanded": Text("平移一像素\n扩充数据", "moved by\na pixel"),
    "dropout": Text("两层 1000\n加 dropout", "2 x 1000,\ndropout"),
    "ensemble": Text("五个网络\n集成", "ensemble"),
}


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """The ladder, the mistakes that are left, and the accuracy on the way."""
    climbed: list[dict[str, Any]] = run.read_json("ladder")
    known = RUNGS | {
        "ensemble": Text(f"{config.members} 个网络\n集成", f"{config.members} nets\ntogether")
    }
    mistakes = {name: tensor.numpy() for name, tensor in run.recorded("mistakes").items()}
    cases = zip(mistakes["labels"], mistakes["said"], strict=True)
    count, shown = int(mistakes["count"]), len(mistakes["labels"])
    return [
        views.ladder.ladder(
            {known[name]: rung.published for name, rung in experiment.RUNGS.items()},
            {known[c["rung"]]: (c["accuracy"], c["members"]) for c in climbed},
            Text(f"这里（{config.source}）", f"here ({config.source})"),
            Text("Nielsen 的阶梯：发表的与达到的", "Nielsen's ladder: published and reached"),
        ),
        views.image_grid_picture(
            mistakes["images"],
            name="mistakes",
            title=Text(
                f"最后一级仍然认错的 {count} 张：真实 → 预测",
                f"The {count} the last rung still reads wrongly: true → said",
            ),
            alt=Text(
                f"{count} 张认错的测试图像中最自信的 {shown} 张，标题为真实数字与预测数字。",
                f"Of {count} test images read wrongly the surest {shown}, each with the true digit "
                "and the one it was taken for.",
            ),
            captions=[f"{true} → {said}" for true, said in cases],
            columns=10,
        ),
        views.metric_curves(
            run.history(),
            {
                f"accuracy_{c['rung']}-0": Text(*(w.replace("\n", " ") for w in words))
                for c in climbed
                for words in [(known[c["rung"]].zh, known[c["rung"]].en)]
            },
            name="climb",
            title=Text(
                "每一级的第一个网络都从头学起", "The first net of every rung, each starting anew"
            ),
            y_label=Text("测试正确率", "test accuracy"),
        ),
    ]
