"""The path of the weights: the same after a kill, read back by names and shapes, bounded."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from tidu import nn as parts
from tidu.runs import Run, path_log
from tidu.runs.run import Options

STEPS = 30


class Killed(Exception):
    pass


def train(folder: Path, net: nn.Module, watch: str | None = "path", stop: int | None = None) -> Run:
    run = Run(folder, options=Options(watch=watch), quiet=True, checkpoint_every=0)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for step in run.steps(STEPS, {"nets": nn.ModuleDict({"a": net}), "optimizer": optimizer}):
        if step == stop:
            raise Killed
        optimizer.zero_grad()
        sum(p.square().sum() for p in net.parameters()).backward()
        optimizer.step()
    return run


def network(seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))


def test_it_begins_at_the_start_ends_at_the_end_and_changes_nothing(tmp_path: Path) -> None:
    first = {name: p.detach().clone() for name, p in network().named_parameters()}
    watched, alone = network(), network()
    run = train(tmp_path / "a", watched)
    train(tmp_path / "b", alone, watch=None)
    points = run.weights_path(watched)
    assert len(points) == len(path_log.point_steps(STEPS, path_log.POINTS)) + 1
    for name, parameter in watched.named_parameters():
        assert torch.equal(parameter, alone.get_parameter(name))
        assert torch.equal(points[0][name], first[name])
        assert torch.equal(points[-1][name], parameter)
    assert not (tmp_path / "b" / "path").exists()


def test_a_killed_run_leaves_the_path_of_one_that_never_was(tmp_path: Path) -> None:
    whole, killed = network(), network()
    train(tmp_path / "whole", whole)
    with pytest.raises(Killed):
        train(tmp_path / "killed", killed, stop=11)
    train(tmp_path / "killed", network(seed=9))
    one, two = ({f.name: f.read_bytes() for f in (tmp_path / run / "path" / "train").iterdir()}
                for run in ("whole", "killed"))  # fmt: skip
    assert one == two


def test_a_copy_is_told_by_where_it_ends(tmp_path: Path) -> None:
    together = parts.stack([network(seed) for seed in range(3)])
    run = train(tmp_path, together)
    for copy in range(3):
        points = run.weights_path(parts.unstack(together, copy))
        for name, value in network(copy).named_parameters():
            assert torch.equal(points[0][name], value)


def test_a_network_that_never_walked_there_has_no_path(tmp_path: Path) -> None:
    run = train(tmp_path, network())
    assert run.weights_path(nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))) == []
    assert run.weights_path(nn.Linear(5, 5)) == []
    assert Run(tmp_path / "other", quiet=True).weights_path(network()) == []


def test_large_networks_leave_few_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = sum(p.nbytes for p in network().parameters())
    for most, count in ((20, 20), (3, path_log.FEWEST)):
        monkeypatch.setattr(path_log, "BYTES", most * size)
        net = network()
        run = train(tmp_path / str(most), net)
        assert len(run.weights_path(net)) <= count + 1
