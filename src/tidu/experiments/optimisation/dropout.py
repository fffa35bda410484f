"""Dropout: the same large network reads digits with it and without it.

Three layers of 1024 ReLUs have fifty weights for every training image and could learn them by
heart. With dropout half of the hidden units and a fifth of the pixels are silenced in every step,
each time others, so that no unit can rely on another. Both networks begin with the same weights and
see the same batches; ``error`` is the share of the test images read wrongly after the last epoch
with dropout, ``error_without`` without; ``gap`` and ``gap_without`` are how much larger it is than
the error on as many training images. No test image has a say in the training; the standard
preset's decay of weights was chosen on 10,000 of the training images, held out.

``--max-norm 1.5`` bounds the weights into every neuron as well; without it AdamW lets them grow to
between two and three here, so a limit of 3 would cut nothing. ``--data FOLDER`` learns images
of your own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import torch

from tidu import data, nn, optim, runs, train, vision
from tidu.errors import TiduError
from tidu.fields import NonNegativeFloat, OpenFraction, PositiveFloat, PositiveInt

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from torch import Tensor

    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    source: Literal["mnist", "fashion-mnist", "mnist-5k"] = "mnist"  # images to learn from
    rows: PositiveInt | None = None  # most training images to learn from; none: all there are
    hidden: tuple[PositiveInt, ...] = (1024, 1024, 1024)  # widths of the hidden layers
    dropout: OpenFraction = 0.5  # share of the hidden units that is silenced in a step
    input_dropout: OpenFraction = 0.2  # share of the pixels that is silenced in a step
    max_norm: NonNegativeFloat = 0.0  # longest the weights into a neuron may be; 0: no bound
    epochs: PositiveInt = 30  # passes over the training images
    batch: PositiveInt = 256  # images in a step, over all processes
    lr: PositiveFloat = 0.0015  # learning rate of AdamW at the start; it falls along a cosine
    weight_decay: NonNegativeFloat = 0.01  # pull of all weights towards zero
    precision: Literal["auto", "bfloat16", "float32"] = "auto"  # of the products in training


PRESETS = {
    "quick": Config(
        source="mnist-5k",
        hidden=(128, 128),
        dropout=0.2,
        input_dropout=0.1,
        epochs=7,
        batch=64,
        precision="float32",
    ),
    "standard": Config(weight_decay=0.1),
    "max-norm": Config(max_norm=1.5),
}
PICTURES = "dropout"  # drawn by this file of tidu.views.systems
TAKES = ("data", "processes")
USE_EXAMPLE = "photo.png"
SIZE = 28  # height and width of an image
SHOWN = 40  # neurons of the first layer whose weights are kept for the picture


def run(config: Config, run: Run) -> dict[str, float]:
    """Train both; return each one's share of wrongly read test images, and their cost."""
    images = data.images_or(config.source, run.data, SIZE, config.batch)
    if config.rows is not None:
        images = fewer(images, config.rows, config.batch)
    run.write_json("classes", list(images.classes))
    arms = {
        "with": config,
        "without": replace(config, dropout=0.0, input_dropout=0.0, max_norm=0.0),
    }
    seen: dict[str, Tensor] = {}
    found: dict[str, float] = {}
    for arm, its in arms.items():
        network = train_arm(its, run, images, arm)
        if arm == "with":
            run.save_weights(network)
        logits, active = answers(network, images.test_images)
        measured = errors(logits, images.test_labels)
        learned, _ = answers(network, images.train_images[: len(images.test_images)])
        measured["train_error"] = errors(learned, images.train_labels[: len(learned)])["error"]
        measured["gap"] = measured["error"] - measured["train_error"]
        suffix = "" if arm == "with" else "_without"
        found |= {f"{name}{suffix}": value for name, value in measured.items()}
        seen |= {f"filters-{arm}": filters(network), f"active-{arm}": active}
    run.record("seen", None, **seen)
    return {**found, "gain": found["error_without"] / max(found["error"], 1e-6)}


def fewer(images: data.Images, rows: int, batch: int) -> data.Images:
    """The same test, and the first ``rows`` of the training images."""
    if rows < batch:
        raise TiduError(
            f"--rows {rows} is less than a batch of {batch} (--batch).",
            "Learn from more images, or take a smaller batch.",
        )
    some = {"train_images": images.train_images[:rows], "train_labels": images.train_labels[:rows]}
    return replace(images, **some)


