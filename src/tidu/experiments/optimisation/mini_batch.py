"""Batches: the whole training set for one step, a handful, or a single image.

The gradient of the whole set is exact and dear; that of one image costs next to nothing and points
anywhere. Plain descent is run with all three from the same weights, each at every learning rate of
a grid and judged at its best, and the loss is compared after equal passes over the data, equal
numbers of images seen, and equal seconds.

``--order`` changes what the small batches are cut from: the images shuffled anew for each pass, or
once for all, or sorted by class, first all of one kind and then all of the next.

``--well`` asks further whether the wobble helps out of a wrong valley: many walks down a double
well whose slope is a mean over noisy rows, each way with its batch. ``well_…`` is how high above
the deeper valley they end on average.

The loss is that of the same ``probe`` training images for all. ``seen_…`` is how many images a way
has seen when that loss first lies below ``reach``; one that never gets there has all it has seen.
Seconds are measured on one network alone, the three taking turns, and stand in the pictures only.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch

from tidu import data, losses, nn, optim, runs, train, vision
from tidu.fields import PositiveFloat, PositiveInt
from tidu.words import Text

if TYPE_CHECKING:
    from torch import Tensor

    from tidu.runs import Run

Way = Literal["full", "mini", "single"]
WAYS: tuple[Way, ...] = ("full", "mini", "single")


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    source: Literal["fashion-mnist", "mnist", "mnist-5k", "digits"] = "fashion-mnist"  # images
    rows: PositiveInt = 20_000  # most training images to learn from
    hidden: tuple[PositiveInt, ...] = (32,)  # widths of the hidden layers
    batch: PositiveInt = 64  # images in a step of the middle way
    full_epochs: PositiveInt = 200  # passes of the whole set at once
    mini_epochs: PositiveInt = 20  # passes in small batches
    single_epochs: PositiveInt = 4  # passes image by image
    full_rates: tuple[PositiveFloat, ...] = (0.1, 0.3, 1.0, 3.0)  # learning rates tried
    mini_rates: tuple[PositiveFloat, ...] = (0.03, 0.1, 0.3, 1.0)  # as they are for small batches
    single_rates: tuple[PositiveFloat, ...] = (0.001, 0.003, 0.01, 0.03)  # and for single images
    probe: PositiveInt = 2000  # training images that the loss is measured on
    reach: PositiveFloat = 0.5  # the loss to come down to
    order: Literal["once", "sorted"] | None = None  # of the images; none: anew for every pass
    well: bool = False  # also walk down a double well, full batch against small ones


PRESETS = {
    "quick": Config(
        source="digits", hidden=(16,), batch=32, full_epochs=80, mini_epochs=8, single_epochs=1
    ),
    "standard": Config(),
}
PICTURES = "mini_batch"  # drawn by this file of tidu.views.systems
USE_EXAMPLE = "photo.png"
BATCHED_SEEDS = True
THREADS = 1
LOOKS = 60  # at the loss of each way, evenly spread on a logarithmic scale
TIMED = 7  # steps of each way that are timed; the single image takes 20 times as many


def run(config: Config, run: Run) -> dict[str, list[float]]:
    """Descend in all three ways; return where each came to, one list per seed."""
    images = data.images_or(config.source, None, batch=config.batch)
    run.write_json("classes", list(images.classes))
    inputs, labels = (
        vision.grey_pixels(images.train_images[: config.rows]),
        images.train_labels[: config.rows],
    )
    found: dict[str, list[float]] = {}
    remarks: list[Text] = []
    lowest = torch.inf
    for way in WAYS:
        network, seen, history = descend(config, run, images, inputs, labels, way)
        last = history[-3:].mean(0).nan_to_num(torch.inf)  # (seeds, rates)
        best = last.argmin(1)
        curves = history[:, torch.arange(len(best)), best]  # (looks, seeds)
        rates = rates_of(config, way)
        alone = [nn.unstack(network, i * len(rates) + int(b)) for i, b in enumerate(best)]
        if last[0].min() < lowest:
            lowest = float(last[0].min())
            run.save_weights(torch.nn.Sequential(torch.nn.Flatten(), alone[0]))
        run.record(way, seen=seen, loss=curves[:, 0], rate=torch.tensor(rates[int(best[0])]))
        found |= {
            f"loss_after_epoch_{way}": curves[(seen >= len(labels)).int().argmax()].tolist(),
            f"loss_{way}": curves[-1].tolist(),
            f"seen_{way}": images_seen(curves, seen, config.reach),
            f"accuracy_{way}": [
                float(runs.share_right(one, images.test_images, images.test_labels))
                for one in alone
            ],
            f"rate_{way}": [rates[int(b)] for b in best],
        }
        name = Text(f"{way} 的学习率", f"learning rate, {way}")
        remarks += runs.edge_remarks(name, rates, found[f"rate_{way}"])
    run.remark(*remarks)
    run.write_json("timing", {"seconds": timed(config, images, inputs, labels)})
    for way in WAYS if config.well else ():
        size = min(batch_of(config, way, optim.WELL_ROWS), optim.WELL_ROWS)
        ends = [optim.double_well_walks(size, seed) for seed in run.seeds]
        found[f"well_{way}"] = [float(optim.double_well(places).mean()) for places in ends]
    return found


def descend(
    config: Config, run: Run, images: data.Images, inputs: Tensor, labels: Tensor, way: Way
) -> tuple[torch.nn.Module, Tensor, Tensor]:
    """Train every seed at every rate in one way.

    Returns the networks, one copy for every (seed, rate); how many images had been seen at every
    look; and the loss then, (looks, seeds, rates).
    """
    rates = rates_of(config, way)
    seeds, copies = len(run.seeds), len(run.seeds) * len(rates)
    singles = [runs.pixel_mlp(config.hidden, images, seed) for seed in run.seeds]
    network = nn.stack([single for single in singles for _ in rates])
    optimizer = optim.SGD(network.parameters(), lr=torch.tensor(rates).repeat(seeds))
    size = batch_of(config, way, len(labels))
    orders = [order_of(config, labels, size, seed) for seed in run.seeds]
    steps = epochs_of(config, way) * orders[0].per_epoch
    looks = look_steps(steps, orders[0].per_epoch)
    history = torch.full((len(looks), seeds, len(rates)), torch.nan)
    # Weights as plain tensors: at too large a rate they may overflow, which is no mistake here.
    weights = {name: parameter.detach() for name, parameter in network.named_parameters()}
    every = inputs.expand(copies, -1, -1), labels.expand(copies, -1)
    some = inputs[: config.probe].expand(copies, -1, -1), labels[: config.probe].expand(copies, -1)
    keep = {**weights, "optimizer": optimizer, "losses": history}
    for step in run.steps(steps, keep=keep, name=way):
        batch = every
        if way != "full":
            rows = torch.stack([order(step) for order in orders]).repeat_interleave(len(rates), 0)
            batch = inputs[rows], labels[rows]
        optimizer.zero_grad()
        losses.cross_entropy_per_copy(network(batch[0]), batch[1]).sum().backward()
        optimizer.step()
        if step + 1 in looks:
            look = looks[step + 1]
            with torch.no_grad():
                history[look] = losses.cross_entropy_per_copy(network(some[0]), some[1]).view(
                    seeds, len(rates)
                )
            run.log(step, **{f"{way}_lowest_loss": history[look].nan_to_num(1e9).amin(1)})
    return network, torch.tensor(list(looks)) * size, history


def order_of(
    config: Config, labels: Tensor, size: int, seed: int
) -> train.Shuffled | train.Repeated:
    """Which images make which step."""
    if config.order is None:
        return train.Shuffled(len(labels), size, seed)
    chance = torch.Generator().manual_seed(seed)
    mixed = torch.randperm(len(labels), generator=chance)
    if config.order == "once":
        return train.Repeated(mixed, size)
    return train.Repeated(mixed[labels[mixed].argsort(stable=True)], size)


def rates_of(config: Config, way: Way) -> tuple[float, ...]:
    """The learning rates tried."""
    return {"full": config.full_rates, "mini": config.mini_rates, "single": config.single_rates}[
        way
    ]


def epochs_of(config: Config, way: Way) -> int:
    """How many passes over the data."""
    passes = {
        "full": config.full_epochs,
        "mini": config.mini_epochs,
        "single": config.single_epochs,
    }
    return passes[way]


def batch_of(config: Config, way: Way, rows: int) -> int:
    """How many images make a step."""
    return {"full": rows, "mini": config.batch, "single": 1}[way]


def look_steps(steps: int, per_epoch: int) -> dict[int, int]:
    """The steps behind which the loss is looked at, numbered; the end of the first pass is one."""
    spread = torch.logspace(0, 1, LOOKS, base=steps).round().int().tolist()
    return {step: number for number, step in enumerate(sorted({*spread, per_epoch, steps}))}


def images_seen(curves: Tensor, seen: Tensor, reach: float) -> list[float]:
    """For each seed, how many images had been seen when the loss first lay below ``reach``."""
    there = torch.cat([curves[:-1] <= reach, torch.ones_like(curves[:1], dtype=torch.bool)])
    return seen[there.int().argmax(0)].double().tolist()


def timed(config: Config, images: data.Images, inputs: Tensor, labels: Tensor) -> dict[str, float]:
    """The median seconds of a step of one network in each way, which take turns."""
    taken: dict[str, list[float]] = {way: [] for way in WAYS}
    network = runs.pixel_mlp(config.hidden, images, 0)
    optimizer = optim.SGD(network.parameters(), lr=1e-3)
    for _ in range(TIMED):
        for way in WAYS:
            for first in range(20 if way == "single" else 1):
                began = time.perf_counter()
                rows = slice(first, first + batch_of(config, way, len(labels)))
                loss = torch.nn.functional.cross_entropy(network(inputs[rows]), labels[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                taken[way].append(time.perf_counter() - began)
    return {way: statistics.median(of_one) for way, of_one in taken.items()}


def model(config: Config, run: Run) -> torch.nn.Module:
    """The first seed's network of the lowest loss: grey images from 0 to 1 in, logits out."""
    return runs.trained_pixel_mlp(config.hidden, config.source, run)


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two images."""
    return runs.two_images(runs.side_of(config.source))


Use = runs.PictureFile


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Say which class a picture shows, and how sure the network is."""
    side = runs.side_of(config.source)
    return runs.class_of_picture(options, model(config, run), run, config.source, side)
