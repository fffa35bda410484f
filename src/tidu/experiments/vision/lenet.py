"""LeNet reads handwritten digits, or clothes, or your own pictures.

Images are grey values from 0 to 1, as they are. Each training image is turned, scaled, slanted and
moved a little by its own random draw (fashion: mirrored and moved), so that no image is seen twice.
``error`` is the share of the test images that are read wrongly after the last epoch; no test image
has a say in the training.

With ``--data FOLDER`` it learns your own images: one subfolder for each class.

``--moved`` asks in the end whether a digit that stands elsewhere is still read: the test images are
moved by 0 to 8 pixels up, down, left and right, with black behind them. ``accuracy_moved_…`` is the
share read rightly then, ``agreement_moved_…`` the share that is read as it was before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch

from tidu import data, nn, runs, train, vision
from tidu.errors import TiduError
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
    hidden: tuple[PositiveInt, ...] | None = None  # widths of the hidden layers; none: the net's
    padding: PositiveInt | None = None  # rows of zeros around what a convolution sees; none: none
    strides: bool = False  # convolutions look at every other place, instead of pooling
    halve: bool = False  # look at the images at half height and width
    moved: bool = False  # in the end, also read the test images moved by 0 to 8 pixels


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
FARTHEST = 8  # pixels by which the test images are moved


def run(config: Config, run: Run) -> dict[str, float]:
    _check(config)
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
    found = _measure(logits, images.test_labels)
    return found | (_read_moved(run, network, images, logits) if config.moved else {})


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


def _check(config: Config) -> None:
    if config.net == "lenet-300-100" and (config.padding is not None or config.strides):
        raise TiduError(
            "--padding and --strides are for convolutions; lenet-300-100 has none.",
            "Leave them out, or take --net lenet-5.",
        )
    if config.halve and config.net != "lenet-300-100" and (config.padding or 0) < 1:
        raise TiduError(
            "Images of half the size (--halve) are too small for two convolutions without a rim.",
            "Add --padding 2.",
        )


def _network(config: Config, classes: int) -> torch.nn.Module:
    size = SIZE // 2 if config.halve else SIZE
    if config.net == "lenet-300-100":
        network = nn.LeNet300100(classes, size=size, hidden=config.hidden or (300, 100))
    else:
        old = config.net == "lenet-5-1998"
        network = nn.LeNet5(
            classes,
            size=size,
            channels=(6, 16) if old else (20, 50),
            hidden=config.hidden or ((120, 84) if old else (500,)),
            padding=config.padding or 0,
            pooling=not config.strides,
        )
    return torch.nn.Sequential(torch.nn.AvgPool2d(2), network) if config.halve else network


def _cycle(done: float) -> float:
    """A straight rise to 1, then half a cosine down to 0 (Smith 2018, "super-convergence")."""
    if done < WARM_UP:
        return (done + 0.01) / (WARM_UP + 0.01)
    return (1 + math.cos(math.pi * (done - WARM_UP) / (1 - WARM_UP))) / 2


def _answers(
    network: torch.nn.Module, images: data.Images, moved: tuple[int, int] = (0, 0)
) -> torch.Tensor:
    """Logits of all test images, in float32; ``moved`` down and to the right."""
    device = next(network.parameters()).device
    answers: list[torch.Tensor] = []
    with torch.inference_mode():
        for part in images.test_images.split(1000):
            inputs = vision.grey_images(part)
            if moved != (0, 0):
                inputs = vision.shift(inputs, torch.tensor([moved]).expand(len(part), 2))
            answers.append(network(inputs.to(device)).cpu())
    return torch.cat(answers)


def _measure(logits: torch.Tensor, labels: torch.Tensor) -> dict[str, float]:
    accuracy = (logits.argmax(1) == labels).double().mean().item()
    loss = torch.nn.functional.cross_entropy(logits, labels).item()
    return {"error": 1 - accuracy, "accuracy": accuracy, "test_loss": loss}


def _read_moved(
    run: Run, network: torch.nn.Module, images: data.Images, logits: torch.Tensor
) -> dict[str, float]:
    """Accuracy, and agreement with the answers where nothing moved, over the distance."""
    said, found = logits.argmax(1), dict[str, float]()
    curves: list[list[float]] = []
    for pixels in range(FARTHEST + 1):
        ways = ((pixels, 0), (-pixels, 0), (0, pixels), (0, -pixels))
        now = torch.stack([_answers(network, images, way).argmax(1) for way in ways])
        right, alike = ((now == what).double().mean().item() for what in (images.test_labels, said))
        found |= {f"accuracy_moved_{pixels}": right, f"agreement_moved_{pixels}": alike}
        curves.append([right, alike])
    run.record("moved", curves=torch.tensor(curves))
    return found


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
