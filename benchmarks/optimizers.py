"""The readable optimisers against PyTorch's own on a step of LeNet-5, measured side by side.

    python benchmarks/optimizers.py benchmarks/optimizers.json

Ours and PyTorch's three forms train copies of one network on one batch and take turns in every
round, so that a busy machine slows all alike. ``ratio`` is the median over the rounds of ours over
theirs for the whole step: forward pass, backward pass and update. ``ratio_update`` is that of the
update alone. PyTorch's default on the processor is its plain loop; fused and foreach have to be
asked for, and are reported beside it.
"""

from __future__ import annotations

import copy
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before PyTorch is loaded

import torch

from tidu import nn, optim
from tidu.files import write_json
from tidu.runs.provenance import environment

ROUNDS = 60
WARM_UP = 5
BATCH = 64
THREADS = 1

METHODS: dict[str, tuple[Any, Any, dict[str, Any], dict[str, Any]]] = {
    "SGD": (optim.SGD, torch.optim.SGD, {}, {}),
    "Momentum": (optim.Momentum, torch.optim.SGD, {"momentum": 0.9}, {}),
    "Nesterov": (optim.Nesterov, torch.optim.SGD, {"momentum": 0.9}, {"nesterov": True}),
    "AdaGrad": (optim.AdaGrad, torch.optim.Adagrad, {}, {}),
    "RMSProp": (optim.RMSProp, torch.optim.RMSprop, {}, {}),
    "Adam": (optim.Adam, torch.optim.Adam, {}, {}),
    "AdamW": (optim.AdamW, torch.optim.AdamW, {}, {}),
}
FORMS: dict[str, dict[str, Any]] = {
    "default": {},
    "foreach": {"foreach": True},
    "fused": {"fused": True},
}


def contestants(
    name: str, network: torch.nn.Module
) -> dict[str, Callable[[], tuple[float, float]]]:
    """For ours and each of PyTorch's forms, a step that tells its seconds: all, update alone."""
    ours, theirs, settings, only = METHODS[name]
    images, labels = torch.rand(BATCH, 1, 28, 28), torch.randint(10, (BATCH,))

    def racer(make: Callable[[Any], torch.optim.Optimizer]) -> Callable[[], tuple[float, float]]:
        own = copy.deepcopy(network)
        optimizer = make(own.parameters())

        def step() -> tuple[float, float]:
            began = time.perf_counter()
            loss = torch.nn.functional.cross_entropy(own(images), labels)
            optimizer.zero_grad()
            loss.backward()
            before = time.perf_counter()
            optimizer.step()
            end = time.perf_counter()
            return end - began, end - before

        return step

    racers = {"ours": racer(lambda params: ours(params, lr=1e-3, **settings))}
    for form, flags in FORMS.items():
        if form == "fused" and theirs is torch.optim.RMSprop:
            continue  # PyTorch has none

        def make(params: Any, flags: dict[str, Any] = flags) -> torch.optim.Optimizer:
            return theirs(params, lr=1e-3, **settings, **only, **flags)

        racers[form] = racer(make)
    return racers


def compare(name: str, network: torch.nn.Module) -> dict[str, Any]:
    """The medians of one method."""
    racers = contestants(name, network)
    order = list(racers)
    taken: dict[str, list[tuple[float, float]]] = {form: [] for form in racers}
    for round in range(WARM_UP + ROUNDS):
        order = [*order[1:], order[0]]  # nobody always follows the same one
        for form in order:
            seconds = racers[form]()
            if round >= WARM_UP:
                taken[form].append(seconds)

    def ratio(form: str, part: int) -> float:
        pairs = zip(taken["ours"], taken[form], strict=True)
        return round_to(statistics.median(own[part] / their[part] for own, their in pairs))

    return {
        "ratio": ratio("default", 0),
        "ratio_update": ratio("default", 1),
        **{f"ratio_{form}": ratio(form, 0) for form in racers if form not in {"ours", "default"}},
        "milliseconds": {
            form: round_to(1000 * statistics.median(s[0] for s in of_one))
            for form, of_one in taken.items()
        },
        "milliseconds_update": {
            form: round_to(1000 * statistics.median(s[1] for s in of_one))
            for form, of_one in taken.items()
        },
    }


def round_to(value: float) -> float:
    """Four digits."""
    return float(f"{value:.4g}")


def main() -> None:
    """Measure, print, and write a JSON file where one is named."""
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    network = nn.LeNet5()
    found = {name: compare(name, network) for name in METHODS}
    for name, one in found.items():
        others = ", ".join(f"{k[6:]} {v:.2f}" for k, v in one.items() if k.startswith("ratio_"))
        print(f"{name:9} {one['ratio']:.2f} of PyTorch's default; against {others}")
    result = {
        "benchmark": "optimizers",
        "network": "lenet-5",
        "batch": BATCH,
        "rounds": ROUNDS,
        "largest_ratio": max(one["ratio"] for one in found.values()),
        "methods": found,
        "environment": environment(),
    }
    if len(sys.argv) > 1:
        write_json(Path(sys.argv[1]), result)


if __name__ == "__main__":
    main()
