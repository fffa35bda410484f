"""The experiment on NumPy: what it says of formulas, and that what it learned can be used."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image

import tidu
from tidu import data
from tidu.errors import TiduError
from tidu.experiments.foundations import autograd

REFUSED = {
    "x.real": "not arithmetic",
    "x + ": "not a formula",
    "3 * 2": "has no variable",
    "log(x - 5)": "both must be finite",
    "sqrt(x - 2)": "both must be finite",
}


@pytest.mark.parametrize("expression", REFUSED)
def test_a_formula_without_a_gradient_is_told_and_not_drawn(expression: str) -> None:
    with pytest.raises(TiduError, match=REFUSED[expression]):
        tidu.run("autograd", preset="quick", expression=expression, steps=1, quiet=True)


def test_every_variable_needs_a_place() -> None:
    with pytest.raises(TiduError, match="--at must give 2 numbers, for a, b"):
        tidu.run("autograd", preset="quick", expression="a*b", at=(1.0,), steps=1, quiet=True)


def test_a_formula_of_ones_own_is_kept_with_its_gradients() -> None:
    run = tidu.run(
        "autograd", preset="quick", expression="u**2 * exp(v)", at=(3.0, 0.0), steps=5, quiet=True
    )
    nodes = run.read_json("expression-graph")
    leaves = {n["name"]: n["gradient"] for n in nodes if n["name"]}
    assert leaves == {"u": [6.0], "v": [9.0]}
    assert nodes[-1]["number"] == [9.0]


@pytest.mark.usefixtures("embedded")
def test_digits_are_read_from_pictures(tmp_path: Path) -> None:
    run = tidu.run("autograd", preset="digits", steps=300, hidden=(32,), quiet=True)
    images = data.load("digits")
    assert isinstance(images, data.Images)
    right = 0
    for i in range(0, 360, 36):
        paper = 255 - images.test_images[i]  # dark on bright, larger, with a margin
        picture = Image.fromarray(paper.numpy()).resize((160, 160))
        page = Image.new("L", (220, 240), 255)
        page.paste(picture, (40, 30))
        page.save(tmp_path / "digit.png")
        said = autograd.use(run.config, run, autograd.Use(tmp_path / "digit.png"))
        right += said["class"] == str(int(images.test_labels[i]))
    assert right >= 7
    trained = autograd.model(run.config, run)
    with torch.no_grad():
        logits = trained(images.test_images.flatten(1).double() / 255)
    share = (logits.argmax(1) == images.test_labels).double().mean()
    assert float(share) == pytest.approx(run_accuracy(run.path))


def run_accuracy(path: Path) -> float:
    """What the run itself measured, on NumPy."""
    from tidu.files import read_json

    return read_json(path / "result.json")["metrics"]["accuracy"]
