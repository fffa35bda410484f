"""Models whose penalty, and degree, are chosen on rows that were held out of the fit.

Many penalties are tried from strong to weak; the one with the least loss on the held-out rows is
taken (Hastie, Tibshirani & Friedman 2009, section 7.2, "model selection").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from tidu import data, nn, optim
from tidu.train.fit import Loop


@dataclass(frozen=True)
class Rows:
    """Standardised features, and targets: numbers, or the numbers of classes."""

    inputs: Tensor
    targets: Tensor


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


@dataclass(frozen=True)
class Fitted:
    """A model, what it costs on the held-out rows, and what they chose."""

    kind: str
    body: torch.nn.Module
    loss: float
    chosen: dict[str, float]


def baseline_loss(rows: Rows, held: Rows) -> float:
    """What knowing the target alone costs on the held-out rows, on the scale of a model's loss."""
    if rows.targets.is_floating_point():
        return float((held.targets - rows.targets.mean()).square().mean())
    shares = rows.targets.bincount().double() / len(rows.targets)
    return float(-shares[held.targets].log().mean())


def fit_polynomial(
    kind: str, degrees: Sequence[int], l2: Tensor, run: Loop, rows: Rows, held: Rows
) -> Fitted:
    """Ridge regression on products of up to ``degree`` features, for every degree and penalty."""
    losses = torch.full((len(degrees), len(l2)), torch.inf, dtype=torch.float64)

    def path(degree: int) -> tuple[torch.nn.Module, data.Standardiser, Tensor]:
        wider = nn.Monomials(rows.inputs.shape[1], degree)
        scaler = data.Standardiser.fit(wider(rows.inputs))
        return wider, scaler, optim.ridge_path(scaler.apply(wider(rows.inputs)), rows.targets, l2)

    for k in run.steps(len(degrees), keep={"losses": losses}, name=kind):
        wider, scaler, weights = path(degrees[k])
        predictions = optim.with_ones(scaler.apply(wider(held.inputs))) @ weights.mT
        losses[k] = (predictions - held.targets.unsqueeze(1)).square().mean(0)
        run.log(degrees[k], **{f"{kind}_validation_loss": float(losses[k].min())})
    k, penalty = divmod(int(losses.argmin()), len(l2))
    wider, scaler, weights = path(degrees[k])
    line = scaler.folded_into(optim.linear_layer(weights[penalty]))
    chosen = {"degree": float(degrees[k]), "l2": float(l2[penalty])}
    return Fitted(kind, torch.nn.Sequential(wider, line), float(losses.min()), chosen)


def fit_classifier(
    kind: str, outputs: int, l2: Tensor, run: Loop, rows: Rows, held: Rows
) -> Fitted:
    """Logistic regression (one output) or softmax regression, for every penalty."""
    columns = rows.inputs.shape[1]
    found = torch.zeros(len(l2), outputs, columns + 1, dtype=torch.float64)
    losses = torch.full((len(l2),), torch.inf, dtype=torch.float64)
    for k in run.steps(len(l2), keep={"found": found, "losses": losses}, name=kind):
        start = found[k - 1] if k else None
        found[k] = optim.linear_classifier(rows.inputs, rows.targets, outputs, float(l2[k]), start)
        logits = optim.with_ones(held.inputs) @ found[k].mT
        losses[k] = optim.classifier_loss(logits, held.targets)
        run.log(k, **{f"{kind}_validation_loss": float(losses[k])})
    best = int(losses.argmin())
    layer = torch.nn.Linear(columns, outputs, dtype=torch.float64)
    layer.load_state_dict({"weight": found[best, :, :-1], "bias": found[best, :, -1]})
    return Fitted(kind, layer, float(losses[best]), {"l2": float(l2[best])})
