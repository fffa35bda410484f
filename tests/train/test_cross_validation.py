"""Choosing on held-out rows, against scikit-learn's cross-validation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import torch
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import PredefinedSplit, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from torch import Tensor

from tidu import train
from tidu.errors import TiduError


class Loop:
    """A run that keeps nothing."""

    device = torch.device("cpu")

    def steps(self, total: int, keep: Mapping[str, Any], name: str = "train") -> Iterator[int]:
        return iter(range(total))

    def log(self, step: int, **metrics: Any) -> None:
        assert all(value == value for value in metrics.values())


def rows_of(seed: int, classes: int = 0, count: int = 40) -> train.Rows:
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(count, 3, generator=generator, dtype=torch.float64)
    noisy = x[:, 0] - x[:, 1].square() + torch.randn(count, generator=generator).double()
    return train.Rows(x, noisy if not classes else noisy.argsort().argsort() * classes // count)


def folds_of(rows: train.Rows, count: int = 4) -> tuple[list[train.Fold], PredefinedSplit]:
    folds = train.folds_of(rows, count, torch.Generator().manual_seed(0))
    of_row = torch.zeros(len(rows.targets)).long()
    for number, fold in enumerate(folds):
        of_row[fold.places] = number
    return folds, PredefinedSplit(of_row.numpy())


@pytest.mark.parametrize("classes", [0, 2, 5])
def test_every_row_is_held_out_once_and_never_learned_from_then(classes: int) -> None:
    rows = rows_of(1, classes)
    folds, _ = folds_of(rows)
    assert torch.cat([fold.places for fold in folds]).sort().values.tolist() == list(range(40))
    for fold in folds:
        assert torch.equal(fold.held.targets, rows.targets[fold.places])
        torch.testing.assert_close(fold.learned.inputs.mean(0), torch.zeros(3).double())
        assert len(fold.learned.targets) + len(fold.places) == 40
        if classes:
            assert set(fold.held.targets.tolist()) == set(range(classes))


def test_a_row_alone_in_its_class_is_always_learned_from() -> None:
    rows = train.Rows(torch.randn(7, 2).double(), torch.tensor([0, 0, 0, 2, 1, 1, 1]))
    folds = train.folds_of(rows, 10, torch.Generator())
    assert len(folds) == train.held_rows(folds) == 6
    assert all(2 in fold.learned.targets for fold in folds)
    with pytest.raises(TiduError, match="held out"):
        train.folds_of(train.Rows(torch.ones(3, 1), torch.arange(3)), 2, torch.Generator())


def test_polynomials_cost_what_scikit_learn_finds() -> None:
    rows = rows_of(2)
    folds, split = folds_of(rows)
    l2 = torch.tensor([1.0, 0.01], dtype=torch.float64)
    tried = train.try_polynomials("polynomial", [1, 2], l2, Loop(), rows, folds)
    for setting, losses in zip(tried.settings, tried.losses, strict=True):
        theirs = make_pipeline(
            StandardScaler(),
            PolynomialFeatures(int(setting["degree"]), include_bias=False),
            StandardScaler(),
            Ridge(30 * setting["l2"]),
        )
        said = cross_val_predict(theirs, rows.inputs.numpy(), rows.targets.numpy(), cv=split)
        torch.testing.assert_close(losses, (torch.from_numpy(said) - rows.targets).square())
    best = train.choose([tried])
    assert best.setting["degree"] == 2
    whole = best.body(rows.inputs)[:, 0].detach()
    assert float((whole - rows.targets).square().mean()) < best.loss


@pytest.mark.parametrize("classes", [2, 3])
def test_classifiers_cost_what_scikit_learn_finds(classes: int) -> None:
    rows = rows_of(3, classes)
    folds, split = folds_of(rows)
    outputs = 1 if classes == 2 else classes
    l2 = torch.tensor([0.1, 0.01], dtype=torch.float64)
    tried = train.try_classifiers("it", outputs, l2, Loop(), rows, folds)
    for price, losses in zip(l2.tolist(), tried.losses, strict=True):
        theirs = make_pipeline(StandardScaler(), LogisticRegression(C=1 / (60 * price), tol=1e-10))
        said = cross_val_predict(
            theirs, rows.inputs.numpy(), rows.targets.numpy(), cv=split, method="predict_log_proba"
        )
        wanted = -torch.from_numpy(said).gather(1, rows.targets.unsqueeze(1))[:, 0]
        torch.testing.assert_close(losses, wanted, rtol=1e-4, atol=1e-5)


def test_the_baseline_knows_the_folds_it_may_see_alone() -> None:
    rows = train.Rows(torch.randn(4, 1).double(), torch.tensor([0.0, 0.0, 4.0, 4.0]).double())
    folds, _ = folds_of(rows, 4)
    wanted = [(t - (8 - t) / 3) ** 2 for t in (0, 0, 4, 4)]
    assert train.baseline_loss(folds) == pytest.approx(sum(wanted) / 4)


def test_steps_are_settings_and_the_chosen_ones_are_taken_on_all_rows() -> None:
    rows = rows_of(4)
    folds, _ = folds_of(rows)
    made: list[torch.nn.Module] = []

    def new_network() -> torch.nn.Module:
        torch.manual_seed(0)
        made.append(torch.nn.Linear(3, 1, dtype=torch.float64))
        return made[-1]

    def row_losses(said: Tensor, truth: Tensor) -> Tensor:
        return (said[:, 0] - truth).square()

    tried = train.try_steps(
        "line",
        new_network,
        lambda network: torch.optim.SGD(network.parameters(), lr=0.05),
        row_losses,
        rows,
        folds,
        run=Loop(),
        seed=0,
        batch=10,
        steps=50,
        patience=9,
    )
    assert [setting["steps"] for setting in tried.settings] == [20, 40, 50]
    # what a fold's network costs after the last look, found again
    network = new_network()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.05)
    order = train.Shuffled(30, 10, 0)
    for step in range(50):
        chosen = order(step)
        learned = folds[0].learned
        loss = row_losses(network(learned.inputs[chosen]), learned.targets[chosen]).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    held = folds[0].held
    torch.testing.assert_close(
        tried.losses[2, folds[0].places], row_losses(network(held.inputs), held.targets).detach()
    )
    chosen = train.choose([tried])
    assert isinstance(chosen.body, torch.nn.Linear)
