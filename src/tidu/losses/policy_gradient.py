r"""REINFORCE: make likelier what was followed by a high return.

    ∇ J(θ) = E[ Σ_t ∇ log π(a_t | s_t) (G_t - b_t) ]

An environment cannot be differentiated, but the probability of what was done in it can. The
baseline b_t may be anything that does not depend on a_t: it changes the variance of the estimate,
not its mean.

Source: Williams (1992), "Simple statistical gradient-following algorithms for connectionist
reinforcement learning", theorem 1 (the gradient, and that baselines leave it unbiased);
Williams & Peng (1991), "Function optimization using connectionist reinforcement learning
algorithms" (the entropy bonus). Where ours differs: the return is the one from step t on; where it
is discounted, the factor γ^t of Sutton & Barto (2018), section 13.3, is left out, as nearly
everywhere in practice, so that late steps count as much as early ones.
"""

from __future__ import annotations

from jaxtyping import Bool, Float, Int
from torch import Tensor


def reinforce_loss(
    logits: Float[Tensor, "episodes time actions"],
    actions: Int[Tensor, "episodes time"],
    advantages: Float[Tensor, "episodes time"],
    alive: Bool[Tensor, "episodes time"],
) -> Float[Tensor, ""]:
    """Minus the sum over steps of log π(a|s) x advantage, mean over episodes.

    Its gradient is minus the estimate above; its value means nothing by itself. ``advantages`` are
    treated as given numbers. Steps where ``alive`` is false, behind an episode's end, don't count.

    >>> import torch
    >>> logits = torch.zeros(1, 2, 2)  # two actions, equally likely
    >>> actions, alive = torch.tensor([[0, 1]]), torch.tensor([[True, False]])
    >>> reinforce_loss(logits, actions, torch.ones(1, 2), alive)  # log 2 once
    tensor(0.6931)
    """
    log_probs = logits.log_softmax(-1).gather(-1, actions.unsqueeze(-1)).squeeze(-1)
    return -(log_probs * advantages.detach() * alive).sum(-1).mean()


def policy_entropy(
    logits: Float[Tensor, "episodes time actions"], alive: Bool[Tensor, "episodes time"]
) -> Float[Tensor, ""]:
    """Entropy of the policy in nats, summed over the steps of an episode, mean over episodes.

    Adding a little of it to the objective keeps the policy from settling before it has explored.

    >>> import torch
    >>> policy_entropy(torch.zeros(1, 3, 2), torch.ones(1, 3, dtype=torch.bool))  # 3 log 2
    tensor(2.0794)
    """
    log_probs = logits.log_softmax(-1)
    entropy = -(log_probs.exp() * log_probs).sum(-1)
    return (entropy * alive).sum(-1).mean()
