"""Initialisation: four ways to begin, and what ten layers make of each.

    zeros        N(0, 1)        Xavier: Var w = 2 / (fan_in + fan_out)        He: Var w = 2 / fan_in

One deep network is begun in each way. Before training, one batch goes forward and its gradient back
through it, and the numbers of every layer are counted into histograms: they vanish, explode, or
stay. Then each is trained by Adam with the same learning rate. ``forward_*`` is the deviation of
the activations in the last hidden layer over that in the first, ``backward_*`` that of the
gradients in the first over that in the last; 1 is what one wishes for.

``--activation tanh`` shows what Xavier's was made for. ``--data FOLDER`` takes images of your own.
All seeds train in one computation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch

from tidu import data, losses, nn, runs, train, vision
from tidu.fields import PositiveFloat, PositiveInt

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    source: Literal["mnist", "fashion-mnist", "mnist-5k"] = "mnist"  # images to learn from
    activation: Literal["relu", "tanh", "sigmoid", "gelu"] = "relu"  # between the layers
    depth: PositiveInt = 10  # hidden layers
    width: PositiveInt = 100  # neurons in each of them
    steps: PositiveInt = 1500  # steps of Adam
    batch: PositiveInt = 128  # images in a step
    lr: PositiveFloat = 0.001  # learning rate


PRESETS = {
    "quick": Config(source="mnist-5k", depth=6, width=48, steps=100, batch=64, lr=0.002),
    "standard": Config(),
}
PICTURES = "initialisation"  # drawn by this file of tidu.views.systems
TAKES = ("data",)
USE_EXAMPLE = "photo.png"
BATCHED_SEEDS = True
THREADS = 1  # products this small are slower on two
SIZE = 28  # height and width of an image
ARMS = ("zeros", "normal", "xavier", "he")
SEEN = 300  # images in the batch that is looked at


def run(config: Config, run: Run) -> dict[str, list[float]]:
    """Look and train; return what is left of the signal both ways, and the accuracies."""
    images = data.images_or(config.source, run.data, SIZE, config.batch)
    run.write_json("classes", list(images.classes))
    found: dict[str, list[float]] = {"torch_gap": [torch_gap(seed) for seed in run.seeds]}
    for arm in ARMS:
        networks = [new_network(config, arm, seed, len(images.classes)) for seed in run.seeds]
        forward, backward = look(run, arm, networks, images)
        found |= {f"forward_{arm}": forward, f"backward_{arm}": backward}
        together = nn.stack(networks)
        train_networks(config, run, together, images, arm)
        found[f"accuracy_{arm}"] = runs.share_right(
            together, images.test_images, images.test_labels
        ).tolist()
        if arm == "he":
            run.save_weights(torch.nn.Sequential(torch.nn.Flatten(), nn.unstack(together, 0)))
    return found


def drawn(arm: str, weight: Tensor) -> Tensor:
    """New weights in the shape of ``weight``, begun as the arm says."""
    return {
        "zeros": nn.all_zeros,
        "normal": nn.unit_normal,
        "xavier": nn.xavier_normal,
        "he": nn.he_normal,
    }[arm](weight)


def new_network(config: Config, arm: str, seed: int, classes: int) -> torch.nn.Module:
    """An untrained network; biases begin at zero."""
    torch.manual_seed(seed)
    sizes = (SIZE * SIZE, *[config.width] * config.depth, classes)
    network = nn.MLP(sizes, lambda: nn.Activation(config.activation))
    for layer in network.modules():
        if isinstance(layer, torch.nn.Linear):
            layer.weight = torch.nn.Parameter(drawn(arm, layer.weight))
            torch.nn.init.zeros_(layer.bias)
    return network


def look(
    run: Run, arm: str, networks: list[torch.nn.Module], images: data.Images
) -> tuple[list[float], list[float]]:
    """Send one batch through each untrained network; record the first seed's, by layer."""
    forward: list[float] = []
    backward: list[float] = []
    for place, (network, generator) in enumerate(zip(networks, run.generators(1), strict=True)):
        assert isinstance(network, nn.MLP)
        rows = torch.randperm(len(images.train_labels), generator=generator)[:SEEN]
        stages = network.stages(vision.grey_pixels(images.train_images[rows]))
        hidden = stages[2:-1:2]  # what comes out of every activation
        loss = torch.nn.functional.cross_entropy(stages[-1], images.train_labels[rows])
        gradients = torch.autograd.grad(loss, hidden)
        ahead, back = (torch.stack([one.detach().flatten() for one in part])
                       for part in (hidden, gradients))  # fmt: skip
        forward.append(ratio(ahead[-1].std(), ahead[0].std()))
        backward.append(ratio(back[0].double().std(), back[-1].double().std()))
        if place == 0:
            run.record(f"start-{arm}", activations=ahead, gradients=back)
    return forward, backward


def ratio(one: Tensor, two: Tensor) -> float:
    """``one / two``; 0 where nothing gets through at all."""
    return float(one / two) if float(two) > 0 else 0.0


def torch_gap(seed: int) -> float:
    """How far our draws are from those of ``torch.nn.init`` with the same generator."""
    weight = torch.empty(30, 4, 5, 5)
    pairs = (
        (nn.unit_normal, torch.nn.init.normal_),
        (nn.xavier_normal, torch.nn.init.xavier_normal_),
        (nn.xavier_uniform, torch.nn.init.xavier_uniform_),
        (nn.he_normal, torch.nn.init.kaiming_normal_),
        (nn.he_uniform, torch.nn.init.kaiming_uniform_),
    )
    gaps: list[float] = []
    for ours, theirs in pairs:
        first, second = (torch.Generator().manual_seed(seed) for _ in range(2))
        other = theirs(weight, generator=second)
        gaps.append(float((ours(weight, generator=first) - other).abs().max()))
    return max(gaps)


def train_networks(
    config: Config, run: Run, networks: torch.nn.Module, images: data.Images, arm: str
) -> None:
    """Adam on each seed's own batches."""
    optimizer = torch.optim.Adam(networks.parameters(), lr=config.lr, fused=True)
    orders = [train.Shuffled(len(images.train_labels), config.batch, s) for s in run.seeds]
    keep = {"networks": networks, "optimizer": optimizer}
    for step in run.steps(config.steps, keep, arm):
        rows = torch.stack([order(step) for order in orders])
        logits = networks(vision.grey_pixels(images.train_images[rows]))
        loss = losses.cross_entropy_per_copy(logits, images.train_labels[rows])
        optimizer.zero_grad()
        loss.sum().backward()
        optimizer.step()
        if step % max(1, config.steps // 40) == 0 or step == config.steps - 1:
            right = (logits.argmax(-1) == images.train_labels[rows]).double().mean(1)
            run.log(step, **{f"loss_{arm}": loss, f"accuracy_{arm}": right})


def model(config: Config, run: Run) -> torch.nn.Module:
    """The first seed's network begun as He et al. do: grey images in, a logit a class out."""
    network = new_network(config, "he", 0, len(run.read_json("classes")))
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
    """Say which class a picture shows, and how sure the network begun as He et al. do is."""
    return runs.class_of_picture(options, model(config, run), run, config.source, SIZE)
