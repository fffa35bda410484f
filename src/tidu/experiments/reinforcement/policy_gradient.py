"""REINFORCE on CartPole: nobody says which push was right, only how long the pole stayed up.

A policy plays whole episodes in many environments at once; every action is then made likelier in
proportion to the return that followed it, less a baseline. Three baselines can be compared:

=============  ===================================================================================
``none``       nothing: in CartPole every return is positive, so every action is encouraged, good
               ones only a little more; right on average, and noisy
``mean``       the mean return at the same step over the episodes of the batch, 0 for those that
               are over; an episode's own return is in it, which shrinks the gradient by the
               factor 1 - 1/episodes and leaves its direction unbiased
``value-net``  a second network that predicts the return from the state
=============  ===================================================================================

Every batch begins with fresh environments, seeded by the run's generator, and plays each episode
to its end. Nothing of an environment outlives a step of the loop, so a checkpoint needs none.
An episode that reaches the time limit (500 steps) counts as over: the return is what was earned
within the limit.

``--scatter`` measures what a baseline is for: the variance of single episodes' gradients, of one
policy on the same episodes, with each of the three. ``scatter_…`` is the mean of at least ten looks
in the training.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import torch

from tidu import losses, nn, rl
from tidu.fields import Fraction, NonNegativeFloat, PositiveFloat, PositiveInt

if TYPE_CHECKING:
    from torch import Tensor

    from tidu.runs import Run


@dataclass(frozen=True)
class Config:
    """What can be changed."""

    baseline: Literal["none", "mean", "value-net"] = "mean"  # what a return is compared with
    iterations: PositiveInt = 100  # batches of episodes, each followed by one step of Adam
    episodes: PositiveInt = 32  # episodes a batch, played side by side
    discount: Fraction = 0.99  # how much a reward counts for each step it lies ahead
    entropy: NonNegativeFloat = 0.01  # reward for staying undecided, in returns per nat
    hidden: PositiveInt = 64  # width of the two hidden layers
    lr: PositiveFloat = 0.01  # learning rate of the policy at the start; it falls to 0 linearly
    value_lr: PositiveFloat = 0.01  # learning rate of the value network
    value_steps: PositiveInt = 5  # steps of the value network for each of the policy
    scatter: bool = False  # also measure how much the gradients of single episodes scatter


PRESETS = {
    "quick": Config(iterations=40, episodes=16),
    "standard": Config(),
    "no-baseline": Config(baseline="none", iterations=150, lr=0.004),
}
PICTURES = "policy_gradient"  # drawn by this file of tidu.views.systems
NO_RANGE_TEST = "its loss is no measure of progress; what counts is the return of whole games"
THREADS = 1  # products this small are slower on two
ENVIRONMENT = "CartPole-v1"
EVALUATION_EPISODES = 100
LOOKS = 10  # how often the scatter of the gradients is measured, at least
SOLVED = 475.0  # mean return at which Gymnasium calls CartPole-v1 solved


def run(config: Config, run: Run) -> dict[str, float]:
    """Train a policy; return how it does greedily in 100 episodes of its own."""
    carts = rl.Environments(ENVIRONMENT, config.episodes)
    policy = new_policy(config, carts)
    value = nn.MLP((carts.features, config.hidden, config.hidden, 1), torch.nn.Tanh)
    optimizer = torch.optim.Adam(policy.parameters(), config.lr)
    value_optimizer = torch.optim.Adam(value.parameters(), config.value_lr)
    rng = run.generator()
    trained = torch.zeros(2, dtype=torch.long)  # environment steps, episodes until solved
    scatter = torch.zeros(config.iterations, 3)
    keep = {
        "policy": policy,
        "value": value,
        "optimizer": optimizer,
        "value_optimizer": value_optimizer,
        "rng": rng,
        "trained": trained,
        "scatter": scatter,
    }
    for step in run.steps(config.iterations, keep=keep):
        optimizer.param_groups[0]["lr"] = config.lr * (1 - step / config.iterations)
        episodes = rl.play(carts, policy, rl.sampled(rng), seed=draw_seed(rng))
        returns = rl.discounted_returns(episodes.rewards, config.discount)

        compared = {
            "none": returns,
            "mean": returns - returns.mean(0),
            "value-net": returns - predicted(value, episodes, config).detach(),
        }
        advantages = compared[config.baseline]
        if config.baseline == "value-net":
            fit_value(value, value_optimizer, episodes, returns, config)
        if config.scatter and step % max(1, config.iterations // LOOKS) == 0:
            each = [scatter_of(policy, episodes, one) for one in compared.values()]
            scatter[step] = torch.stack(each)

        logits = policy(episodes.observations)
        loss = losses.reinforce_loss(logits, episodes.actions, advantages, episodes.alive)
        entropy = losses.policy_entropy(logits, episodes.alive)
        optimizer.zero_grad()
        (loss - config.entropy * entropy).backward()
        optimizer.step()

        mean = float(episodes.totals.mean())
        trained[0] += episodes.alive.sum()
        if trained[1] == 0 and mean >= SOLVED:
            trained[1] = (step + 1) * config.episodes
        run.log(
            step,
            mean_return=mean,
            std_return=float(episodes.totals.std(correction=0)),
            environment_steps=int(trained[0]),
            entropy=float(entropy.detach() / episodes.lengths.float().mean()),
        )
        run.record("returns", step=step, totals=episodes.totals)

    run.save_weights(policy)
    carts.close()
    looked = scatter[scatter.sum(1) > 0].mean(0).tolist()
    names = ("scatter_none", "scatter_mean", "scatter_value_net")
    measured = dict(zip(names, looked, strict=True)) if config.scatter else {}
    return (
        measured
        | evaluate(config, run, policy)
        | {
            "solved_at_episode": float(trained[1] or config.iterations * config.episodes),
            "environment_steps": float(trained[0]),
        }
    )


def new_policy(config: Config, carts: rl.Environments) -> nn.MLP:
    """An untrained policy: what is seen to one logit for each action."""
    return nn.MLP((carts.features, config.hidden, config.hidden, carts.actions), torch.nn.Tanh)


def scatter_of(policy: nn.MLP, episodes: rl.Episodes, advantages: Tensor) -> Tensor:
    """The variance of the gradient of single episodes, summed over all weights.

    Whatever the returns are compared with, the mean gradient estimates the same; the less single
    episodes scatter around it, the fewer of them are needed.
    """
    weights = list(policy.parameters())
    gradients: list[Tensor] = []
    for one in range(len(episodes.actions)):
        part = slice(one, one + 1)
        loss = losses.reinforce_loss(
            policy(episodes.observations[part]),
            episodes.actions[part],
            advantages[part],
            episodes.alive[part],
        )
        each = torch.autograd.grad(loss, weights)
        gradients.append(torch.cat([gradient.flatten() for gradient in each]))
    return torch.stack(gradients).var(0, correction=0).sum()


def draw_seed(rng: torch.Generator) -> int:
    """A seed for the next batch of episodes."""
    return int(torch.randint(2**31 - 1, (), generator=rng))


def predicted(value: nn.MLP, episodes: rl.Episodes, config: Config) -> Tensor:
    """The value network's returns. It works in units of the highest return there can be."""
    return value(episodes.observations).squeeze(-1) * highest_return(config.discount)


