"""The multilayer perceptron reads handwritten digits, or clothes, or your own pictures.

Each pixel is an input, each neuron of a layer sees all numbers of the layer before. The network
does not know which pixels are neighbours: shuffle them all in one way, and it learns as well.
Grey values from 0 to 1 come in as they are, and no image is bent, turned or moved.

``--preset lecture`` is the net of the 3Blue1Brown lecture, 784-16-16-10 with sigmoids, which says
the class by the neuron that glows most; its cost is the mean squared distance of the ten
activations from the wished ones. Where ours differs: AdamW takes the steps, on small batches.

``error`` is the share of the test images that are read wrongly after the last epoch; no test image
has a say in the training. With ``--data FOLDER`` it learns your own images: one subfolder for each
class.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch

from tidu import data, nn, runs, train, vision
from tidu.fields import NonNegativeFloat, OpenFraction, PositiveFloat, PositiveInt

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    source: Literal["mnist", "fashion-mnist", "mnist-5k"] = "mnist"  # images to learn from
    hidden: tuple[PositiveInt, ...] = (800, 800)  # widths of the hidden layers
    activation: Literal["relu", "sigmoid"] = "relu"  # the nonlinearity between the layers
    cost: Literal["cross-entropy", "squared"] = "cross-entropy"  # squared: of sigmoid outputs
    epochs: PositiveInt = 20  # passes over the training images
    batch: PositiveInt = 128  # images in a step, over all processes
    lr: PositiveFloat = 0.001  # learning rate of AdamW at the start; it falls along a cosine
    weight_decay: NonNegativeFloat = 0.01  # pull of all weights towards zero
    dropout: OpenFraction = 0.5  # share of the hidden units that is silenced in a step
    input_dropout: OpenFraction = 0.2  # share of the pixels that is silenced in a step


PRESETS = {
    "quick": Config(
        source="mnist-5k", hidden=(128, 64), epochs=12, batch=64, dropout=0.1, input_dropout=0.1
    ),
    "standard": Config(),
    "fashion": Config(source="fashion-mnist", epochs=25, dropout=0.3, input_dropout=0.1),
    "lecture": Config(
        hidden=(16, 16),
        activation="sigmoid",
        cost="squared",
        epochs=30,
        batch=32,
        lr=0.005,
        weight_decay=0.0,
        dropout=0.0,
        input_dropout=0.0,
    ),
}
PICTURES = "mlp"  # drawn by this file of tidu.views.systems
TAKES = ("data", "processes")
USE_EXAMPLE = "photo.png"
SIZE = 28  # height and width of an image


def run(config: Config, run: Run) -> dict[str, float]:
    """Train; return the share of the test images that is read wrongly, and the cost on them."""
    images = data.images_or(config.source, run.data, SIZE, config.batch)
    run.write_json("classes", list(images.classes))
    network = network_of(config, len(images.classes)).to(run.device)
    order = train.Shuffled(len(images.train_labels), config.batch, run.seed)
    steps = config.epochs * order.per_epoch

    def batch(step: int) -> tuple[Tensor, Tensor]:
        rows = order(step)
        return vision.grey_images(images.train_images[rows]), images.train_labels[rows]

    train.fit(
        network,
        batch,
        lambda outputs, labels: cost(config, outputs, labels),
        torch.optim.AdamW(
            network.parameters(), lr=config.lr, weight_decay=config.weight_decay, fused=True
        ),
        run=run,
        steps=steps,
        schedule=lambda step: config.lr * (1 + math.cos(math.pi * step / steps)) / 2,
        evaluate=lambda: measured(config, answers(network, images), images.test_labels),
        evaluate_every=order.per_epoch,
    )
    run.save_weights(network)
    outputs = answers(network, images)
    record(run, network, outputs, images)
    return measured(config, outputs, images.test_labels)


def network_of(config: Config, classes: int) -> torch.nn.Sequential:
    """Images (batch, 1, height, width) in, one logit for each class out."""
    activation = torch.nn.ReLU if config.activation == "relu" else torch.nn.Sigmoid
    sizes = (SIZE * SIZE, *config.hidden, classes)
    layers = nn.MLP(sizes, activation, config.dropout, config.input_dropout)
    return torch.nn.Sequential(torch.nn.Flatten(), layers)


def cost(config: Config, outputs: Tensor, labels: Tensor) -> Tensor:
    """The mean over the images of how far the outputs are from what was wished."""
    if config.cost == "cross-entropy":
        return torch.nn.functional.cross_entropy(outputs, labels)
    wished = torch.nn.functional.one_hot(labels, outputs.shape[1])
    return (outputs.sigmoid() - wished).square().sum(1).mean()


def answers(network: torch.nn.Module, images: data.Images) -> Tensor:
    """The outputs for all test images."""
    device = next(network.parameters()).device
    with torch.inference_mode():
        parts = images.test_images.split(1000)
        return torch.cat([network(vision.grey_images(part).to(device)).cpu() for part in parts])


def measured(config: Config, outputs: Tensor, labels: Tensor) -> dict[str, float]:
    """The metrics of the test images."""
    accuracy = (outputs.argmax(1) == labels).double().mean().item()
    return {
        "error": 1 - accuracy,
        "accuracy": accuracy,
        "test_loss": cost(config, outputs, labels).item(),
    }


def record(run: Run, network: torch.nn.Sequential, outputs: Tensor, images: data.Images) -> None:
    """What the pictures show: the confusions, and every neuron's activation for one image."""
    labels, classes = images.test_labels, len(images.classes)
    said = outputs.argmax(1)
    counts = torch.bincount(labels * classes + said, minlength=classes**2)
    run.record("test", confusion=counts.view(classes, classes))
    example = images.test_images[0]
    layers = network[1]
    assert isinstance(layers, nn.MLP)
    with torch.inference_mode():
        inputs = vision.grey_images(example[None]).flatten(1).to(run.device)
        stages = [stage[0].cpu() for stage in layers.stages(inputs)[1:]]
    steps = zip(layers.layers, stages, strict=True)
    squashed = [s for layer, s in steps if isinstance(layer, (torch.nn.ReLU, torch.nn.Sigmoid))]
    shown = {f"hidden-{i}": values for i, values in enumerate(squashed, 1)}
    shown |= {"image": example, "label": labels[0], "output": stages[-1]}
    run.record("example", None, **shown)


def model(config: Config, run: Run) -> torch.nn.Module:
    """The trained network: grey images from 0 to 1 in, one logit for each class out."""
    return run.load_weights(network_of(config, len(run.read_json("classes"))))


def objective(config: Config, run: Run, examples: int) -> Callable[[torch.nn.Module], Tensor]:
    """The loss on some training images, as a function of a network like :func:`model`."""
    inputs, labels = runs.some_images(run, config.source, SIZE, examples)
    return lambda network: cost(config, network(inputs), labels)


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two images."""
    return runs.two_images(SIZE)


Use = runs.PictureFile


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Say which class a picture shows, and how sure the network is."""
    image = data.image_like(options.image, config.source, run.data is not None, SIZE)
    with torch.inference_mode():
        outputs = model(config, run)(image[None, None])[0]
    if config.cost == "squared":  # its outputs are glows, not odds: shares of all that glows
        outputs = torch.nn.functional.logsigmoid(outputs)
    return vision.ranking(outputs, run.read_json("classes"))
