"""A photograph made ready for a network that was trained on small, centred, bright-on-dark images.

MNIST's digits are white on black, scaled to fit 20 x 20 pixels and centred by their mass in
28 x 28. A photograph of a digit is black on white, of any size and somewhere on the page.
:func:`fit_to_square` does to it what was done to the digits.

Source: LeCun, Bottou, Bengio, Haffner (1998), "Gradient-based learning applied to document
recognition", section III.A.
Where ours differs: the polarity is found from the border of the picture, and a background that is
not quite black or white is taken away.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import interpolate, pad

from tidu.errors import TiduError

FAINT = 0.25
"""What lies below this part of the brightest value counts as background when cropping."""

_BROKEN = (OSError, ValueError, SyntaxError, EOFError)  # SyntaxError: Pillow, of a broken PNG


def read_photo(path: str | Path) -> Float[Tensor, "height width"]:
    """Read a picture file as grey values from 0 to 1; transparency counts as white paper."""
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as file:
            picture = ImageOps.exif_transpose(file).convert("RGBA")
    except _BROKEN as problem:
        raise TiduError(
            f"Expected a picture file; {path} cannot be read as one: {_reason(problem)}.",
            "Give a PNG, JPEG, WebP, BMP, GIF or TIFF file.",
        ) from problem
    paper = Image.new("RGBA", picture.size, "white")
    grey = Image.alpha_composite(paper, picture).convert("L")
    return torch.from_numpy(np.array(grey)).float() / 255


def _reason(problem: Exception) -> str:
    return getattr(problem, "strerror", None) or type(problem).__name__


def fit_to_square(
    image: Float[Tensor, "height width"], size: int = 28, box: int = 20, by_mass: bool = True
) -> Float[Tensor, "size size"]:
    """Crop ``image`` to what is drawn on it, scale that to ``box``, centre it in ``size``.

    Where the border is bright (median above one half), the picture is inverted first. ``by_mass``
    centres the brightness, as for digits; otherwise the bounding box. A picture that already has
    the right size and a black border is returned as it is.

    >>> page = torch.ones(300, 200)
    >>> page[50:250, 90:110] = 0
    >>> fit_to_square(page).shape, fit_to_square(page).max().item()
    (torch.Size([28, 28]), 1.0)
    """
    background = _border(image).median()
    if background > 0.5:
        image, background = 1 - image, 1 - background
    if image.shape == (size, size) and background == 0:
        return image
    drawn = (image - background).clamp(min=0)
    if drawn.max() <= 0:
        return torch.zeros(size, size)
    drawn = drawn / drawn.max()
    small = _scale(_crop(drawn), box)
    square = _paste(small, size)
    return _centre_mass(square) if by_mass else square


def _border(image: Float[Tensor, "height width"]) -> Float[Tensor, " places"]:
    return torch.cat([image[0], image[-1], image[:, 0], image[:, -1]])


def _crop(image: Float[Tensor, "height width"]) -> Float[Tensor, "rows columns"]:
    rows, columns = torch.nonzero(image > FAINT, as_tuple=True)
    return image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def _scale(image: Float[Tensor, "height width"], box: int) -> Float[Tensor, "rows columns"]:
    """Scale so that the longer side is ``box``; shrinking averages, so that lines stay."""
    factor = box / max(image.shape)
    rows, columns = (max(1, round(side * factor)) for side in image.shape)
    scaled = interpolate(image[None, None], (rows, columns), mode="bilinear", antialias=True)[0, 0]
    return (scaled / scaled.max()).clamp(0, 1)


def _paste(image: Float[Tensor, "height width"], size: int) -> Float[Tensor, "size size"]:
    above, left = ((size - side) // 2 for side in image.shape)
    below, right = size - image.shape[0] - above, size - image.shape[1] - left
    return pad(image, (left, right, above, below))


def _centre_mass(image: Float[Tensor, "size size"]) -> Float[Tensor, "size size"]:
    place = torch.arange(len(image), dtype=image.dtype)
    mass = image.sum()
    middle = (len(image) - 1) / 2
    down = round(middle - float((image.sum(1) * place).sum() / mass))
    right = round(middle - float((image.sum(0) * place).sum() / mass))
    return pad(image, (right, -right, down, -down))
