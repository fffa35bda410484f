"""Labelled images as arrays: the IDX files of MNIST, the npz of a mirror, and the four tensors."""

from __future__ import annotations

import gzip
import math
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from tidu.data.source import Arrays, File

if TYPE_CHECKING:
    import numpy as np

    from tidu.data.kinds import Images

IDX_NAMES = {
    "train_images": "train-images-idx3-ubyte.gz",
    "train_labels": "train-labels-idx1-ubyte.gz",
    "test_images": "t10k-images-idx3-ubyte.gz",
    "test_labels": "t10k-labels-idx1-ubyte.gz",
}
_NPZ_NAMES = {
    "train_images": "x_train",
    "train_labels": "y_train",
    "test_images": "x_test",
    "test_labels": "y_test",
}


def idx_files(*sha256: str) -> tuple[File, ...]:
    """The four IDX files, in the order of ``IDX_NAMES``, with the hashes they are published by."""
    return tuple(File(name, known) for name, known in zip(IDX_NAMES.values(), sha256, strict=True))


def read_idx_folder(folder: Path) -> Arrays:
    """The four IDX files of ``folder``."""
    return {name: read_idx(folder / file) for name, file in IDX_NAMES.items()}


def read_idx(path: Path) -> np.ndarray:
    """One gzipped IDX file of bytes (LeCun, Cortes and Burges 1998).

    Two zero bytes, the type (8: unsigned byte), the number of dimensions, each dimension as a
    big-endian 32-bit number, then the data.
    """
    import numpy as np

    raw = gzip.decompress(path.read_bytes())
    if len(raw) < 4 or raw[:3] != b"\0\0\x08":
        raise ValueError(f"{path.name} is not an IDX file of bytes")
    dimensions = raw[3]
    start = 4 + 4 * dimensions
    shape = struct.unpack(f">{dimensions}I", raw[4:start])
    if len(raw) - start != math.prod(shape):
        raise ValueError(
            f"{path.name} says {shape} and should hold {math.prod(shape)} bytes, "
            f"but holds {len(raw) - start}"
        )
    return np.frombuffer(raw, np.uint8, offset=start).reshape(shape).copy()


def read_npz(path: Path) -> Arrays:
    """The npz layout that Keras made common: ``x_train, y_train, x_test, y_test``."""
    import numpy as np

    with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return {ours: np.asarray(arrays[theirs], np.uint8) for ours, theirs in _NPZ_NAMES.items()}


def images(arrays: Arrays, classes: tuple[str, ...]) -> Images:
    """The four arrays as tensors; labels become int64."""
    import torch

    from tidu.data.kinds import Images

    return Images(
        torch.from_numpy(arrays["train_images"]),
        torch.from_numpy(arrays["train_labels"]).long(),
        torch.from_numpy(arrays["test_images"]),
        torch.from_numpy(arrays["test_labels"]).long(),
        classes,
    )
