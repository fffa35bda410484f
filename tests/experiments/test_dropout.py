"""Dropout: fewer training images, and the gap between new images and learned ones."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import tidu
from tidu import data
from tidu.errors import TiduError
from tidu.experiments.optimisation import dropout
from tidu.runs import store


def test_fewer_images_are_the_first_ones_and_the_test_stays() -> None:
    images = data.images_or("mnist-5k", None, 28, 64)
    some = dropout.fewer(images, 100, 64)
    assert torch.equal(some.train_images, images.train_images[:100])
    assert torch.equal(some.train_labels, images.train_labels[:100])
    assert torch.equal(some.test_images, images.test_images)


def test_fewer_than_a_batch_are_refused() -> None:
    with pytest.raises(TiduError, match="--rows 10 is less than a batch of 64"):
        tidu.run("dropout", preset="quick", rows=10, quiet=True)


def test_the_gap_is_wide_where_few_images_are_learned_by_heart(tmp_path: Path) -> None:
    run = tidu.run("dropout", preset="quick", rows=64, epochs=60, quiet=True, report=False)
    found = store.result(run.path)["metrics"]
    assert found["train_error_without"] == 0  # by heart
    assert found["gap_without"] == found["error_without"] > 0.2
    assert found["gap"] == pytest.approx(found["error"] - found["train_error"])
