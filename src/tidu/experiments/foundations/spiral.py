"""The spiral: arms wound into each other that no straight line can part, but a small net can.

A linear model and an MLP are trained on the same points with the same steps; both are measured on
points they have not seen. ``--preset two-spirals`` takes the 194 points of Lang & Witbrock (1988)
instead, where the test points lie half-way between neighbours on the same curves. There are rings
and exclusive or too, and ``--data my.csv`` takes points of your own: columns x, y and class.

All seeds train in one computation: equal networks are stacked into one whose layers multiply in
batches (:mod:`tidu.nn.stacked`). Each seed has its own points, weights and batches, the same as
if it trained alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import torch
import tyro

from tidu import data, losses, nn
from tidu.errors import TiduError
from tidu.fields import NonNegativeFloat, OpenFraction, PositiveFloat, PositiveInt
from tidu.words import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from tidu.runs import Run


Points = Literal["arms", "two-spirals", "rings", "xor"]


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    points: Points = "arms"  # noisy arms (CS231n), Lang & Witbrock's two, rings, or exclusive or
    arms: PositiveInt = 3  # how many arms or rings
    points_per_arm: PositiveInt = 200  # points to learn from, of each class
    noise: NonNegativeFloat = 0.2  # wobble: of an arm's angle in radians, of a ring in gaps
    hidden: tuple[PositiveInt, ...] = (32, 32)  # widths of the hidden layers
    activation: Literal["tanh", "relu", "identity"] = "tanh"  # what stands between the layers
    steps: PositiveInt = 3000  # steps of AdamW
    batch_size: PositiveInt | None = 64  # points a step; none for all of them
    lr: PositiveFloat = 0.01  # learning rate at the start; it falls to zero along a cosine
    weight_decay: NonNegativeFloat = 0.01  # pull of the weights towards zero
    test_share: OpenFraction | None = None  # of your own points, kept for the test; none: learn all


PRESETS = {
    "quick": Config(steps=1500),
    "standard": Config(),
    "two-spirals": Config(
        points="two-spirals",
        hidden=(64, 64, 64),
        activation="relu",
        steps=2000,
        batch_size=None,
        lr=0.005,
    ),
}
PICTURES = "spiral"  # drawn by this file of tidu.views.systems
TAKES = ("data",)
OWN_POINTS = True  # the lab writes points that were drawn into such a file
USE_EXAMPLE = "points.csv"
BATCHED_SEEDS = True
THREADS = 1  # products this small are slower on two
TEST_PER_ARM = 1000
ACTIVATIONS = {"tanh": "Tanh", "relu": "ReLU", "identity": "Identity"}  # of torch.nn
FRAMES = 40


def run(config: Config, run: Run) -> dict[str, list[float]]:
    """Train both models of every seed at once; return the share of points classified right."""
    inputs, labels, test_inputs, test_labels = load_points(config, run)
    classes = classes_of(config, run)
    models = torch.nn.ModuleDict(
        {
            "mlp": nn.stack([new_network(config, seed, len(classes)) for seed in run.seeds]),
            "linear": nn.stack([new_network(config, seed, len(classes), ()) for seed in run.seeds]),
        }
    )
    optimizer = torch.optim.AdamW(
        models.parameters(), lr=config.lr, weight_decay=config.weight_decay, fused=True
    )
    batches = plan_batches(config, run, labels.shape[1])
    frames = frame_steps(config.steps)
    run.record("points", inputs=inputs[0], labels=labels[0])
    run.write_json("classes", classes)

    for step in run.steps(config.steps, keep={"models": models, "optimizer": optimizer}):
        if step in frames:
            record_boundary(run, models, inputs[0], step)
        set_rate(optimizer, config.lr * 0.5 * (1 + math.cos(math.pi * step / config.steps)))
        some, their_labels = pick(inputs, labels, batches, step)
        each = {
            name: losses.cross_entropy_per_copy(net(some), their_labels)
            for name, net in models.items()
        }
        optimizer.zero_grad()
        sum(each.values(), torch.zeros(())).sum().backward()
        optimizer.step()
        if step % max(1, config.steps // 100) == 0:
            run.log(step, loss=each["mlp"], linear_loss=each["linear"])

    record_boundary(run, models, inputs[0], config.steps)
    mlp = nn.unstack(models["mlp"], 0)
    assert isinstance(mlp, nn.MLP)
    record_stages(run, mlp, inputs[0])
    run.save_weights(in_own_units(config, run, mlp))
    found = {
        f"{name}_train_accuracy": accuracy(net, inputs, labels) for name, net in models.items()
    }
    if test_labels.shape[1] == 0:
        return found
    unseen = {
        f"{name}_accuracy": accuracy(net, test_inputs, test_labels) for name, net in models.items()
    }
    return unseen | found


def load_points(config: Config, run: Run) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Points and classes of every seed, to learn from and to test on: (seeds, points, ...)."""
    drawn = [draw_points(config, run, generator) for generator in run.generators()]
    inputs, labels, test_inputs, test_labels = (
        torch.stack(parts) for parts in zip(*drawn, strict=True)
    )
    return inputs, labels, test_inputs, test_labels


