"""Pruning: cut the smallest weights, train a little, and again.

A trained network (that of ``--from RUN``, or one trained here first) is cut in rounds. Each round
keeps ``1 - per_round`` of what the last one left, and trains what is left for some epochs; a weight
that was cut stays zero. ``accuracy_change`` is the test accuracy behind the last round minus that
of the network before any cut; at or above zero, nothing was lost. ``weights_left`` and
``compression`` compare with that network too; ``compression`` counts all parameters, biases too.

``--unit neuron`` removes whole neurons instead, and the network really becomes smaller and faster.
``--rewind`` asks the lottery-ticket question (Frankle & Carbin 2019): behind every cut, the weights
left go back to the values they began with, and are trained as the dense network was.

``--per-round 0`` is the control: it trains on as long, and cuts nothing.

``--rivals`` trains what pruning competes with. ``small_accuracy`` is that of a dense network with
at least as many parameters as the pruned one has left (removed neurons: with the same widths),
trained for as many passes over the data as the large one in all, in one cosine. Passes are equal,
arithmetic is not: the large network multiplies its zeros too. With ``--rewind``,
``random_accuracy`` is that of the ticket's masks on newly drawn weights, trained as the ticket was.

``--timed`` compares the pruned network with what it was before any cut: ``smaller``, by what factor
it is when stored without its zeros; and ``speed_up``, how many times as fast it is on 256 images,
both taking turns by the clock.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch

from tidu import compress, data, losses, nn, runs, train, vision
from tidu.errors import TiduError
from tidu.fields import NonNegativeFloat, OpenFraction, PositiveFloat, PositiveInt

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    source: Literal["mnist", "fashion-mnist", "mnist-5k"] = "mnist"  # images to learn from
    net: Literal["lenet-300-100", "lenet-5"] = "lenet-300-100"  # the network to prune
    unit: Literal["weight", "neuron"] = "weight"  # what is cut: single weights, or neurons
    scope: Literal["global", "layer"] = "global"  # smallest of all weights, or of each layer's
    rounds: PositiveInt = 6  # how often it is cut and trained again
    per_round: OpenFraction = 0.4  # share of what is left that a round cuts
    rewind: bool = False  # put the weights left back to where they began (lottery ticket)
    epochs: PositiveInt = 15  # passes over the training images before the first cut
    round_epochs: PositiveInt = 8  # passes behind every cut
    batch: PositiveInt = 128  # images in a step
    lr: PositiveFloat = 0.1  # learning rate at the top of each cosine
    momentum: OpenFraction = 0.9  # memory of the gradient (Nesterov)
    weight_decay: NonNegativeFloat = 5e-4  # pull towards zero: makes weights without use small
    precision: Literal["auto", "bfloat16", "float32"] = "auto"  # of the products in training
    rivals: bool = False  # also train a small dense network, and a ticket's masks on other weights
    timed: bool = False  # also time both networks: a metric that differs a little from run to run


PRESETS = {
    "quick": Config(
        source="mnist-5k", rounds=5, epochs=12, round_epochs=6, batch=64, weight_decay=2e-3
    ),
    "standard": Config(),
    "ticket": Config(
        rewind=True, rounds=8, per_round=0.34, epochs=20, round_epochs=20, batch=256, lr=0.2
    ),
    "neurons": Config(unit="neuron", rounds=4, per_round=0.3),
    "lenet-5": Config(net="lenet-5", rounds=6, epochs=6, round_epochs=3, lr=0.05),
}
PICTURES = "pruning"  # drawn by this file of tidu.views.systems
TAKES = ("data", "from")
BATCHED_SEEDS = True
THREADS = 1  # the products are too small to share out
USE_EXAMPLE = "photo.png"
SIZE = 28  # height and width of an image
TIMED = 256  # images in a batch whose time is measured
WARM_UP = 100  # steps in which the learning rate of a loop rises
RIVALS = ("small_accuracy", "random_accuracy")
TICKETS = {"21": 0.215, "3_6": 0.0365}  # fractions left at which a ticket is judged


def run(config: Config, run: Run) -> dict[str, list[float]]:
    _check(config, run)
    images = data.images_or(config.source, _folder(run), SIZE, config.batch)
    run.write_json("classes", list(images.classes))
    run.write_json("own-images", _folder(run) is not None)
    # Linear layers of several seeds go into one batched product; convolutions one by one.
    groups = [run.seeds] if config.net == "lenet-300-100" else [(seed,) for seed in run.seeds]
    metrics: dict[str, list[float]] = {}
    rounds: list[dict[str, torch.Tensor]] = []
    for group in groups:
        found, recorded = _prune(config, run, images, group)
        rounds.append(recorded)
        for name, values in found.items():
            metrics.setdefault(name, []).extend(values)
    run.record(
        "rounds",
        step=None,
        left=rounds[0]["left"],
        dense=torch.cat([r["dense"] for r in rounds]),
        before=torch.cat([r["before"] for r in rounds], 1),
        accuracy=torch.cat([r["accuracy"] for r in rounds], 1),
        **{name: torch.tensor(metrics[name]) for name in RIVALS if name in metrics},
    )
    return metrics


def _prune(
    config: Config, run: Run, images: data.Images, seeds: tuple[int, ...]
) -> tuple[dict[str, list[float]], dict[str, torch.Tensor]]:
    """The whole course of the seeds in one network; metrics by seed, and what to draw."""
    course = _begin(config, run, images, seeds)
    prefix = "" if seeds == run.seeds else f"seed-{seeds[0]}-"
    initial = copy.deepcopy(course.network.state_dict())
    if run.origin is None:
        _train(config, run, images, course, config.epochs, prefix + "train")
    dense = course.test_accuracy(images)
    whole, weights = copy.deepcopy(course.network), course.weights_left()
    start = course.masks.left()
    for turn in range(1, config.rounds + 1):
        if config.unit == "weight":
            course.cut_weights(start * (1 - config.per_round) ** turn, config.scope)
        else:
            course.remove_neurons(config.per_round, SIZE)
        if config.rewind:
            course.rewind(initial)
        course.before.append(course.test_accuracy(images))
        _train(config, run, images, course, config.round_epochs, f"{prefix}round-{turn:02d}")
        course.accuracy.append(course.test_accuracy(images))
        course.left.append(course.weights_left() / weights)
    first, pruned = compress.single(whole), compress.single(course.network)
    if seeds[0] == run.seeds[0]:
        _keep(run, first, pruned)
    metrics = _metrics(config, course, dense)
    sizes = [compress.count_parameters_left(network) for network in (first, pruned)]
    metrics["compression"] = [sizes[0] / sizes[1]] * len(seeds)
    if config.rivals:
        metrics |= _rivals(config, run, images, course, prefix)
    if config.timed:
        metrics |= _timed(whole, course)
    recorded = {
        "left": torch.tensor(course.left),
        "dense": torch.tensor(dense),
        "before": torch.tensor(course.before),
        "accuracy": torch.tensor(course.accuracy),
    }
    return metrics, recorded


def _rivals(
    config: Config, run: Run, images: data.Images, course: compress.Course, prefix: str
) -> dict[str, list[float]]:
    """Train what pruning competes with; see the top of the file."""
    pruned, classes = compress.single(course.network), len(images.classes)
    left, widths = compress.count_parameters_left(pruned), _widths_of(pruned)
    if config.unit == "weight":
        widths = compress.widths_of_size(
            lambda some: _network(config, some, classes), _widths(config), left, classes
        )
    small = _begin(config, run, images, course.seeds, widths)
    passes = config.epochs + config.rounds * config.round_epochs
    _train(config, run, images, small, passes, prefix + "small")
    size = compress.count_parameters(compress.single(small.network))
    found = {
        "small_accuracy": small.test_accuracy(images),
        "small_size": [size / left] * len(course.seeds),
    }
    if config.rewind:
        other = _begin(config, run, images, course.seeds, draw=1)
        other.masks.update(course.masks.kept)
        other.masks.apply(other.network)
        # The same images in the same order as the ticket saw.
        steps = config.round_epochs * (len(images.train_labels) // config.batch)
        other.steps = course.steps - steps
        _train(config, run, images, other, config.round_epochs, prefix + "random")
        found["random_accuracy"] = other.test_accuracy(images)
    return found


def _timed(whole: torch.nn.Module, course: compress.Course) -> dict[str, list[float]]:
    """How much faster and smaller each pruned network is than it was before any cut."""
    inputs = torch.zeros(TIMED, 1, SIZE, SIZE, device=next(whole.parameters()).device)
    found: dict[str, list[float]] = {"speed_up": [], "smaller": []}
    for index in range(len(course.seeds)):
        before, after = (compress.single(network, index) for network in (whole, course.network))
        found["speed_up"].append(compress.speed_up(before, after, inputs))
        found["smaller"].append(
            compress.stored_bytes(before)["dense"] / compress.stored_bytes(after)["sparse"]
        )
    return found


def _train(
    config: Config,
    run: Run,
    images: data.Images,
    course: compress.Course,
    epochs: int,
    name: str,
) -> None:
    """One loop: train what is left, with zeros held at zero behind every step."""
    network, masks, first, seeds = course.network, course.masks, course.steps, course.seeds
    orders = [train.Shuffled(len(images.train_labels), config.batch, seed) for seed in seeds]
    warp = _warp(run)
    optimizer = torch.optim.SGD(
        network.parameters(),
        lr=config.lr,
        momentum=config.momentum,
        weight_decay=config.weight_decay,
        nesterov=config.momentum > 0,
        fused=True,
    )
    total = epochs * orders[0].per_epoch
    keep = {"network": network, "optimizer": optimizer, "masks": masks}
    network.train()
    for step in run.steps(total, keep, name):
        rows = torch.stack([order(first + step) for order in orders])
        inputs = vision.grey_images(images.train_images[rows])
        if warp != vision.Warp():
            draws = (torch.Generator().manual_seed(s * 1_000_003 + first + step) for s in seeds)
            inputs = torch.stack([warp(part, d) for part, d in zip(inputs, draws, strict=True)])
        for group in optimizer.param_groups:
            group["lr"] = config.lr * _cosine(step, total)
        with train.precision.autocast(config.precision, run.device):
            logits = course.logits(inputs.to(run.device))
        labels = images.train_labels[rows].to(run.device)
        each = losses.cross_entropy_per_copy(logits.float(), labels)
        optimizer.zero_grad()
        each.sum().backward()
        optimizer.step()
        masks.apply(network)
        if step % max(1, total // 20) == 0:
            run.log(first + step, loss=each.detach())
        if step == total - 1:
            run.log(first + step, left=masks.left(), accuracy=course.test_accuracy(images))
    course.steps += total


def _begin(
    config: Config,
    run: Run,
    images: data.Images,
    seeds: tuple[int, ...],
    widths: Sequence[int] | None = None,
    draw: int = 0,
) -> compress.Course:
    """Networks that have learned nothing here: those of the origin, or new ones, one a seed.

    Another ``draw`` of the same seed gives other weights.
    """
    networks: list[torch.nn.Module] = []
    for seed in seeds:
        torch.manual_seed(seed + draw * 1_000_003)
        if run.origin is None:
            networks.append(_network(config, widths or _widths(config), len(images.classes)))
        else:
            networks.append(_of_origin(config, run.origin))
    if config.net == "lenet-300-100":
        network = nn.stack(networks).to(run.device)
    else:
        network = networks[0].to(run.device)
        network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    masks = compress.Masks(network, compress.prunable(networks[0]))
    masks.update({name: network.get_parameter(name) != 0 for name in masks.kept})
    return compress.Course(network, masks, seeds)


def _check(config: Config, run: Run) -> None:
    if config.rewind and config.unit == "neuron":
        raise TiduError(
            "--rewind puts single weights back; got --unit neuron.", "Use it with --unit weight."
        )
    origin = run.origin
    if origin is None:
        return
    for flag in ("rewind", "rivals"):
        if getattr(config, flag):
            raise TiduError(
                f"--{flag} needs to know how the network began, which a trained run does not tell.",
                "Leave out --from: the network is trained here first.",
            )
    name = getattr(origin, "experiment", "?")
    if name not in {"lenet", "pruning"} or not hasattr(origin.config, "net"):
        raise TiduError(
            f"--from must be a run of lenet or pruning; {origin.name} is one of {name}.",
            f"Train one: tidu run lenet --net {config.net}",
        )
    for flag in ("net", "source"):
        ours, theirs = getattr(config, flag), getattr(origin.config, flag)
        if ours != theirs and not (flag == "source" and origin.data is not None):
            raise TiduError(
                f"--{flag} is {ours}, but {origin.name} has {theirs}.",
                f"Give --{flag} {theirs}, or start from another run.",
            )


def _of_origin(config: Config, origin: Run) -> torch.nn.Module:
    widths = _widths(config)
    if getattr(origin, "experiment", "") == "pruning":
        widths = origin.read_json("widths")
    return origin.load_weights(_network(config, widths, len(origin.read_json("classes"))))


def _widths(config: Config) -> list[int]:
    """The neurons of every layer but the last."""
    return [300, 100] if config.net == "lenet-300-100" else [20, 50, 500]


def _widths_of(network: torch.nn.Module) -> list[int]:
    layers = [m for m in network.modules() if isinstance(m, (torch.nn.Linear, torch.nn.Conv2d))]
    return [len(layer.weight) for layer in layers[:-1]]


def _network(config: Config, widths: Sequence[int], classes: int) -> torch.nn.Module:
    if config.net == "lenet-300-100":
        return nn.LeNet300100(classes, hidden=widths)
    return nn.LeNet5(classes, channels=(widths[0], widths[1]), hidden=widths[2:])


def _folder(run: Run) -> Path | None:
    """The images of the user's own: those of this run, else those its origin learned from."""
    return run.data or (run.origin.data if run.origin is not None else None)


