"""The learning rate: which one to begin with, and how to change it on the way.

A range test proposes a rate: a few networks train for a moment while the rate rises from far too
small to far too large, and the curve of the loss is read (:func:`tidu.optim.proposed_rate`). Then
four schedules, constant, step, cosine, and cosine behind a warm-up, are trained at every peak rate
of a sweep and at the proposed one, all in one computation for each schedule.

A schedule that falls may begin higher than one that does not, so each has a proposal of its own.

``share_of_best`` is the test accuracy at the proposed peak over the best of the whole sweep, both
with the cosine; ``share_of_best_…`` are those of the other schedules. The sweep is read with the
very accuracy it is judged by, so the proposal cannot win by luck. For any other experiment the same
test is ``tidu run EXPERIMENT --lr auto``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch

from tidu import data, losses, nn, optim, runs, train, vision
from tidu.errors import TiduError
from tidu.fields import OpenFraction, PositiveFloat, PositiveInt
from tidu.words import Text

if TYPE_CHECKING:
    from torch import Tensor

    from tidu.optim.schedule import Schedule
    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    source: Literal["fashion-mnist", "mnist", "mnist-5k", "digits"] = "fashion-mnist"  # images
    hidden: tuple[PositiveInt, ...] = (64,)  # widths of the hidden layers
    momentum: OpenFraction = 0.9  # memory of the gradient
    epochs: PositiveInt = 3  # passes over the training images
    batch: PositiveInt = 128  # images in a step
    rates: tuple[PositiveFloat, ...] = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)  # the sweep
    falls: PositiveInt = 3  # stairs of the step schedule, each a third as high as the one before
    warmup: OpenFraction = 0.1  # share of the steps in which the rate rises, with a warm-up
    test_steps: PositiveInt = 200  # steps of the range test
    lowest: PositiveFloat = 1e-5  # its first rate
    highest: PositiveFloat = 10.0  # its last rate


PRESETS = {
    "quick": Config(
        source="digits", hidden=(32,), epochs=10, batch=64, rates=(0.03, 0.1, 0.3, 1.0)
    ),
    "standard": Config(),
    "plain": Config(momentum=0.0, rates=(0.01, 0.03, 0.1, 0.3, 1.0, 3.0)),
}
PICTURES = "lr_schedule"  # drawn by this file of tidu.views.systems
USE_EXAMPLE = "photo.png"
BATCHED_SEEDS = True
THREADS = 1
SCHEDULES = ("constant", "step", "cosine", "warmup")
TESTS = 3  # range tests of every seed; their mean curve counts
BLOCKS = 40  # points of a loss curve, each a mean over some steps


def run(config: Config, run: Run) -> dict[str, list[float]]:
    """Propose, sweep, compare; return rates and accuracies, one list per seed."""
    images = data.images_or(config.source, None, batch=config.batch)
    run.write_json("classes", list(images.classes))
    steps = config.epochs * (len(images.train_labels) // config.batch)
    if steps < BLOCKS:
        raise TiduError(f"{steps} steps are too few.", "Give more --epochs, or a smaller --batch.")
    rates, tests = range_tests(config, run, images)
    found: dict[str, list[float]] = {}
    remarks: list[Text] = []
    curves: list[Tensor] = []
    read: list[Tensor] = []
    shapes: list[list[float]] = []
    sweeps: list[Tensor] = []
    for name in SCHEDULES:
        shape = schedule_of(config, name, steps)
        shapes.append([shape(step) for step in range(steps)])
        height = sum(shapes[-1]) / steps
        chosen = propose(config, rates, tests, height)
        peaks = torch.cat(
            [torch.tensor([config.rates] * len(chosen)), chosen[:, None]], 1
        )  # (seeds, rates)
        sweeps.append(peaks[0])
        network, history = train_all(config, run, images, name, peaks, steps)
        alone = [nn.unstack(network, copy) for copy in range(peaks.numel())]
        unseen = images.test_images, images.test_labels
        right = torch.stack([runs.share_right(one, *unseen) for one in alone]).view_as(peaks)
        best = right[:, :-1].max(1)
        if name == "cosine":
            last = alone[peaks.shape[1] - 1]  # the first seed's at its proposed peak
            run.save_weights(torch.nn.Sequential(torch.nn.Flatten(), last))
            each = torch.tensor(
                [optim.proposed_rate(rates, one, height) or torch.nan for one in tests[0]]
            )
            run.record("range-test", rates=rates, losses=tests[0], proposals=each)
        suffix = "" if name == "cosine" else f"_{name}"
        found |= {
            f"proposed_rate{suffix}": chosen.tolist(),
            f"share_of_best{suffix}": (right[:, -1] / best.values).tolist(),
            f"accuracy_{name}": right[:, -1].tolist(),
            f"best_accuracy_{name}": best.values.tolist(),
            f"best_rate_{name}": [config.rates[int(i)] for i in best.indices],
        }
        peak = Text(f"学习率的峰值（{name}）", f"peak of the learning rate, {name}")
        remarks += runs.edge_remarks(peak, config.rates, found[f"best_rate_{name}"])
        curves.append(torch.stack([p.mean(0) for p in history[:, 0, -1].tensor_split(BLOCKS)]))
        read.append(right[0])
    run.remark(*remarks)
    peaks = torch.stack(sweeps)
    run.record(
        "schedules",
        rates=torch.tensor(shapes) * peaks[:, -1:],
        losses=torch.stack(curves),
        accuracy=torch.stack(read),
        peaks=peaks,
    )
    return found


def range_tests(config: Config, run: Run, images: data.Images) -> tuple[Tensor, Tensor]:
    """The rising rates (steps,), and the losses of a few tests of every seed, side by side.

    The losses are (seeds, tests, steps).
    """
    seeds = [seed * TESTS + number for seed in run.seeds for number in range(TESTS)]
    network = nn.stack([runs.pixel_mlp(config.hidden, images, seed) for seed in seeds])
    optimizer = optim.Momentum(network.parameters(), lr=0.0, momentum=config.momentum)
    orders = [train.Shuffled(len(images.train_labels), config.batch, seed) for seed in seeds]
    rate = optim.schedule.exponential(config.lowest, config.highest, config.test_steps - 1)
    history = torch.full((config.test_steps, len(seeds)), torch.nan)
    keep = {**weights_of(network), "optimizer": optimizer, "losses": history}
    for step in run.steps(config.test_steps, keep=keep, name="range-test"):
        optimizer.param_groups[0]["lr"] = rate(step)
        rows = torch.stack([order(step) for order in orders])
        history[step] = take_step(network, optimizer, images, rows)
    rates = torch.tensor([rate(step) for step in range(config.test_steps)])
    return rates, history.T.view(len(run.seeds), TESTS, -1)


def propose(config: Config, rates: Tensor, tests: Tensor, height: float) -> Tensor:
    """What each seed's tests propose for a schedule of this mean height: (seeds,)."""
    each = [optim.proposed_rate(rates, curves, height) for curves in tests]
    found = [one for one in each if one is not None]
    if len(found) < len(each):
        raise TiduError(
            f"The loss did not fall at any rate from {config.lowest:g} to {config.highest:g}.",
            "Give another --lowest or --highest, or more --test-steps.",
        )
    return torch.tensor(found)


