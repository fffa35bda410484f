"""Gymnasium's vectorised environments, with tensors in and out.

Many copies of one environment take a step in one call, so the policy sees a batch. The copies
restart by themselves in the step after an episode's end (Gymnasium's "next step" mode): that step
ignores the action and returns the first observation of a new episode with reward 0. Whoever wants
whole episodes, as :func:`tidu.rl.rollout.play` does, stops listening to a copy once it is over.

Where ours differs from ``gymnasium.make_vec``: the copies are made by the environment's own batched
implementation where it has one (CartPole computes all its carts in one NumPy expression), and an
unknown or unfit environment is refused with what to do.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import gymnasium
import numpy as np
import torch
from gymnasium.vector import AutoresetMode
from jaxtyping import Bool, Float, Int
from torch import Tensor

from tidu.errors import TiduError, nearest


class Step(NamedTuple):
    """What a batch of environments answers to a batch of actions."""

    observations: Float[Tensor, "envs features"]
    rewards: Float[Tensor, " envs"]
    terminated: Bool[Tensor, " envs"]  # the task itself is over: the pole fell
    truncated: Bool[Tensor, " envs"]  # the clock ran out


class Environments:
    """``count`` copies of the environment ``name``, which has vectors to see and actions to choose.

    >>> carts = Environments("CartPole-v1", count=3)
    >>> carts.features, carts.actions, carts.max_steps
    (4, 2, 500)
    >>> carts.reset(seed=0).shape
    torch.Size([3, 4])
    >>> carts.step(torch.tensor([0, 1, 0])).rewards
    tensor([1., 1., 1.])
    """

    def __init__(self, name: str, count: int) -> None:
        spec = _spec(name)
        mode = "vector_entry_point" if spec.vector_entry_point else "sync"
        self._vector: Any = gymnasium.make_vec(name, num_envs=count, vectorization_mode=mode)
        seen, chosen = self._vector.single_observation_space, self._vector.single_action_space
        if not isinstance(seen, gymnasium.spaces.Box) or len(seen.shape) != 1:
            raise TiduError(
                f"The policy needs observations that are vectors of numbers; {name} gives {seen}.",
                "Choose CartPole-v1 or another environment with such observations.",
            )
        if not isinstance(chosen, gymnasium.spaces.Discrete):
            raise TiduError(
                f"The policy chooses among numbered actions; {name} takes {chosen}.",
                "Choose CartPole-v1 or another environment with such actions.",
            )
        restart = self._vector.metadata.get("autoreset_mode")
        if restart != AutoresetMode.NEXT_STEP:
            raise TiduError(
                f"Environments must restart in the step after an episode's end; got {restart}.",
                "Install gymnasium 1.1 or newer.",
            )
        self.name = name
        self.count = count
        self.features: int = int(seen.shape[0])
        self.actions: int = int(chosen.n)
        self.max_steps: int = int(spec.max_episode_steps or 1000)

    def reset(self, seed: int) -> Float[Tensor, "envs features"]:
        """Begin an episode in every copy; the same seed begins the same episodes."""
        observations, _ = self._vector.reset(seed=seed)
        return _tensor(observations)

    def step(self, actions: Int[Tensor, " envs"]) -> Step:
        """Let every copy take its action."""
        observations, rewards, terminated, truncated, _ = self._vector.step(actions.numpy())
        return Step(
            _tensor(observations),
            _tensor(rewards),
            torch.from_numpy(np.array(terminated)),
            torch.from_numpy(np.array(truncated)),
        )

    def close(self) -> None:
        """Give back what the copies hold."""
        self._vector.close()


def _tensor(array: Any) -> Tensor:
    return torch.from_numpy(np.array(array, dtype=np.float32))  # a copy: buffers are reused


def _spec(name: str) -> Any:
    try:
        return gymnasium.spec(name)
    except gymnasium.error.Error as problem:
        close = nearest(name, gymnasium.registry)
        raise TiduError(
            f"Gymnasium has no environment called {name!r}.",
            f"Did you mean {' or '.join(close)}?" if close else "For example: CartPole-v1",
        ) from problem
