"""LeNet reads handwritten digits, or clothes, or your own pictures.

Images are grey values from 0 to 1, as they are. Each training image is turned, scaled, slanted and
moved a little by its own random draw (fashion: mirrored and moved), so that no image is seen twice.
``error`` is the share of the test images that are read wrongly after the last epoch; no test image
has a say in the training.

With ``--data FOLDER`` it learns your own images: one subfolder for each class.
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

    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    source: Literal["mnist", "fashion-mnist", "mnist-5k"] = "mnist"  # images to learn from
    net: Literal["lenet-5", "lenet-5-1998", "lenet-300-100"] = "lenet-5"  # 1998: 6-16-120-84 wide
    epochs: PositiveInt = 10  # passes over the training images
    batch: PositiveInt = 128  # images in a step, over all processes
    lr: PositiveFloat = 0.05  # learning rate at the peak of its cycle
    momentum: OpenFraction = 0.9  # memory of the gradient (Nesterov)
    weight_decay: NonNegativeFloat = 5e-4  # pull of all weights towards zero
    label_smoothing: OpenFraction = 0.0  # share of the target spread over all classes
    rotate: NonNegativeFloat = 10.0  # degrees by which a training image may turn
    scale: OpenFraction = 0.1  # share by which it may grow, shrink or slant
    shift: NonNegativeFloat = 2.0  # pixels by which it may move
    flip: bool = False  # mirror every other image: right for clothes, wrong for digits
    precision: Literal["auto", "bfloat16", "float32"] = "auto"  # of the products in training


PRESETS = {
    "quick": Config(source="mnist-5k", epochs=10, batch=64, lr=0.08),
    "standard": Config(),
    "fashion": Config(
        source="fashion-mnist",
        epochs=18,
        lr=0.08,
        label_smoothing=0.05,
        rotate=0.0,
        scale=0.05,
        shift=1.5,
        flip=True,
    ),
    "lenet-300-100": Config(
        net="lenet-300-100", epochs=15, lr=0.1, rotate=0.0, scale=0.0, shift=0.0
    ),
}
PICTURES = "lenet"  # drawn by this file of tidu.views.systems
TAKES = ("data", "processes")
USE_EXAMPLE = "photo.png"
SIZE = 28  # height and width of an image
WARM_UP = 0.15  # share of the steps in which the learning rate rises
MISTAKES = 24  # wrong answers kept for the picture


def run(config: Config, run: Run) -> dict[str, float]:
    images = data.images_or(config.source, run.data, SIZE, config.batch)
    run.write_json("classes", list(images.classes))
    network = _network(config, len(images.classes)).to(run.device)
    network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    order = train.Shuffled(len(images.train_labels), config.batch, run.seed)
    warp = vision.Warp(config.rotate, config.scale, config.shift, flip=config.flip)
    steps = config.epochs * order.per_epoch

    def batch(step: int) -> tuple[torch.Tensor, torch.Tensor]:
        rows = order(step)
        # A generator for every step: the draws of a step never depend on where a run began.
        varied = warp(vision.grey_images(images.train_images[rows]), run.generator(1 + step))
        return varied, images.train_labels[rows]

    def loss(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.cross_entropy(
            logits, labels, label_smoothing=config.label_smoothing
        )

    train.fit(
        network,
        batch,
        loss,
        torch.optim.SGD(
            network.parameters(),
            lr=config.lr,
            momentum=config.momentum,
            weight_decay=config.weight_decay,
            nesterov=config.momentum > 0,
            fused=True,
        ),
        run=run,
        steps=steps,
        schedule=lambda step: config.lr * _cycle(step / steps),
        precision=config.precision,
        evaluate=lambda: _measure(_answers(network, images), images.test_labels),
        evaluate_every=order.per_epoch,
    )
    run.save_weights(network)
    logits = _answers(network, images)
    _record(run, logits, images)
    return _measure(logits, images.test_labels)


def model(config: Config, run: Run) -> torch.nn.Module:
    return run.load_weights(_network(config, len(run.read_json("classes"))))


def objective(config: Config, run: Run, examples: int) -> Callable[[torch.nn.Module], torch.Tensor]:
    """The loss on some training images, as a function of a network like :func:`model`."""
    inputs, labels = runs.some_images(run, config.source, SIZE, examples)
    return lambda network: torch.nn.functional.cross_entropy(
        network(inputs), labels, label_smoothing=config.label_smoothing
    )


def export_inputs(config: Config, run: Run) -> tuple[torch.Tensor, ...]:
    return runs.two_images(SIZE)


Use = runs.PictureFile


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    return runs.class_of_picture(options, model(config, run), run, config.source, SIZE)


def _network(config: Config, classes: int) -> torch.nn.Module:
    if config.net == "lenet-300-100":
        return nn.LeNet300100(classes)
    if config.net == "lenet-5-1998":
        return nn.LeNet5(classes, channels=(6, 16), hidden=(120, 84))
    return nn.LeNet5(classes)


def _cycle(done: float) -> float:
    """A straight rise to 1, then half a cosine down to 0 (Smith 2018, "super-convergence")."""
    if done < WARM_UP:
        return (done + 0.01) / (WARM_UP + 0.01)
    return (1 + math.cos(math.pi * (done - WARM_UP) / (1 - WARM_UP))) / 2


def _answers(network: torch.nn.Module, images: data.Images) -> torch.Tensor:
    """Logits of all test images, in float32."""
    device = next(network.parameters()).device
    with torch.inference_mode():
        parts = images.test_images.split(1000)
        return torch.cat([network(vision.grey_images(part).to(device)).cpu() for part in parts])


def _measure(logits: torch.Tensor, labels: torch.Tensor) -> dict[str, float]:
    accuracy = (logits.argmax(1) == labels).double().mean().item()
    loss = torch.nn.functional.cross_entropy(logits, labels).item()
    return {"error": 1 - accuracy, "accuracy": accuracy, "test_loss": loss}


def _record(run: Run, logits: torch.Tensor, images: data.Images) -> None:
    """What the pictures show: the confusions, the surest mistakes, one image to look into."""
    labels, classes = images.test_labels, len(images.classes)
    said = logits.argmax(1)
    chance = logits.softmax(1).amax(1)
    wrong = torch.nonzero(said != labels)[:, 0]
    worst = wrong[chance[wrong].argsort(descending=True, stable=True)][:MISTAKES]
    run.record(
        "test",
        confusion=torch.bincount(labels * classes + said, minlength=classes**2).view(
            classes, classes
        ),
        images=images.test_images[worst],
        labels=labels[worst],
        said=said[worst],
        chance=chance[worst],
        example=images.test_images[0],
    )
