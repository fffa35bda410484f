"""Optimisers race: down a surface that you choose or write, and down the loss of real images.

The rate that suits one method ruins another, so each runs at every learning rate of a grid, all in
one computation, and enters the race with its best: on the surface the one that ends lowest, on the
images the one whose training loss is lowest over the last tenth of the steps. The test images have
no say in that; they are only looked at in the end. ``band_…`` is how forgiving a method is: the
width, in decades, of the rates whose test accuracy lies within 1 % of the method's best.

``--expression "x^2 + 3*y^2" --start 2 1`` races on a surface of your own. ``steps_…`` counts how
many steps a method takes down to ``share`` of the way from the start to the lowest place that any
of them found; one that never gets there has all steps. AdamW's decay pulls it towards 0 0.
"""

from __future__ import annotations

import math
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import torch

from tidu import data, losses, nn, optim, runs, train, vision
from tidu.errors import TiduError
from tidu.expression import parse
from tidu.fields import OpenFraction, PositiveFloat, PositiveInt
from tidu.words import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from tidu.runs import Run

Name = Literal["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"]
OPTIMIZERS: dict[Name, str] = {  # of tidu.optim
    "sgd": "SGD",
    "momentum": "Momentum",
    "nesterov": "Nesterov",
    "adagrad": "AdaGrad",
    "rmsprop": "RMSProp",
    "adam": "Adam",
    "adamw": "AdamW",
}
# What is raced on, from where, and the part of the plane that is drawn: left, right, bottom, top.
SURFACES: dict[str, tuple[str, tuple[float, float], tuple[float, float, float, float]]] = {
    "beale": (
        "(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + (2.625 - x + x*y^3)^2",
        (-1.0, 1.5),
        (-2.5, 4.5, -2.2, 2.2),
    ),
    "rosenbrock": ("(1 - x)^2 + 100*(y - x^2)^2", (-1.2, 1.0), (-1.6, 1.6, -0.6, 1.6)),
    "himmelblau": ("(x^2 + y - 11)^2 + (x + y^2 - 7)^2", (-0.5, -1.5), (-5.0, 5.0, -5.0, 5.0)),
    "ravine": ("x^2/20 + y^2", (-7.0, 2.0), (-8.0, 3.0, -3.0, 3.0)),
    "saddle": ("x^2 - y^2 + y^4/4", (-1.5, 0.001), (-2.0, 2.0, -2.0, 2.0)),
}


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    surface: Literal["beale", "rosenbrock", "himmelblau", "ravine", "saddle"] = "beale"  # terrain
    expression: str | None = None  # a formula in x and y instead of the surface
    start: tuple[float, float] | None = None  # where all begin; a formula's without it: 1 1
    optimizers: tuple[Name, ...] = tuple(OPTIMIZERS)  # who takes part
    steps: PositiveInt = 300  # steps on the surface
    share: OpenFraction = 0.99  # of the way down that counts as having arrived
    source: Literal["fashion-mnist", "mnist", "mnist-5k", "digits"] = "fashion-mnist"  # images
    hidden: tuple[PositiveInt, ...] = (64,)  # widths of the hidden layers
    epochs: PositiveInt = 2  # passes over the training images
    batch: PositiveInt = 128  # images in a step
    rates: PositiveInt = 9  # learning rates tried on the images
    lowest: PositiveFloat = 1e-4  # the lowest of them
    highest: PositiveFloat = 1.0  # and the highest
    every_rate: bool = False  # also tell the accuracy at every rate, as accuracy_..._at_...


PRESETS = {
    "quick": Config(
        source="digits", hidden=(32,), epochs=6, batch=64, rates=5, lowest=1e-3, highest=10.0
    ),
    "standard": Config(),
    "rosenbrock": Config(surface="rosenbrock", steps=2000),
    "himmelblau": Config(surface="himmelblau"),
    "ravine": Config(surface="ravine", steps=60),
    "saddle": Config(surface="saddle", steps=100),
}
PICTURES = "optimizers"  # drawn by this file of tidu.views.systems
USE_EXAMPLE = "photo.png"
BATCHED_SEEDS = True
THREADS = 1
POINTS = 121  # of the drawn surface along each axis
NEAR = 0.01  # of the best accuracy; a rate that comes so near is in the band
BLOCKS = 60  # points of a loss curve, each a mean over some steps
TIMED = 40  # steps that are timed, of each method


def run(config: Config, run: Run) -> dict[str, list[float]]:
    """Race on the surface, race on the images; return where each came to, one list per seed."""
    names = list(dict.fromkeys(config.optimizers))
    if not names:
        raise TiduError("--optimizers must name at least one.", f"Any of {' '.join(OPTIMIZERS)}.")
    if not config.lowest < config.highest:
        raise TiduError(
            f"--lowest must be below --highest; got {config.lowest:g} and {config.highest:g}.",
            "The learning rates are spread between the two.",
        )
    found = race_on_surface(config, run, names)
    return found | race_on_images(config, run, names)


