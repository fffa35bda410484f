"""What classifiers say about every place of a plane, with the points they learned from."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu.views import palette
from tidu.views.picture import Picture
from tidu.views.player import Frame, player
from tidu.words import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def decision_boundary(
    said: Mapping[Text, np.ndarray],
    points: np.ndarray,
    labels: np.ndarray,
    reach: float,
    steps: Sequence[int],
) -> Picture:
    """The last state as a figure, and the last model's whole way as a player.

    ``said`` holds for each model the probability (0..255) of every class over training:
    ``(frames, height, width, classes)`` on a square from ``-reach`` to ``reach``, first row on
    top. ``points`` (n, 2) and ``labels`` (n,) are what was learned from.
    """

    def draw(figure: Figure, language: str) -> None:
        for i, (label, frames) in enumerate(said.items()):
            axes = figure.add_subplot(1, len(said), i + 1)
            axes.imshow(mixed_colours(frames[-1]), extent=(-reach, reach, -reach, reach))
            draw_points(axes, points, labels)
            axes.set_title(label[language])
            axes.set_xticks([-reach, 0, reach], [f"{-reach:.2g}", "0", f"{reach:.2g}"])
            axes.set_yticks([-reach, 0, reach], [f"{-reach:.2g}", "0", f"{reach:.2g}"])

    label, frames = list(said.items())[-1]
    images = [_jpeg(frame) for frame in frames]

    def interactive(language: str) -> str:
        step = Text("第 {} 步", "step {}")[language]
        return player(
            [
                Frame(step.format(s), image=image, points=points if i == 0 else None)
                for i, (s, image) in enumerate(zip(steps, images, strict=True))
            ],
            labels,
            (-reach, reach, -reach, reach),
            Text(f"{label.zh}的边界怎样长出来", f"How the boundary of the {label.en} grows"),
            language,
            blend=False,
        )

    classes = frames.shape[-1]
    return Picture(
        "boundary",
        Text("平面上的判断边界", "Decision boundary in the plane"),
        Text(
            f"平面按模型判断的类别着色，共 {classes} 类，颜色越深越有把握；"
            f"上面是 {len(points)} 个训练点。并排为："
            + "、".join(t.zh for t in said)
            + "。第 0 步起共记录 "
            + f"{len(steps)} 个时刻。",
            f"The plane coloured by the class each model sees there ({classes} classes, deeper is "
            f"surer), with {len(points)} training points. Side by side: "
            + ", ".join(t.en for t in said)
            + f". {len(steps)} moments of the training are kept.",
        ),
        draw,
        {"x": points[:, 0], "y": points[:, 1], "class": labels},
        (4.4 * len(said), 4.7),
        interactive,
    )


def mixed_colours(probabilities: np.ndarray) -> np.ndarray:
    """Class colours mixed by probability, lightened so that points stand out: bytes (h, w, 3).

    >>> mixed_colours(np.array([[[255, 0]]])).shape
    (1, 1, 3)
    """
    shares = probabilities.astype(float)
    shares /= np.maximum(shares.sum(-1, keepdims=True), 1)
    colours = np.array([palette.rgb(palette.category(i)) for i in range(shares.shape[-1])])
    return (255 - 0.45 * (255 - shares @ colours)).round().astype(np.uint8)


def draw_points(axes: Any, points: np.ndarray, labels: np.ndarray, size: float = 12) -> None:
    """Points with the colour and the marker of their class."""
    for k in np.unique(labels):
        chosen = points[labels == k]
        axes.scatter(
            chosen[:, 0],
            chosen[:, 1],
            s=size,
            c=palette.category(int(k)),
            marker=palette.marker(int(k)),
            edgecolors="white",
            linewidths=0.4,
        )


def _jpeg(probabilities: np.ndarray) -> str:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(mixed_colours(probabilities)).save(buffer, "JPEG", quality=88, subsampling=0)
    return "data:image/jpeg;base64," + b64encode(buffer.getvalue()).decode()
