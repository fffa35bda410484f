"""Batch normalisation: how many steps it saves a deep network of sigmoids on the way to reading.

The same network is trained with it and without it until it reads ``reach`` of the validation
images right, and the steps are counted. What suits one may not suit the other, so each is trained
at every learning rate of a grid, all in one computation, and only its quickest rate counts. Steps
are counted where accuracy is looked at, at first every ten steps and then 4 % further each time.

``speedup`` is steps without over steps with. Where the network without never arrives within the
budget, the budget stands in, and the true speed-up is larger. Part of the training images is kept
for validation; the test images have no say. ``--data FOLDER`` learns images of your own.

A race ends when each seed has arrived at one rate. ``--every-rate`` goes on until all rates have,
or the budget is spent: ``usable_…`` is at how many of the rates it arrived, ``steps_…_at_…`` how
soon at each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch

from tidu import data, losses, nn, runs, train, vision
from tidu.errors import TiduError
from tidu.fields import OpenFraction, PositiveFloat, PositiveInt
from tidu.words import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    source: Literal["mnist", "fashion-mnist", "mnist-5k"] = "mnist"  # images to learn from
    depth: PositiveInt = 5  # hidden layers
    width: PositiveInt = 64  # neurons in each of them
    activation: Literal["sigmoid", "tanh", "relu"] = "sigmoid"  # the nonlinearity between layers
    rates: tuple[PositiveFloat, ...] = (0.1, 0.3, 1.0, 3.0, 10.0)  # learning rates tried of SGD
    reach: OpenFraction = 0.9  # share of the validation images to read right
    budget: PositiveInt = 20_000  # most steps of either
    batch: PositiveInt = 64  # images in a step
    validation: PositiveInt = 1000  # training images kept to look at the accuracy
    every_rate: bool = False  # go on until the network has arrived at every rate, not only at one


PRESETS = {
    "quick": Config(
        source="mnist-5k", depth=4, width=32, rates=(0.3, 1.0, 3.0), reach=0.8, validation=400
    ),
    "standard": Config(),
}
PICTURES = "batch_norm"  # drawn by this file of tidu.views.systems
TAKES = ("data",)
USE_EXAMPLE = "photo.png"
BATCHED_SEEDS = True
THREADS = 1  # products this small are slower on two
SIZE = 28  # height and width of an image
ARMS = {"with": True, "without": False}
ACTIVATIONS = {"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "ReLU"}  # of torch.nn
SHARES = (0.15, 0.5, 0.85)  # the quantiles that Ioffe & Szegedy draw


def run(config: Config, run: Run) -> dict[str, list[float]]:
    """Count each arm's steps at its best rate; return them, their ratio, and the test accuracy."""
    images = data.images_or(config.source, run.data, SIZE, config.batch)
    run.write_json("classes", list(images.classes))
    learned, kept = split_rows(config, run, len(images.train_labels))
    found: dict[str, list[float]] = {}
    remarks: list[Text] = []
    for arm in ARMS:
        network, reached = train_arm(config, run, images, arm, learned, kept)
        steps, best = reached.min(1)
        chosen = [i * len(config.rates) + int(rate) for i, rate in enumerate(best)]
        alone = [nn.unstack(network, copy) for copy in chosen]
        if arm == "with":
            run.save_weights(torch.nn.Sequential(torch.nn.Flatten(), alone[0]))
        found |= {
            f"steps_{arm}": steps.clamp(max=config.budget).double().tolist(),
            f"arrived_{arm}": (steps <= config.budget).double().tolist(),
            f"rate_{arm}": [config.rates[int(rate)] for rate in best],
            f"accuracy_{arm}": [
                float(runs.share_right(one.eval(), images.test_images, images.test_labels))
                for one in alone
            ],
        }
        if config.every_rate:
            found[f"usable_{arm}"] = (reached <= config.budget).double().sum(1).tolist()
            for rate, there in zip(config.rates, reached.clamp(max=config.budget).mT, strict=True):
                found[f"steps_{arm}_at_{rate:g}"] = there.double().tolist()
        name = Text(f"{arm} 的学习率", f"learning rate, {arm}")
        remarks += runs.edge_remarks(name, config.rates, found[f"rate_{arm}"])
    run.remark(*remarks)
    both = zip(found["steps_with"], found["steps_without"], strict=True)
    return {"speedup": [without / own for own, without in both], **found}


