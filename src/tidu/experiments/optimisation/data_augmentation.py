"""Data augmentation: a net learns to overlook what it has seen done to its training images.

Equal networks learn from the same images in the same order, each with another treatment: none,
turned, moved, mirrored, noisy, all together. Every one is then asked about test images as they are
and about test images to which the same was done. A treatment teaches its own lesson and hardly any
other; and mirroring, right for clothes, teaches digits something wrong.

All treatments of all seeds train in one computation. The networks of one seed begin with the same
weights. No test image has a say in the training.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch

from tidu import data, losses, nn, runs, train, vision
from tidu.fields import NonNegativeFloat, OpenFraction, PositiveFloat, PositiveInt

if TYPE_CHECKING:
    from torch import Tensor

    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    source: Literal["mnist", "fashion-mnist", "mnist-5k"] = "mnist"  # images to learn from
    rotate: NonNegativeFloat = 15.0  # degrees by which an image may turn, to either side
    shift: NonNegativeFloat = 2.0  # pixels by which it may move, in each direction
    noise: NonNegativeFloat = 0.4  # largest deviation of the noise; black to white is 1
    flip: bool = False  # whether "all together" mirrors too: right for clothes, wrong for digits
    hidden: tuple[PositiveInt, ...] = (500, 200)  # widths of the hidden layers
    epochs: PositiveInt = 12  # passes over the training images
    batch: PositiveInt = 128  # images in a step
    lr: PositiveFloat = 0.002  # learning rate of AdamW at the start; it falls along a cosine
    weight_decay: OpenFraction = 0.01  # pull of all weights towards zero


PRESETS = {
    "quick": Config(source="mnist-5k", hidden=(200,), epochs=5, batch=128, lr=0.005),
    "standard": Config(),
    "fashion": Config(source="fashion-mnist", flip=True, rotate=10.0),
}
PICTURES = "data_augmentation"  # drawn by this file of tidu.views.systems
TAKES = ("data",)
USE_EXAMPLE = "photo.png"
BATCHED_SEEDS = True
SIZE = 28  # height and width of an image
TREATMENTS = ("none", "turned", "moved", "mirrored", "noisy", "all")
TESTS = ("clean", "turned", "moved", "noisy", "all")
SHOWN = 8  # images of each treatment in the picture


def run(config: Config, run: Run) -> dict[str, list[float]]:
    """Train every treatment of every seed; return the accuracy on clean and distorted images."""
    images = data.images_or(config.source, run.data, SIZE, config.batch)
    run.write_json("classes", list(images.classes))
    warps = warps_of(config)
    networks: list[torch.nn.Module] = []
    for seed in run.seeds:
        torch.manual_seed(seed)
        networks += [network_of(config, len(images.classes))] * len(TREATMENTS)
    model = nn.stack(networks)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=config.lr, weight_decay=config.weight_decay, fused=True
    )
    orders = [train.Shuffled(len(images.train_labels), config.batch, s) for s in run.seeds]
    steps = config.epochs * orders[0].per_epoch
    tests = distorted(run, warps, images)

    for step in run.steps(steps, keep={"model": model, "optimizer": optimizer}):
        rows = torch.stack([order(step) for order in orders])
        inputs = treated(warps, images.train_images[rows], run.generators(1 + step))
        labels = images.train_labels[rows].repeat_interleave(len(TREATMENTS), 0)
        for group in optimizer.param_groups:
            group["lr"] = config.lr * 0.5 * (1 + math.cos(math.pi * step / steps))
        loss = losses.cross_entropy_per_copy(model(inputs), labels)
        optimizer.zero_grad()
        loss.sum().backward()
        optimizer.step()
        if (step + 1) % orders[0].per_epoch == 0:
            mean = loss.detach().view(len(run.seeds), -1)
            found = accuracies(model, {"clean": tests["clean"]}, images.test_labels)
            run.log(
                step,
                loss=mean.mean(1),
                **{f"clean_{t}": found[:, i, 0] for i, t in enumerate(TREATMENTS)},
            )

    table = accuracies(model, tests, images.test_labels)  # (seeds, treatments, tests)
    run.save_weights(nn.unstack(model, len(TREATMENTS) - 1))
    run.record("accuracy", table=table)
    record_examples(run, warps, images)
    plain, every = table[:, 0], table[:, -1]
    return {
        "clean_without": plain[:, 0].tolist(),
        "clean_with": every[:, 0].tolist(),
        "distorted_without": plain[:, 1:].mean(1).tolist(),
        "distorted_with": every[:, 1:].mean(1).tolist(),
        "clean_gain": (every - plain)[:, 0].tolist(),
        "distorted_gain": (every - plain)[:, 1:].mean(1).tolist(),
        "own_gain": own_gain(table).tolist(),
    }


def warps_of(config: Config) -> dict[str, vision.Warp]:
    """What is done to the images of each treatment."""
    return {
        "none": vision.Warp(),
        "turned": vision.Warp(rotate=config.rotate),
        "moved": vision.Warp(shift=config.shift),
        "mirrored": vision.Warp(flip=True),
        "noisy": vision.Warp(noise=config.noise),
        "all": vision.Warp(
            rotate=config.rotate, shift=config.shift, flip=config.flip, noise=config.noise
        ),
    }


def network_of(config: Config, classes: int) -> torch.nn.Module:
    """Images (copies, batch, 1, height, width) in, one logit for each class out."""
    return nn.LeNet300100(classes, size=SIZE, hidden=config.hidden)


def treated(
    warps: dict[str, vision.Warp], images: Tensor, generators: list[torch.Generator]
) -> Tensor:
    """Of every seed's images (seeds, batch, ...), each treatment's own: (networks, batch, ...)."""
    parts = [
        warp(vision.grey_images(own), generator)
        for own, generator in zip(images, generators, strict=True)
        for warp in warps.values()
    ]
    return torch.stack(parts)


def distorted(run: Run, warps: dict[str, vision.Warp], images: data.Images) -> dict[str, Tensor]:
    """The test images as they are and distorted, the same for all networks and seeds."""
    names = {name: "none" if name == "clean" else name for name in TESTS}
    clean = vision.grey_images(images.test_images)
    return {
        name: warps[treatment](clean, torch.Generator().manual_seed(place))
        for place, (name, treatment) in enumerate(names.items())
    }


def accuracies(model: torch.nn.Module, tests: dict[str, Tensor], labels: Tensor) -> Tensor:
    """The share of each test's images that is read right: (seeds, treatments, tests)."""
    copies = len(next(model.parameters()))
    found: list[Tensor] = []
    with torch.inference_mode():
        for test in tests.values():
            said = [model(part.expand(copies, *part.shape)).argmax(-1) for part in test.split(1000)]
            found.append((torch.cat(said, 1) == labels).double().mean(1))
    return torch.stack(found, 1).unflatten(0, (-1, len(TREATMENTS)))


def own_gain(table: Tensor) -> Tensor:
    """What a treatment gains on images distorted in its own way, on average, for each seed."""
    own = ("turned", "moved", "noisy")
    gains = [
        table[:, TREATMENTS.index(name), TESTS.index(name)] - table[:, 0, TESTS.index(name)]
        for name in own
    ]
    return torch.stack(gains).mean(0)


def record_examples(run: Run, warps: dict[str, vision.Warp], images: data.Images) -> None:
    """Keep the same few training images under every treatment."""
    few = vision.grey_images(images.train_images[:SHOWN])
    shown = [warp(few, run.generator(0)) for warp in warps.values()]
    run.record("examples", images=(torch.stack(shown).squeeze(2) * 255).round().byte())


def model(config: Config, run: Run) -> torch.nn.Module:
    """The first seed's network that learned from all treatments together."""
    return run.load_weights(network_of(config, len(run.read_json("classes"))))


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two images."""
    return runs.two_images(SIZE)


Use = runs.PictureFile


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Say which class a picture shows, and how sure the network is."""
    return runs.class_of_picture(options, model(config, run), run, config.source, SIZE)
