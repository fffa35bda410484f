"""The cost surface: the loss as a landscape, and the way gradient descent takes through it.

With ``net=linear`` there are two parameters, weight w and bias b, and the landscape is complete:
the mean squared error of w·x + b on a real table, with the descent drawn on it. The same grid is
also computed from the closed quadratic form, and ``surface_error`` is the largest difference.

With ``net=mlp`` a network is trained first. It has thousands of parameters, so the landscape is
cut twice (Li et al. 2018): along two random filter-normalised directions around the solution, where
networks compare, and along the two directions in which the training moved most, the leading
principal components of its path, with that path on it.

``--from RUN`` takes the network of any run whose experiment has a function ``objective``. If that
run was made with ``--watch path``, its own way is drawn as well:

    tidu run mlp --watch path --name digits
    tidu run cost-surface --from digits --points 41
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch

from tidu import data, nn, optim
from tidu.errors import TiduError
from tidu.fields import PositiveFloat, PositiveInt

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

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
    reach: PositiveFloat = 1.0  # how far the grid goes: 1 is one filter length for a network
    examples: PositiveInt = 200  # how many of the training examples measure a run's loss (--from)


PRESETS = {
    "quick": Config(points=41),
    "standard": Config(),
    "deep": Config(net="mlp", steps=1500, points=81),
}
PICTURES = "cost_surface"  # drawn by this file of tidu.views.systems
TAKES = ("data", "target", "from")
THREADS = 1
PATH_POINTS = 64  # of an mlp's training
MARGIN = 0.15  # of the plane beyond the path


def run(config: Config, run: Run) -> dict[str, float]:
    """Descend, then measure the loss on a grid around the way or the solution."""
    if run.origin is not None:
        return run_trained(config, run, run.origin)
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
    run.write_json("labels", {"kind": "line", **names})

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
    shape = {"inputs": inputs.shape[1], "classes": int(labels.max()) + 1}
    run.write_json("labels", {"kind": "network", **shape})
    optimizer = torch.optim.Adam(net.parameters(), lr=config.lr or 0.01)
    # close together at first, where most happens
    places = {round(config.steps * (k / PATH_POINTS) ** 2): k for k in range(PATH_POINTS)}
    path = torch.full((PATH_POINTS, flat(net).numel()), torch.nan)
    for step in run.steps(config.steps, keep={"net": net, "optimizer": optimizer, "path": path}):
        if step in places:
            path[places[step]] = flat(net)
        loss = torch.nn.functional.cross_entropy(net(inputs), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % max(1, config.steps // 100) == 0:
            run.log(step, loss=loss.item())

    run.save_weights(net)
    measure = loss_of(net, inputs, lambda out: torch.nn.functional.cross_entropy(out, labels))
    walked = path[~path.isnan().any(1)]  # fewer points where there are fewer steps
    return {
        "accuracy": float((net(inputs).argmax(1) == labels).float().mean()),
        **cut(config, run, net, measure, torch.cat([walked, flat(net)[None]])),
    }


def run_trained(config: Config, run: Run, origin: Run) -> dict[str, float]:
    """The network of another run: both planes, the second where its path was kept."""
    objective = getattr(origin.module, "objective", None)
    if objective is None or run.data is not None:
        told = "--data" if objective is not None else f"no objective() in {origin.experiment}"
        raise TiduError(
            f"--from needs the loss that {origin.name} was trained with; got {told}.",
            "Leave out --data, and take a run of an experiment with objective(config, run, "
            "examples): mlp, lenet, softmax-regression, spiral, dropout, batch-norm and others.",
        )
    assert origin.module is not None
    net = origin.module.model(origin.config, origin)
    measure = loss_of_parameters(net, objective(origin.config, origin, config.examples))
    points = origin.weights_path(net)
    path = [torch.cat([tensor.flatten() for tensor in point.values()]) for point in points]
    run.write_json("labels", {"kind": "trained", "run": origin.name, "path": len(path)})
    run.log(0, loss=float(measure(parameters_of(net))))
    found = cut(config, run, net, measure, torch.stack(path) if len(path) > 1 else None)
    return {"loss_of_run": found.pop("loss"), **found}  # not to be read beside the line's loss


def loss_of_parameters(
    net: torch.nn.Module, measure: Callable[[torch.nn.Module], Tensor]
) -> Callable[[dict[str, Tensor]], Tensor]:
    """A loss of networks as a function of the parameters by name, in place of the network's own."""

    class Measured(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = net

        def forward(self) -> Tensor:
            return measure(self.net)

    measured = Measured()

    def loss(parameters: dict[str, Tensor]) -> Tensor:
        named = {f"net.{name}": value for name, value in parameters.items()}
        return torch.func.functional_call(measured, named, ())

    return loss


def cut(
    config: Config,
    run: Run,
    net: torch.nn.Module,
    measure: Callable[[dict[str, Tensor]], Tensor],
    path: Tensor | None,
) -> dict[str, float]:
    """The loss on two random directions, and on the two along which the path moved most."""
    center = parameters_of(net)
    first, second = optim.filter_normalised_directions(center, run.generator(1))
    reach = torch.linspace(-config.reach, config.reach, config.points)
    surface = optim.loss_surface(measure, center, first, second, reach, reach)
    run.record("surface", x=reach, y=reach, height=surface)
    found = {
        "loss": float(measure(center)),
        "median_loss_on_plane": float(surface.median()),
        "lowest_on_plane": float(surface.min()),
    }
    if path is None:
        return found

    plane = optim.path_plane(path, flat(net))
    along = [named(direction, center) for direction in plane.directions]
    x, y = (line_over(column, config.points) for column in plane.coordinates.T)
    surface = optim.loss_surface(measure, center, along[0], along[1], x, y)
    places = plane.coordinates.T
    heights = optim.losses_on_plane(measure, center, along[0], along[1], places[0], places[1])
    walked = torch.cat([plane.coordinates, heights[:, None]], dim=1)
    run.record("plane", x=x, y=y, height=surface, path=walked, explained=plane.explained)
    # the loss of the networks themselves, which the plane shows from the side
    true = torch.stack([measure(named(point, center)) for point in path])
    return found | {
        "path_explained": float(plane.explained.sum()),
        "path_first_loss": float(true[0]),
        "path_points": float(len(path)),
    }


def parameters_of(net: torch.nn.Module) -> dict[str, Tensor]:
    """The parameters by name, outside any graph."""
    return {name: parameter.detach() for name, parameter in net.named_parameters()}


def flat(net: torch.nn.Module) -> Tensor:
    """All parameters as one vector."""
    return torch.cat([parameter.flatten() for parameter in parameters_of(net).values()])


def named(vector: Tensor, like: dict[str, Tensor]) -> dict[str, Tensor]:
    """A vector as parameters by name again."""
    parts = vector.split([tensor.numel() for tensor in like.values()])
    return {name: part.view_as(like[name]) for name, part in zip(like, parts, strict=True)}


def line_over(column: Tensor, points: int) -> Tensor:
    """Places from below the lowest coordinate to above the highest, the centre between them."""
    low, high = min(0.0, float(column.min())), max(0.0, float(column.max()))
    margin = MARGIN * max(high - low, 1e-6)
    return torch.linspace(low - margin, high + margin, points, dtype=column.dtype)


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
    if _labels(run)["kind"] == "line":
        return run.load_weights(torch.nn.Linear(1, 1, dtype=torch.float64))
    labels = _labels(run)
    return run.load_weights(new_network(config, labels["inputs"], labels["classes"]))


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two rows of scaled features."""
    if _labels(run)["kind"] == "line":
        return (torch.tensor([[0.2], [0.8]], dtype=torch.float64),)
    return (torch.zeros(2, _labels(run)["inputs"]),)


def _labels(run: Run) -> dict[str, Any]:
    labels = run.read_json("labels")
    if labels["kind"] == "trained":
        raise TiduError(
            f"{run.name} holds the surface of {labels['run']}, not a network of its own.",
            f"Take that run: tidu export {labels['run']}",
        )
    return labels
