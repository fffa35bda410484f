"""Compression: the same answers from less."""

from tidu.catalogue.entry import Figure, System, Target
from tidu.words import Text

SYSTEMS = (
    System(
        id="pruning",
        chapter="compression",
        title=Text("网络剪枝", "Network pruning"),
        about=Text(
            "剪去最小的权重，再训练一小会儿，如此反复：十二分之一的权重，同样的准确率。",
            "Cut the smallest weights, train a little, and again: a twelfth of the weights, the "
            "same accuracy.",
        ),
        components=("tidu.compress:magnitude_masks", "tidu.compress:remove_neurons"),
        experiment="tidu.experiments.compression.pruning",
        presets=("quick", "standard", "ticket", "neurons", "lenet-5"),
        sources=("mnist-5k", "mnist"),
        notes=("002#网络剪枝",),
        targets=(
            Target(
                "standard", "compression", ">=", 12.0, published=Figure("12x", "Han et al. 2015")
            ),
            Target("standard", "accuracy_change", ">=", 0.0),
        ),
    ),
)
