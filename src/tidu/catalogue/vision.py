"""Vision: networks that look at images."""

from tidu.catalogue.entry import Figure, System, Target
from tidu.words import Text

_NIELSEN = "Nielsen 2015, chapter 6"


def _rung(preset: str, accuracy: float) -> Target:
    """A rung of the ladder: at least the accuracy that was published for it."""
    published = Figure(f"{accuracy:.4f}", _NIELSEN)
    return Target(preset, "accuracy", ">=", accuracy, published=published)


SYSTEMS = (
    System(
        id="lenet",
        chapter="vision",
        title=Text("LeNet：读懂手写数字", "LeNet reads handwritten digits"),
        about=Text(
            "卷积、池化、全连接，三十年前认支票的网络。训练它，再看每个卷积核在图上看见了什么。",
            "Convolution, pooling, dense layers: the network that once read cheques. Train it, "
            "then see what each of its filters sees.",
        ),
        components=("tidu.nn:LeNet5",),
        experiment="tidu.experiments.vision.lenet",
        presets=("quick", "standard", "fashion", "lenet-300-100"),
        sources=("mnist-5k", "mnist", "fashion-mnist"),
        notes=("001#CNN",),
        targets=(
            Target(
                "standard",
                "error",
                "<=",
                0.0080,
                published=Figure("0.95 %; 0.8 % with distortions", "LeCun et al. 1998"),
            ),
            Target("fashion", "accuracy", ">=", 0.915),
        ),
    ),
    System(
        id="mnist-ladder",
        chapter="vision",
        title=Text("Nielsen 的阶梯", "Nielsen’s ladder"),
        about=Text(
            "同样的手写数字，一级只添一个主意：卷积、再来一层、ReLU、扩充数据、dropout、集成。"
            "每一级都与书上的正确率对照，最后看看还有哪些图认不出来。",
            "The same digits, one idea a rung: a convolution, another, ReLU, more data, dropout, "
            "an ensemble. Each rung is held against the book's accuracy, and the digits that "
            "nobody could read are shown at the end.",
        ),
        components=("tidu.nn:ConvPoolNet",),
        experiment="tidu.experiments.vision.mnist_ladder",
        presets=(
            "quick",
            "fully-connected",
            "convolution",
            "two-convolutions",
            "relu",
            "expanded",
            "standard",
            "ensemble",
            "full",
        ),
        sources=("mnist-5k", "mnist"),
        notes=("001#CNN", "001#从数据和模型入手", "002#ensemble上的应用"),
        targets=(
            _rung("fully-connected", 0.9780),
            _rung("convolution", 0.9878),
            _rung("two-convolutions", 0.9906),
            _rung("relu", 0.9923),
            _rung("expanded", 0.9937),
            _rung("standard", 0.9960),
            _rung("ensemble", 0.9967),
        ),
    ),
)
