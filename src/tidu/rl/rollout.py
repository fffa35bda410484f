"""Whole episodes, played by a policy in many environments at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

if TYPE_CHECKING:
    from tidu.rl.environments import Environments

Choose = Callable[[Tensor], Tensor]
"""From logits ``(envs, actions)`` to one action each ``(envs)``."""


@dataclass(frozen=True)
class Episodes:
    """A batch of whole episodes, one a row, as long as the longest of them.

    Steps behind an episode's end have ``alive`` false and reward 0; what the other tensors hold
    there means nothing.
    """

    observations: Float[Tensor, "episodes time features"]
    actions: Int[Tensor, "episodes time"]
    rewards: Float[Tensor, "episodes time"]
    alive: Bool[Tensor, "episodes time"]

    @property
    def lengths(self) -> Int[Tensor, " episodes"]:
        """Steps each episode took."""
        return self.alive.sum(-1)

    @property
    def totals(self) -> Float[Tensor, " episodes"]:
        """The undiscounted return of each episode: what an agent is judged by."""
        return self.rewards.sum(-1)


@torch.no_grad()
def play(
    environments: Environments, policy: Callable[[Tensor], Tensor], choose: Choose, seed: int
) -> Episodes:
    """Play one whole episode in every environment, beginning afresh from ``seed``.

    Nothing of the environments outlives the call, so a training loop that plays like this
    needs no environment in its checkpoint.

    >>> from tidu.rl.environments import Environments
    >>> push_right = lambda observations: torch.tensor([[0.0, 1.0]]).expand(len(observations), 2)
    >>> episodes = play(Environments("CartPole-v1", 4), push_right, greedy, seed=0)
    >>> episodes.lengths  # the pole falls to the left at once
    tensor([10, 10, 10,  8])
    """
    observations = environments.reset(seed)
    alive = torch.ones(environments.count, dtype=torch.bool)
    seen: list[Tensor] = []
    taken: list[Tensor] = []
    earned: list[Tensor] = []
    lived: list[Tensor] = []
    while alive.any():
        actions = choose(policy(observations))
        step = environments.step(actions)
        seen.append(observations)
        taken.append(actions)
        earned.append(step.rewards * alive)
        lived.append(alive)
        alive = alive & ~(step.terminated | step.truncated)
        observations = step.observations
    return Episodes(
        torch.stack(seen, 1), torch.stack(taken, 1), torch.stack(earned, 1), torch.stack(lived, 1)
    )


def greedy(logits: Float[Tensor, "*batch actions"]) -> Int[Tensor, "*batch"]:
    """The likeliest action.

    >>> greedy(torch.tensor([[0.0, 2.0], [1.0, 0.5]]))
    tensor([1, 0])
    """
    return logits.argmax(-1)


def sampled(rng: torch.Generator) -> Choose:
    """Draw each action with its probability, from a generator of one's own.

    >>> sampled(torch.Generator().manual_seed(0))(torch.tensor([[0.0, 99.0]]))
    tensor([1])
    """

    def choose(logits: Float[Tensor, "batch actions"]) -> Int[Tensor, " batch"]:
        return torch.multinomial(logits.softmax(-1), 1, generator=rng).squeeze(-1)

    return choose
