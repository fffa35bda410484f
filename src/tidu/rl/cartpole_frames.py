"""A cart with its pole, drawn from the state: frames, and an animated GIF of an episode.

The world is 4.8 units wide and the pole 1 unit long, as in Gymnasium's CartPole-v1. Nothing but
Pillow is needed, no window and no display.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL.Image import Image

BLACK, GREY, BLUE, VERMILION = "#000000", "#767676", "#0072B2", "#D55E00"  # Okabe & Ito 2008
WIDTH, HEIGHT = 480, 240
UNIT = WIDTH / 4.8  # pixels
GROUND = 190
CART_WIDTH, CART_HEIGHT = 50, 26


def frame(state: np.ndarray) -> Image:
    """The picture of one state: cart position, cart speed, pole angle (right is positive), speed.

    >>> frame(np.zeros(4)).size
    (480, 240)
    """
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen = ImageDraw.Draw(image)
    pen.line([(0, GROUND), (WIDTH, GROUND)], fill=GREY, width=2)
    x, angle = WIDTH / 2 + float(state[0]) * UNIT, float(state[2])
    top = GROUND - CART_HEIGHT
    pen.rectangle([x - CART_WIDTH / 2, top, x + CART_WIDTH / 2, GROUND], fill=BLUE)
    tip = (x + UNIT * math.sin(angle), top - UNIT * math.cos(angle))
    pen.line([(x, top), tip], fill=VERMILION, width=8)
    pen.ellipse([x - 5, top - 5, x + 5, top + 5], fill=BLACK)
    return image


def write_gif(path: str | Path, states: np.ndarray, every: int = 2) -> Path:
    """Write every ``every``-th of the ``states`` (steps, 4) as an animation in real time.

    A step of CartPole is 0.02 s, the shortest time that browsers show a frame of a GIF.
    """
    import io

    from tidu.files import write_atomically

    images = [frame(state).quantize(8) for state in states[::every]]
    blob = io.BytesIO()
    images[0].save(
        blob, "GIF", save_all=True, append_images=images[1:], duration=20 * every, loop=0
    )
    path = Path(path)
    write_atomically(path, lambda part: part.write_bytes(blob.getvalue()))
    return path
