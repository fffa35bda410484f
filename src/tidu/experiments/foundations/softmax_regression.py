"""Softmax regression: one template for each class, laid on the image; the best fit wins.

    logits = W · pixels + b,        probabilities = softmax(logits / temperature)

The model is linear in the pixels: 784 weights for each of ten classes, which can be looked at as
ten images. Part of the training images is kept for validation: it draws the curves and finds the
temperature at which the probabilities deserve most trust. The test images have no say in anything.
``--data FOLDER`` learns images of your own, one subfolder for each class.

All seeds train in one computation; each has its own validation images and its own batches.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch
import tyro

from tidu import data, losses, nn, runs, train, vision
from tidu.errors import TiduError
from tidu.fields import NonNegativeFloat, OpenFraction, PositiveFloat, PositiveInt

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    source: Literal["mnist", "fashion-mnist", "mnist-5k"] = "mnist"  # images to learn from
    epochs: PositiveInt = 20  # passes over the training images
    batch: PositiveInt = 256  # images in a step
    lr: PositiveFloat = 0.005  # learning rate of AdamW at the start; it falls along a cosine
    weight_decay: NonNegativeFloat = 0.03  # pull of the weights, not of the biases, towards zero
    label_smoothing: OpenFraction = 0.0  # share of the truth spread over all classes
    temperature: PositiveFloat = 1.0  # what the logits are divided by in training
    validation: OpenFraction = 0.1  # share of the training images kept for validation


PRESETS = {
    "quick": Config(source="mnist-5k", epochs=12, batch=64, weight_decay=0.3),
    "standard": Config(),
    "fashion": Config(source="fashion-mnist"),
}
PICTURES = "softmax_regression"  # drawn by this file of tidu.views.systems
TAKES = ("data",)
USE_EXAMPLE = "photo.png"
BATCHED_SEEDS = True
SIZE = 28  # height and width of an image
TEMPERATURES = 121  # tried from 0.1 to 10, each 4 % above the one before


def run(config: Config, run: Run) -> dict[str, list[float]]:
    """Train every seed; return how many test images are read right, and how sure to be."""
    images = data.images_or(config.source, run.data, SIZE, config.batch)
    run.write_json("classes", list(images.classes))
    pixels, test_pixels = images.train_images.flatten(1), images.test_images.flatten(1)
    learned, kept = split_rows(config, run, len(pixels))
    mean = pixels.float().mean(0) / 255
    layer = torch.nn.Linear(pixels.shape[1], len(images.classes))
    torch.nn.init.zeros_(layer.weight)  # the loss has one lowest place; any start leads to it
    torch.nn.init.zeros_(layer.bias)
    model = nn.stack([layer] * len(run.seeds))
    optimizer = torch.optim.AdamW(parameter_groups(config, model), lr=config.lr, fused=True)
    orders = [train.Shuffled(learned.shape[1], config.batch, seed) for seed in run.seeds]
    steps = config.epochs * orders[0].per_epoch

    for step in run.steps(steps, keep={"model": model, "optimizer": optimizer}):
        rows = torch.stack([own[order(step)] for own, order in zip(learned, orders, strict=True)])
        set_rate(optimizer, config.lr * 0.5 * (1 + math.cos(math.pi * step / steps)))
        logits = model(prepared(pixels[rows], mean))
        loss = loss_per_seed(config, logits, images.train_labels[rows])
        optimizer.zero_grad()
        loss.sum().backward()
        optimizer.step()
        if (step + 1) % orders[0].per_epoch == 0 or step == 0:
            found = answers(model, pixels, kept, mean)
            right = accuracy(found, images.train_labels[kept])
            run.log(step, loss=loss, validation_accuracy=right)

    validated = answers(model, pixels, kept, mean), images.train_labels[kept]
    every = torch.arange(len(test_pixels)).expand(len(run.seeds), -1)
    tested = answers(model, test_pixels, every, mean), images.test_labels[every]
    run.save_weights(on_images(nn.unstack(model, 0), mean))
    best = record(run, model, images, validated, tested)
    return {
        "accuracy": accuracy(*tested),
        "test_loss": losses.cross_entropy(*tested, reduction="none").mean(1).tolist(),
        "validation_accuracy": accuracy(*validated),
        "best_temperature": best,
    }


def split_rows(config: Config, run: Run, rows: int) -> tuple[Tensor, Tensor]:
    """Of every seed, the rows to learn from and those to validate on: (seeds, rows)."""
    kept = round(rows * config.validation)
    if not (kept >= 1 and rows - kept >= config.batch):
        raise TiduError(
            f"Of {rows} training images, --validation {config.validation} keeps {kept} and leaves "
            f"{rows - kept} to learn from; at least 1 and {config.batch} (--batch) are needed.",
            "Change --validation or --batch, or bring more images.",
        )
    orders = torch.stack([torch.randperm(rows, generator=g) for g in run.generators()])
    return orders[:, kept:], orders[:, :kept]


def parameter_groups(config: Config, model: torch.nn.Module) -> list[dict[str, object]]:
    """Weights with the decay, biases without: how common a class is needs no pull to zero."""
    named = dict(model.named_parameters())
    return [
        {"params": [named["weight"]], "weight_decay": config.weight_decay},
        {"params": [named["bias"]], "weight_decay": 0.0},
    ]


def prepared(images: Tensor, mean: Tensor) -> Tensor:
    """Bytes as numbers from 0 to 1, with the mean image taken off: descent goes straighter."""
    return images.float() / 255 - mean


def loss_per_seed(config: Config, logits: Tensor, labels: Tensor) -> Tensor:
    """The mean cross-entropy of every seed."""
    each = losses.cross_entropy(
        logits, labels, config.temperature, config.label_smoothing, reduction="none"
    )
    return each.mean(1)


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Give all parameters the learning rate ``rate``."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def answers(model: torch.nn.Module, pixels: Tensor, rows: Tensor, mean: Tensor) -> Tensor:
    """The logits of every seed on its ``rows`` (seeds, rows), a thousand at a time."""
    with torch.no_grad():
        parts = [model(prepared(pixels[part], mean)) for part in rows.split(1000, dim=1)]
        return torch.cat(parts, dim=1)


def accuracy(logits: Tensor, labels: Tensor) -> list[float]:
    """The share of every seed's images that are read right."""
    return (logits.argmax(-1) == labels).double().mean(-1).tolist()


