"""Layer normalisation beside batch normalisation: which numbers share a mean, and small batches.

The same network is trained with one and with the other, on batches of several sizes, over equally
many images. Batch normalisation takes its means from the batch, and from two images they are worth
little; layer normalisation never looks at the other images. Each learns at every rate of a grid,
all in one computation, and the rate that reads most validation images right counts; the test images
have no say. So that batch normalisation is not judged by a poor memory, its moving averages reach
over ``memory`` images whatever the size of a batch.

The masks for the picture are measured: an output depends on the inputs at which its gradient is
not zero. ``--data FOLDER`` learns images of your own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch

from tidu import data, losses, nn, runs, train, vision
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
    sizes: tuple[PositiveInt, ...] = (2, 4, 16, 64)  # batches of so many images, small to large
    images: PositiveInt = 20_000  # how many images each network sees, whatever the batches
    hidden: tuple[PositiveInt, ...] = (64, 64)  # widths of the hidden layers
    rates: tuple[PositiveFloat, ...] = (0.003, 0.01, 0.03, 0.1, 0.3)  # rates tried of SGD
    memory: PositiveInt = 640  # images over which the moving averages of batch norm reach
    validation: PositiveInt = 1000  # training images kept to choose the rate


PRESETS = {
    "quick": Config(
        source="mnist-5k",
        sizes=(2, 32),
        images=2400,
        hidden=(32,),
        rates=(0.03, 0.1),
        validation=400,
    ),
    "standard": Config(),
}
PICTURES = "layer_norm"  # drawn by this file of tidu.views.systems
TAKES = ("data",)
USE_EXAMPLE = "photo.png"
BATCHED_SEEDS = True
THREADS = 1  # products this small are slower on two
SIZE = 28  # height and width of an image
ARMS = ("batch", "layer")
SHOWN = (8, 12)  # images and neurons of the picture


def run(config: Config, run: Run) -> dict[str, list[float]]:
    """Train both at every batch size; return each one's share of test images read wrongly."""
    images = data.images_or(config.source, run.data, SIZE)
    run.write_json("classes", list(images.classes))
    learned, kept = split_rows(config, run, len(images.train_labels))
    found: dict[str, list[float]] = {}
    for size in config.sizes:
        networks = train_at(config, run, images, size, learned)
        for arm, network in networks.items():
            right = accuracy(
                network, images.train_images, images.train_labels, spread(config, kept)
            )
            best = right.view(len(run.seeds), -1).argmax(1)
            alone = [
                nn.unstack(network, i * len(config.rates) + int(r)) for i, r in enumerate(best)
            ]
            every = torch.arange(len(images.test_labels))
            found[f"{arm}_error_{size}"] = [
                1 - float(accuracy(one, images.test_images, images.test_labels, every))
                for one in alone
            ]
            found[f"{arm}_rate_{size}"] = [config.rates[int(rate)] for rate in best]
            if size == config.sizes[0] and arm == "layer":
                run.save_weights(torch.nn.Sequential(torch.nn.Flatten(), alone[0]))
                record_axes(run, alone[0], images)
    errors = torch.tensor([[found[f"{a}_error_{s}"][0] for s in config.sizes] for a in ARMS])
    run.record("errors", sizes=torch.tensor(config.sizes), errors=errors)
    smallest = min(config.sizes)
    both = zip(*(found[f"{arm}_error_{smallest}"] for arm in ARMS), strict=True)
    return {"small_batch_gain": [b / max(own, 1e-6) for b, own in both], **found}


