"""The pictures of ``clustering``."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu import views
from tidu.views import palette
from tidu.views.heatmap import draw_matrix
from tidu.views.picture import Picture
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from tidu.runs import Run

SPACES = {"raw": Text("像素", "pixels"), "features": Text("学到的特征", "learned features")}
MAPS = {"pca": "PCA", "tsne": "t-SNE"}


def pictures(config: Any, run: Run, experiment: ModuleType) -> list[Picture]:
    """Both spaces in the plane, which classes lie in which cluster, and the clusters' means."""
    classes: list[str] = run.read_json("classes")
    seen = {
        space: {name: tensor.numpy() for name, tensor in run.recorded(space).items()}
        for space in SPACES
    }
    (told,) = [line for line in run.history() if "purity_raw" in line]
    return [maps(seen, classes, told), contents(seen, classes, told), means(seen, classes)]


def maps(
    seen: dict[str, dict[str, np.ndarray]], classes: list[str], told: dict[str, float]
) -> Picture:
    """PCA and t-SNE of pixels and of features, coloured by the true class."""
    labels = seen["raw"]["labels"]

    def draw(figure: Figure, language: str) -> None:
        grid = figure.subplots(2, 2)
        for row, (space, words) in enumerate(SPACES.items()):
            for axes, (method, name) in zip(grid[row], MAPS.items(), strict=True):
                scatter(axes, seen[space][method], labels, classes)
                share = f" ({told[f'pca_share_{space}']:.0%})" if method == "pca" else ""
                axes.set_title(f"{words[language]} · {name}{share}")

    data = {
        "space": np.repeat(list(SPACES), len(labels)),
        "class": np.tile(np.array(classes)[labels], 2),
        "cluster": np.concatenate([seen[space]["clusters"] + 1 for space in SPACES]),
    }
    for method in MAPS:
        both = np.concatenate([seen[space][method] for space in SPACES])
        data |= {f"{method}_x": both[:, 0], f"{method}_y": both[:, 1]}
    return Picture(
        "maps",
        Text("同样的图像，两种看法", "The same images, seen in two ways"),
        Text(
            "四张散点图：上排是像素，下排是学到的特征；左列 PCA（括号内是两个方向占的方差），"
            f"右列 t-SNE。{len(labels)} 张测试图像，颜色与形状是真实类别，类名写在各类中央。",
            "Four scatter plots: pixels above, learned features below; PCA on the left (in "
            "brackets the share of the variance along its two directions), t-SNE on the right. "
            f"{len(labels)} test images, colour and shape are the true class, whose name stands in "
            "its middle.",
        ),
        draw,
        data,
        (9.6, 8.4),
    )


def scatter(axes: Axes, places: np.ndarray, labels: np.ndarray, classes: list[str]) -> None:
    """Points of every class, and its name where its middle is."""
    for k, name in enumerate(classes):
        own = places[labels == k]
        # ten classes on eight colours: from the ninth on, another marker tells them apart
        marker = palette.marker(k + k // len(palette.CATEGORIES))
        axes.scatter(*own.T, s=7, marker=marker, color=palette.category(k), alpha=0.6, linewidths=0)
        if len(own):
            axes.annotate(name, tuple(np.median(own, 0)), ha="center", va="center", fontsize=10,
                          fontweight="bold", bbox={"boxstyle": "round,pad=0.15", "fc": "white",
                          "ec": palette.category(k), "alpha": 0.85})  # fmt: skip
    axes.set_xticks([])
    axes.set_yticks([])


def contents(
    seen: dict[str, dict[str, np.ndarray]], classes: list[str], told: dict[str, float]
) -> Picture:
    """How many images of each class lie in each cluster, for pixels and features."""
    tables = {space: table(seen[space], len(classes)) for space in SPACES}
    # rows by their largest class, so that good clusters stand on the diagonal
    orders = {space: counts.argmax(1).argsort(kind="stable") for space, counts in tables.items()}

    def draw(figure: Figure, language: str) -> None:
        for axes, (space, counts) in zip(figure.subplots(1, 2), tables.items(), strict=True):
            order = orders[space]
            draw_matrix(axes, counts[order], [str(k + 1) for k in order], classes)
            purity, nmi = told[f"purity_{space}"], told[f"nmi_{space}"]
            name = SPACES[space][language]
            axes.set_title(
                Text(
                    f"{name}：纯度 {purity:.1%}，互信息 {nmi:.2f}",
                    f"{name}: purity {purity:.1%}, NMI {nmi:.2f}",
                )[language]
            )
            axes.set_xlabel(Text("真实类别", "true class")[language])
            axes.set_ylabel(Text("簇", "cluster")[language])

    size = [counts.size for counts in tables.values()]
    places = [np.indices(counts.shape).reshape(2, -1) for counts in tables.values()]
    both = np.concatenate(places, 1)
    return Picture(
        "contents",
        Text("每一簇里都有谁", "Who lives in which cluster"),
        Text(
            "两张热力图：行是 k-means 找到的簇，列是真实类别。"
            f"像素：纯度 {told['purity_raw']:.1%}；"
            f"学到的特征：纯度 {told['purity_features']:.1%}。",
            "Two heat maps: rows are the clusters that k-means found, columns the true classes. "
            f"Pixels: purity {told['purity_raw']:.1%}; learned features: purity "
            f"{told['purity_features']:.1%}.",
        ),
        draw,
        {
            "space": np.repeat(list(SPACES), size),
            "cluster": both[0] + 1,
            "class": np.array(classes)[both[1]],
            "images": np.concatenate([counts.ravel() for counts in tables.values()]),
        },
        (11.0, 5.2),
    )


def table(seen: dict[str, np.ndarray], classes: int) -> np.ndarray:
    """Counts (clusters, classes), clusters in the order of recorded numbers."""
    clusters = len(seen["centres"])
    flat = np.bincount(seen["clusters"] * classes + seen["labels"], minlength=clusters * classes)
    return flat.reshape(clusters, classes)


def means(seen: dict[str, dict[str, np.ndarray]], classes: list[str]) -> Picture:
    """The mean image of every cluster, of pixels above and of features below."""
    captions: list[str] = []
    for space in SPACES:
        for counts in table(seen[space], len(classes)):
            most = int(counts.argmax())
            captions.append(f"{classes[most]} {counts[most] / max(1, counts.sum()):.0%}")
    each = len(seen["raw"]["centres"])
    return views.image_grid_picture(
        np.concatenate([seen[space]["means"] for space in SPACES]),
        name="means",
        title=Text(
            "每一簇的平均图像：前一半按像素，后一半按特征",
            "The mean image of every cluster: by pixels first, then by features",
        ),
        alt=Text(
            f"{each} 个像素簇和 {each} 个特征簇的平均图像，标题是簇里最多的类别和它的份额。",
            f"Mean images of {each} clusters of pixels and {each} of features, each with its most "
            "frequent class and that class's share.",
        ),
        captions=captions,
        columns=each if each <= 12 else None,
        side=1.05 if max(map(len, classes)) < 3 else 1.6,
    )