def draw_points(config: Config, run: Run, generator: torch.Generator) -> tuple[Tensor, ...]:
    """Points and classes of one seed, to learn from and to test on."""
    if run.data is not None:
        points, labels, test_points, test_labels = own_points(config, run.data, generator)
        frame = frame_of(points)
        return frame.apply(points), labels, frame.apply(test_points), test_labels
    if config.points == "two-spirals":
        return (*data.two_spirals(), *data.two_spirals(between=True))
    found: list[Tensor] = []
    for count in (config.points_per_arm, TEST_PER_ARM):
        if config.points == "rings":
            found += data.rings(count, generator, config.arms, config.noise)
        elif config.points == "xor":
            found += data.exclusive_or(count, generator, config.noise)
        else:
            found += data.noisy_arms(count, generator, config.arms, config.noise)
    return tuple(found)


def own_points(config: Config, file: Path, generator: torch.Generator) -> tuple[Tensor, ...]:
    """Points of one's own and their classes, to learn from and to test on, in their own units."""
    points, labels, _ = data.read_points(file)
    rows = torch.randperm(len(labels), generator=generator)
    kept = round(len(rows) * (config.test_share or 0.0))
    test, train = rows[:kept], rows[kept:].sort().values
    if len(labels[train].unique()) < len(labels.unique()):
        raise TiduError(
            f"A class of {file} has no point left to learn from.",
            "Bring more points of it, or lower --test-share.",
        )
    return points[train], labels[train], points[test], labels[test]


def frame_of(points: Tensor) -> data.Standardiser:
    """What brings points of one's own into the square from -1 to 1; nothing where they lie in it.

    A network that begins with weights of ordinary size learns little from coordinates in thousands.
    """
    if float(points.abs().max()) <= 1:
        return data.Standardiser(torch.zeros(2), torch.ones(2))
    low, high = points.min(0).values, points.max(0).values
    half = torch.where(high > low, (high - low) / 2, torch.ones(2))
    return data.Standardiser((low + high) / 2, half)


def in_own_units(config: Config, run: Run, mlp: nn.MLP) -> torch.nn.Module:
    """The network for points as the file has them; what was done to them is told."""
    if run.data is None:
        return mlp
    frame = frame_of(own_points(config, run.data, run.generator())[0])
    if float(frame.deviation.max()) != 1 or float(frame.mean.abs().max()) != 0:
        told = [[round(v, 6) for v in part.tolist()] for part in (frame.mean, frame.deviation)]
        run.remark(
            Text(
                f"点被移到 ±1 的方框里再学：(x, y) 减去 {told[0]}，除以 {told[1]}；"
                "图上是方框里的坐标，存下的网络用原来的坐标。",
                "The points were brought into the square of ±1 to be learned: (x, y) less "
                f"{told[0]}, by {told[1]}. Pictures show the square; the network that was saved "
                "takes your own coordinates.",
            )
        )
    first = mlp.layers[0]
    assert isinstance(first, torch.nn.Linear)
    mlp.layers[0] = frame.folded_into(first)
    return mlp


def classes_of(config: Config, run: Run) -> list[str]:
    """What the classes are called."""
    if run.data is not None:
        return list(data.read_points(run.data)[2])
    count = config.arms if config.points in ("arms", "rings") else 2
    return [str(i + 1) for i in range(count)]