def _warp(run: Run) -> vision.Warp:
    """How the origin varied its training images, so that training goes on as it began."""
    told = getattr(run.origin, "config", None)
    if told is None or not hasattr(told, "rotate"):
        return vision.Warp()
    return vision.Warp(told.rotate, told.scale, told.shift, flip=told.flip)


def _cosine(step: int, total: int) -> float:
    rise = min(1.0, (step + 1) / min(WARM_UP, max(1, total // 4)))
    return rise * (1 + math.cos(math.pi * step / total)) / 2


def _metrics(config: Config, course: compress.Course, dense: list[float]) -> dict[str, list[float]]:
    last = course.accuracy[-1]
    metrics = {
        "dense_accuracy": dense,
        "pruned_accuracy": last,
        "accuracy_change": [a - d for a, d in zip(last, dense, strict=True)],
        "weights_left": [course.left[-1]] * len(course.seeds),
    }
    for level, left in TICKETS.items() if config.rewind else ():
        reached = [i for i, part in enumerate(course.left) if part <= left]
        if reached:
            ticket = course.accuracy[reached[0]]
            changes = [a - d for a, d in zip(ticket, dense, strict=True)]
            metrics[f"ticket_change_{level}"] = changes
    return metrics


def _keep(run: Run, dense: torch.nn.Module, pruned: torch.nn.Module) -> None:
    """Save the first seed's network, its widths, and what the pictures need of both."""
    run.save_weights(pruned)
    run.write_json("widths", _widths_of(pruned))
    run.record("dense", step=None, **{name: p.detach() for name, p in dense.named_parameters()})
    # What is measured with a clock differs from run to run, so it is no metric.
    batch = torch.zeros(TIMED, 1, SIZE, SIZE, device=run.device)
    before, after = compress.stored_bytes(dense)["dense"], compress.stored_bytes(pruned)["sparse"]
    seconds = [compress.latency(network, batch) for network in (dense, pruned)]
    run.write_json("size-and-time", {"bytes": [before, after], "seconds": seconds})


def model(config: Config, run: Run) -> torch.nn.Module:
    classes = len(run.read_json("classes"))
    return run.load_weights(_network(config, run.read_json("widths"), classes))


def export_inputs(config: Config, run: Run) -> tuple[torch.Tensor, ...]:
    return runs.two_images(SIZE)


Use = runs.PictureFile


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    classes: list[str] = run.read_json("classes")
    image = data.image_like(options.image, config.source, run.read_json("own-images"), SIZE)
    with torch.inference_mode():
        logits = model(config, run)(image[None, None])[0]
    return vision.ranking(logits, classes)
