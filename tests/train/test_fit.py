"""The supervised loop against the same loop written out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tidu import train
from tidu.runs import Run


def data(step: int) -> tuple[Tensor, Tensor]:
    """A batch that depends on the step alone."""
    generator = torch.Generator().manual_seed(step)
    inputs = torch.randn(8, 3, generator=generator)
    return inputs, inputs.sum(1, keepdim=True)


def network() -> nn.Module:
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Dropout(0.1), nn.Linear(8, 1))


def test_it_is_the_textbook_loop(tmp_path: Path) -> None:
    """Schedule, clipping and dropout included, bit for bit."""
    ours, theirs = network(), network()
    run = Run(tmp_path, quiet=True)
    loss = nn.functional.mse_loss
    torch.manual_seed(2)
    optimizer = torch.optim.SGD(ours.parameters(), 1.0, momentum=0.9)
    train.fit(
        ours, data, loss, optimizer, run=run, steps=20, clip=0.1,
        schedule=lambda step: 0.1 / (1 + step), log_every=1,
    )  # fmt: skip
    torch.manual_seed(2)
    optimizer = torch.optim.SGD(theirs.parameters(), 1.0, momentum=0.9)
    logged = []
    for step in range(20):
        inputs, targets = data(step)
        optimizer.param_groups[0]["lr"] = 0.1 / (1 + step)
        value = loss(theirs(inputs), targets)
        optimizer.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(theirs.parameters(), 0.1)
        optimizer.step()
        logged.append(value.item())
    for one, two in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(one, two)
    assert [line["loss"] for line in run.history()] == logged
    assert not ours.training


def test_it_evaluates_in_evaluation_mode_and_at_the_end(tmp_path: Path) -> None:
    net, seen = network(), []

    def evaluate() -> dict[str, float]:
        seen.append((net.training, torch.is_inference_mode_enabled()))
        return {"accuracy": 0.5}

    run = Run(tmp_path, quiet=True)
    optimizer = torch.optim.SGD(net.parameters(), 0.1)
    train.fit(
        net, data, nn.functional.mse_loss, optimizer, run=run, steps=7, evaluate=evaluate,
        evaluate_every=3,
    )  # fmt: skip
    assert seen == [(False, True)] * 3
    assert [line["step"] for line in run.history() if "accuracy" in line] == [2, 5, 6]


def test_early_stopping_ends_and_restores_the_best(tmp_path: Path) -> None:
    net = nn.Linear(3, 1)
    errors = iter([5.0, 3.0, 2.0, 2.5, 2.5, 2.1, 9.0, 9.0])
    weights: list[Tensor] = []

    def evaluate() -> dict[str, float]:
        weights.append(net.weight.detach().clone())
        return {"error": next(errors)}

    run = Run(tmp_path, quiet=True)
    optimizer = torch.optim.SGD(net.parameters(), 0.1)
    train.fit(
        net, data, nn.functional.mse_loss, optimizer, run=run, steps=100, evaluate=evaluate,
        evaluate_every=1, stopping=train.EarlyStopping("error", patience=3),
    )  # fmt: skip
    assert len(weights) == 6
    assert torch.equal(net.weight, weights[2])


def test_stopping_counts_only_improvements_beyond_the_margin() -> None:
    stopping = train.EarlyStopping("accuracy", patience=2, min_delta=0.1, larger=True)
    told = [stopping.is_over(i, {"accuracy": a}) for i, a in enumerate([0.5, 0.55, 0.7, 0.75, 0.6])]
    assert told == [False, False, False, False, True]
    assert stopping.best_step == 2
    with pytest.raises(ValueError, match="watches 'accuracy'"):
        stopping.is_over(9, {"loss": 0.1})


@pytest.mark.parametrize(("patience", "min_delta"), [(0, 0.0), (3, -0.1), (3, float("nan"))])
def test_a_patience_that_never_waits_is_refused(patience: int, min_delta: float) -> None:
    with pytest.raises(ValueError, match="at least 1 evaluation"):
        train.EarlyStopping("loss", patience, min_delta)


def test_every_epoch_sees_every_row_once() -> None:
    order = train.Shuffled(rows=12, batch=4, seed=3)
    epochs = [torch.cat([order(3 * e + i) for i in range(3)]) for e in range(3)]
    for rows in epochs:
        assert sorted(rows.tolist()) == list(range(12))
    assert not torch.equal(epochs[0], epochs[1])
    assert not torch.equal(epochs[0], torch.cat([train.Shuffled(12, 4, 4)(i) for i in range(3)]))
    assert torch.equal(order(1), train.Shuffled(12, 4, 3)(1))


@pytest.mark.parametrize("batch", [0, -1, 11])
def test_a_batch_beyond_the_rows_is_refused(batch: int) -> None:
    with pytest.raises(ValueError, match="from 1 to the 10 rows"):
        train.Shuffled(10, batch, 0)


def test_bfloat16_keeps_the_weights_in_single_precision(tmp_path: Path) -> None:
    net, types = nn.Linear(3, 1), []

    def loss(predictions: Tensor, targets: Tensor) -> Tensor:
        types.append(predictions.dtype)
        return nn.functional.mse_loss(predictions, targets)

    optimizer = torch.optim.SGD(net.parameters(), 0.05)
    some: dict[str, Any] = {"run": Run(tmp_path, quiet=True), "steps": 60, "log_every": 1}
    train.fit(net, data, loss, optimizer, precision="bfloat16", **some)
    assert set(types) == {torch.float32}
    assert net.weight.dtype == torch.float32
    torch.testing.assert_close(net.weight, torch.ones(1, 3), atol=0.1, rtol=0)
