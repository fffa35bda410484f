"""The images an experiment learns from, and one image of the user's made like them."""

from __future__ import annotations

from pathlib import Path

from jaxtyping import Float
from torch import Tensor

from tidu import vision
from tidu.data.cache import load
from tidu.data.image_folder import read_image, read_images
from tidu.data.kinds import Images
from tidu.errors import TiduError

DIGIT_BOX = 20  # pixels of MNIST's 28 that a digit fills


def images_or(source: str, folder: Path | None, size: int = 28, batch: int = 1) -> Images:
    """The folder of images (``--data``), else ``source``; enough of them to fill a ``batch``.

    >>> images_or("mnist-5k", None).train_images.shape
    torch.Size([4000, 28, 28])
    """
    images = load(source) if folder is None else read_images(folder, size)
    assert isinstance(images, Images)
    if len(images.train_labels) < batch:
        raise TiduError(
            f"--batch must be at most the {len(images.train_labels)} training images; got {batch}.",
            "Give a smaller --batch, or bring more images.",
        )
    return images


def image_like(
    path: str | Path, source: str, own: bool, size: int = 28
) -> Float[Tensor, "size size"]:
    """The picture at ``path`` as grey values from 0 to 1, prepared as the training images were.

    As those of the user's ``own`` folder were: cut to their middle square. Else as ``source``:
    digits are found on the page, scaled and centred as MNIST's; other objects fill the square.
    """
    if own:
        return read_image(path, size).float() / 255
    digits = source.startswith("mnist")
    box = DIGIT_BOX if digits else size
    return vision.fit_to_square(vision.read_photo(path), size, box=box, by_mass=digits)