def train_arm(config: Config, run: Run, images: data.Images, arm: str) -> torch.nn.Sequential:
    """Train one network; the other begins alike and sees the same batches."""
    torch.manual_seed(run.seed)
    network = network_of(config, len(images.classes)).to(run.device)
    order = train.Shuffled(len(images.train_labels), config.batch, run.seed)
    steps = config.epochs * order.per_epoch
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=config.lr, weight_decay=config.weight_decay, fused=True
    )
    if config.max_norm:
        optimizer.register_step_post_hook(lambda *_: bound(network, config.max_norm))

    def batch(step: int) -> tuple[Tensor, Tensor]:
        rows = order(step)
        return vision.grey_images(images.train_images[rows]), images.train_labels[rows]

    def evaluate() -> dict[str, Any]:
        logits, _ = answers(network, images.test_images, config.precision)
        return {
            f"{name}_{arm}": value for name, value in errors(logits, images.test_labels).items()
        }

    train.fit(
        network,
        batch,
        torch.nn.functional.cross_entropy,
        optimizer,
        run=run,
        steps=steps,
        schedule=lambda step: config.lr * (1 + math.cos(math.pi * step / steps)) / 2,
        precision=config.precision,
        evaluate=evaluate,
        evaluate_every=order.per_epoch,
        name=arm,
    )
    return network


def network_of(config: Config, classes: int) -> torch.nn.Sequential:
    """Images (batch, 1, height, width) in, one logit for each class out."""
    sizes = (SIZE * SIZE, *config.hidden, classes)
    layers = nn.MLP(sizes, torch.nn.ReLU, config.dropout, config.input_dropout)
    return torch.nn.Sequential(torch.nn.Flatten(), layers)


def bound(network: torch.nn.Module, limit: float) -> None:
    """Cut the weights into every neuron to the length that is allowed."""
    with torch.no_grad():
        for layer in network.modules():
            if isinstance(layer, torch.nn.Linear):
                layer.weight.copy_(optim.max_norm(layer.weight, limit))


def answers(
    network: torch.nn.Sequential, images: Tensor, precision: str = "float32"
) -> tuple[Tensor, Tensor]:
    """The logits, and what share of the last hidden layer's units is active for each image."""
    device = next(network.parameters()).device
    layers = network[1]
    assert isinstance(layers, nn.MLP)
    logits: list[Tensor] = []
    active: list[Tensor] = []
    network.eval()
    with torch.inference_mode(), train.precision.autocast(precision, device):
        for part in images.split(1000):
            hidden = layers.layers[:-1](vision.grey_images(part).flatten(1).to(device))
            logits.append(layers.layers[-1](hidden).float().cpu())
            active.append((hidden > 0).float().mean(1).cpu())
    return torch.cat(logits), torch.cat(active)


def errors(logits: Tensor, labels: Tensor) -> dict[str, float]:
    """The share of the images that is read wrongly, and the mean cross-entropy."""
    wrong = (logits.argmax(1) != labels).double().mean().item()
    return {"error": wrong, "test_loss": torch.nn.functional.cross_entropy(logits, labels).item()}


def filters(network: torch.nn.Module) -> Tensor:
    """The weights of the first neurons of the first layer, as images."""
    first = next(m for m in network.modules() if isinstance(m, torch.nn.Linear))
    return first.weight[:SHOWN].view(-1, SIZE, SIZE)


def model(config: Config, run: Run) -> torch.nn.Module:
    """The network trained with dropout: grey images from 0 to 1 in, one logit a class out."""
    return run.load_weights(network_of(config, len(run.read_json("classes"))))


def objective(config: Config, run: Run, examples: int) -> Callable[[torch.nn.Module], Tensor]:
    """The loss on some training images, as a function of a network like :func:`model`."""
    inputs, labels = runs.some_images(run, config.source, SIZE, examples)
    return lambda network: torch.nn.functional.cross_entropy(network(inputs), labels)


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two images."""
    return runs.two_images(SIZE)


Use = runs.PictureFile


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Say which class a picture shows, and how sure the network is."""
    return runs.class_of_picture(options, model(config, run), run, config.source, SIZE)
