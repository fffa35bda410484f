"""Ensemble: several nets that differ only in their beginnings read better together than alone.

Equal nets start from other weights, see the images in another order and so err in other places.
Their answers are put together in two ways: the mean of the probabilities, and a vote. How much is
gained by asking 2, 3, ... of them is measured over many groups drawn from all members, and how
often two of them disagree, on images they read rightly or not.

All members of all seeds train in one computation (:mod:`tidu.nn.stacked`). No test image has a
say in the training. ``--data FOLDER`` learns images of your own, one subfolder for each class.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch

from tidu import data, losses, metrics, nn, runs, train, vision
from tidu.errors import TiduError
from tidu.fields import NonNegativeFloat, PositiveFloat, PositiveInt

if TYPE_CHECKING:
    from torch import Tensor

    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    source: Literal["mnist", "fashion-mnist", "mnist-5k"] = "mnist"  # images to learn from
    members: PositiveInt = 8  # nets of an ensemble, at least 2
    hidden: tuple[PositiveInt, ...] = (100,)  # widths of a member's hidden layers
    epochs: PositiveInt = 12  # passes over the training images
    batch: PositiveInt = 128  # images in a step
    lr: PositiveFloat = 0.003  # learning rate of AdamW at the start; it falls along a cosine
    weight_decay: NonNegativeFloat = 0.01  # pull of all weights towards zero


PRESETS = {
    "quick": Config(source="mnist-5k", members=5, hidden=(32,), epochs=6, batch=64),
    "standard": Config(),
    "fashion": Config(source="fashion-mnist", hidden=(200,)),
}
PICTURES = "ensemble"  # drawn by this file of tidu.views.systems
TAKES = ("data",)
USE_EXAMPLE = "photo.png"
BATCHED_SEEDS = True
SIZE = 28  # height and width of an image
APART = 1000  # between the members of two seeds there is room for so many
GROUPS = 20  # groups of every size that are asked
MISTAKES = 20  # images kept that the members quarrel about


def run(config: Config, run: Run) -> dict[str, list[float]]:
    """Train every member of every seed; return their accuracy alone and together."""
    check(config)
    images = data.images_or(config.source, run.data, SIZE, config.batch)
    run.write_json("classes", list(images.classes))
    # Each member has a seed of its own: for its weights and for the order of the images.
    seeds = [seed * APART + member for seed in run.seeds for member in range(config.members)]
    members: list[torch.nn.Module] = []
    for seed in seeds:
        torch.manual_seed(seed)
        members.append(nn.LeNet300100(len(images.classes), size=SIZE, hidden=config.hidden))
    model = nn.stack(members)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=config.lr, weight_decay=config.weight_decay, fused=True
    )
    orders = [train.Shuffled(len(images.train_labels), config.batch, seed) for seed in seeds]
    steps = config.epochs * orders[0].per_epoch

    for step in run.steps(steps, keep={"model": model, "optimizer": optimizer}):
        rows = torch.stack([order(step) for order in orders])
        for group in optimizer.param_groups:
            group["lr"] = config.lr * 0.5 * (1 + math.cos(math.pi * step / steps))
        loss = losses.cross_entropy_per_copy(
            model(vision.grey_images(images.train_images[rows])), images.train_labels[rows]
        )
        optimizer.zero_grad()
        loss.sum().backward()
        optimizer.step()
        if (step + 1) % orders[0].per_epoch == 0:
            logits = answers(model, images.test_images, len(seeds)).unflatten(
                0, (-1, config.members)
            )
            run.log(
                step,
                loss=loss.detach().view(len(run.seeds), -1).mean(1),
                member_accuracy=[alone(own, images.test_labels).mean() for own in logits],
                mean_accuracy=[together(own, images.test_labels)["mean"] for own in logits],
            )

    logits = answers(model, images.test_images, len(seeds)).unflatten(0, (-1, config.members))
    run.save_weights(nn.Ensemble(nn.unstack(model, place) for place in range(config.members)))
    record(config, run, logits[0], images)
    return measured(logits, images.test_labels)


def check(config: Config) -> None:
    """One member is no ensemble."""
    if config.members < 2:
        raise TiduError(
            f"--members must be at least 2; got {config.members}.",
            "One net has nobody to ask; leave --members out for the preset's number.",
        )


def answers(model: torch.nn.Module, images: Tensor, copies: int) -> Tensor:
    """The logits of every member for the same images, a thousand at a time."""
    with torch.inference_mode():
        parts = [
            model(vision.grey_images(part).expand(copies, -1, -1, -1, -1))
            for part in images.split(1000)
        ]
        return torch.cat(parts, 1)


def alone(logits: Tensor, labels: Tensor) -> Tensor:
    """The accuracy of each member (members, images, classes) by itself."""
    return (logits.argmax(-1) == labels).double().mean(1)


def together(logits: Tensor, labels: Tensor) -> dict[str, float]:
    """The accuracy of the members' mean, and that of their vote."""
    said = {"mean": nn.mean_answer(logits).argmax(-1), "vote": nn.majority_vote(logits)}
    return {name: float((answer == labels).double().mean()) for name, answer in said.items()}