def train_arm(
    config: Config, run: Run, images: data.Images, arm: str, learned: Tensor, kept: Tensor
) -> tuple[torch.nn.Module, Tensor]:
    """Train every seed at every rate until each seed has arrived at one of them.

    Returns the networks, one copy for every (seed, rate), and the step at which each arrived, more
    than the budget where it did not: (seeds, rates).
    """
    seeds, rates = len(run.seeds), len(config.rates)
    singles = [new_network(config, arm, seed, len(images.classes)) for seed in run.seeds]
    network = nn.stack([single for single in singles for _ in config.rates])
    rate = torch.tensor(config.rates).repeat(seeds)
    optimizer = torch.optim.SGD(network.parameters(), lr=1.0, fused=True)
    orders = [train.Shuffled(learned.shape[1], config.batch, seed) for seed in run.seeds]
    looks = look_steps(config.budget)
    reached = torch.full((seeds, rates), config.budget + 1)
    curves = torch.full((len(looks), seeds, rates), torch.nan)
    said = torch.full((len(looks), rates, len(SHARES)), torch.nan)
    # Weights as plain tensors: at too large a rate they may overflow, which is no mistake here.
    keep = {**network.state_dict(), "optimizer": optimizer}
    keep |= {"reached": reached, "curves": curves, "said": said}

    loop = run.steps(config.budget, keep, arm)
    network.train()
    for step in loop:
        rows = torch.stack([own[order(step)] for own, order in zip(learned, orders, strict=True)])
        rows = rows.repeat_interleave(rates, dim=0)
        logits = network(vision.grey_pixels(images.train_images[rows]))
        # A loss multiplied by its rate moves its copy as far as SGD with that rate.
        (rate * losses.cross_entropy_per_copy(logits, images.train_labels[rows])).sum().backward()
        optimizer.step()
        optimizer.zero_grad()
        if step + 1 in looks:
            look = looks[step + 1]
            right, said[look] = examine(network, images, kept, rates)
            curves[look] = right.view(seeds, rates)
            now = torch.full_like(reached, step + 1)
            reached.copy_(torch.minimum(reached, now.where(curves[look] >= config.reach, reached)))
            run.log(step + 1, **{f"accuracy_{arm}": curves[look].amax(1)})
            there = reached <= config.budget
            if bool((there.all(1) if config.every_rate else there.any(1)).all()):
                loop.stop()
    run.record(f"curves-{arm}", steps=torch.tensor(list(looks)), accuracy=curves[:, 0], said=said)
    return network, reached


def split_rows(config: Config, run: Run, rows: int) -> tuple[Tensor, Tensor]:
    """Of every seed, the rows to learn from and those to look at: (seeds, rows)."""
    if rows - config.validation < config.batch:
        raise TiduError(
            f"--validation {config.validation} leaves {rows - config.validation} of the {rows} "
            f"training images to learn from; --batch needs {config.batch}.",
            "Give a smaller --validation or --batch, or bring more images.",
        )
    orders = torch.stack([torch.randperm(rows, generator=g) for g in run.generators()])
    return orders[:, config.validation :], orders[:, : config.validation]


def new_network(config: Config, arm: str, seed: int, classes: int) -> torch.nn.Module:
    """An untrained network whose weights depend on the seed alone, drawn as Glorot & Bengio do."""
    torch.manual_seed(seed)

    def activation() -> torch.nn.Module:
        squash = getattr(torch.nn, ACTIVATIONS[config.activation])()
        return torch.nn.Sequential(nn.BatchNorm1d(config.width), squash) if ARMS[arm] else squash

    network = nn.MLP((SIZE * SIZE, *[config.width] * config.depth, classes), activation)
    for layer in network.modules():
        if isinstance(layer, torch.nn.Linear):
            torch.nn.init.xavier_normal_(layer.weight)
            torch.nn.init.zeros_(layer.bias)
    return network


def look_steps(budget: int) -> dict[int, int]:
    """The steps behind which accuracy is looked at, numbered: 10 apart, then 4 % apart."""
    steps = [10]
    while steps[-1] < budget:
        steps.append(max(steps[-1] + 10, round(1.04 * steps[-1])))
    return {min(step, budget): number for number, step in enumerate(steps)}


def examine(
    network: torch.nn.Module, images: data.Images, kept: Tensor, rates: int
) -> tuple[Tensor, Tensor]:
    """Accuracy of every copy, and what the last hidden layer's first neuron says (first seed)."""
    network.eval()
    rows = kept.repeat_interleave(rates, dim=0)
    assert isinstance(network, nn.MLP)
    with torch.no_grad():
        *_, hidden, logits = network.stages(vision.grey_pixels(images.train_images[rows]))
    network.train()
    right = (logits.argmax(-1) == images.train_labels[rows]).float().mean(1)
    return right, hidden[:rates, :, 0].quantile(torch.tensor(SHARES), dim=1).mT


def model(config: Config, run: Run) -> torch.nn.Module:
    """The first seed's normalised network: grey images from 0 to 1 in, a logit a class out."""
    network = new_network(config, "with", 0, len(run.read_json("classes")))
    return run.load_weights(torch.nn.Sequential(torch.nn.Flatten(), network))


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
