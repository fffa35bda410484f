"""L1 and L2: a price on large weights, and what it buys on rows not seen.

    loss = mean squared error + l1 · Σ|w|        or        + l2 · Σ w²

With the squares and products of its features the diabetes table has 65 columns for 354 training
rows, and plain least squares fit their noise. Ridge (L2) and lasso (L1) are solved for a whole
range of penalties; cross-validation within the training rows chooses one of each. The bias is never
penalised: ``test_mse_bias_penalised`` is what that would cost. ``slope_ridge`` and ``slope_plain``
are how steeply the answer changes with the features, the mean norm of its gradient with respect to
the standardised features of the test rows. Two checks run along: gradient descent on the loss with
the penalty added must end in ridge's closed form, and lasso must meet the conditions of its
minimum.

``--data my.csv --target price`` takes your own table, ``--no-products`` its columns as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from tidu import data, losses, metrics, nn, optim, runs
from tidu.errors import TiduError
from tidu.fields import OpenFraction, PositiveInt

if TYPE_CHECKING:
    from torch import Tensor

    from tidu.data import Table
    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    products: bool = True  # learn from squares and products of two features as well
    penalties: PositiveInt = 50  # how many penalties to try of each kind
    folds: PositiveInt = 10  # parts of the cross-validation
    test_fraction: OpenFraction = 0.2  # share of the rows kept for the test
    steps: PositiveInt = 50_000  # most steps of the descent that checks ridge


PRESETS = {"quick": Config(products=False, penalties=30, folds=5), "standard": Config()}
PICTURES = "regularisation"  # drawn by this file of tidu.views.systems
TAKES = ("data", "target")
USE_EXAMPLE = "new.csv"
THREADS = 1  # matrices this small are slower on two
RIDGE, LASSO = 0, 1
STILL = 1e-10  # descent has arrived where no slope is steeper


def run(config: Config, run: Run) -> dict[str, float]:
    """Solve, choose, compare; return the errors on the test rows and both checks."""
    table = data.own_or("diabetes", run.data, run.options.target, task="regression")
    train, test = table.split(config.test_fraction, run.generator())
    first = data.Standardiser.fit(train.features)
    wider = nn.Products() if config.products else torch.nn.Identity()
    second = data.Standardiser.fit(wider(first.apply(train.features)))
    inputs, test_inputs = (second.apply(wider(first.apply(t.features))) for t in (train, test))
    targets = train.target

    penalties = penalty_ranges(inputs, targets, config.penalties)
    errors = cross_validate(config, run, inputs, targets, penalties)
    chosen = errors.mean(1).argmin(1).tolist()
    paths = both_paths(inputs, targets, penalties, tolerance=1e-10)
    plain = optim.least_squares(optim.with_ones(inputs), targets)
    ridge, lasso = (paths[kind, chosen[kind]] for kind in (RIDGE, LASSO))
    descent = descend(config, run, inputs, targets, l2=float(penalties[RIDGE, chosen[RIDGE]]))

    best = min((RIDGE, LASSO), key=lambda kind: float(errors[kind].mean(0).min()))
    run.save_weights(whole_network(first, second, paths[best, chosen[best]], config.products))
    schema = data.Schema.of(train, run.data)
    run.write_json("columns", schema.as_json() | {"width": inputs.shape[1]})
    record(run, train, config, penalties, paths, errors, plain)

    def test_error(coefficients: Tensor) -> float:
        predictions = optim.with_ones(test_inputs) @ coefficients
        return float(metrics.mean_squared_error(predictions, test.target))

    def slope(coefficients: Tensor) -> float:
        place = first.apply(test.features).requires_grad_()
        said = optim.with_ones(second.apply(wider(place))) @ coefficients
        return float(torch.autograd.grad(said.sum(), place)[0].norm(dim=1).mean())

    violation = optim.lasso_violation(inputs, targets, penalties[LASSO], paths[LASSO]).max()
    cost = {
        "test_mse_plain": test_error(plain),
        "test_mse_ridge": test_error(ridge),
        "test_mse_lasso": test_error(lasso),
    }
    return cost | {
        "ridge_over_plain": cost["test_mse_ridge"] / cost["test_mse_plain"],
        "lasso_over_plain": cost["test_mse_lasso"] / cost["test_mse_plain"],
        "test_mse_bias_penalised": test_error(
            bias_penalised(inputs, targets, float(penalties[RIDGE, chosen[RIDGE]]))
        ),
        "slope_plain": slope(plain),
        "slope_ridge": slope(ridge),
        "l2": float(penalties[RIDGE, chosen[RIDGE]]),
        "l1": float(penalties[LASSO, chosen[LASSO]]),
        "weights": float(inputs.shape[1]),
        "lasso_weights_kept": float((lasso[:-1] != 0).sum()),
        "ridge_gap": float((descent - ridge).abs().max() / ridge.abs().max()),
        "lasso_violation": float(violation / penalties[LASSO, 0]),
    }


def penalty_ranges(inputs: Tensor, targets: Tensor, count: int) -> Tensor:
    """L2 in the first row and L1 in the second, from strong to weak on a logarithmic scale."""
    l2 = torch.logspace(2, -4, count, dtype=torch.float64)
    l1 = optim.largest_l1(inputs, targets) * torch.logspace(0, -2, count, dtype=torch.float64)
    return torch.stack([l2, l1])


def both_paths(inputs: Tensor, targets: Tensor, penalties: Tensor, tolerance: float) -> Tensor:
    """Ridge's and lasso's coefficients, bias last, for every penalty: (2, penalties, columns+1)."""
    ridge = [optim.ridge(inputs, targets, l2) for l2 in penalties[RIDGE].tolist()]
    return torch.stack(
        [torch.stack(ridge), optim.lasso(inputs, targets, penalties[LASSO], tolerance)]
    )


def bias_penalised(inputs: Tensor, targets: Tensor, l2: float) -> Tensor:
    """Ridge's coefficients if the bias had its price like any weight."""
    wide = optim.with_ones(inputs)
    size = (len(inputs) * l2) ** 0.5
    penalty = size * torch.eye(wide.shape[1], dtype=wide.dtype)
    wanted = torch.cat([targets, torch.zeros_like(penalty[0])])
    return optim.least_squares(torch.cat([wide, penalty]), wanted)


