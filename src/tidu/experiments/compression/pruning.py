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
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import torch

from tidu import compress, data, nn, runs, train, vision
from tidu.errors import TiduError
from tidu.fields import NonNegativeFloat, OpenFraction, PositiveFloat, PositiveInt

if TYPE_CHECKING:
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
WARM_UP = 100  # steps in which the learning rate of a loop rises
TICKETS = {"21": 0.215, "3_6": 0.0365}  # fractions left at which a ticket is judged


@dataclass
class Course:
    """What is known of a network, or of several in one, on its way through the rounds."""

    network: torch.nn.Module
    masks: compress.Masks
    copies: int
    steps: int = 0  # taken so far, over all loops
    before: list[list[float]] = field(default_factory=list[list[float]])
    accuracy: list[list[float]] = field(default_factory=list[list[float]])
    left: list[float] = field(default_factory=list[float])


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
        left=rounds[0]["left"],
        dense=torch.cat([r["dense"] for r in rounds]),
        before=torch.cat([r["before"] for r in rounds], 1),
        accuracy=torch.cat([r["accuracy"] for r in rounds], 1),
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
        _train(config, run, images, seeds, course, config.epochs, prefix + "train")
    dense = _accuracy(course, images)
    first = copy.deepcopy(compress.single(course.network))
    start = course.masks.left()
    for turn in range(1, config.rounds + 1):
        _cut(config, course, start * (1 - config.per_round) ** turn)
        if config.rewind:
            course.network.load_state_dict(initial)
            course.masks.apply(course.network)
        course.before.append(_accuracy(course, images))
        name = f"{prefix}round-{turn:02d}"
        _train(config, run, images, seeds, course, config.round_epochs, name)
        course.accuracy.append(_accuracy(course, images))
        course.left.append(_weights(compress.single(course.network)) / _weights(first))
    if seeds[0] == run.seeds[0]:
        _keep(config, run, first, compress.single(course.network))
    recorded = {
        "left": torch.tensor(course.left),
        "dense": torch.tensor(dense),
        "before": torch.tensor(course.before),
        "accuracy": torch.tensor(course.accuracy),
    }
    compression = _parameters_left(first) / _parameters_left(compress.single(course.network))
    return _metrics(config, course, dense, compression), recorded


def _train(
    config: Config,
    run: Run,
    images: data.Images,
    seeds: tuple[int, ...],
    course: Course,
    epochs: int,
    name: str,
) -> None:
    """One loop: train what is left, with zeros held at zero behind every step."""
    network, masks, first = course.network, course.masks, course.steps
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
            logits = _logits(course, inputs.to(run.device))
        # The sum over the networks: each one's gradient is that of its own mean.
        losses = torch.nn.functional.cross_entropy(
            logits.float().flatten(0, 1),
            images.train_labels[rows].flatten().to(run.device),
            reduction="none",
        )
        each = losses.view(len(seeds), -1).mean(1)
        optimizer.zero_grad()
        each.sum().backward()
        optimizer.step()
        masks.apply(network)
        if step % max(1, total // 20) == 0:
            run.log(first + step, loss=each.detach())
        if step == total - 1:
            run.log(first + step, left=masks.left(), accuracy=_accuracy(course, images))
    course.steps += total


def _cut(config: Config, course: Course, left: float) -> None:
    """Keep the largest weights, ``left`` of them all, or remove neurons, in each copy alone."""
    if config.unit == "weight":
        compress.cut_weights(course.network, course.masks, left, config.scope)
        return
    example = torch.rand(2, 1, SIZE, SIZE, generator=torch.Generator().manual_seed(0))
    example = example.to(next(course.network.parameters()).device)
    course.network = compress.without_weakest_neurons(course.network, config.per_round, example)
    course.masks = compress.Masks(course.network, course.masks.kept)


def _begin(config: Config, run: Run, images: data.Images, seeds: tuple[int, ...]) -> Course:
    """The networks to prune: those of the origin, or new ones, each drawn from its own seed."""
    networks: list[torch.nn.Module] = []
    for seed in seeds:
        torch.manual_seed(seed)
        if run.origin is None:
            networks.append(_network(config, _widths(config), len(images.classes)))
        else:
            networks.append(_of_origin(config, run.origin))
    if config.net == "lenet-300-100":
        network = nn.stack(networks).to(run.device)
    else:
        network = networks[0].to(run.device)
        network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    masks = compress.Masks(network, compress.prunable(networks[0]))
    masks.update({name: network.get_parameter(name) != 0 for name in masks.kept})
    return Course(network, masks, len(seeds))


def _check(config: Config, run: Run) -> None:
    if config.rewind and config.unit == "neuron":
        raise TiduError(
            "--rewind puts single weights back; got --unit neuron.", "Use it with --unit weight."
        )
    origin = run.origin
    if origin is None:
        return
    if config.rewind:
        raise TiduError(
            "--rewind needs the values the weights began with, which a trained run lacks.",
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


def _network(config: Config, widths: list[int], classes: int) -> torch.nn.Module:
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


def _logits(course: Course, inputs: torch.Tensor) -> torch.Tensor:
    """Logits (copies, batch, classes) of inputs (copies, batch, 1, height, width)."""
    if compress.copies_in(course.network) is not None:
        return course.network(inputs)
    return course.network(inputs[0]).unsqueeze(0)


def _accuracy(course: Course, images: data.Images) -> list[float]:
    """The test accuracy of each copy, in float32."""
    device = next(course.network.parameters()).device
    right = torch.zeros(course.copies, dtype=torch.long)
    with torch.inference_mode():
        parts = zip(images.test_images.split(1000), images.test_labels.split(1000), strict=True)
        for part, labels in parts:
            inputs = vision.grey_images(part).to(device).expand(course.copies, -1, -1, -1, -1)
            right += (_logits(course, inputs).argmax(-1).cpu() == labels).sum(1)
    return (right.double() / len(images.test_labels)).tolist()


def _weights(network: torch.nn.Module) -> int:
    return compress.count_weights_left(network)[0]


def _parameters_left(network: torch.nn.Module) -> int:
    """Weights that are not zero, and all biases."""
    nonzero, weights = compress.count_weights_left(network)
    return compress.count_parameters(network) - weights + nonzero


def _metrics(
    config: Config, course: Course, dense: list[float], compression: float
) -> dict[str, list[float]]:
    last, copies = course.accuracy[-1], course.copies
    metrics = {
        "dense_accuracy": dense,
        "pruned_accuracy": last,
        "accuracy_change": [a - d for a, d in zip(last, dense, strict=True)],
        "weights_left": [course.left[-1]] * copies,
        "compression": [compression] * copies,
    }
    for level, left in TICKETS.items() if config.rewind else ():
        reached = [i for i, part in enumerate(course.left) if part <= left]
        if reached:
            ticket = course.accuracy[reached[0]]
            changes = [a - d for a, d in zip(ticket, dense, strict=True)]
            metrics[f"ticket_change_{level}"] = changes
    return metrics


def _keep(config: Config, run: Run, dense: torch.nn.Module, pruned: torch.nn.Module) -> None:
    """Save the first seed's network, its widths, and what the pictures need of both."""
    run.save_weights(pruned)
    layers = [m for m in pruned.modules() if isinstance(m, (torch.nn.Linear, torch.nn.Conv2d))]
    run.write_json("widths", [len(layer.weight) for layer in layers[:-1]])
    run.record("dense", step=None, **{name: p.detach() for name, p in dense.named_parameters()})
    # What is measured with a clock differs from run to run, so it is no metric.
    batch = torch.zeros(256, 1, SIZE, SIZE, device=run.device)
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