def race_on_surface(config: Config, run: Run, names: list[Name]) -> dict[str, list[float]]:
    """Walk down the surface at every rate of a fine grid; keep each method's best way."""
    height, start, view = terrain(config)
    paths = torch.stack([ways(height, start, name, config.steps) for name in names])
    x, y = paths.unbind(-1)
    heights = height(x, y).nan_to_num(torch.inf, torch.inf)
    best = heights[:, -1].argmin(-1)
    chosen = torch.arange(len(names)), slice(None), best
    paths, heights = paths[chosen], heights[chosen]
    top, bottom = heights[0, 0], heights.min()
    arrived = heights <= top - config.share * (top - bottom)
    never = torch.full_like(arrived[:, :1], True)
    steps = torch.cat([arrived, never], 1).int().argmax(1).clamp(max=config.steps)

    left, right, low, high = view or around(paths)
    across, up = torch.linspace(left, right, POINTS), torch.linspace(low, high, POINTS)
    grid = torch.meshgrid(across.double(), up.double(), indexing="xy")
    run.record(
        "surface",
        x=across,
        y=up,
        height=height(*grid),
        paths=torch.cat([paths, heights[..., None]], -1),
        rates=surface_rates()[best],
    )
    return {
        f"{word}_{name}": [float(values[i])] * len(run.seeds)
        for word, values in (("height", heights[:, -1]), ("steps", steps))
        for i, name in enumerate(names)
    }


def terrain(config: Config) -> tuple[Callable[..., Tensor], Tensor, Any]:
    """The height over x and y, the start, and the part to draw, None to be found out."""
    text, start, view = SURFACES[config.surface]
    if config.expression is not None:
        text, start, view = config.expression, (1.0, 1.0), None
    if config.start is not None and config.start != start:
        start, view = config.start, None
    expression = parse(text, ("x", "y"))
    place = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    here = expression(*place)
    slope = torch.autograd.grad(here, place, allow_unused=True)[0] if here.requires_grad else None
    if slope is None or not bool((here + slope).isfinite().all()):
        raise TiduError(
            f"{text} has no finite value and gradient at {start[0]:g} {start[1]:g}.",
            "Choose another place with --start.",
        )

    def height(x: Tensor, y: Tensor) -> Tensor:
        return expression(x, y) + 0 * (x + y)  # a formula without y is a surface too

    return height, place.detach(), view


def surface_rates() -> Tensor:
    """The learning rates tried on the surface."""
    return torch.logspace(-4, 0.5, 64, dtype=torch.float64)


def made(name: Name, parameters: Any, lr: Any) -> torch.optim.Optimizer:
    """The method of this name; ``lr`` may hold a rate for each copy."""
    return getattr(optim, OPTIMIZERS[name])(parameters, lr=lr)


def ways(height: Callable[..., Tensor], start: Tensor, name: Name, steps: int) -> Tensor:
    """The places on the way down at every rate, all at once: (steps + 1, rates, 2)."""
    rates = surface_rates()
    place = start.repeat(len(rates), 1).requires_grad_()
    optimizer = made(name, [place], rates)
    way = [place.detach().clone()]
    for _ in range(steps):
        optimizer.zero_grad()
        height(*place.unbind(-1)).sum().backward()
        optimizer.step()
        way.append(place.detach().clone())
    return torch.stack(way)


def around(paths: Tensor) -> tuple[float, float, float, float]:
    """A square around the start and nearly all places: left, right, bottom, top.

    RMSProp's first step alone is ten times its rate long, and would fill the picture.
    """
    low, high = paths.flatten(0, 1).quantile(torch.tensor([0.02, 0.98]).double(), dim=0)
    low, high = torch.minimum(low, paths[0, 0]), torch.maximum(high, paths[0, 0])
    reach = max(0.65 * float((high - low).max()), 1e-3)
    x, y = ((low + high) / 2).tolist()
    return x - reach, x + reach, y - reach, y + reach


