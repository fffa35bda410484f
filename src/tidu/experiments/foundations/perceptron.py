"""The perceptron: a line that moves only when it is wrong, until it is wrong no more.

Rosenblatt's rule corrects one mistake after another. If a line parts the two classes, Novikoff
(1962) bounds the corrections by (R / margin)², and the largest margin is computed here to compare
with. Then the same rule meets XOR, which no line parts: its weights come back to where they were
and go round for ever. Two layers with weights set by hand compute XOR all the same.

By default the points are drawn on two sides of a line; ``--points iris`` takes real flowers, and
``--data my.csv --target kind`` two columns of your own table.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import torch
import tyro

from tidu import data, nn, optim, runs
from tidu.errors import TiduError
from tidu.fields import OpenFraction, PositiveInt

if TYPE_CHECKING:
    from torch import Tensor

    from tidu.data import Table
    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    points: Literal["drawn", "iris"] = "drawn"  # drawn on two sides of a line, or real flowers
    count: PositiveInt = 500  # how many points to draw
    gap: OpenFraction = 0.01  # drawn points keep this far from the line; the square is 2 wide
    features: tuple[str, str] | None = None  # two columns of a table; by default petals, the first
    positive: str | None = None  # the class that answers 1, by default the first of a table
    corrections: PositiveInt = 10_000  # where to give up if mistakes remain
    test_fraction: OpenFraction = 0.2  # share of the points kept for the test


PRESETS = {
    "quick": Config(count=100, gap=0.02),
    "standard": Config(),
    "iris": Config(points="iris"),
}
PICTURES = "perceptron"  # drawn by this file of tidu.views.systems
TAKES = ("data", "target")
USE_EXAMPLE = "points.csv"
THREADS = 1
FRAMES = 60
XOR_CORRECTIONS = 60  # many times the length of the circle its weights go round in


def run(config: Config, run: Run) -> dict[str, float]:
    """Learn the points, then XOR; return the corrections, their bound and what is right."""
    train, test = load_points(config, run).split(config.test_fraction, run.generator())
    scaler = data.Standardiser.fit(train.features)
    inputs = optim.with_ones(scaler.apply(train.features))
    targets = signs(train, run)
    path, _ = learn(run, "train", inputs, targets, config.corrections)
    weights = path[-1]

    perceptron = nn.Perceptron(2, 1, dtype=torch.float64)
    perceptron.load_state_dict(optim.linear_layer(weights).state_dict())
    perceptron = scaler.folded_into(perceptron)
    run.save_weights(perceptron)
    run.write_json("columns", data.Schema.of(train, run.data).as_json())
    record_path(run, path, scaler, train)
    with torch.no_grad():
        right = perceptron(test.features).squeeze(1) == test.target

    margin = optim.largest_margin(inputs, targets)
    made = len(path) - 1
    found = {
        "converged": float((targets * (inputs @ weights) > 0).all()),
        "corrections": float(made),
        "margin": margin,
        "test_accuracy": float(right.double().mean()),
    }
    if margin > 0:
        bound = float(inputs.square().sum(1).max()) / margin**2
        found |= {"novikoff_bound": bound, "share_of_bound": made / bound}
    return found | meet_xor(run) | {"gates_right": gates_right()}


def load_points(config: Config, run: Run) -> Table:
    """Two features and the classes 0 and 1 (``positive``)."""
    if run.data is None and config.points == "drawn":
        if config.gap > data.LARGEST_GAP:
            raise TiduError(
                f"--gap must be at most {data.LARGEST_GAP}; got {config.gap}.",
                "A wider strip would leave no room beside it.",
            )
        points, sides = data.two_sides(config.count, run.generator(1), config.gap)
        return data.Table(points, sides, ("x", "y"), "side", "classification", ("one", "other"))
    table = data.own_or("iris", run.data, run.options.target, task="classification")
    if len(table.feature_names) < 2:
        raise TiduError(
            f"The plane needs two features; the table has only {', '.join(table.feature_names)}.",
            "Bring a table with two columns besides the target.",
        )
    petals = ("petal length (cm)", "petal width (cm)")
    known = petals if run.data is None else table.feature_names[:2]
    table = table.only([table.column(name) for name in config.features or known])
    return table.against_rest(table.classes[0] if config.positive is None else config.positive)


def signs(train: Table, run: Run) -> Tensor:
    """-1 and 1 for the two classes."""
    if len(train.target.unique()) < 2:
        raise TiduError(
            "Only one of the two classes is among the training points.",
            "Bring or draw more points.",
        )
    return train.target.double() * 2 - 1


def learn(run: Run, name: str, inputs: Tensor, targets: Tensor, most: int) -> tuple[Tensor, Tensor]:
    """Correct one mistake after another, at most ``most``, going round the examples in order.

    Returned are the weights after every correction, from zero, and the example that came next.
    """
    path = inputs.new_full((most + 1, inputs.shape[1]), torch.nan)
    path[0] = 0
    places = torch.zeros(most + 1, dtype=torch.int64)
    steps = run.steps(most, keep={"path": path, "places": places}, name=name)
    for step in steps:
        weights, place = path[step], int(places[step])
        wrong = (targets * (inputs @ weights) <= 0).roll(-place)
        if step < 200 or step % (most // 100) == 0 or not wrong.any():
            run.log(step, **{f"{name}_mistakes": float(wrong.double().mean())})
        if not wrong.any():
            steps.stop()
            continue
        example = (place + int(wrong.int().argmax())) % len(inputs)
        path[step + 1] = optim.perceptron_rule(weights, inputs[example], targets[example])
        places[step + 1] = (example + 1) % len(inputs)
    made = ~path.isnan().any(1)
    return path[made], places[made]


def record_path(run: Run, path: Tensor, scaler: data.Standardiser, train: Table) -> None:
    """Keep the points and up to ``FRAMES`` of the lines, in the features' own units."""
    shown = torch.linspace(0, len(path) - 1, min(len(path), FRAMES + 1)).round().long()
    slopes = path[shown, :2] / scaler.deviation
    bias = path[shown, 2] - slopes @ scaler.mean
    lines = torch.cat([slopes, bias.unsqueeze(1)], dim=1)
    run.record("path", lines=lines, steps=shown, points=train.features, labels=train.target)


