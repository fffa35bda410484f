"""Pruning beside its rivals: each is what an ordinary loop of PyTorch would have made of it."""

from __future__ import annotations

import math
from typing import Any, cast

import pytest
import torch

import tidu
from tidu import compress, data, laboratory, nn, train, vision
from tidu.errors import TiduError
from tidu.files import read_json
from tidu.runs import Run

pytestmark = pytest.mark.usefixtures("embedded")
BRIEF: dict[str, Any] = {
    "rounds": 2,
    "epochs": 2,
    "round_epochs": 1,
    "per_round": 0.6,
    "precision": "float32",
}


def pruned(**fields: Any) -> Run:
    return tidu.run("pruning", preset="quick", quiet=True, report=False, **{**BRIEF, **fields})


def metrics(run: Run) -> dict[str, list[float]]:
    return read_json(run.path / "result.json")["per_seed"]


@pytest.fixture(scope="module")
def images() -> data.Images:
    return cast("data.Images", data.load("mnist-5k"))


def trained(
    network: torch.nn.Module, images: data.Images, seed: int, epochs: int, first: int = 0
) -> float:
    """Train one network by itself, zeros held at zero; its test accuracy."""
    masks = [(p != 0).float() for p in network.parameters() if p.dim() > 1]
    weights = [p for p in network.parameters() if p.dim() > 1]
    optimizer = torch.optim.SGD(
        network.parameters(), lr=0.1, momentum=0.9, weight_decay=2e-3, nesterov=True
    )
    order = train.Shuffled(len(images.train_labels), 64, seed)
    total = epochs * order.per_epoch
    for step in range(total):
        rows = order(first + step)
        rise = min(1.0, (step + 1) / min(100, total // 4))
        for group in optimizer.param_groups:
            group["lr"] = 0.1 * rise * (1 + math.cos(math.pi * step / total)) / 2
        logits = network(vision.grey_images(images.train_images[rows]))
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(logits, images.train_labels[rows]).backward()
        optimizer.step()
        with torch.no_grad():
            for weight, mask in zip(weights, masks, strict=True):
                weight.mul_(mask)
    with torch.no_grad():
        said = network(vision.grey_images(images.test_images)).argmax(1)
    return float((said == images.test_labels).double().mean())


def test_the_small_network_is_one_trained_alone_for_all_the_passes(images: data.Images) -> None:
    run = pruned(rivals=True, seeds=2)
    found = metrics(run)
    left = compress.count_parameters_left(run.load_weights(nn.LeNet300100()))
    widths = compress.widths_of_size(lambda h: nn.LeNet300100(hidden=h), (300, 100), left, 10)
    assert all(1 <= size < 1.1 for size in found["small_size"])
    for seed in (0, 1):
        torch.manual_seed(seed)
        alone = trained(nn.LeNet300100(hidden=widths), images, seed, epochs=2 + 2 * 1)
        # Batched products round otherwise: a few of the 1,000 test images may change sides.
        assert found["small_accuracy"][seed] == pytest.approx(alone, abs=0.008)


def test_the_tickets_masks_on_other_weights_are_trained_as_it_was(images: data.Images) -> None:
    run = pruned(rivals=True, rewind=True, seeds=2)
    ticket = run.load_weights(nn.LeNet300100())
    steps = (2 + 1) * (len(images.train_labels) // 64)  # before the last round began
    accuracies: list[float] = []
    for draw in (0, 1):
        torch.manual_seed(draw * 1_000_003)
        network = nn.LeNet300100()
        with torch.no_grad():
            for ours, theirs in zip(network.parameters(), ticket.parameters(), strict=True):
                ours.mul_(theirs != 0 if ours.dim() > 1 else 1)
        accuracies.append(trained(network, images, 0, epochs=1, first=steps))
    found = metrics(run)
    assert found["pruned_accuracy"][0] == pytest.approx(accuracies[0], abs=0.015)
    assert found["random_accuracy"][0] == pytest.approx(accuracies[1], abs=0.015)
    assert abs(accuracies[0] - accuracies[1]) > 0.03, "or the test cannot tell them apart"


def test_rivals_change_nothing_else_and_a_killed_run_goes_on() -> None:
    plain, run = pruned(rewind=True), pruned(rewind=True, rivals=True, name="rivals")
    before = metrics(run)
    assert before.items() >= metrics(plain).items()
    assert set(before) - set(metrics(plain)) == {"small_accuracy", "small_size", "random_accuracy"}
    weights = "model.safetensors"
    assert (run.path / weights).read_bytes() == (plain.path / weights).read_bytes()
    log = (run.path / "metrics.jsonl").read_text()
    (run.path / "result.json").unlink()
    (run.path / "checkpoints" / "random.safetensors").unlink()  # killed as it began
    laboratory.resume("rivals", quiet=True, report=False)
    assert metrics(run) == before
    assert (run.path / "metrics.jsonl").read_text() == log


def test_removed_neurons_have_a_rival_of_the_same_widths() -> None:
    found = metrics(pruned(rivals=True, unit="neuron"))
    assert found["small_size"] == [1.0]


def test_a_clock_tells_removed_neurons_from_zeroed_weights() -> None:
    assert not {"speed_up", "smaller"} & set(metrics(pruned()))
    neurons, weights = (metrics(pruned(timed=True, unit=unit)) for unit in ("neuron", "weight"))
    assert neurons["speed_up"][0] > 1.5 * weights["speed_up"][0]
    assert neurons["smaller"] == pytest.approx(neurons["compression"])
    assert 1 < weights["smaller"][0] < weights["compression"][0]  # their columns are stored too


def test_a_trained_run_has_no_rivals() -> None:
    origin = pruned(name="origin")
    with pytest.raises(TiduError, match="--rivals needs to know"):
        pruned(rivals=True, origin="origin")
    assert origin.path.exists()