def train_at(
    config: Config, run: Run, images: data.Images, size: int, learned: Tensor
) -> dict[str, torch.nn.Module]:
    """Both networks, one copy for every (seed, rate), trained on batches of ``size``."""
    rates = torch.tensor(config.rates).repeat(len(run.seeds))
    networks = torch.nn.ModuleDict()
    for arm in ARMS:
        singles = [new_network(config, arm, size, seed, len(images.classes)) for seed in run.seeds]
        networks[arm] = nn.stack([single for single in singles for _ in config.rates])
    optimizer = torch.optim.SGD(networks.parameters(), lr=1.0, fused=True)
    orders = [train.Shuffled(learned.shape[1], size, seed) for seed in run.seeds]
    steps = max(1, config.images // size)
    networks.train()
    for step in run.steps(steps, {"networks": networks, "optimizer": optimizer}, f"size-{size}"):
        rows = torch.stack([own[order(step)] for own, order in zip(learned, orders, strict=True)])
        rows = spread(config, rows)
        inputs, labels = vision.grey_pixels(images.train_images[rows]), images.train_labels[rows]
        each = {
            arm: losses.cross_entropy_per_copy(network(inputs), labels)
            for arm, network in networks.items()
        }
        optimizer.zero_grad()
        # A loss multiplied by its rate moves its copy as far as SGD with that rate.
        sum((rates * loss for loss in each.values()), torch.zeros(())).sum().backward()
        optimizer.step()
        if step % max(1, steps // 20) == 0:
            lowest = {a: loss.view(len(run.seeds), -1).amin(1) for a, loss in each.items()}
            run.log(step * size, **{f"{arm}_loss_{size}": loss for arm, loss in lowest.items()})
    networks.eval()
    return dict(networks.items())


def split_rows(config: Config, run: Run, rows: int) -> tuple[Tensor, Tensor]:
    """Of every seed, the rows to learn from and those to choose the rate by: (seeds, rows)."""
    if min(config.sizes) < 2:
        raise TiduError(
            f"--sizes must be at least 2; got {min(config.sizes)}.",
            "One image has no variance to divide by in batch normalisation.",
        )
    if rows - config.validation < max(config.sizes):
        raise TiduError(
            f"--validation {config.validation} leaves {rows - config.validation} of the {rows} "
            f"training images to learn from; a batch needs {max(config.sizes)} (--sizes).",
            "Give a smaller --validation or --sizes, or bring more images.",
        )
    orders = torch.stack([torch.randperm(rows, generator=g) for g in run.generators()])
    return orders[:, config.validation :], orders[:, : config.validation]


def spread(config: Config, rows: Tensor) -> Tensor:
    """The rows of every seed for each of its rates: from (seeds, rows) to (copies, rows)."""
    return rows.repeat_interleave(len(config.rates), dim=0)


def new_network(config: Config, arm: str, size: int, seed: int, classes: int) -> torch.nn.Module:
    """An untrained network whose weights depend on the seed alone, in both arms the same."""
    torch.manual_seed(seed)
    widths = iter(config.hidden)

    def activation() -> torch.nn.Module:
        width = next(widths)
        momentum = min(1.0, size / config.memory)
        norm = nn.BatchNorm1d(width, momentum=momentum) if arm == "batch" else nn.LayerNorm(width)
        return torch.nn.Sequential(norm, torch.nn.ReLU())

    return nn.MLP((SIZE * SIZE, *config.hidden, classes), activation)


def accuracy(network: torch.nn.Module, images: Tensor, labels: Tensor, rows: Tensor) -> Tensor:
    """The share of the images at ``rows`` (..., rows) that each copy, or a network, reads right."""
    with torch.no_grad():
        parts = [
            (network(vision.grey_pixels(images[part])).argmax(-1) == labels[part]).double()
            for part in rows.split(1000, dim=-1)
        ]
    return torch.cat(parts, dim=-1).mean(-1)


def record_axes(run: Run, network: torch.nn.Module, images: data.Images) -> None:
    """One tensor of a real network and what each makes of it; which numbers each mean is over."""
    assert isinstance(network, nn.MLP)
    count, neurons = SHOWN
    with torch.no_grad():
        tensor = network.stages(vision.grey_pixels(images.test_images[:count]))[1][:, :neurons]
        batch, layer = nn.BatchNorm1d(tensor.shape[1]), nn.LayerNorm(tensor.shape[1])
        run.record("tensor", raw=tensor, batch=batch(tensor), layer=layer(tensor))
    cube = torch.randn(4, 4, 4, 4, generator=run.generator(1)).requires_grad_()
    masks: dict[str, Tensor] = {}
    for arm, norm in (("batch", nn.BatchNorm2d(4)), ("layer", nn.LayerNorm((4, 4, 4)))):
        (slope,) = torch.autograd.grad(norm(cube)[0, 0, 0, 0], cube)
        masks[arm] = (slope != 0).flatten(2)  # (images, channels, places)
    run.record("masks", None, **masks)


def model(config: Config, run: Run) -> torch.nn.Module:
    """The first seed's network with layer normalisation, learned on the first size of batches."""
    classes = len(run.read_json("classes"))
    network = new_network(config, "layer", config.sizes[0], 0, classes)
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
