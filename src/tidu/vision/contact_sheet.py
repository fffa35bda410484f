"""Many small images on one sheet, as photographers lay out a film; and a sheet as a PNG file."""

from __future__ import annotations

import io
import math
from pathlib import Path

import torch
from jaxtyping import UInt8
from torch import Tensor

from tidu.files import write_bytes


def contact_sheet(
    images: UInt8[Tensor, "count height width"], columns: int | None = None, gap: int = 2
) -> UInt8[Tensor, "high wide"]:
    """The images in rows of ``columns`` (by default as many as rows), white between them.

    >>> contact_sheet(torch.zeros(10, 28, 28, dtype=torch.uint8), columns=5, gap=2).shape
    torch.Size([58, 148])
    """
    count, height, width = images.shape
    across = columns or math.ceil(math.sqrt(count))
    down = math.ceil(count / across)
    size = (down * (height + gap) - gap, across * (width + gap) - gap)
    sheet = torch.full(size, 255, dtype=torch.uint8)
    for place, image in enumerate(images):
        row, column = divmod(place, across)
        top, left = row * (height + gap), column * (width + gap)
        sheet[top : top + height, left : left + width] = image
    return sheet


def png(image: UInt8[Tensor, "height width"]) -> bytes:
    """A grey image as the bytes of a PNG file.

    >>> png(torch.zeros(4, 4, dtype=torch.uint8))[1:4]
    b'PNG'
    """
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(image.numpy()).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def write_png(path: Path, image: UInt8[Tensor, "height width"], scale: int = 1) -> None:
    """Write a grey image, each pixel as a square of ``scale`` by ``scale``, atomically."""
    write_bytes(path, png(image.repeat_interleave(scale, 0).repeat_interleave(scale, 1)))
