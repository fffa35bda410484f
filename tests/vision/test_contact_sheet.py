"""A contact sheet: every image in its place, white between, and a PNG that reads back the same."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from tidu.vision import contact_sheet, png, write_png


def test_every_image_stands_in_its_place() -> None:
    images = torch.randint(256, (5, 3, 4), dtype=torch.uint8)
    sheet = contact_sheet(images, columns=2, gap=1)
    assert sheet.shape == (3 * 3 + 2, 2 * 4 + 1)
    for place, image in enumerate(images):
        top, left = place // 2 * 4, place % 2 * 5
        assert torch.equal(sheet[top : top + 3, left : left + 4], image)
    assert bool((sheet[3] == 255).all())
    assert bool((sheet[8:, 5:] == 255).all())


def test_a_png_reads_back_the_same(tmp_path: Path) -> None:
    image = torch.randint(256, (6, 7), dtype=torch.uint8)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png(image)))), image.numpy())
    write_png(tmp_path / "large.png", image, scale=3)
    large = np.asarray(Image.open(tmp_path / "large.png"))
    assert np.array_equal(large, np.kron(image.numpy(), np.ones((3, 3), np.uint8)))