def meet_xor(run: Run) -> dict[str, float]:
    """What the rule does on XOR: whether it ends, and after how many corrections it repeats."""
    corners = torch.tensor([[0.0, 1.0], [1.0, 0.0], [0.0, 0.0], [1.0, 1.0]]).double()
    exclusive = corners[:, 0] != corners[:, 1]
    inputs, targets = optim.with_ones(corners), exclusive.double() * 2 - 1
    path, places = learn(run, "xor", inputs, targets, XOR_CORRECTIONS)
    # Weights are whole numbers, so those that come back are equal to the last digit; with the
    # same example next, all that follows is the same again.
    same = (path[:-1] == path[-1]).all(1) & (places[:-1] == places[-1])
    circle = int(same.flip(0).int().argmax()) + 1 if same.any() else 0
    ended = bool((targets * (inputs @ path[-1]) > 0).all())
    line = torch.linspace(-0.4, 1.4, 64)
    y, x = torch.meshgrid(line.flip(0), line, indexing="ij")
    with torch.no_grad():
        region = nn.gate("xor")(torch.stack([x, y], dim=-1)).squeeze(-1)
    by_hand = lines_of(nn.gate("xor").get_submodule("0"))
    lines = path[len(path) - circle :]
    labels = exclusive.int()
    run.record("xor", lines=lines, corners=corners, labels=labels, region=region, by_hand=by_hand)
    return {"xor_converged": float(ended), "xor_repeats_after": float(circle)}


def lines_of(layer: torch.nn.Module) -> Tensor:
    """Weights and bias of each perceptron of a layer as a row."""
    weight, bias = layer.get_parameter("weight"), layer.get_parameter("bias")
    return torch.cat([weight, bias.unsqueeze(1)], dim=1)


def gates_right() -> float:
    """The share of the rows of the truth tables that the hand-set gates answer right."""
    corners = torch.cartesian_prod(torch.arange(2.0), torch.arange(2.0))
    a, b = corners[:, 0] > 0, corners[:, 1] > 0
    truth = {"and": a & b, "or": a | b, "nand": ~(a & b), "xor": a ^ b}
    with torch.no_grad():
        right = [(nn.gate(name)(corners).squeeze(1) > 0) == out for name, out in truth.items()]
    return float(torch.stack(right).double().mean())


def model(config: Config, run: Run) -> torch.nn.Module:
    """The trained perceptron, from the two features in their own units to 0 or 1."""
    return run.load_weights(nn.Perceptron(2, 1, dtype=torch.float64))


@dataclass(frozen=True)
class Use:
    """What to classify."""

    points: Annotated[Path, tyro.conf.Positional]  # a CSV file with the two columns


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Say for every row of a CSV file on which side of the line it lies."""
    schema = runs.schema_of(run)
    with torch.no_grad():
        sides = model(config, run)(schema.read(options.points)).squeeze(1).long().tolist()
    classes = [schema.classes[side] for side in sides]
    return {"classes": classes, "text": "\n".join([schema.target, *classes])}


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two points in the features' own units."""
    return runs.two_rows(run)
