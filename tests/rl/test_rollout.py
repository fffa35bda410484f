"""Whole episodes: where they end, what they earn, and that they can be played again."""

from __future__ import annotations

import torch
from torch import Tensor

from tidu.rl import Environments, greedy, play, sampled


def lean(observations: Tensor) -> Tensor:
    """Push to the side the pole is falling to: keeps it up for a while, sometimes to the end."""
    side = observations[:, 2] + 0.5 * observations[:, 3]
    return torch.stack([-side, side], dim=1)


def always_right(observations: Tensor) -> Tensor:
    return torch.tensor([[0.0, 1.0]]).expand(len(observations), 2)


def test_an_episode_earns_one_for_each_step_it_lived() -> None:
    episodes = play(Environments("CartPole-v1", 16), always_right, greedy, seed=0)
    assert torch.equal(episodes.totals, episodes.lengths.float())
    assert torch.equal(episodes.rewards, episodes.alive.float())
    assert (episodes.lengths >= 8).all()
    assert (episodes.lengths <= 11).all()
    assert int(episodes.lengths.max()) == episodes.alive.shape[1]


def test_it_stops_at_the_first_end_although_environments_restart() -> None:
    """Alive once, then dead for good: no second episode is glued on."""
    episodes = play(Environments("CartPole-v1", 16), always_right, greedy, seed=0)
    falls = episodes.alive[:, 1:].int() - episodes.alive[:, :-1].int()
    assert (falls <= 0).all()
    assert episodes.alive[:, 0].all()


def test_the_clock_ends_an_episode_at_500() -> None:
    episodes = play(Environments("CartPole-v1", 8), lean, greedy, seed=1)
    assert int(episodes.lengths.max()) == 500
    assert float(episodes.totals.max()) == 500.0


def test_the_first_observation_is_that_of_the_reset() -> None:
    carts = Environments("CartPole-v1", 5)
    episodes = play(carts, lean, greedy, seed=9)
    assert torch.equal(episodes.observations[:, 0], carts.reset(seed=9))
    assert torch.equal(episodes.actions[:, 0], greedy(lean(carts.reset(seed=9))))


def test_the_same_seeds_play_the_same_episodes_whatever_went_before() -> None:
    carts = Environments("CartPole-v1", 6)
    one = play(carts, lean, sampled(torch.Generator().manual_seed(1)), seed=2)
    play(carts, always_right, greedy, seed=3)
    two = play(carts, lean, sampled(torch.Generator().manual_seed(1)), seed=2)
    assert torch.equal(one.observations, two.observations)
    assert torch.equal(one.actions, two.actions)


def test_actions_are_drawn_with_their_probability() -> None:
    logits = torch.tensor([0.0, 1.0, -1.0]).expand(30_000, 3)
    drawn = sampled(torch.Generator().manual_seed(0))(logits)
    shares = torch.bincount(drawn, minlength=3) / len(drawn)
    torch.testing.assert_close(shares, logits[0].softmax(0), atol=0.012, rtol=0)


def test_playing_builds_no_graph() -> None:
    net = torch.nn.Linear(4, 2)
    episodes = play(Environments("CartPole-v1", 2), net, greedy, seed=0)
    assert not episodes.observations.requires_grad
    assert torch.is_grad_enabled()
