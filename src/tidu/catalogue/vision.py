"""Vision: networks that look at images."""

from tidu.catalogue.entry import Figure, System, Target
from tidu.words import Text

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
)
