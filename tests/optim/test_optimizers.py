"""The optimisers as ``torch.optim.Optimizer``: state, hooks, schedules, wrong settings, copies."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from oracles.optimizers import PAIRS, descend
from tidu import nn, optim
from tidu.train import checkpoint

each = pytest.mark.parametrize("name", PAIRS)


def bowl(parameters: list[Tensor]) -> Tensor:
    """A loss of all parameters."""
    return sum((i + 1) * (p - i).square().sum() for i, p in enumerate(parameters))  # type: ignore[return-value]


def walk(optimizer: torch.optim.Optimizer, steps: int) -> None:
    """Some steps down the bowl of the optimiser's own parameters."""
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    for _ in range(steps):
        optimizer.zero_grad()
        bowl(parameters).backward()
        optimizer.step()


def fresh(make: Callable[..., torch.optim.Optimizer], settings: dict[str, Any]) -> Any:
    """Two parameters at a fixed start and an optimiser of them in two groups."""
    generator = torch.Generator().manual_seed(1)
    parameters = [torch.randn(3, 2, generator=generator).double(), torch.zeros(4).double()]
    parameters = [p.requires_grad_() for p in parameters]
    groups = [{"params": parameters[:1]}, {"params": parameters[1:], "lr": 0.02}]
    return parameters, make(groups, lr=0.01, weight_decay=0.1, **settings)


@each
@pytest.mark.parametrize("way", ["ours to theirs", "theirs to ours", "ours to ours"])
def test_the_state_of_one_loads_into_the_other(name: str, way: str) -> None:
    ours, theirs, settings = PAIRS[name]
    first = theirs if way.startswith("theirs") else ours
    second = theirs if way.endswith("theirs") else ours
    parameters, before = fresh(first, settings)
    walk(before, 5)
    copies, after = fresh(second, settings)
    for parameter, value in zip(copies, parameters, strict=True):
        parameter.data.copy_(value.detach())
    after.load_state_dict(copy.deepcopy(before.state_dict()))
    walk(before, 5)
    walk(after, 5)
    for one, two in zip(parameters, copies, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-12, atol=1e-12)


@each
def test_its_state_goes_into_a_checkpoint_and_back(name: str, tmp_path: Path) -> None:
    ours, _, settings = PAIRS[name]
    parameters, optimizer = fresh(ours, settings)
    walk(optimizer, 3)
    checkpoint.save(tmp_path / "state.safetensors", {"optimizer": optimizer})
    here = [p.detach().clone() for p in parameters]
    walk(optimizer, 4)
    again, other = fresh(ours, settings)
    for parameter, value in zip(again, here, strict=True):
        parameter.data.copy_(value)
    checkpoint.load(tmp_path / "state.safetensors", {"optimizer": other})
    walk(other, 4)
    assert all(torch.equal(one, two) for one, two in zip(parameters, again, strict=True))


@each
@pytest.mark.parametrize(
    "schedule",
    [
        lambda o: torch.optim.lr_scheduler.StepLR(o, 3, 0.5),
        lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 10),
        lambda o: torch.optim.lr_scheduler.OneCycleLR(o, 0.1, 20, cycle_momentum=False),
    ],
    ids=["step", "cosine", "one-cycle"],
)
def test_schedulers_of_torch_drive_it(name: str, schedule: Callable[..., Any]) -> None:
    places: list[list[Tensor]] = []
    for make in PAIRS[name][:2]:
        parameters, optimizer = fresh(make, PAIRS[name][2])
        scheduler = schedule(optimizer)
        for _ in range(10):
            walk(optimizer, 1)
            scheduler.step()
        places.append(parameters)
    for one, two in zip(*places, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-12, atol=1e-12)


@each
def test_a_closure_is_evaluated_once_and_its_loss_returned(name: str) -> None:
    ours, _, settings = PAIRS[name]
    parameters, optimizer = fresh(ours, settings)
    calls: list[float] = []

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = bowl(parameters)
        loss.backward()
        calls.append(float(loss.detach()))
        return loss

    assert float(optimizer.step(closure).detach()) == calls[0]
    assert len(calls) == 1
    assert float(bowl(parameters).detach()) < calls[0]


@each
def test_hooks_are_called(name: str) -> None:
    ours, _, settings = PAIRS[name]
    _, optimizer = fresh(ours, settings)
    seen: list[str] = []
    optimizer.register_step_pre_hook(lambda *_: seen.append("before"))
    optimizer.register_step_post_hook(lambda *_: seen.append("behind"))
    walk(optimizer, 2)
    assert seen == ["before", "behind"] * 2


