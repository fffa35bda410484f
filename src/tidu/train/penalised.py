"""Linear models of which every penalty, and every degree, is tried on rows that were held out.

Penalties go from strong to weak and degrees from low to high, so that every list of settings goes
from simple to rich.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from tidu import data, nn, optim
from tidu.train.cross_validation import Fold, Rows, Tried, held_rows
from tidu.train.fit import Loop


def try_polynomials(
    kind: str, degrees: Sequence[int], l2: Tensor, run: Loop, rows: Rows, folds: Sequence[Fold]
) -> Tried:
    """Ridge regression on products of up to ``degree`` features, for every degree and penalty."""
    shape = (len(degrees), len(l2), held_rows(folds))
    losses = torch.full(shape, torch.inf, dtype=torch.float64)
    for k in run.steps(len(degrees) * len(folds), keep={"losses": losses}, name=kind):
        which, fold = divmod(k, len(folds))
        learned, held, places = folds[fold]
        wider, scaler, weights = _path(degrees[which], learned, l2)
        predictions = weights @ optim.with_ones(scaler.apply(wider(held.inputs))).mT
        found = (predictions - held.targets).square()
        losses[which][:, places] = found
        run.log(k, **{f"{kind}_validation_loss": float(found.mean(1).min())})

    def body(number: int) -> torch.nn.Module:
        degree, penalty = divmod(number, len(l2))
        wider, scaler, weights = _path(degrees[degree], rows, l2)
        line = scaler.folded_into(optim.linear_layer(weights[penalty]))
        return torch.nn.Sequential(wider, line)

    settings = [{"degree": float(d), "l2": price} for d in degrees for price in l2.tolist()]
    return Tried(kind, settings, losses.flatten(0, 1), body)


def _path(degree: int, rows: Rows, l2: Tensor) -> tuple[torch.nn.Module, data.Standardiser, Tensor]:
    """The products, their standardisation, and the coefficients for every penalty."""
    wider = nn.Monomials(rows.inputs.shape[1], degree)
    scaler = data.Standardiser.fit(wider(rows.inputs))
    return wider, scaler, optim.ridge_path(scaler.apply(wider(rows.inputs)), rows.targets, l2)


def try_classifiers(
    kind: str, outputs: int, l2: Tensor, run: Loop, rows: Rows, folds: Sequence[Fold]
) -> Tried:
    """Logistic regression (one output) or softmax regression, for every penalty."""
    columns = rows.inputs.shape[1]
    found = torch.zeros(outputs, columns + 1, dtype=torch.float64)
    losses = torch.full((len(l2), held_rows(folds)), torch.inf, dtype=torch.float64)
    keep = {"found": found, "losses": losses}
    for k in run.steps(len(folds) * len(l2), keep=keep, name=kind):
        fold, which = divmod(k, len(l2))
        learned, held, places = folds[fold]
        start = found if which else None  # from the solution of the penalty before
        price = float(l2[which])
        found[:] = optim.linear_classifier(learned.inputs, learned.targets, outputs, price, start)
        logits = optim.with_ones(held.inputs) @ found.mT
        losses[which, places] = optim.classifier_loss(logits, held.targets, "none")
        run.log(k, **{f"{kind}_validation_loss": float(losses[which, places].mean())})

    def body(number: int) -> torch.nn.Module:
        price = float(l2[number])
        weights = optim.linear_classifier(rows.inputs, rows.targets, outputs, price)
        layer = torch.nn.Linear(columns, outputs, dtype=torch.float64)
        layer.load_state_dict({"weight": weights[:, :-1], "bias": weights[:, -1]})
        return layer

    return Tried(kind, [{"l2": price} for price in l2.tolist()], losses, body)
