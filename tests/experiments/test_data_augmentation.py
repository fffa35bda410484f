"""Data augmentation: networks side by side learn as if alone, and each its own lesson."""

from __future__ import annotations

import pytest
import torch

import tidu
from tidu.experiments.optimisation import data_augmentation as experiment

SMALL = {"preset": "quick", "epochs": 1, "hidden": (20,), "quiet": True, "report": False}


@pytest.mark.usefixtures("embedded")
def test_a_seed_among_others_learns_as_if_alone() -> None:
    both = tidu.run("data-augmentation", **SMALL, seeds=2)
    alone = tidu.run("data-augmentation", **SMALL, seed=1)
    torch.testing.assert_close(
        both.recorded("accuracy")["table"][1:], alone.recorded("accuracy")["table"]
    )


@pytest.mark.usefixtures("embedded")
def test_without_amounts_every_treatment_but_the_mirror_is_none() -> None:
    run = tidu.run("data-augmentation", **SMALL, rotate=0.0, shift=0.0, noise=0.0)
    (table,) = run.recorded("accuracy")["table"]
    mirrored = experiment.TREATMENTS.index("mirrored")
    for place, row in enumerate(table):
        assert torch.equal(row, table[0]) == (place != mirrored)
    assert torch.equal(table, table[:, :1].expand_as(table))


def test_a_gain_is_that_of_the_treatment_on_its_own_test() -> None:
    table = torch.full((1, len(experiment.TREATMENTS), len(experiment.TESTS)), 0.5)
    for name, gain in (("turned", 0.1), ("moved", 0.2), ("noisy", 0.3)):
        table[0, experiment.TREATMENTS.index(name), experiment.TESTS.index(name)] += gain
    torch.testing.assert_close(experiment.own_gain(table), torch.tensor([0.2]))
