"""A small player for reports: states of a training or of a network, to play, pause and scrub.

It is one HTML fragment with its data and a few lines of script; it needs no library and asks
nothing of the network. Everything is reachable by keyboard: a button, and a slider that follows
the arrow keys. Nothing moves before it is asked to, and where the reader's system asks for less
motion, playing jumps from state to state instead of gliding.
"""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np

from tidu.views import palette
from tidu.words import Text

PLAY = Text("播放", "Play")
PAUSE = Text("暂停", "Pause")
MOMENT = Text("时刻", "Moment")


@dataclass(frozen=True)
class Frame:
    """One state: a label, and any of a background image, points (n, 2), lines (k, beads, 2).

    What a frame leaves out stays as in the frame before.
    """

    label: str
    image: str | None = None
    points: np.ndarray | None = None
    lines: np.ndarray | None = None


def player(
    frames: Sequence[Frame],
    labels: np.ndarray,
    view: tuple[float, float, float, float],
    title: Text,
    language: str,
    blend: bool = True,
) -> str:
    """The fragment. ``labels`` (n,) colour the points; ``view`` is left, right, bottom, top.

    With ``blend``, points and lines glide from one frame to the next while playing.
    """
    told = {
        "frames": [_told(frame) for frame in frames],
        "labels": np.asarray(labels).tolist(),
        "colours": list(palette.CATEGORIES),
        "line": palette.GREY,
        "view": view,
        "blend": blend,
        "play": PLAY[language],
        "pause": PAUSE[language],
    }
    data = json.dumps(told, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")
    name, first = html.escape(title[language]), html.escape(frames[0].label)
    script = resources.files("tidu.views").joinpath("player.js").read_text("utf-8")
    return (
        f'<div class="player" role="group" aria-label="{name}">'
        f'<p class="player-title">{name}</p>'
        f'<canvas width="720" height="720" role="img" aria-label="{name}"></canvas>'
        '<div class="player-bar">'
        f'<button type="button">{PLAY[language]}</button>'
        f'<input type="range" min="0" max="{len(frames) - 1}" step="1" value="{len(frames) - 1}"'
        f' aria-label="{MOMENT[language]}"><output>{first}</output></div>'
        f'<script type="application/json">{data}</script></div><script>{script}</script>'
    )


def _told(frame: Frame) -> dict[str, Any]:
    told: dict[str, Any] = {"label": frame.label}
    if frame.image is not None:
        told["image"] = frame.image
    if frame.points is not None:
        told["points"] = _short(frame.points)
    if frame.lines is not None:
        told["lines"] = [_short(line) for line in frame.lines]
    return told


def _short(points: np.ndarray) -> list[list[float]]:
    """Three decimals: finer than a pixel."""
    reach = float(np.abs(points).max(initial=1.0))
    digits = max(0, 3 - int(np.floor(np.log10(reach))))
    return np.round(points.astype(float), digits).tolist()