@each
def test_a_rate_of_zero_moves_nothing_and_no_gradient_remembers_nothing(name: str) -> None:
    parameter = torch.ones(3, requires_grad=True)
    optimizer = PAIRS[name][0]([parameter], lr=0.0)
    optimizer.step()
    assert not optimizer.state
    walk(optimizer, 3)
    assert torch.equal(parameter, torch.ones(3))


@each
def test_each_copy_can_have_a_rate_of_its_own(name: str) -> None:
    """Stacked networks with a rate each walk as they would alone."""
    ours, _, settings = PAIRS[name]
    nets = [torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh()).double() for _ in range(3)]
    rates = torch.tensor([0.001, 0.01, 0.1], dtype=torch.float64)
    stacked = nn.stack(nets)
    inputs = torch.randn(5, 3, dtype=torch.float64)
    optimizer = ours(stacked.parameters(), lr=rates, weight_decay=0.1, **settings)
    alone = [
        ours(net.parameters(), lr=float(rate), weight_decay=0.1, **settings)
        for net, rate in zip(nets, rates, strict=True)
    ]
    for _ in range(4):
        optimizer.zero_grad()
        stacked(inputs.expand(3, 5, 3)).square().sum().backward()
        optimizer.step()
        for net, own in zip(nets, alone, strict=True):
            own.zero_grad()
            net(inputs).square().sum().backward()
            own.step()
    for i, net in enumerate(nets):
        for one, two in zip(nn.unstack(stacked, i).parameters(), net.parameters(), strict=True):
            torch.testing.assert_close(one, two, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("make", "settings", "words"),
    [
        (optim.SGD, {"lr": -1.0}, "lr of at least 0; got -1"),
        (optim.SGD, {"lr": float("nan")}, "lr of at least 0; got nan"),
        (optim.SGD, {"weight_decay": -0.1}, "weight_decay"),
        (optim.Momentum, {"momentum": -0.5}, "momentum"),
        (optim.RMSProp, {"alpha": 1.0}, "below 1"),
        (optim.Adam, {"betas": (0.9, 1.0)}, "below 1"),
        (optim.Adam, {"eps": -1e-8}, "eps"),
    ],
)
def test_wrong_settings_are_refused(make: Any, settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make([torch.zeros(2, requires_grad=True)], **settings)


def test_what_it_cannot_do_is_refused_and_leaves_it_as_it_was() -> None:
    parameter = torch.zeros(2, requires_grad=True)
    theirs = torch.optim.SGD([parameter], lr=0.1, momentum=0.9)
    ours = optim.SGD([parameter], lr=0.2)
    with pytest.raises(ValueError, match=r"momentum=0 and no other; got 0\.9"):
        ours.load_state_dict(theirs.state_dict())
    assert ours.param_groups[0]["lr"] == 0.2
    with pytest.raises(ValueError, match="maximize"):
        ours.add_param_group({"params": [torch.zeros(1, requires_grad=True)], "maximize": True})
    assert len(ours.param_groups) == 1
    with pytest.raises(TypeError, match="complex"):
        optim.Adam([torch.zeros(2, dtype=torch.complex64, requires_grad=True)])
    table = torch.nn.Embedding(4, 2, sparse=True)
    table(torch.tensor([1])).sum().backward()
    with pytest.raises(TypeError, match="sparse"):
        optim.Adam(table.parameters()).step()


def test_named_parameters_and_late_groups_are_taken() -> None:
    net = torch.nn.Linear(2, 1)
    optimizer = optim.AdamW(net.named_parameters(), lr=0.1)
    late = torch.ones(1, requires_grad=True)
    optimizer.add_param_group({"params": [("late", late)], "lr": 0.01})
    walk(optimizer, 1)
    assert float(late.detach()) != 1.0


def test_the_oracle_notices_a_wrong_formula() -> None:
    """What the comparison with torch.optim rests on: another rule walks another way."""
    start, target = [torch.ones(3).double()], [torch.zeros(3).double()]
    (right,) = descend(lambda p: optim.Adam(p, lr=0.05), start, target, 20)
    (other,) = descend(lambda p: optim.RMSProp(p, lr=0.05), start, target, 20)
    assert float((right - other).abs().max()) > 1e-3
