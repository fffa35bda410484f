"""Photographs become what the network was trained on, whatever their size and polarity."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image, ImageDraw
from torch.nn.functional import interpolate

from tidu import vision
from tidu.errors import TiduError


def drawn(size: tuple[int, int], paper: int, ink: int) -> Image.Image:
    image = Image.new("L", size, paper)
    ImageDraw.Draw(image).line([(60, 40), (60, 200), (110, 200)], fill=ink, width=14)
    return image


def test_dark_on_bright_and_bright_on_dark_are_the_same(tmp_path: Path) -> None:
    drawn((300, 240), 255, 0).save(tmp_path / "dark.png")
    drawn((300, 240), 0, 255).save(tmp_path / "bright.png")
    dark, bright = (
        vision.fit_to_square(vision.read_photo(tmp_path / f"{name}.png"))
        for name in ("dark", "bright")
    )
    torch.testing.assert_close(dark, bright)
    assert dark.shape == (28, 28)
    assert dark.max() == 1
    assert dark[0].max() == dark[-1].max() == 0


def test_the_digit_fills_the_box_and_is_centred_by_mass() -> None:
    page = torch.zeros(400, 300)
    page[50:250, 200:220] = 1
    square = vision.fit_to_square(page)
    rows = (square.sum(1) > 0.3).nonzero()[:, 0]
    assert 19 <= int(rows.max() - rows.min()) + 1 <= 21
    place = torch.arange(28.0)
    for axis in (0, 1):
        centre = (square.sum(axis) * place).sum() / square.sum()
        assert abs(float(centre) - 13.5) <= 0.51


def test_a_grey_background_is_taken_away() -> None:
    page = torch.full((120, 120), 0.8)
    page[30:90, 50:60] = 0.2
    square = vision.fit_to_square(page)
    assert square.max() == 1
    assert (square == 0).float().mean() > 0.7


def test_an_image_that_is_ready_is_left_alone() -> None:
    ready = torch.zeros(28, 28)
    ready[5:20, 9:12] = 0.7
    assert vision.fit_to_square(ready) is ready


def test_enlarged_it_comes_back_nearly_the_same() -> None:
    small = torch.zeros(28, 28)
    small[4:24, 12:16] = 1
    small[10:18, 8:20] = 1
    large = interpolate(small[None, None], scale_factor=8, mode="nearest")[0, 0]
    again = vision.fit_to_square(1 - large)
    assert (again - small).abs().mean() < 0.02


def test_an_empty_page_is_black() -> None:
    assert not vision.fit_to_square(torch.ones(50, 40)).any()


def test_colours_transparency_and_small_files_are_read(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    ImageDraw.Draw(clear).rectangle((15, 5, 22, 35), fill=(0, 0, 200, 255))
    clear.save(tmp_path / "clear.png")
    grey = vision.read_photo(tmp_path / "clear.png")
    assert grey[0, 0] == 1
    assert grey[20, 18] < 0.2


@pytest.mark.parametrize("content", [None, b"", b"not a picture", b"\x89PNG\r\n\x1a\nbroken"])
def test_what_is_no_picture_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "odd.png"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(TiduError, match=r"odd\.png"):
        vision.read_photo(file)
    with pytest.raises(TiduError):
        vision.read_photo(tmp_path)
