"""The cost surface: the loss as a landscape, and the way gradient descent takes through it.

With ``net=linear`` there are two parameters, weight w and bias b, and the landscape is complete:
the mean squared error of w·x + b on a real table, with the descent drawn on it. The same grid is
also computed from the closed quadratic form, and ``surface_error`` is the largest difference.

With ``net=mlp`` a network is trained first. It has thousands of parameters, so the landscape is
cut along two random filter-normalised directions around the solution (Li et al. 2018). No path is
drawn there: in two random directions a descent hardly moves at all (their section 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch

from tidu import data, nn, optim
from tidu.fields import PositiveFloat, PositiveInt

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    net: Literal["linear", "mlp"] = "linear"  # two parameters, or a network with thousands
    feature: str = "bmi"  # the column the line is drawn over; --data without it: its first column
    scaling: Literal["min-max", "standard"] = "min-max"  # feature to 0..1, or mean 0, deviation 1
    source: Literal["spiral", "iris", "wine", "breast-cancer"] = "spiral"  # what the mlp learns
    hidden: tuple[PositiveInt, ...] = (32, 32)  # widths of the hidden layers (mlp)
    steps: PositiveInt = 200  # steps of descent
    lr: PositiveFloat | None = None  # step size; without it 0.8 of the fastest, 0.01 for an mlp
    points: PositiveInt = 61  # points of the grid along each axis
    reach: PositiveFloat = 1.0  # how far the grid goes: 1 is one filter length for an mlp


PRESETS = {
    "quick": Config(points=41),
    "standard": Config(),
    "deep": Config(net="mlp", steps=1500, points=81),
}
PICTURES = "cost_surface"  # drawn by this file of tidu.views.systems
TAKES = ("data", "target")
THREADS = 1


def run(config: Config, run: Run) -> dict[str, float]:
    """Descend, then measure the loss on a grid around the way or the solution."""
    return run_line(config, run) if config.net == "linear" else run_network(config, run)


def run_line(config: Config, run: Run) -> dict[str, float]:
    """Two parameters: the whole landscape and the path on it."""
    feature, target, names = load_column(config, run)
    ones = torch.ones_like(feature)
    inputs = torch.stack([feature, ones], dim=1)
    lowest = optim.least_squares(inputs, target)
    rate = config.lr or 0.8 * optim.best_rate(inputs)  # shows the zigzag and the valley floor

    weights = start_of(inputs, lowest)
    path = torch.full((config.steps + 1, 2), torch.nan, dtype=torch.float64)
    path[0] = weights
    for step in run.steps(config.steps, keep={"weights": weights, "path": path}):
        if step % max(1, config.steps // 100) == 0:
            run.log(step, loss=float((inputs @ weights - target).square().mean()))
        weights -= rate * optim.mse_gradient(inputs, target, weights)
        path[step + 1] = weights

    line = torch.nn.Linear(1, 1, dtype=torch.float64)
    loss = loss_of(line, feature.unsqueeze(1), lambda out: (out[:, 0] - target).square().mean())
    widest = (path - lowest).abs().amax(0) * 1.15 * config.reach
    w, b = (
        torch.linspace(float(c - r), float(c + r), config.points, dtype=torch.float64)
        for c, r in zip(lowest, widest, strict=True)
    )
    zero = {"weight": torch.zeros(1, 1).double(), "bias": torch.zeros(1).double()}
    along_w, along_b = {"weight": torch.ones(1, 1).double()}, {"bias": torch.ones(1).double()}
    surface = optim.loss_surface(loss, zero, along_w, along_b, w, b)
    heights = torch.stack([(inputs @ p - target).square().mean() for p in path])
    run.record("surface", x=w, y=b, height=surface, path=torch.cat([path, heights[:, None]], 1))
    run.write_json("labels", names)

    with torch.no_grad():
        line.weight.fill_(float(weights[0]))
        line.bias.fill_(float(weights[1]))
    run.save_weights(line)
    exact = quadratic(inputs, target, lowest, w, b)
    best = float((inputs @ lowest - target).square().mean())
    return {
        "loss": float(heights[-1]),
        "above_lowest": float(heights[-1]) - best,
        "distance_to_lowest": float((weights - lowest).norm()),
        "surface_error": float(((surface - exact) / exact).abs().max()),
    }


def run_network(config: Config, run: Run) -> dict[str, float]:
    """Many parameters: train, then cut the landscape along two directions."""
    inputs, labels = load_classes(config, run)
    net = new_network(config, inputs.shape[1], int(labels.max()) + 1)
    run.write_json("labels", {"inputs": inputs.shape[1], "classes": int(labels.max()) + 1})
    optimizer = torch.optim.Adam(net.parameters(), lr=config.lr or 0.01)
    for step in run.steps(config.steps, keep={"net": net, "optimizer": optimizer}):
        loss = torch.nn.functional.cross_entropy(net(inputs), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % max(1, config.steps // 100) == 0:
            run.log(step, loss=loss.item())

    center = {name: p.detach() for name, p in net.named_parameters()}
    first, second = optim.filter_normalised_directions(center, run.generator(1))
    measure = loss_of(net, inputs, lambda out: torch.nn.functional.cross_entropy(out, labels))
    reach = torch.linspace(-config.reach, config.reach, config.points)
    surface = optim.loss_surface(measure, center, first, second, reach, reach)
    run.record("surface", x=reach, y=reach, height=surface)
    run.save_weights(net)
    middle = float(measure(center))
    return {
        "loss": middle,
        "accuracy": float((net(inputs).argmax(1) == labels).float().mean()),
        "median_loss_on_plane": float(surface.median()),
        "lowest_on_plane": float(surface.min()),
    }


def load_column(config: Config, run: Run) -> tuple[Tensor, Tensor, dict[str, str]]:
    """One scaled feature, the target, and their names."""
    table = data.own_or("diabetes", run.data, run.options.target, task="regression")
    names = table.feature_names
    own = run.data is not None and config.feature not in names
    column = 0 if own and config.feature == Config.feature else table.column(config.feature)
    feature = table.features[:, column]
    feature = feature.where(~feature.isnan(), feature.nanmean())
    if config.scaling == "min-max":
        feature = (feature - feature.min()) / (feature.max() - feature.min())
    else:
        feature = (feature - feature.mean()) / feature.std(correction=0)
    return feature, table.target, {"feature": names[column], "target": table.target_name}


def load_classes(config: Config, run: Run) -> tuple[Tensor, Tensor]:
    """Standardised float32 features and labels to train a network on."""
    if run.data is None and config.source == "spiral":
        return data.noisy_arms(100, run.generator())
    table = (
        data.load(config.source)
        if run.data is None
        else data.read_csv(run.data, run.options.target, task="classification")
    )
    assert isinstance(table, data.Table)
    scaler = data.Standardiser.fit(table.features)
    return scaler.apply(table.features).float(), table.target


def new_network(config: Config, inputs: int, classes: int) -> torch.nn.Module:
    """An untrained network."""
    return nn.MLP((inputs, *config.hidden, classes))


def loss_of(
    module: torch.nn.Module, inputs: Tensor, loss: Callable[[Tensor], Tensor]
) -> Callable[[dict[str, Tensor]], Tensor]:
    """The loss on ``inputs`` as a function of the module's parameters by name."""
    return lambda parameters: loss(torch.func.functional_call(module, parameters, (inputs,)))


