"""Policy gradient: how much the gradients of single episodes scatter."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import tidu
from tidu import losses, nn, rl
from tidu.experiments.reinforcement import policy_gradient
from tidu.runs import store

FAST: dict[str, Any] = {"preset": "quick", "iterations": 6, "episodes": 8, "quiet": True}


def test_scatter_is_the_mean_squared_distance_from_the_batch_gradient() -> None:
    torch.manual_seed(0)
    policy = nn.MLP((4, 5, 2), torch.nn.Tanh)
    alive = torch.tensor([[True, True, True], [True, False, False], [True, True, False]])
    episodes = rl.Episodes(torch.randn(3, 3, 4), torch.randint(2, (3, 3)), alive.float(), alive)
    advantages = torch.randn(3, 3)
    weights = list(policy.parameters())

    def gradient(rows: slice) -> torch.Tensor:
        loss = losses.reinforce_loss(
            policy(episodes.observations[rows]),
            episodes.actions[rows],
            advantages[rows],
            alive[rows],
        )
        return torch.cat([g.flatten() for g in torch.autograd.grad(loss, weights)])

    whole = gradient(slice(0, 3))
    apart = sum((gradient(slice(i, i + 1)) - whole).square().sum() for i in range(3)) / 3
    found = policy_gradient.scatter_of(policy, episodes, advantages)
    torch.testing.assert_close(found, apart)


def test_it_is_measured_only_when_asked_for_and_changes_nothing() -> None:
    plain = store.result(tidu.run("policy-gradient", **FAST, report=False).path)["metrics"]
    run = tidu.run("policy-gradient", **FAST, report=False, scatter=True)
    watched = store.result(run.path)["metrics"]
    assert {name: watched[name] for name in plain} == pytest.approx(plain)
    added = set(watched) - set(plain)
    assert added == {"scatter_none", "scatter_mean", "scatter_value_net"}
    assert 0 < watched["scatter_mean"] < watched["scatter_none"]
