"""CartPole: the policy in training balances its pole, and the visitor's hands theirs.

Both carts are environments of the panel's own, begun from one seed; what is drawn comes from
generators of its own too, so that the training never notices. The policy is the present one: while
it trains, the next step is already taken by what it has learned.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from tidu import rl
from tidu.errors import TiduError
from tidu.lab import mistake
from tidu.lab.lane import Lane
from tidu.views.pack import Pack
from tidu.views.reference import reference

ENVIRONMENT = "CartPole-v1"
EDGE = 2.4  # where the track ends
TILT = 0.2095  # radians at which the pole counts as fallen
MOST_STEPS = 25  # of one message
MOST_SEED = 2**31 - 1
YOU = -1  # the visitor among the variants


@dataclass
class Cart:
    """One cart on its way, and how well its driver did so far."""

    environments: rl.Environments
    rng: torch.Generator = field(default_factory=torch.Generator)
    state: Tensor = field(default_factory=lambda: torch.zeros(1, 4))
    steps: int = 0
    push: int | None = None
    end: str = ""  # "fell", "left" or "stood" once the episode is over
    best: int = 0

    def restart(self, seed: int) -> None:
        """The first state that belongs to the seed."""
        self.state = self.environments.reset(seed)
        self.rng.manual_seed(seed)
        self.steps, self.push, self.end = 0, None, ""

    def step(self, push: int) -> None:
        """Push to the left (0) or to the right (1), unless it is over."""
        if self.end:
            return
        found = self.environments.step(torch.tensor([push]))
        self.state, self.push = found.observations, push
        self.steps += 1
        self.best = max(self.best, self.steps)
        if bool(found.terminated):
            self.end = "left" if abs(float(self.state[0, 0])) > EDGE else "fell"
        elif bool(found.truncated):
            self.end = "stood"


class CartPole:
    """A cart for the policy of each variant, and one for the visitor."""

    def __init__(self) -> None:
        self.problem: TiduError | None = None
        self._seed = 0
        self._sampled = False
        self._carts = {YOU: self._new()}

    def frame(self, lanes: list[Lane], pack: Pack) -> dict[str, Any]:
        """State, chances and counts of every cart."""
        self._follow(lanes)
        policies = [self._told_policy(v, lane) for v, lane in enumerate(lanes)]
        limit = self._carts[YOU].environments.max_steps
        return {
            "carts": [*policies, self._told(YOU)],
            "seed": self._seed,
            "sampled": self._sampled,
            "limits": {"edge": EDGE, "tilt": TILT, "steps": limit},
            "problem": mistake.told(self.problem),
        }

    def act(self, lanes: list[Lane], message: dict[str, Any]) -> None:
        """``restart`` from a seed; ``sampled`` actions or the likeliest; ``steps``, with ``push``.

        Without ``push`` the visitor's cart stands still.
        """
        self._follow(lanes)
        self.problem = None
        if "sampled" in message:
            self._sampled = bool(message["sampled"])
        if "restart" in message:
            self._restart(message["restart"])
        push = message.get("push")
        for _ in range(min(int(message.get("steps", 0)), MOST_STEPS)):
            for variant, lane in enumerate(lanes):
                cart = self._carts[variant]
                cart.step(self._choice(lane, cart))
            if push in (0, 1):
                self._carts[YOU].step(int(push))

    def _new(self) -> Cart:
        cart = Cart(rl.Environments(ENVIRONMENT, 1))
        cart.restart(self._seed)
        return cart

    def _restart(self, seed: Any) -> None:
        if not (isinstance(seed, int) and 0 <= seed <= MOST_SEED):
            self.problem = TiduError(
                f"A seed is a whole number from 0 to {MOST_SEED}; got {seed}.", "For example 0."
            )
            return
        self._seed = seed
        for cart in self._carts.values():
            cart.restart(seed)

    def _follow(self, lanes: list[Lane]) -> None:
        for variant in range(len(lanes)):
            if variant not in self._carts:
                self._carts[variant] = self._new()

    def _choice(self, lane: Lane, cart: Cart) -> int:
        choose = rl.sampled(cart.rng) if self._sampled else rl.greedy
        return int(choose(_logits(lane, cart.state)))

    def _told_policy(self, variant: int, lane: Lane) -> dict[str, Any]:
        cart, config = self._carts[variant], lane.config
        chances = _logits(lane, cart.state).softmax(-1)[0].tolist()
        value = None
        if config.baseline == "value-net":  # the others never train it
            with torch.no_grad():
                unit = lane.experiment.module.highest_return(config.discount)
                value = float(lane.kept["value"](cart.state)) * unit
        owner, line = (
            (rl.sampled, "torch.multinomial(") if self._sampled else (rl.greedy, "argmax(-1)")
        )
        return self._told(variant) | {
            "chances": chances,
            "value": value,
            "code": reference(
                owner,
                line,
                tensor="π(a | s)",
                shape=(2,),
                formula="π(a | s) = softmax(policy(s))_a",
            ),
            "value_code": reference(
                lane.experiment.module.predicted,
                "return value(",
                tensor="V(s)",
                shape=(),
                formula="V(s) = E[r_t + γ r_(t+1) + γ² r_(t+2) + ... | s_t = s]",
            ),
        }

    def _told(self, variant: int) -> dict[str, Any]:
        cart = self._carts[variant]
        return {
            "variant": variant,
            "state": cart.state[0].tolist(),
            "steps": cart.steps,
            "push": cart.push,
            "end": cart.end,
            "best": cart.best,
            "state_code": reference(
                rl.Environments.step,
                "self._vector.step(",
                tensor="s = (x, v, θ, ω)",
                shape=(4,),
            ),
        }


def panel() -> CartPole:
    """A new panel."""
    return CartPole()


def _logits(lane: Lane, state: Tensor) -> Tensor:
    policy = lane.kept["policy"]
    assert isinstance(policy, nn.Module)
    with torch.no_grad():
        return policy(state)
