"""Indicator terms: one linear model that holds a line of its own for every species.

    y = Σ_s δ(species = s) · (w_s x + b_s)

The sum is linear in all its coefficients, so one least-squares problem finds every line at once;
``max_gap`` compares it with a separate regression for each species. Whether the species are worth
their terms is asked twice: by an F-test against the pooled line, and by cross-validation on rows
that neither model has seen.

The Pokémon table stands for the notes' example: special attack from attack, by first type (the
notes predict strength after evolution by species, on a table that is not published).
``--data my.csv --target price --feature size --category town`` takes your own.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import torch
import tyro

from tidu import data, metrics, nn, optim
from tidu.errors import TiduError
from tidu.fields import PositiveInt

if TYPE_CHECKING:
    from torch import Tensor

    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    source: Literal["pokemon", "iris"] = "pokemon"  # the table to take
    predict: str | None = None  # the source's number to predict; your own table has --target
    feature: str | None = None  # the number to predict it from; by default the first of your own
    category: str | None = None  # the column of species; by default the first column of texts
    least: PositiveInt = 5  # rarer categories are taken together as (others)
    folds: PositiveInt = 10  # parts of the cross-validation


PRESETS = {"quick": Config(source="iris"), "standard": Config()}
PICTURES = "indicator_regression"  # drawn by this file of tidu.views.systems
TAKES = ("data", "target")
USE_EXAMPLE = "new.csv"
THREADS = 1
ROLES = {  # what is predicted, from what, by which category
    "pokemon": ("sp_attack", "attack", "type1"),
    "iris": ("petal width (cm)", "petal length (cm)", "class"),
}
OTHERS = "(others)"


@dataclass(frozen=True)
class Rows:
    """One feature, the target and the category of every row, and what they are called."""

    x: Tensor
    y: Tensor
    codes: Tensor
    groups: tuple[str, ...]  # what ``codes`` count: levels, and maybe (others)
    names: dict[str, Any]  # feature, target, category, levels and the group of each level


def run(config: Config, run: Run) -> dict[str, float]:
    """Fit the pooled line and the lines of all species; return how they compare."""
    rows = load_rows(config, run)
    x, y, codes, levels = rows.x.unsqueeze(1), rows.y, rows.codes, len(rows.groups)
    pooled_inputs, inputs = optim.with_ones(x), nn.indicator_columns(x, codes, levels)
    pooled, lines = (optim.least_squares(part, y) for part in (pooled_inputs, inputs))

    errors = torch.zeros(len(y), 2, dtype=torch.float64)
    folds = data.stratified_folds(codes, config.folds, run.generator())
    for fold in run.steps(config.folds, keep={"errors": errors}):
        out = folds == fold
        for k, part in enumerate((pooled_inputs, inputs)):
            errors[out, k] = part[out] @ optim.least_squares(part[~out], y[~out]) - y[out]
        pooled_mse, species_mse = errors[out].square().mean(0).tolist()
        run.log(fold, pooled_mse=pooled_mse, species_mse=species_mse)

    separate = torch.zeros_like(lines).view(levels, 2)
    for code in range(levels):
        own = codes == code
        separate[code] = optim.least_squares(pooled_inputs[own], y[own])
    gap = (inputs @ (lines - separate.flatten())).abs().max() / y.std()
    test = metrics.f_test(
        float((pooled_inputs @ pooled - y).square().sum()),
        float((inputs @ lines - y).square().sum()),
        int(optim.independent_columns(pooled_inputs).sum()),
        int(optim.independent_columns(inputs).sum()),
        len(y),
    )
    run.save_weights(nn.IndicatorLinear.of(lines, levels))
    run.write_json("columns", rows.names | {"groups": rows.groups, "mean": float(x.mean())})
    run.record("rows", x=rows.x, y=y, codes=codes, errors=errors)
    run.record("lines", pooled=pooled, lines=lines.view(levels, 2))
    pooled_mse, species_mse = errors.square().mean(0).tolist()
    return {
        "held_out_mse_pooled": pooled_mse,
        "held_out_mse_species": species_mse,
        "held_out_ratio": species_mse / pooled_mse,
        "held_out_r2_species": float(metrics.r_squared(y + errors[:, 1], y)),
        "f": test.f,
        "p_value": test.p_value,
        "species": float(levels),
        "max_gap": float(gap),
    }


def load_rows(config: Config, run: Run) -> Rows:
    """The feature, the target and the categories, without rows that lack the feature."""
    if run.data is None:
        table = data.load(config.source)
        assert isinstance(table, data.Table)
        predict, feature, category = ROLES[config.source]
        target = config.predict or predict
        y = table.features[:, table.column(target)]
        x_column = table.column(config.feature or feature)
        name, species = table.category(config.category or category)
    else:
        table = data.read_csv(run.data, run.options.target, task="regression")
        target, y = table.target_name, table.target
        name, species = table.category(config.category)
        numbers = [f for f in table.feature_names if not f.startswith(f"{name}=") and f != name]
        if not numbers:
            raise TiduError(
                f"Besides the category {name!r} and the target {target!r} there is no feature.",
                "Bring a table with a column of numbers to predict from.",
            )
        x_column = table.column(config.feature or numbers[0])
    feature, x = table.feature_names[x_column], table.features[:, x_column]
    groups, of_level = grouped(species, config.least, name)
    codes = torch.tensor(of_level)[species.codes]
    kept = ~x.isnan() & (codes >= 0)
    names = {
        "feature": feature,
        "target": target,
        "category": name,
        "levels": species.levels,
        "group_of_level": of_level,
    }
    check(config, int(kept.sum()), groups)
    return Rows(x[kept], y[kept], codes[kept], groups, names)


def grouped(species: data.Category, least: int, name: str) -> tuple[tuple[str, ...], list[int]]:
    """The groups that get a line, and the group of each level; -1 where even the rest is too few.

    Levels with fewer than ``least`` rows are taken together.
    """
    counts = species.codes.bincount(minlength=len(species.levels)).tolist()
    common = [level for level, count in enumerate(counts) if count >= least]
    rare = sum(counts[level] for level in range(len(counts)) if level not in common)
    groups = [species.levels[level] for level in common]
    others = len(groups) if rare >= least else -1
    if others >= 0:
        groups.append(OTHERS)
    of_level = [common.index(k) if k in common else others for k in range(len(counts))]
    if len(groups) < 2:
        raise TiduError(
            f"{name!r} has {len(groups)} categories with at least {least} rows; two are needed.",
            "Name another column with --category, or lower --least.",
        )
    return tuple(groups), of_level


def check(config: Config, rows: int, groups: tuple[str, ...]) -> None:
    """Enough rows for every line and every fold."""
    if not 2 <= config.folds <= rows:
        raise TiduError(
            f"--folds must be from 2 to the {rows} rows; got {config.folds}.",
            "One part is left out in turn, and the others are learned from.",
        )
    if config.least < 2 or rows <= 2 * len(groups):
        raise TiduError(
            f"A line for each of {len(groups)} categories needs at least two rows of each and more "
            f"than {2 * len(groups)} in all; got --least {config.least} and {rows} rows.",
            "Raise --least, or bring more rows.",
        )


def model(config: Config, run: Run) -> torch.nn.Module:
    """The lines of all species: features (rows, 1) and the number of each row's group."""
    groups = len(run.read_json("columns")["groups"])
    return run.load_weights(nn.IndicatorLinear(1, groups).double())


@dataclass(frozen=True)
class Use:
    """What to predict."""

    rows: Annotated[Path, tyro.conf.Positional]  # a CSV file with the feature and the category


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Predict the target of every row of a CSV file, each by its own species' line."""
    names = run.read_json("columns")
    schema = data.Schema((names["feature"],), (names["mean"],), names["target"])
    known = [k for k, group in enumerate(names["group_of_level"]) if group >= 0]
    levels = [names["levels"][k] for k in known]
    of_level = torch.tensor([names["group_of_level"][k] for k in known])
    codes = of_level[data.read_levels(options.rows, names["category"], levels)]
    with torch.no_grad():
        return schema.answer(model(config, run)(schema.read(options.rows), codes))


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two rows of the first two species."""
    mean = run.read_json("columns")["mean"]
    return torch.full((2, 1), mean, dtype=torch.float64), torch.tensor([0, 1])