def start_of(inputs: Tensor, lowest: Tensor) -> Tensor:
    """A start up the slope: as far to the side along the flat axis as along the steep one.

    From there the first steps cross the valley and the later ones follow it, whatever the data.
    """
    values, axes = torch.linalg.eigh(2 / len(inputs) * inputs.mT @ inputs)
    aside = axes[:, 0] + axes[:, 1] * (values[0] / values[1]).sqrt()
    size = lowest.norm().clamp(min=1.0)
    return lowest - aside * size * aside.sum().sign()


def quadratic(inputs: Tensor, target: Tensor, lowest: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """The surface by algebra: L(p) = L(lowest) + (p - lowest)ᵀ XᵀX/n (p - lowest)."""
    grid = torch.stack(torch.meshgrid(b, w, indexing="ij")[::-1], dim=-1) - lowest
    curvature = inputs.mT @ inputs / len(inputs)
    best = (inputs @ lowest - target).square().mean()
    return best + torch.einsum("jip,pq,jiq->ji", grid, curvature, grid)


def model(config: Config, run: Run) -> torch.nn.Module:
    """The trained line or network; it takes scaled features."""
    if config.net == "linear":
        return run.load_weights(torch.nn.Linear(1, 1, dtype=torch.float64))
    labels = run.read_json("labels")
    return run.load_weights(new_network(config, labels["inputs"], labels["classes"]))


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two rows of scaled features."""
    if config.net == "linear":
        return (torch.tensor([[0.2], [0.8]], dtype=torch.float64),)
    return (torch.zeros(2, run.read_json("labels")["inputs"]),)
