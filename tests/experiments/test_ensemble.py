"""Ensemble: members side by side learn as if alone; one is none; groups are what they say."""

from __future__ import annotations

import pytest
import torch

import tidu
from tidu import nn
from tidu.errors import TiduError
from tidu.experiments.optimisation import ensemble as experiment

SMALL = {"preset": "quick", "epochs": 1, "hidden": (12,), "quiet": True, "report": False}


@pytest.mark.usefixtures("embedded")
def test_the_members_are_those_of_a_smaller_ensemble_and_some_more() -> None:
    two, three = (tidu.run("ensemble", **SMALL, members=members) for members in (2, 3))
    nets = [experiment.model(run.config, run) for run in (two, three)]
    assert [len(net.members) for net in nets] == [2, 3]
    for one, other in zip(nets[0].parameters(), nets[1].parameters(), strict=False):
        torch.testing.assert_close(one, other)


def test_one_member_is_no_ensemble() -> None:
    with pytest.raises(TiduError, match="--members"):
        tidu.run("ensemble", preset="quick", members=1, quiet=True, report=False)


@pytest.mark.parametrize(("size", "count"), [(1, 5), (3, experiment.GROUPS), (5, 1)])
def test_groups_hold_different_members(size: int, count: int) -> None:
    groups = experiment.groups_of(size, 5, torch.Generator().manual_seed(0))
    assert len(groups) == count
    for group in groups:
        assert len(set(group.tolist())) == size


@pytest.mark.parametrize("seed", range(3))
def test_the_mean_loses_no_more_than_its_members_on_average(seed: int) -> None:
    """Jensen: the logarithm of a mean is at least the mean of the logarithms."""
    torch.manual_seed(seed)
    logits, labels = 3 * torch.randn(4, 50, 6), torch.randint(6, (50,))
    losses = [torch.nn.functional.cross_entropy(own, labels) for own in logits]
    together = torch.nn.functional.cross_entropy(nn.mean_answer(logits), labels)
    assert together <= torch.stack(losses).mean()


def test_equal_members_are_one() -> None:
    logits = torch.randn(1, 20, 3).expand(5, -1, -1)
    assert torch.equal(nn.majority_vote(logits), logits[0].argmax(-1))
    torch.testing.assert_close(nn.mean_answer(logits), logits[0].log_softmax(-1))
