"""The user's own images: a folder with one subfolder for each class."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from jaxtyping import UInt8
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from tidu.data.kinds import Images
from tidu.errors import TiduError

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".pgm", ".ppm")
_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,  # Pillow's own choice for a broken PNG
    EOFError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


def read_image(path: str | Path, size: int = 28, grey: bool = True) -> UInt8[Tensor, "*image"]:
    """One image as ``(size, size)`` grey bytes or ``(3, size, size)`` colours.

    The photograph is turned upright as its camera noted, its middle square is cut out and scaled,
    and what is transparent becomes white.
    """
    path = Path(path).expanduser()
    try:
        return _pixels(path, size, grey)
    except _BROKEN as problem:
        raise TiduError(
            f"{path} is not an image that can be read: {_reason(problem)}.",
            f"Give an image file ({', '.join(e[1:] for e in ENDINGS)}).",
        ) from problem


def read_images(folder: str | Path, size: int = 28, grey: bool = True) -> Images:
    """All images of ``folder``: each subfolder is a class, named after it, in sorted order.

    With the subfolders ``train`` and ``test``, the classes lie inside those. Otherwise every
    fifth image of a class, by file name, is a test image. Files that cannot be read are skipped
    and named in ``skipped``; files that do not end like an image, and hidden ones, do not count.
    """
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        what = "a file" if folder.exists() else "not there"
        raise TiduError(
            f"Expected a folder with one subfolder for each class; {folder} is {what}.",
            "Put the images into subfolders named after their classes.",
        )
    skipped: list[str] = []
    if (folder / "train").is_dir() and (folder / "test").is_dir():
        classes = _classes(folder / "train")
        extra = sorted(set(_classes(folder / "test")) - set(classes))
        if extra:
            raise TiduError(
                f"{folder / 'test'} has the class {extra[0]!r}, which {folder / 'train'} lacks.",
                "Give both the same subfolders.",
            )
        train = _read(folder / "train", classes, size, grey, skipped)
        test = _read(folder / "test", classes, size, grey, skipped)
        parts = (*_stack(train), *_stack(test))
    else:
        classes = _classes(folder)
        both = _read(folder, classes, size, grey, skipped)
        parts = (
            *_stack([[i for n, i in enumerate(c) if n % 5 != 4] for c in both]),
            *_stack([c[4::5] for c in both]),
        )
    return Images(*parts, classes=classes, skipped=tuple(skipped))


def _classes(folder: Path) -> tuple[str, ...]:
    names = sorted(f.name for f in folder.iterdir() if f.is_dir() and not f.name.startswith("."))
    if len(names) < 2:
        raise TiduError(
            f"Expected at least two subfolders, one for each class; {folder} has {len(names)}.",
            "Put the images into subfolders named after their classes.",
        )
    return tuple(names)


def _read(
    folder: Path, classes: tuple[str, ...], size: int, grey: bool, skipped: list[str]
) -> list[list[Tensor]]:
    """The images of each class; what cannot be read is added to ``skipped``."""
    found: list[list[Tensor]] = []
    for name in classes:
        images: list[Tensor] = []
        for file in sorted((folder / name).rglob("*")):
            if file.name.startswith(".") or file.suffix.lower() not in ENDINGS:
                continue
            try:
                images.append(_pixels(file, size, grey))
            except _BROKEN as problem:
                skipped.append(f"{file.relative_to(folder).as_posix()}: {_reason(problem)}")
        if not images:
            broken = sum(note.startswith(f"{name}/") for note in skipped)
            raise TiduError(
                f"The class {name!r} has no image that can be read in {folder / name} "
                f"({broken} broken).",
                f"Put images there ({', '.join(e[1:] for e in ENDINGS)}), or remove the folder.",
            )
        found.append(images)
    return found


def _stack(classes: list[list[Tensor]]) -> tuple[Tensor, Tensor]:
    images = [image for members in classes for image in members]
    labels = [label for label, members in enumerate(classes) for _ in members]
    if not images:
        raise TiduError(
            "No image is left to test on: every fifth image of a class is a test image.",
            "Give at least one class five images, or use the subfolders train and test.",
        )
    return torch.stack(images), torch.tensor(labels, dtype=torch.int64)


def _pixels(path: Path, size: int, grey: bool) -> Tensor:
    with Image.open(path) as opened:
        image = ImageOps.exif_transpose(opened)
        if image.mode.startswith(("I", "F")):  # 16 and 32 bits: scale, or Pillow would clip
            values = np.asarray(image, np.float64)
            top = next(t for t in (1, 255, 65535, np.inf) if values.max(initial=0) <= t)
            image = Image.fromarray(np.clip(values * 255 / top, 0, 255).astype(np.uint8))
        if "A" in image.getbands() or "transparency" in image.info:
            clear = image.convert("RGBA")
            image = Image.new("RGB", clear.size, "white")
            image.paste(clear, mask=clear.getchannel("A"))
        image = ImageOps.fit(image.convert("L" if grey else "RGB"), (size, size))
        pixels = torch.from_numpy(np.array(image, np.uint8))
    return pixels if grey else pixels.permute(2, 0, 1).contiguous()


def _reason(problem: BaseException) -> str:
    if isinstance(problem, UnidentifiedImageError):
        return "not an image"
    return getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