def on_images(layer: torch.nn.Module, mean: Tensor) -> torch.nn.Module:
    """The network that takes images (batch, 1, height, width): ``mean`` goes into the bias."""
    assert isinstance(layer, torch.nn.Linear)
    with torch.no_grad():
        layer.bias.sub_(layer.weight @ mean)
    return torch.nn.Sequential(torch.nn.Flatten(), layer)


def record(
    run: Run,
    model: torch.nn.Module,
    images: data.Images,
    validated: tuple[Tensor, Tensor],
    tested: tuple[Tensor, Tensor],
) -> list[float]:
    """Keep what the pictures show, of the first seed; return every seed's best temperature."""
    temperatures = torch.logspace(-1, 1, TEMPERATURES)
    curves = torch.stack(
        [losses.cross_entropy(*validated, float(t), reduction="none").mean(1) for t in temperatures]
    )
    logits, labels = tested[0][0], tested[1][0]
    said, classes = logits.argmax(1), len(images.classes)
    # an image on which nothing is settled: there the temperature shows most
    doubtful = int((nn.softmax(logits).amax(1) - 0.5).abs().argmin())
    run.record(
        "trained",
        weights=nn.unstack(model, 0)
        .get_parameter("weight")
        .view(classes, *images.train_images.shape[1:]),
        confusion=torch.bincount(labels * classes + said, minlength=classes**2).view(classes, -1),
        temperatures=temperatures,
        validation_loss=curves[:, 0],
        image=images.test_images[doubtful],
        logits=logits[doubtful],
        label=labels[doubtful],
    )
    return temperatures[curves.argmin(0)].tolist()


def model(config: Config, run: Run) -> torch.nn.Module:
    """The first seed's trained model: grey images from 0 to 1 in, one logit a class out."""
    layer = torch.nn.Linear(SIZE * SIZE, len(run.read_json("classes")))
    return run.load_weights(torch.nn.Sequential(torch.nn.Flatten(), layer))


def objective(config: Config, run: Run, examples: int) -> Callable[[torch.nn.Module], Tensor]:
    """The loss on some training images, as a function of a network like :func:`model`."""
    inputs, labels = runs.some_images(run, config.source, SIZE, examples)
    return lambda network: torch.nn.functional.cross_entropy(network(inputs), labels)


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two images."""
    return runs.two_images(SIZE)


@dataclass(frozen=True)
class Use:
    """What to read."""

    image: tyro.conf.Positional[str]  # a picture file of any size, dark on bright or the reverse
    temperature: PositiveFloat = 1.0  # above 1 less sure, below 1 surer


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Say which class a picture shows, and how sure the model is."""
    image = data.image_like(options.image, config.source, run.data is not None, SIZE)
    with torch.no_grad():
        logits = model(config, run)(image[None, None])[0]
    return vision.ranking(logits / options.temperature, run.read_json("classes"))
