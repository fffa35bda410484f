"""Fashion-MNIST (Xiao, Rasul and Vollgraf 2017): clothes in the shape of MNIST."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidu.data.collection.image_arrays import idx_files, images, read_idx_folder, read_npz
from tidu.data.source import Arrays, File, Form, Source
from tidu.words import Text

if TYPE_CHECKING:
    from tidu.data.kinds import Images

CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


def _assemble(arrays: Arrays) -> Images:
    return images(arrays, CLASSES)


FASHION_MNIST = Source(
    id="fashion-mnist",
    title=Text("Fashion-MNIST 服饰图像", "Fashion-MNIST clothes"),
    about=Text(
        "60,000 张训练、10,000 张测试，28×28 灰度，十类服饰。"
        "装有 Debian 软件包 dataset-fashion-mnist 时直接使用，不再下载。",
        "60,000 training and 10,000 test images of 28 x 28 grey pixels, ten kinds of clothes. "
        "Where Debian's package dataset-fashion-mnist is installed, its files are used.",
    ),
    kind="images",
    licence="MIT (Zalando SE)",
    homepage="https://github.com/zalandoresearch/fashion-mnist",
    content_hash="62810d74ade3afb94f938a219d29d7373430b5f9f4d6c5a45439da8cd1253e58",
    assemble=_assemble,
    folder="fashion_mnist",
    forms=(
        Form((File("fashion_mnist.npz"),), lambda folder: read_npz(folder / "fashion_mnist.npz")),
        Form(
            idx_files(
                "08dc20ab1689590a0bcd66e874647b6ee8464e2d501b5a3f1f78831db19a3fdc",
                "b0197879cbda89f3dc7b894f9fd52b858e68ea4182b6947c9d8c2b67e5f18dcc",
                "78dcbbfb5a27efaf1b6c1d616caca68560be8766c5bffcb2791df9273a534229",
                "42bd18137a62d5998cdeae52bf3a0676ac6b706f5cf8439b47bb5b151ae3dccf",
            ),
            read_idx_folder,
            addresses=(
                "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
                "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
                "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
            ),
            installed=("/usr/share/datasets/fashion-mnist",),
        ),
    ),
    instead="mnist-5k",
    size=30_878_645,
)
