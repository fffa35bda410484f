"""Returns against SciPy, the loss against torch.distributions, its gradient against enumeration."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import torch
from scipy.signal import lfilter
from torch import Tensor
from torch.distributions import Categorical

from oracles import Case
from tidu.losses import policy_entropy, reinforce_loss
from tidu.rl import discounted_returns


def example(dtype: torch.dtype) -> list[tuple[Callable[..., object], tuple[Tensor, ...]]]:
    logits = torch.randn(3, 5, 4, dtype=dtype)
    actions = torch.randint(4, (3, 5))
    alive = torch.arange(5).expand(3, 5) < torch.tensor([[5], [2], [4]])
    rewards = torch.randn(3, 5, dtype=dtype)

    def loss(logits: Tensor, actions: Tensor, alive: Tensor) -> Tensor:
        return reinforce_loss(logits, actions, 2.0 * alive.to(logits.dtype), alive)

    return [
        (lambda rewards: discounted_returns(rewards, 0.9), (rewards,)),
        (loss, (logits, actions, alive)),
        (policy_entropy, (logits, alive)),
    ]


def cases(seed: int, dtype: torch.dtype) -> Iterator[Case]:
    torch.manual_seed(seed)
    episodes, time, choices = (torch.randint(1, 7, (3,)) + 1).tolist()
    discount = (1.0, 0.9, 0.5)[seed % 3]
    rewards = torch.randn(episodes, time, dtype=dtype)
    yield Case(
        "returns as a recursive filter",
        lambda r: discounted_returns(r, discount),
        lambda r: torch.from_numpy(
            lfilter([1.0], [1.0, -discount], r.numpy()[:, ::-1], axis=1)[:, ::-1].copy()
        ),
        (rewards,),
        gradients=False,
    )
    yield Case(
        "returns as a matrix product",
        lambda r: discounted_returns(r, discount),
        lambda r: r @ _discounts(time, discount, dtype),
        (rewards,),
    )
    logits = torch.randn(episodes, time, choices, dtype=dtype)
    actions = torch.randint(choices, (episodes, time))
    lengths = torch.randint(1, time + 1, (episodes, 1))
    alive = torch.arange(time).expand(episodes, time) < lengths
    yield Case(
        "the loss",
        lambda x: reinforce_loss(x, actions, rewards, alive),
        lambda x: -(Categorical(logits=x).log_prob(actions) * rewards)[alive].sum() / episodes,
        (logits,),
    )
    yield Case(
        "the entropy",
        lambda x: policy_entropy(x, alive),
        lambda x: Categorical(logits=x).entropy()[alive].sum() / episodes,
        (logits,),
    )
    yield from _enumerated(dtype)


def _discounts(time: int, discount: float, dtype: torch.dtype) -> Tensor:
    steps = torch.arange(time, dtype=dtype)
    ahead = steps.unsqueeze(1) - steps
    return torch.where(ahead >= 0, discount ** ahead.clamp_min(0), torch.zeros((), dtype=dtype))


def _enumerated(dtype: torch.dtype) -> Iterator[Case]:
    """Two steps, three states, two actions, random transitions: every episode can be listed."""
    move = torch.rand(3, 2, 3, dtype=dtype).softmax(-1)
    reward = torch.randn(3, 2, dtype=dtype)
    baseline = torch.randn(3, dtype=dtype)
    table = torch.randn(3, 2, dtype=dtype)

    def expected_return(table: Tensor) -> Tensor:
        policy = table.softmax(-1)
        last = (policy * reward).sum(-1)
        return (policy * (reward + move @ last)).sum(-1)[0]

    def exact(table: Tensor) -> Tensor:
        leaf = table.clone().requires_grad_()
        return torch.autograd.grad(expected_return(leaf), leaf)[0]

    def estimated(table: Tensor, base: Tensor) -> Tensor:
        leaf = table.clone().requires_grad_()
        policy = leaf.softmax(-1).detach()
        total = torch.zeros((), dtype=dtype)
        for one, state, two in product(range(2), range(3), range(2)):
            chance = policy[0, one] * move[0, one, state] * policy[state, two]
            rewards = torch.stack([reward[0, one], reward[state, two]])[None]
            states, actions = torch.tensor([[0, state]]), torch.tensor([[one, two]])
            advantages = discounted_returns(rewards) - base[states]
            alive = torch.ones(1, 2, dtype=torch.bool)
            total = total - chance * reinforce_loss(leaf[states], actions, advantages, alive)
        return torch.autograd.grad(total, leaf)[0]

    for name, base in (("no baseline", torch.zeros_like(baseline)), ("a baseline", baseline)):
        yield Case(
            f"mean over every episode is the gradient of the expected return, {name}",
            estimated,
            lambda table, _: exact(table),
            (table, base),
            gradients=False,
        )