def race_on_images(config: Config, run: Run, names: list[Name]) -> dict[str, list[float]]:
    """Train every seed with every method at every rate; judge each at its best."""
    images = data.images_or(config.source, None, batch=config.batch)
    run.write_json("classes", list(images.classes))
    steps = config.epochs * (len(images.train_labels) // config.batch)
    if steps < BLOCKS:
        raise TiduError(f"{steps} steps are too few.", "Give more --epochs, or a smaller --batch.")
    found: dict[str, list[float]] = {}
    curves: list[Tensor] = []
    remarks: list[Text] = []
    lowest = torch.inf
    for name in names:
        network, history = train_all(config, run, images, name, steps)
        last = history[-max(1, steps // 10) :].mean(0).nan_to_num(torch.inf)  # (seeds, rates)
        best = last.argmin(1)
        copies = [nn.unstack(network, copy) for copy in range(last.numel())]
        tests = images.test_images, images.test_labels
        right = torch.stack([runs.share_right(one, *tests) for one in copies]).view_as(last)
        alone = [copies[i * config.rates + int(b)] for i, b in enumerate(best)]
        if last[0].min() < lowest:
            lowest = float(last[0].min())
            run.save_weights(torch.nn.Sequential(torch.nn.Flatten(), alone[0]))
        curves.append(torch.stack([part.mean(0) for part in history[:, 0].tensor_split(BLOCKS)]))
        found |= {
            f"loss_{name}": last.amin(1).tolist(),
            f"accuracy_{name}": right[torch.arange(len(best)), best].tolist(),
            f"rate_{name}": rates_of(config)[best].tolist(),
            f"band_{name}": band(right, rates_of(config)).tolist(),
        }
        if config.every_rate:
            each = zip(rates_of(config).tolist(), right.double().mT.tolist(), strict=True)
            found |= {f"accuracy_{name}_at_{rate:g}": there for rate, there in each}
        rate = Text(f"{OPTIMIZERS[name]} 的学习率", f"learning rate, {OPTIMIZERS[name]}")
        remarks += runs.edge_remarks(rate, rates_of(config).tolist(), found[f"rate_{name}"])
    run.remark(*remarks)
    ends = torch.tensor([part[-1] + 1 for part in torch.arange(steps).tensor_split(BLOCKS)])
    run.record("images", losses=torch.stack(curves), rates=rates_of(config), steps=ends)
    run.write_json("seconds", timed(config, images, names))
    return found


def train_all(
    config: Config, run: Run, images: data.Images, name: Name, steps: int
) -> tuple[torch.nn.Module, Tensor]:
    """One method, every seed at every rate; the networks and losses (steps, seeds, rates)."""
    seeds, rates = len(run.seeds), config.rates
    singles = [runs.pixel_mlp(config.hidden, images, seed) for seed in run.seeds]
    network = nn.stack([single for single in singles for _ in range(rates)])
    optimizer = made(name, network.parameters(), rates_of(config).repeat(seeds))
    orders = [train.Shuffled(len(images.train_labels), config.batch, seed) for seed in run.seeds]
    history = torch.full((steps, seeds, rates), torch.nan)
    # Weights as plain tensors: at the largest rates they may overflow, which is no mistake here.
    weights = {key: parameter.detach() for key, parameter in network.named_parameters()}
    keep = {**weights, "optimizer": optimizer, "losses": history}
    for step in run.steps(steps, keep=keep, name=name):
        rows = torch.stack([order(step) for order in orders]).repeat_interleave(rates, dim=0)
        logits = network(vision.grey_pixels(images.train_images[rows]))
        loss = losses.cross_entropy_per_copy(logits, images.train_labels[rows])
        optimizer.zero_grad()
        loss.sum().backward()
        optimizer.step()
        history[step] = loss.detach().view(seeds, rates)
        if step % max(1, steps // 50) == 0:
            run.log(step, **{f"{name}_lowest_loss": history[step].nan_to_num(1e9).amin(1)})
    return network, history


def rates_of(config: Config) -> Tensor:
    """The learning rates tried on the images."""
    return torch.logspace(math.log10(config.lowest), math.log10(config.highest), config.rates)


def band(right: Tensor, rates: Tensor) -> Tensor:
    """For every seed, how many decades of rates come within 1 % of the best accuracy."""
    decades = float(torch.log10(rates[-1] / rates[0]))
    good = right >= (1 - NEAR) * right.amax(1, keepdim=True)
    return good.double().mean(1) * decades


def timed(config: Config, images: data.Images, names: list[Name]) -> dict[str, float]:
    """The median seconds of a step of one network with each method, which take turns."""
    inputs, labels = vision.grey_pixels(images.train_images[: config.batch]), images.train_labels
    networks = {name: runs.pixel_mlp(config.hidden, images, 0) for name in names}
    optimizers = {name: made(name, networks[name].parameters(), 1e-3) for name in names}
    taken: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(TIMED):
        for name, network in networks.items():
            began = time.perf_counter()
            loss = torch.nn.functional.cross_entropy(network(inputs), labels[: config.batch])
            optimizers[name].zero_grad()
            loss.backward()
            optimizers[name].step()
            taken[name].append(time.perf_counter() - began)
    return {name: statistics.median(of_one) for name, of_one in taken.items()}


def model(config: Config, run: Run) -> torch.nn.Module:
    """The first seed's network of the winner: grey images from 0 to 1 in, a logit a class out."""
    return runs.trained_pixel_mlp(config.hidden, config.source, run)


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two images."""
    return runs.two_images(runs.side_of(config.source))


Use = runs.PictureFile


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Say which class a picture shows, and how sure the winner's network is."""
    side = runs.side_of(config.source)
    return runs.class_of_picture(options, model(config, run), run, config.source, side)
