"""Cross-validation: every row is held out once, and all of them together choose a model.

    CV(c) = 1/n · Σ_i loss(y_i, f(x_i))        f: candidate c, fitted without the fold of row i

Among the candidates, from simple to rich, the one-standard-error rule takes the simplest that is
about as good as the best (:func:`tidu.metrics.simplest_of_best`); it is then fitted to all rows.

Source: Stone (1974), "Cross-validatory choice and assessment of statistical predictions", Journal
of the Royal Statistical Society B 36, 111-147; Hastie, Tibshirani & Friedman (2009), section
7.10.1. Where ours differs: a row that is the only one of its class is in no fold, for without it
there is nothing to learn that class from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from tidu import data, metrics
from tidu.errors import TiduError


@dataclass(frozen=True)
class Rows:
    """Standardised features, and targets: numbers, or the numbers of classes."""

    inputs: Tensor
    targets: Tensor


class Fold(NamedTuple):
    """The rows to learn from, those held out, and the places of the latter in a list of losses."""

    learned: Rows
    held: Rows
    places: Tensor


@dataclass(frozen=True)
class Tried:
    """One kind of model: its settings from simple to rich, and what each costs on held-out rows.

    ``body`` fits the model with the setting of a number to all rows.
    """

    kind: str
    settings: Sequence[dict[str, float]]
    losses: Float[Tensor, "settings rows"]
    body: Callable[[int], torch.nn.Module]

    @property
    def lowest(self) -> float:
        """The mean loss of its best setting."""
        return float(self.losses.mean(1).min())


@dataclass(frozen=True)
class Chosen:
    """What the one-standard-error rule took: kind and setting, fitted, its loss, and the limit."""

    kind: str
    setting: dict[str, float]
    body: torch.nn.Module
    loss: float
    limit: float


def target_scale(learned: data.Table) -> tuple[float, float]:
    """Mean and deviation of the numbers to predict; 0 and 1 for classes."""
    if learned.task == "classification":
        return 0.0, 1.0
    deviation = float(learned.target.std(correction=0))
    return float(learned.target.mean()), deviation or 1.0


def prepared(part: data.Table, scaler: data.Standardiser, middle: float, spread: float) -> Rows:
    """Rows as a model learns from them."""
    numbers = part.task == "regression"
    targets = (part.target - middle) / spread if numbers else part.target
    return Rows(scaler.apply(part.features), targets)


def folds_of(rows: Rows, count: int, generator: torch.Generator) -> list[Fold]:
    """At most ``count`` folds with every class dealt out evenly, each standardised by itself.

    >>> rows = Rows(torch.randn(10, 3), torch.arange(10) % 2)
    >>> folds = folds_of(rows, 5, torch.Generator().manual_seed(0))
    >>> len(folds), folds[0].learned.inputs.shape, folds[0].held.inputs.shape
    (5, torch.Size([8, 3]), torch.Size([2, 3]))
    """
    is_number = rows.targets.is_floating_point()
    codes = torch.zeros(len(rows.targets)).long() if is_number else rows.targets
    alone = torch.zeros_like(codes).bool() if is_number else codes.bincount()[codes] == 1
    held = int((~alone).sum())
    if held < 2:
        raise TiduError(
            f"{held} of the {len(codes)} rows to learn from can be held out for validation; there "
            "must be 2, in classes that have another row.",
            "Bring more rows, or a target with fewer classes.",
        )
    dealt = torch.full_like(codes, -1)
    dealt[~alone] = data.stratified_folds(codes[~alone], min(count, held), generator)
    places = (~alone).cumsum(0) - 1
    found: list[Fold] = []
    for fold in range(min(count, held)):
        out = dealt == fold
        scaler = data.Standardiser.fit(rows.inputs[~out])
        learned, left = (
            Rows(scaler.apply(rows.inputs[part]), rows.targets[part]) for part in (~out, out)
        )
        found.append(Fold(learned, left, places[out]))
    return found


def held_rows(folds: Sequence[Fold]) -> int:
    """How many rows are held out once."""
    return sum(len(fold.places) for fold in folds)


def choose(tried: Sequence[Tried]) -> Chosen:
    """The simplest of all settings that are about as good as the best, fitted to all rows."""
    number, limit = metrics.simplest_of_best(torch.cat([one.losses for one in tried]))
    for one in tried:
        if number < len(one.settings):
            loss = float(one.losses[number].mean())
            return Chosen(one.kind, one.settings[number], one.body(number), loss, limit)
        number -= len(one.settings)
    raise AssertionError("the number of a setting that was not tried")


def baseline_loss(folds: Sequence[Fold]) -> float:
    """What knowing the target alone costs on the held-out rows, on the scale of a model's loss."""
    found = torch.zeros(held_rows(folds), dtype=torch.float64)
    for learned, held, places in folds:
        if learned.targets.is_floating_point():
            found[places] = (held.targets - learned.targets.mean()).square()
        else:
            shares = learned.targets.bincount().double() / len(learned.targets)
            found[places] = -shares[held.targets].log()
    return float(found.mean())
