"""Activations: seven bends between two layers, and where their slope lets nothing through.

    hidden = φ(W · input + b)        φ = step, sigmoid, tanh, ReLU, leaky ReLU, GELU, softplus

Each function and its slope are compared with PyTorch's in float64, from tiny numbers to those where
an exponential overflows. Then seven equal networks, one for each, learn to read digits with the
same steps. A unit is saturated for an image where the slope of its activation is below ``flat``
times the largest it can have: there hardly any gradient comes through. How many are is measured
on test images before and after training. ``--data FOLDER`` takes images of your own.

All seeds train in one computation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch

from tidu import data, losses, nn, runs, train, vision
from tidu.fields import OpenFraction, PositiveFloat, PositiveInt

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    source: Literal["mnist", "fashion-mnist", "mnist-5k"] = "mnist"  # images to learn from
    hidden: tuple[PositiveInt, ...] = (64, 64, 64)  # widths of the hidden layers
    steps: PositiveInt = 1500  # steps of Adam
    batch: PositiveInt = 128  # images in a step
    lr: PositiveFloat = 0.002  # learning rate
    flat: OpenFraction = 0.05  # saturated is where the slope is below this share of the largest


PRESETS = {
    "quick": Config(source="mnist-5k", hidden=(32, 32), steps=100, batch=64, lr=0.005),
    "standard": Config(),
}
PICTURES = "activation"  # drawn by this file of tidu.views.systems
TAKES = ("data",)
USE_EXAMPLE = "photo.png"
BATCHED_SEEDS = True
THREADS = 1  # products this small are slower on two
SIZE = 28  # height and width of an image
NAMES = ("step", "sigmoid", "tanh", "relu", "leaky-relu", "gelu", "softplus")
SAVED = "gelu"  # the activation whose network is kept
LOOKED_AT = 1000  # test images in which saturation is counted


def run(config: Config, run: Run) -> dict[str, list[float]]:
    """Compare with PyTorch, train; return gaps, accuracies and how much is saturated."""
    images = data.images_or(config.source, run.data, SIZE, config.batch)
    run.write_json("classes", list(images.classes))
    gaps = [record_curve(run, name) for name in NAMES]
    found: dict[str, list[float]] = {
        "value_gap": [max(value for value, _ in gaps)] * len(run.seeds),
        "slope_gap": [max(slope for _, slope in gaps)] * len(run.seeds),
    }
    pixels = vision.grey_pixels(images.test_images)
    for name in NAMES:
        networks = nn.stack(
            [new_network(config, name, seed, len(images.classes)) for seed in run.seeds]
        )
        before, _ = saturation(config, networks, pixels[:LOOKED_AT], name)
        train_networks(config, run, networks, images, name)
        after, inputs = saturation(config, networks, pixels[:LOOKED_AT], name)
        run.record(f"inputs-{name}", before=before, after=after, inputs=inputs)
        found[f"accuracy_{name}"] = runs.share_right(
            networks, images.test_images, images.test_labels
        ).tolist()
        found[f"saturated_{name}"] = after.mean(0).tolist()
        if name == SAVED:
            run.save_weights(torch.nn.Sequential(torch.nn.Flatten(), nn.unstack(networks, 0)))
    return found


def record_curve(run: Run, name: str) -> tuple[float, float]:
    """Keep the curve and its slope for the picture; return how far both are from PyTorch's."""
    near = torch.linspace(-6, 6, 481, dtype=torch.float64)
    far = torch.logspace(-30, 3, 100, dtype=torch.float64)
    ours, theirs = nn.activation.ACTIVATIONS[name], pytorch(name)
    values, slopes = value_and_slope(ours, near)
    run.record(f"curve-{name}", x=near, value=values, slope=slopes)
    every = torch.cat([near, far, -far])
    one, two = value_and_slope(ours, every), value_and_slope(theirs, every)
    value, slope = (
        float(((a - b).abs() / b.abs().clamp(min=1)).max()) for a, b in zip(one, two, strict=True)
    )
    return value, slope