def highest_return(discount: float, steps: int = 500) -> float:
    """1 + γ + γ² + ... over a whole episode of reward 1."""
    return sum(discount**t for t in range(steps))


def fit_value(
    value: nn.MLP,
    optimizer: torch.optim.Optimizer,
    episodes: rl.Episodes,
    returns: Tensor,
    config: Config,
) -> None:
    """Move the value network towards the returns that were seen (Monte Carlo)."""
    unit = highest_return(config.discount)
    for _ in range(config.value_steps):
        error = (predicted(value, episodes, config) - returns) / unit
        optimizer.zero_grad()
        error[episodes.alive].square().mean().backward()
        optimizer.step()


def evaluate(config: Config, run: Run, policy: nn.MLP) -> dict[str, float]:
    """Mean and deviation of the return in fresh episodes, taking the likeliest action each time."""
    carts = rl.Environments(ENVIRONMENT, EVALUATION_EPISODES)
    greedy = rl.play(carts, policy, rl.greedy, seed=draw_seed(run.generator(1)))
    carts.close()
    run.record("evaluation", totals=greedy.totals)
    longest = int(greedy.lengths.argmax())
    length = int(greedy.lengths[longest])
    run.record(
        "episode",
        observations=greedy.observations[longest, :length],
        actions=greedy.actions[longest, :length],
    )
    return {
        "mean_return": float(greedy.totals.mean()),
        "std_return": float(greedy.totals.std(correction=0)),
    }


def model(config: Config, run: Run) -> torch.nn.Module:
    """The trained policy: observations (batch, 4) to logits (batch, 2)."""
    return run.load_weights(new_policy(config, rl.Environments(ENVIRONMENT, 1)))


@dataclass(frozen=True)
class Use:
    """What to play."""

    episodes: PositiveInt = 10  # how many episodes
    sample: bool = False  # draw the actions instead of taking the likeliest one
    seed: int = 0  # of the environments
    gif: Path | None = None  # a file to draw the first episode into


def use(config: Config, run: Run, options: Use) -> dict[str, object]:
    """Play episodes with the trained policy and say what it scored."""
    rng = torch.Generator().manual_seed(options.seed)
    choose = rl.sampled(rng) if options.sample else rl.greedy
    carts = rl.Environments(ENVIRONMENT, options.episodes)
    episodes = rl.play(carts, model(config, run), choose, seed=options.seed)
    carts.close()
    scored = episodes.totals.tolist()
    mean = sum(scored) / len(scored)
    lines = [f"episode {i + 1}: {score:.0f}" for i, score in enumerate(scored)]
    answer: dict[str, object] = {"returns": scored, "mean_return": mean}
    if options.gif is not None:
        seen = episodes.observations[0, : int(episodes.lengths[0])]
        rl.write_gif(options.gif, seen.numpy())
        lines.append(f"first episode drawn into {options.gif}")
        answer["gif"] = str(options.gif)
    return answer | {"text": "\n".join([*lines, f"mean return: {mean:.1f} of 500"])}


def export_inputs(config: Config, run: Run) -> tuple[Tensor, ...]:
    """Two states: cart position and speed, pole angle and speed."""
    return (torch.tensor([[0.0, 0.0, 0.05, 0.0], [0.1, -0.2, -0.03, 0.3]]),)
