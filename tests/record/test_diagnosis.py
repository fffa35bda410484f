"""Networks built to have one disease each, and healthy ones, are told apart, in both languages."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tidu.nn import stack
from tidu.record import Finding, GradientFlow, diagnose, diagnosis

DIM, DEPTH = 24, 10


@dataclass
class Patient:
    """A network, how it is trained, and what must be found of it."""

    network: Callable[[], nn.Module]
    found: set[str]
    optimizer: Callable[[Any], torch.optim.Optimizer] = lambda p: torch.optim.Adam(p, lr=1e-3)
    size_of_targets: Callable[[int], float] = lambda step: 1.0
    clip: float | None = None


class Residual(nn.Module):
    """x + f(norm(x))."""

    def __init__(self) -> None:
        super().__init__()
        self.norm, self.linear = nn.LayerNorm(DIM), nn.Linear(DIM, DIM)

    def forward(self, input: Tensor) -> Tensor:
        """Keep the shape."""
        return input + self.linear(self.norm(input)).relu()


def deep(activation: type[nn.Module], scale: float | None = None, bias: float = 0.0) -> nn.Module:
    """Ten layers; weights from N(0, scale² / width), or of He size."""
    layers: list[nn.Module] = []
    for _ in range(DEPTH):
        linear = nn.Linear(DIM, DIM)
        nn.init.normal_(linear.weight, std=(math.sqrt(2) if scale is None else scale) * DIM**-0.5)
        nn.init.constant_(linear.bias, bias)
        layers += [linear, activation()]
    return nn.Sequential(*layers, nn.Linear(DIM, 3))


def with_dead_units(share: float) -> nn.Module:
    """A shallow network, some of whose hidden units never answer."""
    network = nn.Sequential(nn.Linear(DIM, 100), nn.ReLU(), nn.Linear(100, 3))
    with torch.no_grad():
        network[0].bias[: round(100 * share)] = -1000.0
    return network


def slow(parameters: Any) -> torch.optim.Optimizer:
    """Steps far below what is usual."""
    return torch.optim.Adam(parameters, lr=1e-6)


def fast(parameters: Any) -> torch.optim.Optimizer:
    """Steps far above it."""
    return torch.optim.Adam(parameters, lr=0.02)


PATIENTS = {
    "He and ReLU": Patient(lambda: deep(nn.ReLU), set()),
    "Xavier and tanh": Patient(lambda: deep(nn.Tanh, 1.0), set()),
    "residual and normalised": Patient(
        lambda: nn.Sequential(*(Residual() for _ in range(DEPTH)), nn.Linear(DIM, 3)), set()
    ),
    "deep sigmoid": Patient(lambda: deep(nn.Sigmoid, 1.0), {"vanishing"}),
    "weights too small": Patient(
        lambda: deep(nn.Tanh, 0.3), {"vanishing"}, lambda p: torch.optim.SGD(p, lr=0.1)
    ),
    "weights too large": Patient(
        lambda: deep(nn.Identity, 4.0), {"exploding"}, lambda p: torch.optim.SGD(p, lr=1e-3)
    ),
    "weights too large for tanh": Patient(lambda: deep(nn.Tanh, 30.0), {"exploding"}),
    "a leap": Patient(
        lambda: nn.Sequential(nn.Linear(DIM, 30), nn.Tanh(), nn.Linear(30, 3)),
        {"exploding"},
        lambda p: torch.optim.SGD(p, lr=0.01),
        lambda step: 300.0 if step == 25 else 1.0,
    ),
    "a leap that is clipped": Patient(
        lambda: nn.Sequential(nn.Linear(DIM, 30), nn.Tanh(), nn.Linear(30, 3)),
        set(),
        lambda p: torch.optim.SGD(p, lr=0.01),
        lambda step: 300.0 if step == 25 else 1.0,
        clip=1.0,
    ),
    "targets that are not finite": Patient(
        lambda: nn.Linear(DIM, 3), {"exploding"}, size_of_targets=lambda step: math.inf
    ),
    "half the units dead": Patient(lambda: with_dead_units(0.5), {"dead"}),
    "few units dead": Patient(lambda: with_dead_units(0.1), set()),
    "every unit dead": Patient(lambda: deep(nn.ReLU, bias=-1000.0), {"dead"}),
    "steps too small": Patient(lambda: deep(nn.ReLU), {"small steps"}, slow),
    "steps too large": Patient(lambda: deep(nn.Tanh, 1.0), {"large steps"}, fast),
}


def examined(patient: Patient, seed: int, steps: int = 40) -> list[Finding]:
    """Train the patient for a while and say what it has."""
    torch.manual_seed(seed)
    network, wanted = patient.network(), torch.randn(DIM, 3)
    optimizer = patient.optimizer(network.parameters())
    with GradientFlow(network, optimizer) as flow:
        for step in range(steps):
            inputs = torch.randn(64, DIM)
            targets = (inputs @ wanted).tanh() * patient.size_of_targets(step)
            optimizer.zero_grad()
            (network(inputs) - targets).square().mean().backward()
            if patient.clip is not None:
                nn.utils.clip_grad_norm_(network.parameters(), patient.clip)
            optimizer.step()
    return diagnose(flow.rows)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", PATIENTS)
def test_the_disease_is_found_and_no_other(name: str, seed: int) -> None:
    findings = examined(PATIENTS[name], seed)
    kinds = {finding.kind for finding in findings} - {"healthy"}
    wanted = PATIENTS[name].found
    if wanted == {"vanishing"}:  # the layers that get no gradient make no steps either
        kinds.discard("small steps")
    assert kinds == wanted, [finding.words.en for finding in findings]
    for finding in findings:
        assert re.search("[\u4e00-\u9fff]", finding.words.zh)
        assert not re.search("[\u4e00-\u9fff]", finding.words.en)
        assert finding.words.en.endswith(".")
        assert "inf" not in finding.words.en.replace("infinite", "").split()
        if finding.kind not in {"small steps", "healthy"}:
            assert finding.value >= finding.threshold


def test_it_names_the_layer_and_what_helps() -> None:
    (vanishing,) = examined(PATIENTS["deep sigmoid"], 0)[:1]
    assert vanishing.layer == "0"
    assert "residual" in vanishing.words.en
    assert "残差" in vanishing.words.zh
    (dead,) = examined(PATIENTS["half the units dead"], 0)
    assert (dead.layer, dead.value) == ("0", 0.5)
    assert "50 %" in dead.words.en
    (few,) = examined(PATIENTS["few units dead"], 0)
    assert "Of the units of 0, 10 % got no gradient" in few.words.en
    (leap,) = examined(PATIENTS["a leap"], 0)
    assert "step 25" in leap.words.en
    assert "第 25 步" in leap.words.zh


def test_the_thresholds_named_in_words_are_those_that_decide() -> None:
    few = examined(PATIENTS["few units dead"], 0)[0].words
    assert f"{100 * diagnosis.DEAD:.0f} %" in few.en
    assert f"{100 * diagnosis.DEAD:.0f}%" in few.zh
    vanishing = examined(PATIENTS["deep sigmoid"], 0)[0].words
    assert f"beyond {diagnosis.CONTRAST:.0f} " in vanishing.en
    assert f" {diagnosis.CONTRAST:.0f} 倍以上" in vanishing.zh


def rows_of(layers: dict[str, dict[str, Any]], looks: int = 20) -> list[dict[str, Any]]:
    """The same look again and again: gradient, step and dead share of each layer of weight 1."""
    parts = {"gradient": "gradient", "update": "step", "dead": "dead"}
    row: dict[str, Any] = {
        part: {name: layer.get(key, 0.0) for name, layer in layers.items()}
        for part, key in parts.items()
    }
    weight = {name: _ones(layer["gradient"]) for name, layer in layers.items()}
    return [{"step": look, **row, "weight": weight} for look in range(looks)]


def _ones(like: Any) -> Any:
    return [1.0] * len(like) if isinstance(like, list) else 1.0


@pytest.mark.parametrize(
    ("first", "step", "dead", "kinds"),
    [
        (1.0, 1e-3, 0.0, ["healthy"]),
        (1 / 99, 1e-3, 0.0, ["healthy"]),
        (1 / 101, 1e-3, 0.0, ["vanishing"]),
        (99.0, 1e-3, 0.0, ["healthy"]),
        (101.0, 1e-3, 0.0, ["exploding"]),
        (1.0, 0.9e-2, 0.0, ["healthy"]),
        (1.0, 1.1e-2, 0.0, ["large steps"]),
        (1.0, 1.1, 0.0, ["exploding"]),
        (1.0, 1.1e-4, 0.0, ["healthy"]),
        (1.0, 0.9e-4, 0.0, ["small steps"]),
        (1.0, 1e-3, 0.39, ["healthy"]),
        (1.0, 1e-3, 0.4, ["dead"]),
        (0.0, 1e-3, 0.0, ["vanishing"]),
        (0.0, 1e-3, 1.0, ["dead"]),
    ],
)
def test_each_threshold_decides(first: float, step: float, dead: float, kinds: list[str]) -> None:
    layers = {
        "a": {"gradient": first, "step": step, "dead": dead},
        "b": {"gradient": 1.0, "step": step, "dead": 0.0},
        "c": {"gradient": 1.0, "step": step, "dead": 0.0},
    }
    assert [finding.kind for finding in diagnose(rows_of(layers))] == kinds


def test_of_networks_trained_together_each_is_judged() -> None:
    layers = {
        "a": {"gradient": [1.0, 1e-3, 1e-4], "step": [1e-3] * 3, "dead": [0.0] * 3},
        "b": {"gradient": [1.0] * 3, "step": [1e-3] * 3, "dead": [0.0] * 3},
        "c": {"gradient": [1.0] * 3, "step": [1e-3] * 3, "dead": [0.0] * 3},
    }
    (finding,) = diagnose(rows_of(layers))
    assert finding.kind == "vanishing"
    assert finding.copies == (2, 3)
    assert finding.value == pytest.approx(1e4)
    assert "2 of the 3 networks" in finding.words.en
    assert "3 个网络中有 2 个" in finding.words.zh


def test_a_sick_network_is_found_in_a_stack_of_healthy_ones() -> None:
    torch.manual_seed(0)
    networks = [deep(nn.Tanh, scale) for scale in (1.0, 1.0, 0.3)]
    for network in networks:  # the last layers alike
        network[-1].load_state_dict(networks[0][-1].state_dict())
    together = stack(networks)
    optimizer = torch.optim.Adam(together.parameters(), lr=1e-3)
    with GradientFlow(together, optimizer) as flow:
        for _ in range(20):
            optimizer.zero_grad()
            together(torch.randn(3, 64, DIM)).sub(1.0).square().mean((1, 2)).sum().backward()
            optimizer.step()
    vanishing = [finding for finding in diagnose(flow.rows) if finding.kind == "vanishing"]
    assert [finding.copies for finding in vanishing] == [(1, 3)]


def test_several_networks_are_told_by_name() -> None:
    rows = rows_of(
        {"one/a": {"gradient": 1.0, "step": 1e-3}, "two/a": {"gradient": 1.0, "step": 1}}
    )
    findings = diagnose(rows)
    assert [(f.network, f.kind) for f in findings] == [("one", "healthy"), ("two", "large steps")]
    assert findings[1].words.en.startswith("two: ")
    assert findings[1].words.zh.startswith("two：")


def test_nothing_seen_says_nothing() -> None:
    assert diagnose([]) == []