def pytorch(name: str) -> Callable[[Tensor], Tensor]:
    """PyTorch's own function of that name."""
    theirs = torch.nn.functional
    return {
        "step": lambda x: torch.heaviside(x.detach(), torch.zeros_like(x)),
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": theirs.relu,
        "leaky-relu": theirs.leaky_relu,
        "gelu": theirs.gelu,
        "softplus": lambda x: torch.logaddexp(x, torch.zeros_like(x)),  # also above 20
    }[name]


def value_and_slope(function: Callable[[Tensor], Tensor], input: Tensor) -> tuple[Tensor, Tensor]:
    """What the function gives for every number, and its derivative there; 0 where it has none."""
    leaf = input.detach().clone().requires_grad_()
    with torch.enable_grad():
        value = function(leaf)
    if not value.requires_grad:
        return value, torch.zeros_like(value)
    return value.detach(), torch.autograd.grad(value.sum(), leaf)[0]


def new_network(config: Config, name: str, seed: int, classes: int) -> torch.nn.Module:
    """An untrained network; its weights are the same whatever the activation."""
    torch.manual_seed(seed)
    network = nn.MLP((SIZE * SIZE, *config.hidden, classes), lambda: nn.Activation(name))
    for layer in network.modules():
        if isinstance(layer, torch.nn.Linear):
            torch.nn.init.xavier_normal_(layer.weight)
            torch.nn.init.zeros_(layer.bias)
    return network


def train_networks(
    config: Config, run: Run, networks: torch.nn.Module, images: data.Images, name: str
) -> None:
    """Adam on each seed's own batches; the step lets only the last layer learn."""
    optimizer = torch.optim.Adam(networks.parameters(), lr=config.lr, fused=True)
    orders = [train.Shuffled(len(images.train_labels), config.batch, s) for s in run.seeds]
    keep = {"networks": networks, "optimizer": optimizer}
    for step in run.steps(config.steps, keep, name):
        rows = torch.stack([order(step) for order in orders])
        logits = networks(vision.grey_pixels(images.train_images[rows]))
        loss = losses.cross_entropy_per_copy(logits, images.train_labels[rows])
        optimizer.zero_grad()
        loss.sum().backward()
        optimizer.step()
        if step % max(1, config.steps // 25) == 0 or step == config.steps - 1:
            run.log(step, **{f"loss_{name}": loss})


def saturation(
    config: Config, networks: torch.nn.Module, pixels: Tensor, name: str
) -> tuple[Tensor, Tensor]:
    """The share of saturated units (layers, seeds), and the first seed's inputs of each layer."""
    assert isinstance(networks, nn.MLP)
    copies = next(networks.parameters()).shape[0]
    with torch.no_grad():
        stages = networks.stages(pixels.expand(copies, -1, -1))
    inputs = stages[1:-1:2]  # what every activation is given: (seeds, images, units)
    function = nn.activation.ACTIVATIONS[name]
    everywhere = torch.linspace(-10, 10, 2001)
    steepest = value_and_slope(function, everywhere)[1].abs().max()
    slopes = [value_and_slope(function, one)[1].abs() for one in inputs]
    shares = [(s <= config.flat * steepest).double().mean((1, 2)) for s in slopes]
    some = torch.stack([one[0].flatten()[:20_000] for one in inputs])  # enough for a histogram
    return torch.stack(shares), some


def model(config: Config, run: Run) -> torch.nn.Module:
    """The first seed's network of GELUs: grey images from 0 to 1 in, a logit a class out."""
    network = new_network(config, SAVED, 0, len(run.read_json("classes")))
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
    """Say which class a picture shows, and how sure the network of GELUs is."""
    return runs.class_of_picture(options, model(config, run), run, config.source, SIZE)
