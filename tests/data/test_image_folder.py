"""The user's images: classes from folders, every kind of file, broken ones told and skipped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tidu import data
from tidu.errors import TiduError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two classes, ten images each: dark cats, bright dogs, in several formats and sizes."""
    for name, level in (("cats", 40), ("dogs", 200)):
        (tmp_path / name).mkdir()
        for i in range(10):
            ending = ("png", "bmp", "tif")[i % 3]
            pixels = np.full((20 + i, 30, 3), level, np.uint8)
            Image.fromarray(pixels).save(tmp_path / name / f"{i}.{ending}")
    return tmp_path


@pytest.mark.parametrize(("grey", "shape"), [(True, (8, 8)), (False, (3, 8, 8))])
def test_a_subfolder_is_a_class(folder: Path, grey: bool, shape: tuple[int, ...]) -> None:
    images = data.read_images(folder, 8, grey)
    assert images.classes == ("cats", "dogs")
    assert images.train_images.shape == (16, *shape)
    assert images.test_images.shape == (4, *shape)
    assert images.train_images.dtype == torch.uint8
    assert images.train_labels.tolist() == [0] * 8 + [1] * 8
    assert images.test_labels.tolist() == [0, 0, 1, 1]
    assert images.train_images[images.train_labels == 0].unique().tolist() == [40]
    assert images.test_images[images.test_labels == 1].unique().tolist() == [200]
    assert images.skipped == ()


def test_train_and_test_folders_are_kept(folder: Path) -> None:
    for part in ("train", "test"):
        (folder / part).mkdir()
    for name in ("cats", "dogs"):
        (folder / "train" / name).mkdir()
        (folder / name / "0.png").rename(folder / "train" / name / "0.png")
        (folder / name).rename(folder / "test" / name)
    images = data.read_images(folder, 8)
    assert len(images.train_labels) == 2
    assert len(images.test_labels) == 18
    (folder / "test" / "birds").mkdir()
    with pytest.raises(TiduError, match="birds"):
        data.read_images(folder, 8)


def test_broken_files_are_skipped_and_told(folder: Path) -> None:
    whole = (folder / "cats" / "0.png").read_bytes()
    (folder / "cats" / "cut.png").write_bytes(whole[:60])
    (folder / "cats" / "page.jpg").write_text("<html>")
    (folder / "dogs" / "empty.png").write_bytes(b"")
    (folder / "dogs" / "notes.txt").write_text("not meant as an image")
    (folder / "dogs" / ".hidden.png").write_bytes(b"")
    images = data.read_images(folder, 8)
    assert len(images.train_labels) + len(images.test_labels) == 20
    names = [note.split(":")[0] for note in images.skipped]
    assert names == ["cats/cut.png", "cats/page.jpg", "dogs/empty.png"]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I;16", "F"])
def test_white_is_white_in_every_mode(mode: str, tmp_path: Path) -> None:
    if mode == "I;16":
        image = Image.fromarray(np.full((9, 9), 65535, np.uint16))
    elif mode == "F":
        image = Image.fromarray(np.full((9, 9), 1.0, np.float32))
    else:
        image = Image.new("RGB", (9, 9), "white").convert(mode)
    path = tmp_path / "white.tif"
    image.save(path)
    assert data.read_image(path, 4).unique().tolist() == [255]
    assert data.read_image(path, 4, grey=False).shape == (3, 4, 4)


def test_what_is_transparent_becomes_white(tmp_path: Path) -> None:
    Image.new("RGBA", (9, 9), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert data.read_image(tmp_path / "clear.png", 4).unique().tolist() == [255]


def test_photographs_are_turned_upright(tmp_path: Path) -> None:
    pixels = np.zeros((8, 8), np.uint8)
    pixels[:4] = 255
    exif = Image.Exif()
    exif[0x0112] = 3  # taken upside down
    Image.fromarray(pixels).save(tmp_path / "a.png", exif=exif)
    image = data.read_image(tmp_path / "a.png", 8)
    assert image[0, 0] == 0
    assert image[-1, 0] == 255


def test_the_middle_square_is_cut_out(tmp_path: Path) -> None:
    pixels = np.zeros((10, 30), np.uint8)
    pixels[:, 10:20] = 255
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    assert data.read_image(tmp_path / "wide.png", 10).unique().tolist() == [255]


def test_errors_say_what_was_expected(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(TiduError, match="not there"):
        data.read_images(tmp_path / "absent")
    with pytest.raises(TiduError, match="is a file"):
        data.read_images(folder / "cats" / "0.png")
    with pytest.raises(TiduError, match=r"at least two subfolders.*has 0"):
        data.read_images(folder / "cats")
    (folder / "birds").mkdir()
    (folder / "birds" / "x.png").write_bytes(b"broken")
    with pytest.raises(TiduError, match=r"(?s)'birds' has no image.*1 broken"):
        data.read_images(folder)
    with pytest.raises(TiduError, match=r"x\.png is not an image"):
        data.read_image(folder / "birds" / "x.png")
    with pytest.raises(TiduError, match=r"gone\.png"):
        data.read_image(folder / "gone.png")


def test_too_few_images_to_test_on(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        Image.new("L", (4, 4)).save(tmp_path / name / "only.png")
    with pytest.raises(TiduError, match="test on"):
        data.read_images(tmp_path)
