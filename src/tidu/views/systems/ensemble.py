"""The pictures of ``ensemble``."""

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

WAYS = (Text("概率取平均", "mean of probabilities"), Text("投票", "vote"))


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """Accuracy against the number of members, who disagrees with whom, and about what."""
    pairs = run.recorded("pairs")["disagreement"].numpy()
    names = [str(place + 1) for place in range(len(pairs))]
    quarrel = {name: tensor.numpy() for name, tensor in run.recorded("quarrel").items()}
    return [
        by_members(run.recorded("groups")["accuracy"].numpy()),
        views.heat_map(
            100 * pairs,
            name="disagreement",
            title=Text("两个成员多久意见不一", "How often two members disagree"),
            alt=Text(
                "热力图：每格是两个成员给出不同答案的测试图像所占的百分比，对角线为零。",
                "Heat map: each cell is the share of the test images, in per cent, on which two "
                "members give different answers; zero on the diagonal.",
            ),
            rows=names,
            columns=names,
            row_label=Text("成员", "member"),
            column_label=Text("成员", "member"),
            value_label=Text("不同答案，%", "different answers, %"),
        ),
        quarrels(quarrel, run.read_json("classes")),
        views.metric_curves(
            run.history(),
            {
                "member_accuracy": Text("成员的平均", "mean member"),
                "mean_accuracy": Text("概率取平均", "mean of probabilities"),
            },
            name="accuracy",
            title=Text("单独与一起：训练中的测试正确率", "Alone and together, over training"),
            y_label=Text("测试正确率", "test accuracy"),
        ),
    ]


def by_members(rows: np.ndarray) -> Picture:
    """Accuracy over the members asked; ``rows`` are (members, mean, vote) of each group."""
    sizes = np.unique(rows[:, 0]).astype(int)
    inside = [rows[rows[:, 0] == size, 1:] for size in sizes]
    middle = np.array([group.mean(0) for group in inside])
    low, high = (np.array([f(group, 0) for group in inside]) for f in (np.min, np.max))

    def draw(figure: Figure, language: str) -> None:
        axes = figure.add_subplot()
        for way, words in enumerate(WAYS):
            colour = palette.category(way)
            axes.fill_between(sizes, low[:, way], high[:, way], color=colour, alpha=0.15)
            axes.plot(sizes, middle[:, way], color=colour, marker=palette.marker(way),
                      label=words[language])  # fmt: skip
        axes.axhline(middle[0, 0], color=palette.GREY, linestyle="--", linewidth=1)
        note = Text("一个成员，平均", "one member, on average")[language]
        axes.annotate(note, (sizes[-1], middle[0, 0]), (0, 4), textcoords="offset points",
                      ha="right", color=palette.GREY, fontsize=9)  # fmt: skip
        axes.set_xticks(sizes)
        axes.yaxis.set_major_formatter("{x:.2%}")
        axes.set_xlabel(Text("问了几个成员", "members asked")[language])
        axes.set_ylabel(Text("测试正确率", "test accuracy")[language])
        axes.grid(visible=True)
        axes.legend(loc="lower right")

    return Picture(
        "members",
        Text("问几个成员，答得多准", "How many are asked, and how well they answer"),
        Text(
            f"折线图：一个成员平均 {middle[0, 0]:.2%}，{sizes[-1]} 个成员取平均 "
            f"{middle[-1, 0]:.2%}，投票 {middle[-1, 1]:.2%}；带子是抽到的各组的最低到最高。",
            f"Line chart: one member {middle[0, 0]:.2%} on average, the mean of {sizes[-1]} "
            f"{middle[-1, 0]:.2%}, their vote {middle[-1, 1]:.2%}; the bands reach from the lowest "
            "to the highest of the groups drawn.",
        ),
        draw,
        {
            "members": sizes,
            "mean": middle[:, 0],
            "mean.lowest": low[:, 0],
            "mean.highest": high[:, 0],
            "vote": middle[:, 1],
            "vote.lowest": low[:, 1],
            "vote.highest": high[:, 1],
        },
    )


def quarrels(seen: dict[str, np.ndarray], classes: list[str]) -> Picture:
    """The images on which the fewest members agree, with the votes and the mean's answer."""
    captions: list[str] = []
    for label, votes, mean in zip(seen["labels"], seen["votes"], seen["mean"], strict=True):
        order = votes.argsort(kind="stable")[::-1][:3]
        told = ", ".join(f"{classes[k]}×{votes[k]}" for k in order if votes[k])
        captions.append(
            f"{told}\n{'✓' if mean == label else '✗'} {classes[mean]} ({classes[label]})"
        )
    return views.image_grid_picture(
        seen["images"],
        name="quarrel",
        title=Text(
            "成员吵得最凶的图像：各得几票；平均的答案（真实）",
            "What they quarrel about: votes; answer of the mean (truth)",
        ),
        alt=Text(
            "成员意见最分散的测试图像，标题为前三个类别的票数、平均概率的答案和真实类别。",
            "The test images on which the members agree least, each with the votes for the first "
            "three classes, the answer of the mean and the true class.",
        ),
        captions=captions,
        columns=5,
        side=1.7,
    )
