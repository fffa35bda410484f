"""The cart panel: the carts are Gymnasium's, the chances the present policy's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gymnasium
import numpy as np
import pytest
import torch

from tidu.lab.bench import Bench

SMALL = {"preset": "quick", "iterations": "3", "episodes": "3", "hidden": "8"}
VALUE = {**SMALL, "baseline": "value-net"}


class Seen:
    """A bench with the panel's last frame."""

    def __init__(self, setting: dict[str, str]) -> None:
        self.bench = Bench("policy-gradient", setting)
        self.ask({"kind": "open"})
        while self.bench.lanes[0].phase == "busy":
            self.ask({"kind": "look"})
        self.ask({"kind": "look"})

    def ask(self, message: dict[str, Any]) -> None:
        reply, _ = self.bench.handle(message)
        assert reply["kind"] == "frame", reply
        self.frame = reply["panels"].get("cartpole")

    def hand(self, **did: Any) -> None:
        self.ask({"kind": "panel", "panel": "cartpole", **did})

    @property
    def policy(self) -> dict[str, Any]:
        return self.frame["carts"][0]

    @property
    def you(self) -> dict[str, Any]:
        return self.frame["carts"][-1]

    @property
    def network(self) -> torch.nn.Module:
        return self.bench.lanes[0].kept["policy"]


@pytest.fixture
def seen() -> Iterator[Seen]:
    found = Seen(VALUE)
    yield found
    found.bench.close()


def test_the_carts_are_gymnasiums(seen: Seen) -> None:
    seen.hand(restart=7)
    theirs = gymnasium.make_vec("CartPole-v1", num_envs=1, vectorization_mode="vector_entry_point")
    state, _ = theirs.reset(seed=7)
    np.testing.assert_allclose(seen.you["state"], state[0], rtol=1e-6)
    for steps in range(6):
        np.testing.assert_allclose(seen.policy["state"], state[0], rtol=1e-6)
        assert seen.policy["steps"] == steps
        logits = seen.network(torch.as_tensor(state, dtype=torch.float32))
        chances = logits.softmax(-1)[0].tolist()
        assert seen.policy["chances"] == pytest.approx(chances, rel=1e-5)
        state = theirs.step(np.array([int(np.argmax(chances))]))[0].copy()
        seen.hand(steps=1)
    assert seen.you["steps"] == 0
    theirs.close()


def test_a_hand_pushes_only_its_own_cart(seen: Seen) -> None:
    seen.hand(restart=0)
    seen.hand(steps=3, push=1)
    assert (seen.you["steps"], seen.you["push"]) == (3, 1)
    assert seen.you["state"][1] > 0.4  # thrice to the right: it moves to the right
    assert seen.you["state"][3] < 0  # and the pole turns to the left
    seen.hand(steps=25, push=1)
    assert seen.you["end"] == "fell"
    there = seen.you
    seen.hand(steps=5, push=0)
    assert seen.you == there  # what is over stays as it is
    seen.hand(restart=0)
    assert (seen.you["steps"], seen.you["end"]) == (0, "")
    assert seen.you["best"] == there["steps"]


def test_the_present_policy_drives(seen: Seen) -> None:
    before = seen.policy["chances"]
    seen.ask({"kind": "next", "steps": 2, "seconds": 60})
    assert seen.policy["steps"] == 0
    assert seen.policy["chances"] != before
    state = torch.tensor([seen.policy["state"]])
    assert seen.policy["chances"] == pytest.approx(
        seen.network(state).softmax(-1)[0].tolist(), rel=1e-5
    )
    unit = sum(0.99**t for t in range(500))
    value = float(seen.bench.lanes[0].kept["value"](state).detach()) * unit
    assert seen.policy["value"] == pytest.approx(value, rel=1e-5)


def test_drawn_actions_repeat_with_the_seed(seen: Seen) -> None:
    seen.hand(sampled=True)
    found = []
    for seed in (3, 4, 3):
        seen.hand(restart=seed)
        pushes = []
        for _ in range(8):
            seen.hand(steps=1)
            pushes.append(seen.policy["push"])
        found.append((pushes, seen.policy["state"]))
    assert found[0] == found[2]
    assert found[0] != found[1]


def test_a_strange_seed_is_told(seen: Seen) -> None:
    for wrong in (-1, 1.5, "x", 2**40):
        seen.hand(restart=wrong)
        assert "A seed is a whole number" in seen.frame["problem"]["message"]
    seen.hand(restart=1)
    assert seen.frame["problem"] is None


def test_the_training_is_left_alone() -> None:
    found = []
    for watched in (False, True):
        seen = Seen(SMALL)
        assert seen.policy["value"] is None
        while seen.bench.lanes[0].metrics is None:
            if watched:
                before = torch.get_rng_state()
                seen.hand(sampled=True, restart=5, steps=9, push=1)
                assert torch.equal(torch.get_rng_state(), before)
            seen.ask({"kind": "next", "steps": 1, "seconds": 60})
        found.append(seen.bench.lanes[0].metrics)
        seen.bench.close()
    assert found[0] == found[1]


def test_two_runs_have_a_cart_each() -> None:
    seen = Seen({**SMALL, "compare": "hidden:4"})
    assert [cart["variant"] for cart in seen.frame["carts"]] == [0, 1, -1]
    one, two = seen.frame["carts"][:2]
    assert one["state"] == two["state"]
    assert one["chances"] != two["chances"]
    seen.bench.close()
