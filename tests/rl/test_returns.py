"""Properties of the return."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tidu.rl import discounted_returns

sizes = st.integers(1, 12)
discounts = st.floats(0, 1)
seeds = st.integers(0, 2**20)


@given(seeds, sizes, discounts)
@settings(max_examples=50, deadline=None)
def test_it_obeys_the_recursion(seed: int, time: int, discount: float) -> None:
    rewards = _rewards(seed, time)
    returns = discounted_returns(rewards, discount)
    torch.testing.assert_close(returns[:, -1], rewards[:, -1])
    torch.testing.assert_close(returns[:, :-1], rewards[:, :-1] + discount * returns[:, 1:])


@given(seeds, sizes)
@settings(max_examples=25, deadline=None)
def test_the_ends_of_discounting(seed: int, time: int) -> None:
    rewards = _rewards(seed, time)
    torch.testing.assert_close(discounted_returns(rewards, 0.0), rewards)
    torch.testing.assert_close(discounted_returns(rewards, 1.0)[:, 0], rewards.sum(1))


@given(seeds, sizes, discounts)
@settings(max_examples=25, deadline=None)
def test_it_is_linear_in_the_rewards(seed: int, time: int, discount: float) -> None:
    one, two = _rewards(seed, time), _rewards(seed + 1, time)
    torch.testing.assert_close(
        discounted_returns(one + 3 * two, discount),
        discounted_returns(one, discount) + 3 * discounted_returns(two, discount),
    )


def test_nothing_before_a_reward_is_forgotten_and_nothing_after_it_gains() -> None:
    rewards = torch.zeros(1, 6)
    rewards[0, 3] = 1.0
    assert discounted_returns(rewards, 0.5).tolist() == [[0.125, 0.25, 0.5, 1.0, 0.0, 0.0]]


def test_any_number_of_leading_dimensions() -> None:
    assert discounted_returns(torch.ones(4)).tolist() == [4.0, 3.0, 2.0, 1.0]
    assert discounted_returns(torch.ones(2, 3, 4)).shape == (2, 3, 4)


def _rewards(seed: int, time: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(3, time, generator=generator, dtype=torch.float64)