def train_all(
    config: Config, run: Run, images: data.Images, name: str, peaks: Tensor, steps: int
) -> tuple[torch.nn.Module, Tensor]:
    """One schedule at every peak; networks, copies by (seed, rate), and losses of that shape."""
    rates = peaks.shape[1]
    singles = [runs.pixel_mlp(config.hidden, images, seed) for seed in run.seeds]
    network = nn.stack([single for single in singles for _ in range(rates)])
    optimizer = optim.Momentum(network.parameters(), lr=0.0, momentum=config.momentum)
    orders = [train.Shuffled(len(images.train_labels), config.batch, seed) for seed in run.seeds]
    shape = schedule_of(config, name, steps)
    history = torch.full((steps, *peaks.shape), torch.nan)
    keep = {**weights_of(network), "optimizer": optimizer, "losses": history}
    for step in run.steps(steps, keep=keep, name=name):
        optimizer.param_groups[0]["lr"] = peaks.flatten() * shape(step)
        rows = torch.stack([order(step) for order in orders]).repeat_interleave(rates, dim=0)
        history[step] = take_step(network, optimizer, images, rows).view_as(peaks)
        if step % max(1, steps // 40) == 0:
            run.log(step, **{f"{name}_lowest_loss": history[step].nan_to_num(1e9).amin(1)})
    return network, history


def schedule_of(config: Config, name: str, steps: int) -> Schedule:
    """The schedule with a peak of 1."""
    match name:
        case "constant":
            return optim.schedule.constant(1.0)
        case "step":
            return optim.schedule.step_decay(1.0, -(-steps // config.falls), factor=1 / 3)
        case "cosine":
            return optim.schedule.cosine(1.0, steps)
        case _:
            return optim.schedule.warmup_cosine(1.0, steps, round(config.warmup * steps))


def take_step(
    network: torch.nn.Module, optimizer: torch.optim.Optimizer, images: data.Images, rows: Tensor
) -> Tensor:
    """One step of every copy on its own rows; their losses."""
    labels = images.train_labels[rows]
    logits = network(vision.grey_pixels(images.train_images[rows]))
    each = losses.cross_entropy_per_copy(logits, labels)
    optimizer.zero_grad()
    each.sum().backward()
    optimizer.step()
    return each.detach()


def weights_of(network: torch.nn.Module) -> dict[str, Tensor]:
    """Weights as plain tensors: they may overflow at the largest rates, which is no mistake."""
    return {name: parameter.detach() for name, parameter in network.named_parameters()}


def model(config: Config, run: Run) -> torch.nn.Module:
    """The first seed's network at the proposed peak: grey images from 0 to 1 in, logits out."""
    return runs.trained_pixel_mlp(config.hidden, config.source, run)


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two images."""
    return runs.two_images(runs.side_of(config.source))


Use = runs.PictureFile


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Say which class a picture shows, and how sure the network is."""
    side = runs.side_of(config.source)
    return runs.class_of_picture(options, model(config, run), run, config.source, side)
