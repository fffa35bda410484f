"""Something to give to ``tidu use`` for every experiment whose result can be used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def digit(folder: Path) -> list[str]:
    """A drawn seven, dark on bright, larger than the network's own images."""
    from PIL import Image, ImageDraw

    image = Image.new("L", (90, 120), 240)
    ImageDraw.Draw(image).line([(20, 25), (68, 25), (40, 100)], fill=20, width=9)
    image.save(folder / "seven.png")
    return [str(folder / "seven.png")]


def points(folder: Path) -> list[str]:
    """Three points of the plane."""
    (folder / "points.csv").write_text("x,y\n0.1,0.2\n-0.5,0.3\n0.0,-0.8\n")
    return [str(folder / "points.csv")]


def flowers(folder: Path) -> list[str]:
    """Two petals and their species."""
    rows = "petal length (cm),class\n1.4,setosa\n5.5,virginica\n"
    (folder / "flowers.csv").write_text(rows)
    return [str(folder / "flowers.csv")]


def cells(folder: Path) -> list[str]:
    """Two rows with three columns of the breast cancer table, and one that does not matter."""
    rows = (
        "mean texture,worst area,worst smoothness,hospital\n18.2,610.5,0.12,A\n22.0,1500,0.15,B\n"
    )
    (folder / "cells.csv").write_text(rows)
    return [str(folder / "cells.csv")]


def irises(folder: Path) -> list[str]:
    """Two flowers with all four measurements, in another order."""
    rows = "petal length (cm),petal width (cm),sepal width (cm),sepal length (cm)\n"
    (folder / "irises.csv").write_text(rows + "1.4,0.2,3.5,5.1\n5.5,2.1,3.0,6.8\n")
    return [str(folder / "irises.csv")]


def patients(folder: Path) -> list[str]:
    """Two rows with the columns of the diabetes table."""
    from tidu import data

    table = data.load("diabetes")
    rows = [",".join(map(str, row)) for row in table.features[:2].tolist()]
    (folder / "rows.csv").write_text("\n".join([",".join(table.feature_names), *rows]) + "\n")
    return [str(folder / "rows.csv")]


SAMPLES: dict[str, Callable[[Path], list[str]]] = {
    "lenet": digit,
    "mnist-ladder": digit,
    "spiral": points,
    "autograd": points,
    "linear-regression": patients,
    "loss": patients,
    "logistic-regression": cells,
    "tabular": irises,
    "regularisation": patients,
    "feature-normalisation": patients,
    "early-stopping": patients,
    "indicator-regression": flowers,
    "perceptron": points,
    "polynomial-regression": points,
    "softmax-regression": digit,
    "mlp": digit,
    "lr-schedule": digit,
    "mini-batch": digit,
    "optimizers": digit,
    "activation": digit,
    "initialisation": digit,
    "gradient-flow": digit,
    "batch-norm": digit,
    "dropout": digit,
    "layer-norm": digit,
    "ensemble": digit,
    "clustering": digit,
    "data-augmentation": digit,
    "gpt": lambda _: ["--prompt", "The ", "--length", "20"],
    "pruning": digit,
    "gan": lambda _: [],
    "gan-images": lambda folder: ["--samples", "4", "--out", str(folder / "drawn.png")],
    "policy-gradient": lambda _: [],
    "memory-tasks": lambda _: ["0.3,1", "0.5,0", "0.2,1"],
}
