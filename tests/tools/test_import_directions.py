"""The check of import directions passes on tidu and fails on every kind of violation."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "import_directions.py"

WRONG = {
    "nn/net.py": "from tidu.train import fit",
    "nn/inner/deep.py": "from ...data import load",
    "data/read.py": "import tidu.runs.store",
    "train/fit.py": "def f():\n    from tidu import experiments",
    "experiments/vision/lenet.py": "from tidu.experiments.vision.vgg import Config",
    "experiments/vision/resnet.py": "from tidu.experiments.attention import gpt",
    "experiments/vision/vgg.py": "from tidu import nn, views",
    "runs/run.py": "if TYPE_CHECKING:\n    from tidu.laboratory import run",
    "views/plot.py": "from tidu import cli",
    "catalogue/vision.py": "import torch.nn",
    "errors.py": "from tidu.nn import MLP",
    "attic/old.py": "import os",
}
RIGHT = {
    "__init__.py": "from tidu.cli import main",
    "nn/net.py": "import torch\nfrom tidu.optim import sgd\nfrom tidu.errors import TiduError",
    "nn/other.py": "from .net import Net\nfrom tidu import fields",
    "experiments/vision/lenet.py": "from tidu import data, nn, train\nfrom tidu.runs import Run",
    "experiments/vision/parts.py": "from tidu.experiments.vision.parts import own",
    "cli/run.py": "from tidu import laboratory, views",
    "catalogue/vision.py": "from tidu.catalogue.entry import System\nfrom tidu.words import Text",
}


def checked(*folder: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, str(TOOL), *map(str, folder)]
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        file = folder / "tidu" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")
    return folder / "tidu"


def test_tidu_imports_in_the_right_directions() -> None:
    done = checked()
    assert done.returncode == 0, done.stdout
    assert "files import in the right directions" in done.stdout


def test_what_is_right_passes(tmp_path: Path) -> None:
    done = checked(written(tmp_path, RIGHT))
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_with_file_and_line(name: str, tmp_path: Path) -> None:
    package = written(tmp_path, RIGHT | {name: WRONG[name]})
    done = checked(package)
    assert done.returncode == 1
    line = 1 + WRONG[name].count("\n")
    assert done.stdout.startswith(f"{package / name}:{line}: ")
    assert done.stdout.count("\n") == 1


def test_an_empty_folder_does_not_pass(tmp_path: Path) -> None:
    assert checked(tmp_path).returncode == 2
