"""The cart is drawn where it stands, and an episode becomes an animation in real time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from tidu.rl import cartpole_frames as cartpole
from tidu.views import palette


def test_the_cart_and_the_pole_lean_where_they_should() -> None:
    left = _pixels(np.array([-1.0, 0.0, -0.2, 0.0]))
    right = _pixels(np.array([1.0, 0.0, 0.2, 0.0]))
    for colour in (palette.BLUE, palette.VERMILION):
        assert _centre(left, colour) < cartpole.WIDTH / 2 < _centre(right, colour)
    assert _centre(right, palette.VERMILION) > _centre(right, palette.BLUE)


def test_an_animation_lasts_as_long_as_its_episode(tmp_path: Path) -> None:
    states = np.zeros((50, 4))
    states[:, 0] = np.linspace(-1, 1, 50)
    with Image.open(cartpole.write_gif(tmp_path / "cart.gif", states, every=5)) as gif:
        assert gif.n_frames == 10
        assert gif.info["duration"] == 100  # 5 steps of 0.02 s
        assert gif.size == (cartpole.WIDTH, cartpole.HEIGHT)


def _pixels(state: np.ndarray) -> np.ndarray:
    return np.asarray(cartpole.frame(state))


def _centre(pixels: np.ndarray, colour: str) -> float:
    return float(np.nonzero((pixels == palette.rgb(colour)).all(-1))[1].mean())