def measured(logits: Tensor, labels: Tensor) -> dict[str, list[float]]:
    """The metrics of every seed, from (seeds, members, images, classes)."""
    found: dict[str, list[float]] = {}
    for own in logits:
        members, both = alone(own, labels), together(own, labels)
        values = {
            "member_accuracy": float(members.mean()),
            "best_member": float(members.max()),
            "mean_accuracy": both["mean"],
            "vote_accuracy": both["vote"],
            "mean_gain": both["mean"] - float(members.mean()),
            "vote_gain": both["vote"] - float(members.mean()),
            "disagreement": float(metrics.disagreement(own.argmax(-1))),
        }
        for name, value in values.items():
            found.setdefault(name, []).append(value)
    return found


def groups_of(size: int, members: int, generator: torch.Generator) -> list[Tensor]:
    """Groups of ``size`` different members: each once for one, all for all, else drawn."""
    if size == 1:
        return list(torch.arange(members).unsqueeze(1))
    if size == members:
        return [torch.arange(members)]
    return [torch.randperm(members, generator=generator)[:size] for _ in range(GROUPS)]


def record(config: Config, run: Run, logits: Tensor, images: data.Images) -> None:
    """Keep what the pictures show, of the first seed."""
    labels, generator = images.test_labels, run.generator(2)
    rows: list[list[float]] = []
    for size in range(1, config.members + 1):
        for group in groups_of(size, config.members, generator):
            both = together(logits[group], labels)
            rows.append([float(size), both["mean"], both["vote"]])
    said = logits.argmax(-1)
    pairs = (said.unsqueeze(0) != said.unsqueeze(1)).double().mean(-1)
    counts = torch.nn.functional.one_hot(said, len(images.classes)).sum(0)
    quarrel = counts.amax(1).argsort(stable=True)[:MISTAKES]  # the fewest votes for the first
    run.record("groups", accuracy=torch.tensor(rows).double())
    run.record("pairs", disagreement=pairs, alone=alone(logits, labels))
    run.record(
        "quarrel",
        images=images.test_images[quarrel],
        labels=labels[quarrel],
        votes=counts[quarrel],
        mean=nn.mean_answer(logits).argmax(-1)[quarrel],
    )


def model(config: Config, run: Run) -> torch.nn.Module:
    """The first seed's members as one: images in, the logarithm of their mean answer out."""
    classes = len(run.read_json("classes"))
    return run.load_weights(
        nn.Ensemble(
            nn.LeNet300100(classes, size=SIZE, hidden=config.hidden) for _ in range(config.members)
        )
    )


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two images."""
    return runs.two_images(SIZE)


Use = runs.PictureFile


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Say which class a picture shows, how sure the members are together, and how they vote."""
    image = data.image_like(options.image, config.source, run.data is not None, SIZE)
    classes: list[str] = run.read_json("classes")
    ensemble = model(config, run)
    assert isinstance(ensemble, nn.Ensemble)
    with torch.inference_mode():
        each = torch.stack([member(image[None, None]) for member in ensemble.members])[:, 0]
    votes = [classes[place] for place in each.argmax(-1).tolist()]
    return vision.ranking(nn.mean_answer(each), classes) | {"votes": votes}