def new_network(
    config: Config, seed: int, classes: int, hidden: tuple[int, ...] | None = None
) -> torch.nn.Module:
    """An untrained network whose weights depend on ``seed`` alone; linear without hidden layers."""
    torch.manual_seed(seed)
    widths = config.hidden if hidden is None else hidden
    activation = getattr(torch.nn, ACTIVATIONS[config.activation])
    return nn.MLP((2, *widths, classes), activation)


def plan_batches(config: Config, run: Run, points: int) -> Tensor | None:
    """Which points every step of every seed sees: (steps, seeds, batch), or None for all."""
    if config.batch_size is None:
        return None
    shape = (config.steps, config.batch_size)
    draws = [torch.randint(points, shape, generator=g) for g in run.generators(1)]
    return torch.stack(draws, dim=1)


def pick(
    inputs: Tensor, labels: Tensor, batches: Tensor | None, step: int
) -> tuple[Tensor, Tensor]:
    """The batch of every seed at ``step``."""
    if batches is None:
        return inputs, labels
    chosen = batches[step]
    return inputs.gather(1, chosen.unsqueeze(2).expand(-1, -1, 2)), labels.gather(1, chosen)


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Give all parameters the learning rate ``rate``."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def accuracy(net: torch.nn.Module, inputs: Tensor, labels: Tensor) -> list[float]:
    """The share of points of every seed that are classified right."""
    with torch.no_grad():
        return (net(inputs).argmax(-1) == labels).double().mean(1).tolist()


def frame_steps(steps: int) -> set[int]:
    """The steps to draw: dense at the beginning, where much happens."""
    return {round(steps * (k / FRAMES) ** 2) for k in range(FRAMES)}


def record_boundary(run: Run, models: torch.nn.ModuleDict, inputs: Tensor, step: int) -> None:
    """Keep what the first seed's models say at every place of the plane."""
    with torch.no_grad():
        reach = float(inputs.abs().max()) * 1.12
        line = torch.linspace(-reach, reach, 96)
        y, x = torch.meshgrid(line.flip(0), line, indexing="ij")
        plane = torch.stack([x, y], dim=-1).view(1, -1, 2)
        said = {
            name: (nn.unstack(net, 0)(plane[0]).softmax(-1) * 255).round().byte().view(96, 96, -1)
            for name, net in models.items()
        }
        run.record("boundary", step=step, reach=torch.tensor(reach), **said)


def record_stages(run: Run, net: nn.MLP, inputs: Tensor) -> None:
    """Keep what every layer of the first seed's network makes of the points and of a grid."""
    with torch.no_grad():
        grid = data.grid_lines(float(inputs.abs().max()))
        stages = zip(net.stages(grid), net.stages(inputs), strict=True)
        for i, (lines, points) in enumerate(stages):
            run.record(f"stage-{i}", lines=lines, points=points)


def model(config: Config, run: Run) -> torch.nn.Module:
    """The first seed's trained network: points in the plane to one logit for every class."""
    return run.load_weights(new_network(config, run.seed, len(run.read_json("classes"))))


def objective(config: Config, run: Run, examples: int) -> Callable[[torch.nn.Module], Tensor]:
    """The loss on the first seed's points, as a function of a network like :func:`model`."""
    inputs, labels, _, _ = load_points(config, run)
    if run.data is not None:
        inputs = own_points(config, run.data, run.generator())[0].unsqueeze(0)
    rows = torch.randperm(labels.shape[1], generator=run.generator(99))[:examples]
    some = inputs[0, rows], labels[0, rows]
    return lambda network: torch.nn.functional.cross_entropy(network(some[0]), some[1])


@dataclass(frozen=True)
class Use:
    """What to classify."""

    points: Annotated[Path, tyro.conf.Positional]  # a CSV file with the columns x and y


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Say for every point of a CSV file in which class it lies, and how sure the network is."""
    points = data.read_rows(options.points, ["x", "y"]).float()
    with torch.no_grad():
        sure, arm = model(config, run)(points).softmax(-1).max(-1)
    arms = [run.read_json("classes")[i] for i in arm.tolist()]
    shown = [f"{a}  {p:.3f}" for a, p in zip(arms, sure.tolist(), strict=True)]
    return {"arms": arms, "probabilities": sure.tolist(), "text": "\n".join(["arm  sure", *shown])}


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two points."""
    return (torch.tensor([[0.1, 0.2], [-0.5, 0.3]]),)
