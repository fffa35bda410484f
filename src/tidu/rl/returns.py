r"""The return: what an action is judged by.

    G_t = r_t + γ r_{t+1} + γ² r_{t+2} + ... = r_t + γ G_{t+1}

Only what comes after the action counts ("reward to go"): earlier rewards cannot have been caused
by it, and leaving them out lowers the variance of the policy gradient without changing its mean.

Source: Sutton & Barto (2018), "Reinforcement learning: an introduction", equations 3.8 and 3.9.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor


def discounted_returns(
    rewards: Float[Tensor, "*batch time"], discount: float = 1.0
) -> Float[Tensor, "*batch time"]:
    """Discounted sum of the rewards from each step on; rewards behind an episode's end are 0.

    >>> discounted_returns(torch.tensor([1.0, 1.0, 1.0]), discount=0.5)
    tensor([1.7500, 1.5000, 1.0000])
    """
    returns = torch.empty_like(rewards)
    following = torch.zeros_like(rewards[..., 0])
    for step in reversed(range(rewards.shape[-1])):
        following = rewards[..., step] + discount * following
        returns[..., step] = following
    return returns