def cross_validate(
    config: Config, run: Run, inputs: Tensor, targets: Tensor, penalties: Tensor
) -> Tensor:
    """The mean squared error on each fold, by coefficients that have not seen it: (2, folds, p)."""
    rows = len(targets)
    if not 2 <= config.folds <= rows:
        raise TiduError(
            f"--folds must be from 2 to the {rows} training rows; got {config.folds}.",
            "One part is left out in turn, and the others are learned from.",
        )
    folds = torch.randperm(rows, generator=run.generator(1)) % config.folds
    errors = torch.zeros(2, config.folds, penalties.shape[1], dtype=torch.float64)
    for fold in run.steps(config.folds, keep={"errors": errors}, name="folds"):
        out = folds == fold
        paths = both_paths(inputs[~out], targets[~out], penalties, tolerance=1e-5)
        predictions = paths @ optim.with_ones(inputs[out]).mT
        errors[:, fold] = (predictions - targets[out]).square().mean(-1)
        ridge_mse, lasso_mse = errors[:, fold].amin(-1).tolist()
        run.log(fold, ridge_mse=ridge_mse, lasso_mse=lasso_mse)
    return errors


def descend(config: Config, run: Run, inputs: Tensor, targets: Tensor, l2: float) -> Tensor:
    """Gradient descent on the loss with the penalty added; the coefficients it ends in."""
    layer = optim.linear_layer(torch.zeros_like(inputs[0, :1]).expand(inputs.shape[1] + 1))
    curvature = torch.linalg.eigvalsh(2 / len(inputs) * inputs.mT @ inputs) + 2 * l2
    highest, lowest = max(2.0, float(curvature[-1])), min(2.0, float(curvature[0]))
    rate = 2 / (highest + lowest)  # the bias alone curves by 2, for the columns are centred
    steps = run.steps(config.steps, keep={"layer": layer}, name="descent")
    for step in steps:
        loss = metrics.mean_squared_error(layer(inputs).squeeze(1), targets)
        loss = loss + losses.weight_penalty(layer, l2=l2)
        gradients = torch.autograd.grad(loss, list(layer.parameters()))
        slope = max(float(gradient.abs().max()) for gradient in gradients)
        if step % 100 == 0:
            run.log(step, penalised_loss=loss.item(), slope=slope)
        if slope < STILL * float(targets.abs().max()):
            steps.stop()
            continue
        with torch.no_grad():
            for parameter, gradient in zip(layer.parameters(), gradients, strict=True):
                parameter -= rate * gradient
    return torch.cat([parameter.detach().flatten() for parameter in layer.parameters()])


def whole_network(
    first: data.Standardiser, second: data.Standardiser, coefficients: Tensor, products: bool
) -> torch.nn.Sequential:
    """Standardise, multiply, weigh: from the features in their own units to the target."""
    network = new_network(len(first.mean), len(second.mean), products)
    same = torch.nn.Linear(len(first.mean), len(first.mean), dtype=torch.float64)
    with torch.no_grad():
        same.weight.copy_(torch.eye(len(first.mean)))
        same.bias.zero_()
    network[0] = first.folded_into(same)
    network[2] = second.folded_into(optim.linear_layer(coefficients))
    return network


def new_network(columns: int, width: int, products: bool) -> torch.nn.Sequential:
    """The network of :func:`whole_network` with any weights."""
    return torch.nn.Sequential(
        torch.nn.Linear(columns, columns, dtype=torch.float64),
        nn.Products() if products else torch.nn.Identity(),
        torch.nn.Linear(width, 1, dtype=torch.float64),
    )


def record(
    run: Run,
    train: Table,
    config: Config,
    penalties: Tensor,
    paths: Tensor,
    errors: Tensor,
    plain: Tensor,
) -> None:
    """Keep the paths and errors for the pictures, and the names of the weights."""
    names = train.feature_names
    run.write_json("weights", nn.Products.names(names) if config.products else names)
    run.record("paths", penalties=penalties, paths=paths, errors=errors, plain=plain)


def model(config: Config, run: Run) -> torch.nn.Module:
    """Ridge or lasso, whichever cross-validation found better; features in their own units."""
    columns = run.read_json("columns")
    network = new_network(len(columns["features"]), columns["width"], config.products)
    return run.load_weights(network)


Use = runs.RowsFile


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Predict the target of every row of a CSV file."""
    return runs.predicted_rows(options, model(config, run), run)


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two rows in the features' own units."""
    return runs.two_rows(run)
