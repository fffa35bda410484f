"""Gradient flow: what is left of the gradient behind twenty layers, and three ways to keep it.

    plain        h <- W φ(h) + b                     residual      h <- h + W φ(h) + b
    normalised   h <- W φ(batch norm(h)) + b

A sigmoid passes on at most a quarter of the slope, so behind twenty of them the first layers learn
nothing. Each of three changes cures that by itself: ReLU, a way around each layer, normalisation.
The opposite illness comes from weights that are ``gain`` times too large: the gradient grows with
every layer until the first steps end in numbers that are none, and clipping its norm is enough to
learn all the same.

Before training, the gradient of the first layer is measured at several depths; then the deepest
networks are trained by plain SGD with one learning rate. ``reach`` is the norm of the gradient in
the first layer of those that are alike, over that in the last. A network whose gradient is no
longer finite stays where it is; ``fell_at`` says when. ``--data FOLDER`` takes your own images.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import torch

from tidu import data, losses, nn, optim, runs, train, vision
from tidu.errors import TiduError
from tidu.fields import PositiveFloat, PositiveInt

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    source: Literal["mnist", "fashion-mnist", "mnist-5k"] = "mnist"  # images to learn from
    depths: tuple[PositiveInt, ...] = (2, 5, 10, 15, 20)  # layers; the deepest is trained
    width: PositiveInt = 64  # neurons in each of them
    gain: PositiveFloat = 1.3  # how much too large the weights are that make it explode
    clip: PositiveFloat = 1.0  # norm that the clipped gradient may have
    steps: PositiveInt = 1500  # steps of SGD
    batch: PositiveInt = 128  # images in a step
    lr: PositiveFloat = 0.1  # learning rate at the start; it falls to zero along a cosine


PRESETS = {
    "quick": Config(
        source="mnist-5k", depths=(2, 4, 8), width=32, gain=1.6, steps=80, batch=64, lr=0.2
    ),
    "standard": Config(),
}
PICTURES = "gradient_flow"  # drawn by this file of tidu.views.systems
TAKES = ("data",)
USE_EXAMPLE = "photo.png"
BATCHED_SEEDS = True
THREADS = 1  # products this small are slower on two
SIZE = 28  # height and width of an image
LOOKS = 50  # at the norms during training
MEASURED = 500  # images for the gradient before training


class Arm(NamedTuple):
    """What is different about a network."""

    activation: str = "Sigmoid"  # of torch.nn
    residual: bool = False
    normalised: bool = False
    large: bool = False
    clipped: bool = False


ARMS = {
    "sigmoid": Arm(),
    "relu": Arm("ReLU"),
    "residual": Arm(residual=True),
    "normalised": Arm(normalised=True),
    "exploding": Arm("ReLU", large=True),
    "clipped": Arm("ReLU", large=True, clipped=True),
}


def run(config: Config, run: Run) -> dict[str, list[float]]:
    """Measure and train every seed; return the reach, the accuracies, and when one fell."""
    if len(set(config.depths)) < 2:
        raise TiduError(
            f"--depths must give two depths or more; got {config.depths}.",
            "For example: --depths 2 5 10 20",
        )
    images = data.images_or(config.source, run.data, SIZE, config.batch)
    run.write_json("classes", list(images.classes))
    reach = measure_depths(config, run, images)
    found = {f"reach_{arm}": values for arm, values in reach.items() if not ARMS[arm].large}
    for name, arm in ARMS.items():
        networks, fell_at = train_arm(config, run, images, name)
        found[f"accuracy_{name}"] = accuracies(networks, images)
        if arm.large:
            found[f"fell_at_{name}"] = fell_at.double().tolist()
        if name == "residual":
            run.save_weights(torch.nn.Sequential(torch.nn.Flatten(), nn.unstack(networks, 0)))
    return found


def new_networks(
    config: Config, seeds: tuple[int, ...], name: str, depth: int, classes: int
) -> torch.nn.Module:
    """One untrained network for every seed, side by side; weights as suits the activation."""
    arm = ARMS[name]
    networks: list[torch.nn.Module] = []
    for seed in seeds:
        torch.manual_seed(seed)
        first = torch.nn.Linear(SIZE * SIZE, config.width)
        blocks = [block_of(arm, config.width, config.width, arm.residual) for _ in range(depth)]
        last = block_of(arm, config.width, classes, residual=False)
        network = torch.nn.Sequential(first, *blocks, last)
        is_relu = arm.activation == "ReLU"
        draw = torch.nn.init.kaiming_normal_ if is_relu else torch.nn.init.xavier_normal_
        for layer in network.modules():
            if isinstance(layer, torch.nn.Linear):
                draw(layer.weight).data.mul_(config.gain if arm.large else 1.0)
                torch.nn.init.zeros_(layer.bias)
        networks.append(network)
    return nn.stack(networks)


def block_of(arm: Arm, width: int, outputs: int, residual: bool) -> torch.nn.Module:
    """One layer of the formulas above, from (batch, width) to (batch, outputs)."""
    norm = [nn.BatchNorm1d(width)] if arm.normalised else []
    activation = getattr(torch.nn, arm.activation)()
    layer = torch.nn.Sequential(*norm, activation, torch.nn.Linear(width, outputs))
    return nn.Residual(layer) if residual else layer


def measure_depths(config: Config, run: Run, images: data.Images) -> dict[str, list[float]]:
    """Before training: record the gradient's norm by layer and depth; return the reach."""
    orders = [torch.randperm(len(images.train_labels), generator=g) for g in run.generators(1)]
    rows = torch.stack([order[:MEASURED] for order in orders])
    depths = sorted(set(config.depths))
    reach: dict[str, list[float]] = {}
    for name in ARMS:
        norms: list[Tensor] = []  # for every depth, (layers, seeds)
        for depth in depths:
            networks = new_networks(config, run.seeds, name, depth, len(images.classes))
            loss_of(networks, images, rows).sum().backward()
            norms.append(layer_norms(networks))
        reach[name] = (norms[-1][0] / norms[-1][-1]).tolist()
        firsts = torch.stack([one[0] for one in norms])
        run.record(f"start-{name}", norms=norms[-1], firsts=firsts)
    run.record("depths", depths=torch.tensor(depths))
    return reach


