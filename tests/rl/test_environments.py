"""Batched environments are the environments they are copies of."""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest
import torch

from tidu.errors import TiduError
from tidu.rl import Environments


def test_a_batched_cart_moves_like_a_single_one() -> None:
    """Same start, same pushes: the same states, until the pole falls."""
    carts = Environments("CartPole-v1", 3)
    state = carts.reset(seed=5)
    single = gymnasium.make("CartPole-v1").unwrapped
    single.reset(seed=0)
    single.state = tuple(state[1].double().tolist())
    rng = np.random.default_rng(0)
    for _ in range(500):
        push = int(rng.integers(2))
        seen, reward, terminated, _, _ = single.step(push)
        step = carts.step(torch.tensor([1 - push, push, 0]))
        np.testing.assert_allclose(step.observations[1].numpy(), seen, rtol=1e-4, atol=1e-5)
        assert bool(step.terminated[1]) == terminated
        assert float(step.rewards[1]) == reward
        if terminated:
            return
    pytest.fail("the pole never fell")


def test_the_same_seed_begins_the_same_episodes() -> None:
    carts = Environments("CartPole-v1", 4)
    first = carts.reset(seed=3)
    carts.step(torch.zeros(4, dtype=torch.long))
    assert torch.equal(carts.reset(seed=3), first)
    assert not torch.equal(carts.reset(seed=4), first)


def test_what_it_returned_does_not_change_afterwards() -> None:
    carts = Environments("CartPole-v1", 2)
    first = carts.reset(seed=0)
    kept = first.clone()
    one = carts.step(torch.tensor([0, 1]))
    second = one.observations.clone()
    carts.step(torch.tensor([0, 1]))
    assert torch.equal(first, kept)
    assert torch.equal(one.observations, second)


def test_an_environment_without_a_batched_form_works_too() -> None:
    swings = Environments("Acrobot-v1", 2)
    assert (swings.features, swings.actions, swings.max_steps) == (6, 3, 500)
    assert swings.reset(seed=0).shape == (2, 6)
    assert swings.step(torch.tensor([0, 2])).rewards.tolist() == [-1.0, -1.0]
    swings.close()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("CartPoel-v1", "Did you mean CartPole-v1"),
        ("Pendulum-v1", "numbered actions"),
        ("FrozenLake-v1", "vectors of numbers"),
    ],
)
def test_an_unfit_environment_is_refused_with_what_to_do(name: str, said: str) -> None:
    with pytest.raises(TiduError, match=said):
        Environments(name, 2)
