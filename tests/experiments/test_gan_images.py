"""The GAN on images: every loss, its penalty, the average, the scale, copies, and its use."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import tidu
from tidu import losses, nn
from tidu.errors import TiduError
from tidu.experiments.generative import gan_images
from tidu.experiments.generative.gan_images import Config
from tidu.runs import Run, store

SILENT = {"quiet": True, "report": False}
TINY = {
    "preset": "quick",
    "steps": 6,
    "batch": 64,
    "channels": 4,
    "judged": 60,
    "classifier_epochs": 1,
    **SILENT,
}


@pytest.fixture
def trained(embedded: None) -> Run:
    return tidu.run("gan-images", **TINY)


@pytest.mark.parametrize("loss", ["non-saturating", "least-squares", "wgan-gp"])
@pytest.mark.usefixtures("embedded")
def test_every_loss_takes_its_turns(loss: str) -> None:
    run = tidu.run("gan-images", **TINY, loss=loss, discriminator_steps=2)
    turns = [line for line in run.history() if "generator_loss" in line]
    assert [line["step"] for line in turns] == list(range(6))
    for line in turns:
        assert math.isfinite(line["generator_loss"])
        assert math.isfinite(line["discriminator_loss"])


def test_the_penalty_on_real_images_comes_seldom_and_that_much_stronger() -> None:
    judge, rng = nn.ConvDiscriminator(2), torch.Generator().manual_seed(0)
    real, fake = torch.rand(2, 5, 1, 28, 28)
    points = real.flatten(1).requires_grad_()
    slope = losses.gradient_penalty(judge(points.view_as(real)), points).detach()
    lazy = gan_images.LAZY
    found = [
        torch.as_tensor(gan_images.penalty(Config(penalty=0.5), judge, real, fake, turn, rng))
        for turn in range(2 * lazy)
    ]
    torch.testing.assert_close(torch.stack(found).sum().detach(), 2 * lazy * 0.5 * slope)
    assert [turn for turn, value in enumerate(found) if value != 0] == [0, lazy]
    assert gan_images.penalty(Config(penalty=0.0), judge, real, fake, 0, rng) == 0.0


def test_wgan_gp_wants_slope_one_between_the_images_every_time() -> None:
    real, fake = torch.rand(2, 5, 1, 28, 28)
    steep = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 1), torch.nn.Flatten(0))
    torch.nn.init.constant_(steep[1].weight, 3 / 28)  # of length 3 everywhere
    config, rng = Config(loss="wgan-gp"), torch.Generator().manual_seed(0)
    for turn in range(3):
        found = gan_images.penalty(config, steep, real, fake, turn, rng)
        assert float(found.detach()) == pytest.approx(10 * (3 - 1) ** 2, rel=1e-4)


def test_the_average_follows_weights_and_batch_statistics() -> None:
    slow, fast = nn.ConvGenerator(3, 2).eval(), nn.ConvGenerator(3, 2)
    before = {name: value.clone() for name, value in slow.state_dict().items()}
    fast(torch.randn(9, 3))
    gan_images.follow(slow, fast, 0.75)
    for name, value in slow.state_dict().items():
        if value.is_floating_point():
            torch.testing.assert_close(value, 0.75 * before[name] + 0.25 * fast.state_dict()[name])
    assert not torch.equal(slow.norm1.running_mean, before["norm1.running_mean"])


def test_a_generator_that_draws_training_images_reaches_the_floor_by_copying(
    trained: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = dataclasses.replace(gan_images.PRESETS["quick"], judged=60)
    images = tidu.data.load("mnist-5k")
    classifier = gan_images.lenet("lenet-5-1998", 10).eval()
    copied = images.train_images[:60]
    scale = gan_images.Scale(classifier, gan_images.features_of(classifier, copied))
    monkeypatch.setattr(gan_images, "generate", lambda network, noise: copied)
    found = gan_images.assess(config, trained, images, scale, torch.nn.Identity())
    assert found["frechet_distance"] == pytest.approx(found["frechet_floor"])
    assert found["frechet_floor"] > 0
    assert found["nearest_ratio"] < 1e-3
    assert found["rarest_class"] <= 0.1


def test_the_nearest_training_image_is_that_of_a_search_one_by_one() -> None:
    images, training = torch.randint(256, (7, 4, 4)).byte(), torch.randint(256, (40, 4, 4)).byte()
    distances, rows = gan_images.nearest_of(images, training)
    for image, distance, row in zip(images, distances, rows, strict=True):
        each = (training.double() - image.double()).square().sum((1, 2)).sqrt() / 255
        assert int(each.argmin()) == row
        assert float(each.min()) == pytest.approx(float(distance), abs=1e-3)


@pytest.mark.usefixtures("embedded")
def test_a_run_of_lenet_can_be_the_scale() -> None:
    lenet = tidu.run("lenet", preset="quick", epochs=1, net="lenet-5-1998", **SILENT)
    whole = {**TINY, "judged": 1000}
    runs = [tidu.run("gan-images", **whole, origin=str(lenet.path), seed=s) for s in (0, 1)]
    one, two = (store.result(run.path)["metrics"] for run in runs)
    assert not (runs[0].path / "checkpoints" / "classifier.safetensors").exists()
    # All test images by one classifier: the same in every seed, and as its own run found.
    expected = store.result(lenet.path)["metrics"]["error"]
    assert one["classifier_error"] == two["classifier_error"] == pytest.approx(expected)
    with pytest.raises(TiduError, match=r"--source is mnist, but .* learned mnist-5k"):
        tidu.run("gan-images", **TINY, origin=str(lenet.path), source="mnist")


@pytest.mark.usefixtures("embedded")
def test_other_runs_are_refused_as_a_scale() -> None:
    flat = tidu.run("lenet", preset="quick", epochs=1, net="lenet-300-100", **SILENT)
    with pytest.raises(TiduError, match="lenet-300-100"):
        tidu.run("gan-images", **TINY, origin=str(flat.path))
    line = tidu.run("linear-regression", preset="quick", **SILENT)
    with pytest.raises(TiduError, match="linear-regression"):
        tidu.run("gan-images", **TINY, origin=str(line.path))


@pytest.mark.usefixtures("embedded")
def test_a_distance_of_one_image_is_refused() -> None:
    with pytest.raises(TiduError, match="at least 2 images"):
        tidu.run("gan-images", **{**TINY, "judged": 1})


def test_it_draws_your_own_images(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name, mean in (("dark", 60), ("bright", 190)):
        (tmp_path / "own" / name).mkdir(parents=True)
        for i in range(20):
            pixels = rng.normal(mean, 20, (31, 40)).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / "own" / name / f"{i:02d}.png")
    fields = {**TINY, "batch": 16}
    run = tidu.run("gan-images", **fields, data=str(tmp_path / "own"))
    assert gan_images.model(run.config, run)(torch.randn(3, 32)).shape == (3, 1, 28, 28)


def test_use_writes_the_images_side_by_side(trained: Run, tmp_path: Path) -> None:
    file = tmp_path / "drawn.png"
    answer = gan_images.use(trained.config, trained, gan_images.Use(samples=6, out=file))
    assert answer["samples"] == 6
    side = gan_images.ENLARGED * 28
    gap = gan_images.ENLARGED * 2
    with Image.open(file) as picture:
        assert picture.size == (3 * side + 2 * gap, 2 * side + gap)
        first = np.asarray(picture)
    gan_images.use(trained.config, trained, gan_images.Use(samples=6, out=file, seed=1))
    with Image.open(file) as picture:
        assert (np.asarray(picture) != first).any()
    with pytest.raises(TiduError, match=r"must be a \.png file"):
        gan_images.use(trained.config, trained, gan_images.Use(out=tmp_path / "drawn.pdf"))