def train_arm(
    config: Config, run: Run, images: data.Images, name: str
) -> tuple[torch.nn.Module, Tensor]:
    """Train the deepest networks; return them and the steps at which they fell, or ``steps``."""
    arm, seeds = ARMS[name], len(run.seeds)
    networks = new_networks(config, run.seeds, name, max(config.depths), len(images.classes))
    optimizer = torch.optim.SGD(networks.parameters(), lr=config.lr)
    orders = [train.Shuffled(len(images.train_labels), config.batch, s) for s in run.seeds]
    rate = optim.schedule.cosine(config.lr, config.steps)
    fell_at = torch.full((seeds,), config.steps)
    every = max(1, config.steps // LOOKS)
    seen = torch.full((-(-config.steps // every), max(config.depths), seeds), math.nan)
    keep = {"networks": networks, "optimizer": optimizer, "fell_at": fell_at, "seen": seen}
    networks.train()
    for step in run.steps(config.steps, keep, name):
        if step % max(1, config.steps // 10) == 0 or step == config.steps - 1:
            run.log(step, **{f"accuracy_{name}": accuracies(networks, images, at_most=2000)})
        if bool((fell_at < step).all()):
            continue
        rows = torch.stack([order(step) for order in orders])
        optimizer.zero_grad()
        loss_of(networks, images, rows).sum().backward()
        if step % every == 0:
            seen[step // every] = layer_norms(networks)
        clip(networks, config.clip if arm.clipped else math.inf, fell_at, step)
        if bool((fell_at <= step).all()):
            continue  # no step: whoever watches sees the last gradient that was a number
        optimizer.param_groups[0]["lr"] = rate(step)
        optimizer.step()
    run.record(f"training-{name}", norms=seen[..., 0], steps=torch.arange(len(seen)) * every)
    return networks, fell_at


def clip(networks: torch.nn.Module, max_norm: float, fell_at: Tensor, step: int) -> None:
    """Clip each network's gradient by its norm; where that is no number, the network stops."""
    gradients = [p.grad for p in networks.parameters() if p.grad is not None]
    squares = [gradient.double().flatten(1).square().sum(1) for gradient in gradients]
    finite = torch.stack(squares).sum(0).isfinite()
    fell_at.copy_(fell_at.where(finite, fell_at.clamp(max=step)))
    for gradient in gradients:
        gradient[fell_at <= step] = 0.0
    if math.isfinite(max_norm):
        nn.clip_grad_norm_per_copy_(networks.parameters(), max_norm)


def loss_of(networks: torch.nn.Module, images: data.Images, rows: Tensor) -> Tensor:
    """The mean cross-entropy of every network on its ``rows`` (seeds, batch)."""
    logits = networks(vision.grey_pixels(images.train_images[rows]))
    return losses.cross_entropy_per_copy(logits, images.train_labels[rows])


def layer_norms(networks: torch.nn.Module) -> Tensor:
    """The gradient's norm in each of the layers that are alike: (layers, seeds)."""
    layers = [layer for layer in networks.modules() if isinstance(layer, nn.StackedLinear)]
    gradients = [layer.weight.grad for layer in layers[1:-1]]
    return torch.stack([g.flatten(1).norm(dim=1) for g in gradients if g is not None])


def accuracies(
    networks: torch.nn.Module, images: data.Images, at_most: int | None = None
) -> list[float]:
    """The share of (the first) test images that each network reads right."""
    pixels, labels = images.test_images[:at_most], images.test_labels[:at_most]
    copies = next(networks.parameters()).shape[0]
    networks.eval()
    with torch.inference_mode():
        said = torch.cat(
            [
                networks(vision.grey_pixels(part).expand(copies, -1, -1)).argmax(-1)
                for part in pixels.split(1000)
            ],
            dim=1,
        )
    networks.train()
    return (said == labels).double().mean(1).tolist()


def model(config: Config, run: Run) -> torch.nn.Module:
    """The first seed's residual network: grey images from 0 to 1 in, a logit a class out."""
    classes = len(run.read_json("classes"))
    networks = new_networks(config, (0,), "residual", max(config.depths), classes)
    return run.load_weights(torch.nn.Sequential(torch.nn.Flatten(), nn.unstack(networks, 0)))


def objective(config: Config, run: Run, examples: int) -> Callable[[torch.nn.Module], Tensor]:
    """The loss on some training images, as a function of a network like :func:`model`."""
    inputs, labels = runs.some_images(run, config.source, SIZE, examples)
    return lambda network: torch.nn.functional.cross_entropy(network(inputs), labels)


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two images."""
    return runs.two_images(SIZE)


Use = runs.PictureFile


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Say which class a picture shows, and how sure the residual network is."""
    return runs.class_of_picture(options, model(config, run), run, config.source, SIZE)
